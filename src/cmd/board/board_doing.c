#include "cmd/board/board_doing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "kube/access/client.h"
#include "kube/operations/drain.h"
#include "kube/operations/forward.h"
#include "kube/operations/operation.h"
#include "net/loop.h"

enum { RUNNING_MOST = 16, LINE = 1100, SAY_MS = 1 };

struct running {
    struct board_doing *of;
    uint64_t id; /* 0: free */
    struct operation *operation;
    struct drain *drain;
};

struct tunnel {
    struct board_doing *of;
    uint64_t id;
    struct forward *forward;
    char pod[520];
};

struct board_doing {
    const struct board_operations_conf *conf;
    const char *cluster;
    uint64_t last_id, shell_id;
    struct running running[RUNNING_MOST];
    struct tunnel tunnels[OFFERS_FORWARDS];
    char line[LINE]; /* for the footer */
    bool line_is_error;
    struct loop_timer *tell;
};

static struct offers *offers(const struct board_doing *d)
{
    return &d->conf->model->offers;
}

static void changed(struct board_doing *d)
{
    offers(d)->changes++;
    d->conf->model->dirty = true;
}

static void on_tell(void *context)
{
    struct board_doing *d = context;
    d->conf->say(d->conf->context, d->line_is_error, d->line);
}

static void say(struct board_doing *d, bool is_error, const char *what, const char *outcome)
{
    snprintf(d->line, sizeof d->line, "%s: %s", what, outcome);
    d->line_is_error = is_error;
    loop_timer_set(d->tell, SAY_MS);
}

/* ---- the list ---- */

static struct offers_operation *find(struct board_doing *d, uint64_t id)
{
    struct offers *o = offers(d);
    for (size_t i = 0; i < o->operation_count; i++)
        if (o->operations[i].id == id)
            return &o->operations[i];
    return NULL;
}

static struct offers_operation *add(struct board_doing *d, const char *what)
{
    struct offers *o = offers(d);
    if (o->operation_count == OFFERS_OPERATIONS)
        o->operation_count--;
    memmove(&o->operations[1], &o->operations[0], o->operation_count * sizeof *o->operations);
    o->operation_count++;
    o->operations[0] = (struct offers_operation){.id = ++d->last_id, .at = clock_now()};
    str_copy(o->operations[0].what, sizeof o->operations[0].what, what);
    log_event(LOG_INFO, "action", "what", what, NULL);
    changed(d);
    return &o->operations[0];
}

static void settle(struct board_doing *d, uint64_t id, bool is_error, const char *outcome)
{
    struct offers_operation *operation = find(d, id);
    const char *what = operation ? operation->what : "action";
    log_event(is_error ? LOG_ERROR : LOG_INFO, is_error ? "action failed" : "action done", "what",
              what, "outcome", outcome, NULL);
    say(d, is_error, what, outcome);
    if (operation) {
        operation->state = is_error ? OFFERS_WRONG : OFFERS_DONE;
        str_copy(operation->outcome, sizeof operation->outcome, outcome);
    }
    changed(d);
}

static void settle_by(struct board_doing *d, uint64_t id, const char *outcome,
                      const struct err *err)
{
    char text[sizeof err->what + sizeof err->mend + 300];
    snprintf(text, sizeof text, "%s%s%s%s%s", outcome, err->kind && *outcome ? "; " : "",
             err->kind ? err->what : "", err->kind && err->mend[0] ? ": " : "",
             err->kind ? err->mend : "");
    settle(d, id, err->kind != ERR_NONE, text);
}

/* ---- operations ---- */

static void on_operation_done(void *context, const char *outcome, const struct err *err)
{
    struct running *r = context;
    uint64_t id = r->id;
    struct board_doing *d = r->of;
    *r = (struct running){.of = d};
    settle_by(d, id, outcome, err);
}

static void on_progress(void *context, const char *text)
{
    struct running *r = context;
    struct offers_operation *operation = find(r->of, r->id);
    if (operation)
        str_copy(operation->outcome, sizeof operation->outcome, text);
    changed(r->of);
}

static void run(struct board_doing *d, const struct operation_wish *wish,
                const struct operation_target *t, uint64_t id)
{
    size_t i = 0;
    while (i < RUNNING_MOST && d->running[i].id)
        i++;
    if (i == RUNNING_MOST) {
        settle(d, id, true, "too much is being done at once: nothing was done");
        return;
    }
    struct running *r = &d->running[i];
    *r = (struct running){.of = d, .id = id};
    if (wish->id == OPERATION_DRAIN)
        r->drain = drain_start(d->conf->client,
                               &(struct drain_conf){.node = t->name,
                                                    .uid = t->uid,
                                                    .may_lose_alone = wish->lose_alone,
                                                    .may_lose_scratch = wish->lose_scratch,
                                                    .context = r,
                                                    .progress = on_progress,
                                                    .done = on_operation_done});
    else
        r->operation =
            operation_start(d->conf->client, &(struct operation_conf){.id = wish->id,
                                                                      .target = *t,
                                                                      .replicas = wish->replicas,
                                                                      .context = r,
                                                                      .done = on_operation_done});
}

/* ---- forwarded ports ---- */

static void list_tunnels(struct board_doing *d)
{
    struct offers *o = offers(d);
    o->forward_count = 0;
    for (size_t i = 0; i < OFFERS_FORWARDS; i++) {
        struct forward_state s;
        struct tunnel *t = &d->tunnels[i];
        if (!t->forward)
            continue;
        forward_state(t->forward, &s);
        struct offers_forward *row = &o->forwards[o->forward_count++];
        *row = (struct offers_forward){.id = t->id,
                                       .local = s.local,
                                       .remote = s.remote,
                                       .open = s.open,
                                       .connections = s.connections,
                                       .sent = s.sent,
                                       .received = s.received,
                                       .errors = s.errors};
        str_copy(row->pod, sizeof row->pod, t->pod);
        str_copy(row->last_error, sizeof row->last_error, s.last_error);
    }
    changed(d);
}

static void on_forward(void *context)
{
    list_tunnels(context);
}

static void open_tunnel(struct board_doing *d, const struct operation_wish *wish,
                        const struct operation_target *t, uint64_t id)
{
    size_t i = 0;
    struct err err;
    char text[200];
    while (i < OFFERS_FORWARDS && d->tunnels[i].forward)
        i++;
    if (i == OFFERS_FORWARDS) {
        settle(d, id, true, "too many ports are forwarded: stop one first");
        return;
    }
    struct tunnel *at = &d->tunnels[i];
    at->forward = forward_open(d->conf->client,
                               &(struct forward_conf){.namespace_ = t->namespace_,
                                                      .pod = t->name,
                                                      .local = wish->local,
                                                      .remote = wish->remote,
                                                      .context = d,
                                                      .changed = on_forward},
                               &err);
    if (!at->forward) {
        settle_by(d, id, "", &err);
        return;
    }
    struct forward_state s;
    forward_state(at->forward, &s);
    at->of = d;
    at->id = id;
    snprintf(at->pod, sizeof at->pod, "%s/%s", t->namespace_, t->name);
    snprintf(text, sizeof text, "127.0.0.1:%d leads to it; :forwards lists and stops", s.local);
    settle(d, id, false, text);
    list_tunnels(d);
}

/* ---- all of it ---- */

static void open_shell(struct board_doing *d, const struct operation_wish *wish,
                       const struct operation_target *t, uint64_t id)
{
    char *title = operation_wish_text(wish, t, d->cluster);
    d->shell_id = id;
    struct shell_conf conf = {
        .namespace_ = t->namespace_, .pod = t->name, .container = wish->container};
    d->conf->shell(d->conf->context, &conf, title);
    free(title);
}

void board_doing_do(struct board_doing *d, const struct operation_wish *wish,
                    const struct operation_target *t)
{
    char *what = operation_wish_text(wish, t, d->cluster);
    uint64_t id = add(d, what)->id;
    free(what);
    if (wish->id == OPERATION_SHELL)
        open_shell(d, wish, t, id);
    else if (wish->id == OPERATION_FORWARD)
        open_tunnel(d, wish, t, id);
    else
        run(d, wish, t, id);
}

void board_doing_shell_ended(struct board_doing *d, int status, const struct err *err)
{
    char text[60];
    snprintf(text, sizeof text, "ended with status %d", status);
    settle_by(d, d->shell_id, err->kind ? "" : text, err);
}

void board_doing_stop(struct board_doing *d, uint64_t id)
{
    for (size_t i = 0; i < OFFERS_FORWARDS; i++)
        if (d->tunnels[i].forward && d->tunnels[i].id == id) {
            forward_close(d->tunnels[i].forward);
            d->tunnels[i].forward = NULL;
            settle(d, id, false, "stopped");
            list_tunnels(d);
        }
    /* Only draining takes long enough to be stopped, and what is under way of it is left alone. */
    for (size_t i = 0; i < RUNNING_MOST; i++) {
        struct running *r = &d->running[i];
        if (!r->drain || r->id != id)
            continue;
        drain_stop(r->drain);
        *r = (struct running){.of = d};
        settle(d, id, true, "stopped by you: the node stays cordoned");
    }
}

struct board_doing *board_doing_new(const struct board_operations_conf *conf, const char *cluster)
{
    struct board_doing *d = mem_alloc(sizeof *d);
    d->conf = conf;
    d->cluster = cluster;
    d->tell = loop_timer_new(client_loop(conf->client), on_tell, d);
    return d;
}

void board_doing_free(struct board_doing *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < RUNNING_MOST; i++) {
        operation_cancel(d->running[i].operation);
        drain_stop(d->running[i].drain);
    }
    for (size_t i = 0; i < OFFERS_FORWARDS; i++)
        forward_close(d->tunnels[i].forward);
    loop_timer_free(d->tell);
    free(d);
}
