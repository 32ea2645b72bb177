/*
 * Every line is asked for with its time. A stream that ends is no end of the log: the container may
 * have been restarted, the file rotated, a proxy may cut streams. So it is asked for again from the
 * last second on (sinceTime knows no fractions), and what was handed out already is passed over:
 * lines before the last one's time, and as many of that very time as there were.
 */
#include "kube/pod_logs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "kube/access/again.h"
#include "kube/access/client.h"
#include "kube/access/silence.h"
#include "kube/kinds/kinds.h"
#include "net/conn.h"

enum { TAIL = 1000, LINE_LONGEST = 256 << 10, PATH_LONGEST = 16384, ENDED_MS = 5000 };
enum { STAMP_LONGEST = 64, LABELS = 3 };

struct pod_logs {
    struct client *client;
    struct pod_logs_conf conf; /* its texts are ours */
    const struct labels *labels;
    struct client_request *request;
    struct again *again;
    struct silence *silence;
    struct upstream upstream;
    struct buf part; /* the beginning of a line whose end has not come */
    bool cut;        /* the rest of that line is dropped */
    int64_t last;    /* the newest time of a line handed out; 0: none */
    uint64_t same;   /* lines handed out that bear it */
    uint64_t passed; /* … that this request has brought again */
    bool news;       /* this request has brought something else */
    uint64_t plain;  /* hash of the last line without a time */
    uint64_t count;  /* handed out */
};

/* ---- lines ---- */

static void hand_out(struct pod_logs *l, int64_t time, struct str text)
{
    struct line line = {.time = time, .labels = l->labels, .text = text, .kind = LINE_LOG};
    l->count++;
    l->conf.line(l->conf.context, &line);
}

/* What the kubelet or the server says instead of a line stands where it came, once. */
static void take_plain(struct pod_logs *l, struct str text)
{
    uint64_t hash = hash_bytes(text.p, text.n);
    if (hash == l->plain && !l->news)
        return;
    l->plain = hash;
    hand_out(l, l->last ? l->last : clock_now(), text);
}

static void take_stamped(struct pod_logs *l, int64_t time, struct str text)
{
    /* The streams of a container may be a little out of order: that is no repetition. */
    if (time < l->last && !l->news)
        return;
    if (time == l->last && l->passed < l->same) {
        l->passed++;
        return;
    }
    if (time >= l->last) {
        l->same = time == l->last ? l->same + 1 : 1;
        l->passed = l->same;
        l->last = time;
    }
    l->news = true;
    hand_out(l, time, text);
}

/* "2021-08-27T13:00:00.123456789Z text" */
static bool take_stamp(struct str *line, int64_t *time)
{
    const char *blank = line->n ? memchr(line->p, ' ', line->n) : NULL;
    size_t n = blank ? (size_t)(blank - line->p) : line->n;
    if (n > STAMP_LONGEST || !clock_parse((struct str){line->p, n}, false, time))
        return false;
    *line = (struct str){line->p + n + (blank != NULL), line->n - n - (blank != NULL)};
    return true;
}

static void take_line(struct pod_logs *l, struct str line)
{
    int64_t time;
    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    if (take_stamp(&line, &time))
        take_stamped(l, time, line);
    else
        take_plain(l, line);
}

static void add_part(struct pod_logs *l, struct str bytes)
{
    size_t room = LINE_LONGEST - l->part.n;
    if (bytes.n > room)
        l->cut = true;
    buf_add(&l->part, bytes.p, bytes.n < room ? bytes.n : room);
}

static void end_line(struct pod_logs *l)
{
    take_line(l, buf_str(&l->part));
    buf_clear(&l->part);
    l->cut = false;
}

static void take_bytes(struct pod_logs *l, struct str bytes)
{
    struct str rest = bytes;
    while (rest.n) {
        const char *end = memchr(rest.p, '\n', rest.n);
        size_t n = end ? (size_t)(end - rest.p) : rest.n;
        if (end && !l->part.n && n <= LINE_LONGEST)
            take_line(l, (struct str){rest.p, n});
        else
            add_part(l, (struct str){rest.p, n});
        if (end && (l->part.n || l->cut))
            end_line(l);
        rest.p += n + (end != NULL);
        rest.n -= n + (end != NULL);
    }
}

/* ---- the request ---- */

static void start(struct pod_logs *l);

static void tell(struct pod_logs *l)
{
    if (l->conf.changed)
        l->conf.changed(l->conf.context);
}

static void stop(struct pod_logs *l)
{
    client_cancel(l->request);
    l->request = NULL;
    silence_over(l->silence);
}

static void heard(struct pod_logs *l)
{
    upstream_live(&l->upstream);
    if (l->conf.follow)
        silence_heard(l->silence);
}

static void on_head(void *context, struct http_request *r, int status)
{
    struct pod_logs *l = context;
    (void)r;
    if (status >= 200 && status < 300)
        heard(l);
}

static bool on_chunk(void *context, struct str bytes)
{
    struct pod_logs *l = context;
    heard(l);
    take_bytes(l, bytes);
    tell(l);
    return true;
}

/* What another try may mend: the server is away, or the container is about to start. */
static bool may_mend(const struct err *err)
{
    return err->kind == ERR_NONE || err_is_transient(err) ||
           (err->http == 400 && strstr(err->what, "waiting to start"));
}

static void wait_and_go_on(struct pod_logs *l, const struct err *err)
{
    if (l->news)
        again_well(l->again);
    /* A container that has ended may start again at any time. */
    int64_t due = again_after(l->again, err->kind ? err : NULL, 0, err->kind ? 0 : ENDED_MS);
    if (err->kind)
        upstream_failed(&l->upstream, err, due);
    tell(l);
}

static void on_done(void *context, struct http_request *r, int status, struct str body,
                    const struct err *err)
{
    struct pod_logs *l = context;
    struct err copy = *err;
    (void)r;
    (void)status;
    (void)body;
    l->request = NULL;
    stop(l);
    if (l->part.n && copy.kind == ERR_NONE)
        end_line(l);
    buf_clear(&l->part);
    l->cut = false;
    if (l->conf.follow && may_mend(&copy)) {
        wait_and_go_on(l, &copy);
        return;
    }
    if (copy.kind)
        upstream_failed(&l->upstream, &copy, 0);
    tell(l);
    l->conf.done(l->conf.context, &copy);
}

static char *path_of(const struct pod_logs *l)
{
    struct buf path;
    char number[24], time[CLOCK_TEXT];
    bool first = true;
    char *pod = kinds_path(&kind_pod.kind, l->conf.namespace_, l->conf.pod);
    int64_t since = l->last ? clock_align(l->last, CLOCK_SECOND) : l->conf.since;
    buf_init(&path, PATH_LONGEST);
    buf_printf(&path, "%s/log", pod);
    free(pod);
    conn_query(&path, &first, "timestamps", "true");
    if (l->conf.container)
        conn_query(&path, &first, "container", l->conf.container);
    if (l->conf.previous)
        conn_query(&path, &first, "previous", "true");
    if (l->conf.follow)
        conn_query(&path, &first, "follow", "true");
    if (since)
        conn_query(&path, &first, "sinceTime", clock_rfc3339(since, false, time));
    if (!l->last && l->conf.tail >= 0) {
        snprintf(number, sizeof number, "%" PRId64, l->conf.tail ? l->conf.tail : TAIL);
        conn_query(&path, &first, "tailLines", number);
    }
    return buf_take(&path, NULL);
}

static void start(struct pod_logs *l)
{
    char *path = path_of(l);
    static const char *const headers[] = {"Accept: text/plain, application/json, */*", NULL};
    l->passed = 0;
    l->news = false;
    upstream_connecting(&l->upstream);
    l->request = client_send(l->client, &(struct http_call){.path = path,
                                                            .headers = headers,
                                                            .idle_ms = l->conf.follow ? -1 : 0,
                                                            .identity = l->conf.follow,
                                                            .context = l,
                                                            .head = on_head,
                                                            .chunk = on_chunk,
                                                            .done = on_done});
    free(path);
    /* A kubelet sends its head with the first line, so none may come from a container that says
     * nothing: only who does not answer a probe either is away. */
    if (l->conf.follow)
        silence_heard(l->silence);
}

/* ---- silence ---- */

static void on_answered(void *context)
{
    struct pod_logs *l = context;
    upstream_live(&l->upstream);
    tell(l);
}

static void on_doubted(void *context, const struct err *err)
{
    struct pod_logs *l = context;
    upstream_failed(&l->upstream, err, 0);
    tell(l);
}

static void on_lost(void *context, const struct err *err)
{
    struct pod_logs *l = context;
    stop(l);
    wait_and_go_on(l, err);
}

static void again_fired(void *context)
{
    struct pod_logs *l = context;
    l->upstream.next_try = 0;
    start(l);
}

/* ---- life ---- */

static const struct labels *labels_of(const struct pod_logs_conf *conf)
{
    struct str names[LABELS] = {str_of("namespace"), str_of("pod"), str_of("container")};
    struct str values[LABELS] = {str_of(conf->namespace_), str_of(conf->pod),
                                 str_of(conf->container)};
    return labels_get(names, values, conf->container ? LABELS : LABELS - 1);
}

struct pod_logs *pod_logs_start(struct client *c, const struct pod_logs_conf *conf)
{
    struct pod_logs *l = mem_alloc(sizeof *l);
    l->client = c;
    l->conf = *conf;
    l->conf.follow = conf->follow && !conf->previous;
    l->conf.namespace_ = mem_dup(conf->namespace_);
    l->conf.pod = mem_dup(conf->pod);
    l->conf.container = mem_dup(conf->container);
    l->labels = labels_of(&l->conf);
    l->again = again_new(c, again_fired, l);
    l->silence = silence_new(c, &(struct silence_conf){.ms = conf->silent_ms,
                                                       .context = l,
                                                       .answered = on_answered,
                                                       .doubted = on_doubted,
                                                       .lost = on_lost});
    buf_init(&l->part, LINE_LONGEST);
    start(l);
    return l;
}

void pod_logs_free(struct pod_logs *l)
{
    if (!l)
        return;
    stop(l);
    again_free(l->again);
    silence_free(l->silence);
    labels_drop(l->labels);
    buf_free(&l->part);
    free((char *)(uintptr_t)l->conf.namespace_);
    free((char *)(uintptr_t)l->conf.pod);
    free((char *)(uintptr_t)l->conf.container);
    free(l);
}

const struct upstream *pod_logs_upstream(const struct pod_logs *l)
{
    return &l->upstream;
}

uint64_t pod_logs_count(const struct pod_logs *l)
{
    return l->count;
}
