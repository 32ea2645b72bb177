/*
 * One request at a time: GET; none there: POST; ours, or another's that has not changed for its
 * duration by our own clock: PUT with the version that we saw. A 409 means that someone was faster:
 * look again at the next tick. What we see of another's lease is the text of its renewTime and its
 * version, never compared with a clock of ours: `seen` is when they changed last.
 */
#include "kube/lease.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "net/backoff.h"
#include "net/loop.h"

enum { SECONDS = 15, BODY_LONGEST = 16384, PATH_LONGEST = 4096 };

struct lease {
    struct client *client;
    struct lease_conf conf; /* its texts are ours */
    char *collection, *path;
    struct client_request *request;
    struct loop_timer *timer;
    struct backoff backoff;
    /* What the server's lease said last. */
    char *version, *holder, *acquired;
    int64_t transitions, duration; /* the holder's, ns */
    int64_t seen;                  /* monotonic: when it changed last */
    /* Ours. */
    int64_t sent;    /* monotonic: when the request under way began */
    int64_t renewed; /* monotonic: when the last one that succeeded began; 0: not held */
    bool told, told_held, releasing, released;
    char *told_holder;
    struct err told_err;
    void (*when_released)(void *context);
};

static void look(struct lease *l);

static int64_t own_duration(const struct lease *l)
{
    return (l->conf.seconds > 0 ? l->conf.seconds : SECONDS) * CLOCK_SECOND;
}

bool lease_held(const struct lease *l)
{
    return l->renewed && clock_monotonic() - l->renewed < own_duration(l) * 2 / 3;
}

static bool is_ours(const struct lease *l)
{
    return l->holder && strcmp(l->holder, l->conf.holder) == 0;
}

/* Told only when something is different. */
static void tell(struct lease *l, const struct err *err)
{
    bool held = lease_held(l);
    const char *holder = l->holder ? l->holder : "";
    bool same = l->told && l->told_held == held && strcmp(l->told_holder, holder) == 0 &&
                l->told_err.kind == err->kind && strcmp(l->told_err.what, err->what) == 0;
    if (same)
        return;
    l->told = true;
    l->told_held = held;
    l->told_err = *err;
    free(l->told_holder);
    l->told_holder = mem_dup(holder);
    if (l->conf.changed)
        l->conf.changed(l->conf.context, held, holder, err);
}

static void tell_good(struct lease *l)
{
    struct err none;
    err_clear(&none);
    tell(l, &none);
}

static void set_text(char **to, const char *text)
{
    if (*to == text)
        return;
    free(*to);
    *to = mem_dup(text);
}

/* Takes up what the server says; `seen` moves when anything is new. */
static void read_lease(struct lease *l, const struct json *answer)
{
    const char *version = json_string(answer, "metadata.resourceVersion", "");
    if (!l->version || strcmp(l->version, version) != 0)
        l->seen = clock_monotonic();
    set_text(&l->version, version);
    set_text(&l->holder, json_string(answer, "spec.holderIdentity", ""));
    set_text(&l->acquired, json_string(answer, "spec.acquireTime", ""));
    l->transitions = json_int(answer, "spec.leaseTransitions", 0);
    int64_t seconds = json_int(answer, "spec.leaseDurationSeconds", SECONDS);
    l->duration = (seconds > 0 && seconds < 86400 ? seconds : SECONDS) * CLOCK_SECOND;
}

static void write_lease(const struct lease *l, struct buf *body, bool give_back)
{
    char now[CLOCK_TEXT];
    bool mine = is_ours(l);
    clock_micro(clock_now(), now);
    struct json_out o = {.b = body};
    json_out_object(&o, NULL);
    json_out_text(&o, "kind", "Lease");
    json_out_text(&o, "apiVersion", "coordination.k8s.io/v1");
    json_out_object(&o, "metadata");
    json_out_text(&o, "name", l->conf.name);
    json_out_text(&o, "namespace", l->conf.namespace_);
    if (l->version)
        json_out_text(&o, "resourceVersion", l->version);
    json_out_end_object(&o);
    json_out_object(&o, "spec");
    json_out_text(&o, "holderIdentity", give_back ? "" : l->conf.holder);
    json_out_int(&o, "leaseDurationSeconds", give_back ? 1 : own_duration(l) / CLOCK_SECOND);
    json_out_text(&o, "acquireTime", mine && l->acquired && *l->acquired ? l->acquired : now);
    json_out_text(&o, "renewTime", now);
    json_out_int(&o, "leaseTransitions", l->transitions + (l->version && !mine && !give_back));
    json_out_end_object(&o);
    json_out_end_object(&o);
}

static void end_release(struct lease *l)
{
    void (*released)(void *context) = l->when_released;
    l->when_released = NULL;
    l->released = true;
    l->renewed = 0;
    if (released)
        released(l->conf.context);
}

static void later(struct lease *l, int64_t ms)
{
    if (!l->released)
        loop_timer_set(l->timer, ms);
}

/* After an error: soon enough to renew in time. */
static void again(struct lease *l, const struct err *err)
{
    int64_t ms = backoff_next(&l->backoff, err), third = own_duration(l) / CLOCK_MS / 3;
    later(l, ms < third ? ms : third);
    tell(l, err);
}

/* Someone else was faster, or it is gone: look again soon. */
static void lost_race(struct lease *l)
{
    l->renewed = 0;
    set_text(&l->version, NULL);
    later(l, backoff_next(&l->backoff, NULL));
}

static void written(void *context, struct http_request *r, int status, struct str body,
                    const struct err *err)
{
    struct lease *l = context;
    (void)r;
    (void)status;
    l->request = NULL;
    if (l->releasing) {
        end_release(l);
        return;
    }
    if (err->kind == ERR_CONFLICT || err->kind == ERR_NOT_FOUND) {
        lost_race(l);
        return;
    }
    if (err->kind != ERR_NONE) {
        again(l, err);
        return;
    }
    struct json_doc *doc = json_doc_new();
    read_lease(l, json_parse(doc, body.p, body.n, NULL));
    json_doc_free(doc);
    l->renewed = is_ours(l) ? l->sent : 0;
    backoff_reset(&l->backoff);
    later(l, own_duration(l) / CLOCK_MS / 3);
    tell_good(l);
}

static void write_now(struct lease *l, bool give_back)
{
    struct buf body;
    buf_init(&body, BODY_LONGEST);
    write_lease(l, &body, give_back);
    l->sent = clock_monotonic();
    int third = (int)(own_duration(l) / CLOCK_MS / 3);
    l->request =
        client_send(l->client, &(struct http_call){.method = l->version ? "PUT" : "POST",
                                                   .path = l->version ? l->path : l->collection,
                                                   .body = buf_str(&body),
                                                   .content_type = "application/json",
                                                   .connect_ms = third,
                                                   .total_ms = third * 2,
                                                   .context = l,
                                                   .done = written});
    buf_free(&body);
}

/* Another holds it: wait until it has not changed for its duration. */
static void wait_for_end(struct lease *l)
{
    int64_t left = l->seen + l->duration - clock_monotonic();
    int64_t tick = own_duration(l) / 3;
    later(l, (left > 0 && left < tick ? left : tick) / CLOCK_MS + 1);
}

static void looked(void *context, struct http_request *r, int status, struct str body,
                   const struct err *err)
{
    struct lease *l = context;
    (void)r;
    (void)status;
    l->request = NULL;
    if (err->kind == ERR_NOT_FOUND) {
        set_text(&l->version, NULL);
        set_text(&l->holder, NULL);
        l->transitions = 0;
        write_now(l, false);
        return;
    }
    if (err->kind != ERR_NONE) {
        again(l, err);
        return;
    }
    struct json_doc *doc = json_doc_new();
    read_lease(l, json_parse(doc, body.p, body.n, NULL));
    json_doc_free(doc);
    bool over = clock_monotonic() - l->seen >= l->duration;
    if (is_ours(l) || !*l->holder || over) {
        write_now(l, false);
        return;
    }
    l->renewed = 0;
    wait_for_end(l);
    tell_good(l);
}

static void look(struct lease *l)
{
    int third = (int)(own_duration(l) / CLOCK_MS / 3);
    l->request = client_send(l->client, &(struct http_call){.path = l->path,
                                                            .connect_ms = third,
                                                            .total_ms = third * 2,
                                                            .context = l,
                                                            .done = looked});
}

static void ticked(void *context)
{
    struct lease *l = context;
    if (l->releasing) {
        end_release(l);
        return;
    }
    if (!lease_held(l) && l->told_held)
        tell_good(l);
    if (l->request)
        return;
    if (l->renewed && l->version && is_ours(l))
        write_now(l, false);
    else
        look(l);
}

void lease_release(struct lease *l, void (*released)(void *context))
{
    bool held = lease_held(l) && l->version && is_ours(l);
    client_cancel(l->request);
    l->request = NULL;
    l->releasing = true;
    l->when_released = released;
    loop_timer_stop(l->timer);
    if (held)
        write_now(l, true);
    else
        loop_timer_set(l->timer, 0);
    l->renewed = 0;
}

struct lease *lease_new(struct client *c, const struct lease_conf *conf)
{
    struct lease *l = mem_alloc(sizeof *l);
    struct buf path;
    l->client = c;
    l->conf = *conf;
    l->conf.namespace_ = mem_dup(conf->namespace_);
    l->conf.name = mem_dup(conf->name);
    l->conf.holder = mem_dup(conf->holder);
    buf_init(&path, PATH_LONGEST);
    buf_adds(&path, "/apis/coordination.k8s.io/v1/namespaces/");
    conn_escape(&path, conf->namespace_, strlen(conf->namespace_), false);
    buf_adds(&path, "/leases");
    l->collection = mem_dup(buf_text(&path));
    buf_addc(&path, '/');
    conn_escape(&path, conf->name, strlen(conf->name), false);
    l->path = buf_take(&path, NULL);
    l->timer = loop_timer_new(client_loop(c), ticked, l);
    look(l);
    return l;
}

void lease_free(struct lease *l)
{
    if (!l)
        return;
    client_cancel(l->request);
    loop_timer_free(l->timer);
    char *texts[] = {l->collection,
                     l->path,
                     l->version,
                     l->holder,
                     l->acquired,
                     l->told_holder,
                     (char *)(uintptr_t)l->conf.namespace_,
                     (char *)(uintptr_t)l->conf.name,
                     (char *)(uintptr_t)l->conf.holder};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(l);
}
