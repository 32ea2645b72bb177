/*
 * The tail: history first, then what comes, in lumps of half a second. Like the real one it is not
 * complete: of what one agent (the one of a node) sends at once, only the first six streams get
 * through, and nobody is told.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"
#include "sandbox/loki/lokid.h"
#include "sandbox/wsserver.h"

enum {
    TAILS_MAX = 10,
    FRAME_ENTRIES = 100,
    TICK_MS = 500,
    STREAMS_A_PUSH = 6,
    DROPPED_MAX = 1000,
    NODES_SEEN = 64,
    FAULT_SECONDS = 10
};
#define DURATION_MAX CLOCK_HOUR

struct lokid_tail_one {
    struct lokid_tail_one *prev, *next;
    struct lokid *d;
    struct wsserver *ws;
    struct logql *query; /* NULL: a bad expression; pings and nothing else */
    struct loop_timer *timer;
    bool categories, staged, odd;
    int64_t start, until, delay, opened;
    size_t limit, ticks;
    const char *refusal;
    struct buf dropped; /* JSON of what was dropped, to be told with the next lines */
    size_t dropped_count;
};

static void tail_free(struct lokid_tail_one *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        t->d->tails.first = t->next;
    if (t->next)
        t->next->prev = t->prev;
    t->d->tails.count--;
    loop_timer_free(t->timer);
    logql_free(t->query);
    buf_free(&t->dropped);
    free(t);
}

void lokid_tail_free_all(struct lokid *d)
{
    for (struct lokid_tail_one *t = d->tails.first, *next; t; t = next) {
        next = t->next;
        if (t->ws)
            wsserver_end(t->ws);
        tail_free(t);
    }
}

static void closed(void *context)
{
    tail_free(context);
}

/* ---- sending ---- */

static void note_dropped(struct lokid_tail_one *t, const struct lokid_found *f,
                         const struct lokid_entry *e)
{
    if (t->dropped_count >= DROPPED_MAX)
        return;
    buf_printf(&t->dropped, "%s{\"timestamp\":\"%lld\",\"labels\":", t->dropped_count++ ? "," : "",
               (long long)e->time);
    lokid_find_labels(&f->streams[e->stream], e, true, &t->dropped);
    buf_addc(&t->dropped, '}');
}

static void send_entries(struct lokid_tail_one *t, const struct lokid_found *f, size_t from,
                         size_t to)
{
    struct buf json;
    buf_init(&json, 64 << 20);
    buf_adds(&json, "{\"streams\":[");
    for (size_t i = from; i < to; i++) {
        const struct lokid_entry *e = &f->entries[i];
        buf_adds(&json, i > from ? ",{\"stream\":" : "{\"stream\":");
        lokid_find_labels(&f->streams[e->stream], e, t->categories, &json);
        buf_adds(&json, ",\"values\":[");
        lokid_find_value(e, t->categories, &json);
        buf_adds(&json, "]}");
    }
    buf_addc(&json, ']');
    if (t->dropped_count)
        buf_printf(&json, ",\"dropped_entries\":[%s]", buf_text(&t->dropped));
    if (t->categories)
        buf_adds(&json, ",\"encodingFlags\":[\"categorize-labels\"]");
    buf_addc(&json, '}');
    if (wsserver_text(t->ws, buf_str(&json))) {
        buf_clear(&t->dropped);
        t->dropped_count = 0;
    } else {
        for (size_t i = from; i < to; i++)
            note_dropped(t, f, &f->entries[i]);
    }
    buf_free(&json);
}

static void send_all(struct lokid_tail_one *t, const struct lokid_found *f)
{
    for (size_t i = 0; i < f->count; i += FRAME_ENTRIES)
        send_entries(t, f, i, i + FRAME_ENTRIES < f->count ? i + FRAME_ENTRIES : f->count);
}

/* Live lines carry no detected_level unless a stage ran. */
static void strip_level(struct lokid_found *f)
{
    for (size_t i = 0; i < f->count; i++) {
        struct lokid_entry *e = &f->entries[i];
        if (e->label_count && strcmp(e->labels[e->label_count - 1].name, "detected_level") == 0)
            e->label_count--;
    }
}

static const char *node_of(const struct lokid_stream *s)
{
    for (size_t i = 0; i < s->label_count; i++)
        if (strcmp(s->labels[i].name, "node_name") == 0)
            return s->labels[i].value;
    return "";
}

/* What the tail's buffer in the ingester lets through. */
static void lose(struct lokid_tail_one *t, struct lokid_found *f)
{
    struct {
        const char *node;
        size_t streams[STREAMS_A_PUSH], count;
    } nodes[NODES_SEEN];
    size_t node_count = 0, kept = 0;
    bool faulty = faults_on(t->d->faults, FAULTS_DROPPED_TAIL, SANDBOX_LOKI);
    for (size_t i = 0; i < f->count; i++) {
        struct lokid_entry *e = &f->entries[i];
        const char *node = node_of(&f->streams[e->stream]);
        size_t n = 0, s = 0;
        while (n < node_count && strcmp(nodes[n].node, node) != 0)
            n++;
        if (n == node_count && n < NODES_SEEN) {
            nodes[n].node = node;
            nodes[n].count = 0;
            node_count++;
        }
        bool lost = n == NODES_SEEN;
        while (!lost && s < nodes[n].count && nodes[n].streams[s] != e->stream)
            s++;
        if (!lost && s == nodes[n].count && s < STREAMS_A_PUSH)
            nodes[n].streams[nodes[n].count++] = e->stream;
        lost |= s >= STREAMS_A_PUSH;
        t->odd = !t->odd;
        if (faulty && t->odd) {
            note_dropped(t, f, e);
            lost = true;
        }
        if (!lost)
            f->entries[kept++] = *e;
    }
    f->count = kept;
}

static void tick(void *context)
{
    struct lokid_tail_one *t = context;
    int64_t now = clock_now();
    bool faulty = faults_on(t->d->faults, FAULTS_DROPPED_TAIL, SANDBOX_LOKI);
    if (t->ticks++ % 2)
        wsserver_ping(t->ws);
    if (t->query && now - t->delay > t->until) {
        struct lokid_found f;
        lokid_find(t->d, t->query, t->until, now - t->delay, 100000, true, &f);
        if (!t->staged)
            strip_level(&f);
        lose(t, &f);
        send_all(t, &f);
        lokid_find_free(&f);
        t->until = now - t->delay;
    }
    if (now - t->opened > DURATION_MAX)
        wsserver_close(t->ws, 1011, "reached tail max duration limit");
    else if (faulty && now - t->opened > FAULT_SECONDS * CLOCK_SECOND)
        wsserver_close(t->ws, 1011, "all ingesters closed the connection");
    else
        loop_timer_set(t->timer, TICK_MS);
}

static void opened(void *context, struct wsserver *ws)
{
    struct lokid_tail_one *t = context;
    int64_t now = clock_now();
    t->ws = ws;
    t->opened = now;
    if (t->refusal) {
        wsserver_close(ws, 1011, t->refusal);
        return;
    }
    if (t->query && t->start < now) {
        struct lokid_found f;
        lokid_find(t->d, t->query, t->start, now, t->limit, false, &f);
        for (size_t i = 0; i < f.count / 2; i++) {
            struct lokid_entry swap = f.entries[i];
            f.entries[i] = f.entries[f.count - 1 - i];
            f.entries[f.count - 1 - i] = swap;
        }
        send_all(t, &f);
        lokid_find_free(&f);
    }
    t->until = now;
    loop_timer_set(t->timer, TICK_MS);
}

/* ---- the request ---- */

static const char *refusal(const struct lokid_tail_one *t, int64_t now)
{
    if (t->query && t->query->metric)
        return "only log selector is supported";
    if (t->start > now)
        return "rpc error: code = Code(400) desc = this data is no longer available, it is past "
               "now - max_query_lookback (0s)";
    if (now - t->start > 30 * CLOCK_DAY + CLOCK_HOUR)
        return "rpc error: code = Code(400) desc = the query time range exceeds the limit";
    if (t->d->tails.count > TAILS_MAX)
        return "rpc error: code = Code(400) desc = max concurrent tail requests limit exceeded, "
               "count > limit (11 > 10)";
    return NULL;
}

/* False: answered. */
static bool read_numbers(struct reply *p, int64_t *limit, int64_t *delay)
{
    const char *limit_text = lokid_param(p, "limit"), *delay_text = lokid_param(p, "delay_for");
    *limit = 100;
    *delay = 0;
    if (*limit_text && (!str_to_int(str_of(limit_text), limit) || *limit <= 0))
        reply_text(p, 400, "limit must be a positive value");
    else if (*delay_text && (!str_to_int(str_of(delay_text), delay) || *delay < 0 || *delay > 5))
        reply_text(p, 400, "delay_for can't be greater than 5");
    else
        return true;
    return false;
}

void lokid_tail(struct lokid *d, struct reply *p)
{
    int64_t now = clock_now(), start, limit, delay;
    char error[600];
    struct logql *q = logql_parse(lokid_param(p, "query"), error, sizeof error);
    /* An expression in a stage is compiled only when the tail already runs. */
    if (!q && strncmp(error, "parse error : stage", 19) != 0) {
        reply_text(p, 400, error);
        return;
    }
    if (!read_numbers(p, &limit, &delay) || !lokid_time(p, "start", now - CLOCK_HOUR, &start)) {
        logql_free(q);
        return;
    }
    struct lokid_tail_one *t = mem_alloc(sizeof *t);
    t->d = d;
    t->query = q;
    t->start = start;
    t->limit = (size_t)limit;
    t->delay = delay * CLOCK_SECOND;
    t->categories = lokid_wants_categories(p);
    t->staged = q && q->stages;
    t->timer = loop_timer_new(d->loop, tick, t);
    buf_init(&t->dropped, 4 << 20);
    t->next = d->tails.first;
    if (t->next)
        t->next->prev = t;
    d->tails.first = t;
    d->tails.count++;
    t->refusal = refusal(t, now);
    struct wsserver_call call = {.loop = d->loop, .context = t, .opened = opened, .closed = closed};
    if (!wsserver_accept(p, &call))
        tail_free(t);
}
