/* pods/NAME/log: the lines of the present run, or of the one before, from the same history that
 * Loki shows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"
#include "sandbox/kube/apiserver_call.h"
#include "sandbox/kube/shelf.h"
#include "sandbox/world/history.h"
#include "sandbox/world/world.h"

enum { TEXT_MAX = 32 << 20, FOLLOW_MS = 500 };

struct logs {
    struct apiserver_call *call;
    const struct history_stream *stream;
    struct loop_timer *timer;
    bool timestamps;
    int64_t from, until, run_end; /* until: what has been sent; run_end: INT64_MAX while it runs */
    struct buf text;
    size_t *starts, count, cap; /* of the lines in text */
};

static void logs_free(void *context)
{
    struct logs *l = context;
    loop_timer_free(l->timer);
    apiserver_call_free(l->call);
    buf_free(&l->text);
    free(l->starts);
    free(l);
}

static bool add_line(void *context, int64_t time, struct str text)
{
    struct logs *l = context;
    char stamp[CLOCK_TEXT];
    mem_grow(&l->starts, &l->cap, l->count + 1, sizeof *l->starts);
    l->starts[l->count++] = l->text.n;
    if (l->timestamps)
        buf_printf(&l->text, "%s ", clock_rfc3339(time, true, stamp));
    return buf_add(&l->text, text.p, text.n) && buf_addc(&l->text, '\n');
}

static void read_lines(struct logs *l, int64_t from, int64_t to)
{
    buf_clear(&l->text);
    l->count = 0;
    if (l->stream)
        history_read(l->call->conf->history, l->stream, from, to, add_line, l);
}

static void follow(void *context)
{
    struct logs *l = context;
    int64_t now = clock_now(), to = now < l->run_end ? now : l->run_end;
    read_lines(l, l->until, to);
    l->until = to;
    bool open = !l->text.n || reply_add(l->call->p, buf_str(&l->text));
    if (!open || to == l->run_end)
        reply_end(l->call->p);
    else
        loop_timer_set(l->timer, FOLLOW_MS);
}

/* The run that is asked for; false when there is none and it has been answered. */
static bool find_run(struct apiserver_call *c, const struct world_pod *p, const char *container,
                     int64_t *from, int64_t *to)
{
    const struct world *w = c->conf->world;
    const char *previous = apiserver_call_param(c, "previous");
    struct world_phase ph;
    bool before = strcmp(previous, "true") == 0 || strcmp(previous, "1") == 0;
    if (!world_pod_at(w, p, c->t, &ph)) {
        apiserver_status_not_found(c);
        return false;
    }
    if (ph.state == WORLD_PENDING) {
        reply_body(c->p, 204, NULL, apiserver_call_headers(), (struct str){"", 0});
        apiserver_call_free(c);
        return false;
    }
    if (ph.state == WORLD_CREATING) {
        apiserver_status(c, 400, "BadRequest", NULL,
                         "container \"%s\" in pod \"%s\" is waiting to start: ContainerCreating",
                         container, p->name);
        return false;
    }
    bool running = world_is_running(ph.state);
    if (before && (!ph.ended || ph.restarts == 0) && running) {
        apiserver_status(c, 400, "BadRequest", NULL,
                         "previous terminated container \"%s\" in pod \"%s\" not found", container,
                         p->name);
        return false;
    }
    *from = running && !before ? ph.started : ph.before;
    *to = running && !before ? INT64_MAX : ph.ended;
    for (size_t i = 0; running && !before && i < p->phase_count; i++)
        if (p->phases[i].from > c->t && !world_is_running(p->phases[i].state)) {
            *to = p->phases[i].from;
            break;
        }
    return true;
}

/* The container that is meant: 0 or 1 for the sidecar; -1 when it has been answered. */
static int find_container(struct apiserver_call *c, const struct world_pod *p,
                          const struct world_workload *wl)
{
    const char *name = apiserver_call_param(c, "container");
    if (!*name && wl->sidecar) {
        apiserver_status(c, 400, "BadRequest", NULL,
                         "a container name must be specified for pod %s, choose one of: [%s %s]",
                         p->name, wl->name, wl->sidecar);
        return -1;
    }
    if (!*name || strcmp(name, wl->name) == 0)
        return 0;
    if (wl->sidecar && strcmp(name, wl->sidecar) == 0)
        return 1;
    apiserver_status(c, 400, "BadRequest", NULL, "container %s is not valid for pod %s", name,
                     p->name);
    return -1;
}

static bool is_true(const struct apiserver_call *c, const char *name)
{
    const char *value = apiserver_call_param(c, name);
    return strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
}

static void limit_start(const struct apiserver_call *c, int64_t *from)
{
    int64_t seconds, since;
    if (str_to_int(str_of(apiserver_call_param(c, "sinceSeconds")), &seconds) &&
        c->t - seconds * CLOCK_SECOND > *from)
        *from = c->t - seconds * CLOCK_SECOND;
    if (clock_parse(str_of(apiserver_call_param(c, "sinceTime")), false, &since) && since > *from)
        *from = since;
}

void apiserver_log(struct apiserver_call *c)
{
    const struct apiserver_conf *conf = c->conf;
    const struct pretend_object *o = shelf_find(conf->shelf, PRETEND_PODS, c->ns, c->name);
    if (!o) {
        apiserver_status_not_found(c);
        return;
    }
    const struct world_pod *p = &conf->world->pods[o->index];
    const struct world_workload *wl = &conf->world->workloads[p->workload];
    int which = find_container(c, p, wl);
    int64_t from, end, tail;
    if (which < 0 || !find_run(c, p, which ? wl->sidecar : wl->name, &from, &end))
        return;
    limit_start(c, &from);
    struct logs *l = mem_alloc(sizeof *l);
    l->call = c;
    l->stream = history_of_pod(conf->history, o->index, which == 1);
    l->timestamps = is_true(c, "timestamps");
    l->run_end = end;
    l->until = c->t < end ? c->t : end;
    buf_init(&l->text, TEXT_MAX);
    read_lines(l, from, l->until);
    size_t start = 0;
    if (str_to_int(str_of(apiserver_call_param(c, "tailLines")), &tail) && tail >= 0 &&
        (uint64_t)tail < l->count)
        start = tail ? l->starts[l->count - (size_t)tail] : l->text.n;
    static const char *const headers[] = {"Cache-Control: no-cache, private", NULL};
    struct str text = {l->text.n ? l->text.p + start : "", l->text.n - start};
    if (!is_true(c, "follow")) {
        reply_body(c->p, 200, "text/plain", headers, text);
        logs_free(l);
        return;
    }
    reply_on_over(c->p, logs_free, l);
    reply_stream(c->p, 200, "text/plain", headers);
    reply_add(c->p, text);
    l->timer = loop_timer_new(conf->loop, follow, l);
    loop_timer_set(l->timer, FOLLOW_MS);
}
