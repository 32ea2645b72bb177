#include "store/window_op.h"

#include <stdlib.h>

#include "net/http.h"
#include "net/loop.h"
#include "store/store_kind.h"

static void run(void *context)
{
    struct window_store_op *op = context;
    op->run(op, &op->early);
}

static void link_last(struct window_store *w, struct window_store_op *op)
{
    struct window_store_op **link = &w->ops, *last = NULL;
    for (; *link; link = &(*link)->next)
        last = *link;
    op->prev = last;
    op->next = NULL;
    *link = op;
}

/* The oldest of those that run alone may run. */
static void let_next_run(struct window_store *w)
{
    for (struct window_store_op *op = w->ops; op; op = op->next) {
        if (op->alone) {
            loop_timer_set(op->timer, 0);
            return;
        }
    }
}

static void begin(struct window_store *w, struct window_store_op *op,
                  void (*start)(struct window_store_op *, const struct err *),
                  void (*stop)(struct window_store_op *), void *context, bool alone)
{
    bool first = true;
    for (const struct window_store_op *o = w->ops; o && alone; o = o->next)
        first = first && !o->alone;
    op->owner = w;
    op->run = start;
    op->stop = stop;
    op->context = context;
    op->alone = alone;
    op->timer = loop_timer_new(http_loop(w->processed->http), run, op);
    link_last(w, op);
    if (first)
        loop_timer_set(op->timer, 0);
}

void window_op_begin(struct window_store *w, struct window_store_op *op,
                     void (*start)(struct window_store_op *, const struct err *),
                     void (*stop)(struct window_store_op *), void *context)
{
    begin(w, op, start, stop, context, false);
}

void window_op_begin_alone(struct window_store *w, struct window_store_op *op,
                           void (*start)(struct window_store_op *, const struct err *),
                           void (*stop)(struct window_store_op *), void *context)
{
    begin(w, op, start, stop, context, true);
}

void window_op_free(struct window_store_op *op)
{
    struct window_store *w = op->owner;
    bool first = op->alone;
    for (const struct window_store_op *o = w->ops; o != op; o = o->next)
        first = first && !o->alone;
    *(op->prev ? &op->prev->next : &w->ops) = op->next;
    if (op->next)
        op->next->prev = op->prev;
    loop_timer_free(op->timer);
    op->stop(op);
    free(op);
    if (first)
        let_next_run(w);
}

void window_op_check_rule(struct window_store_op *op, const char *rule)
{
    if (!window_key_rule_ok(rule))
        err_set(&op->early, ERR_USAGE, "rule", "a rule's name is [a-z0-9-]{1,40}",
                "'%.60s' is no name of a rule", rule ? rule : "");
}

bool window_op_may_skip(const struct err *err)
{
    return err->kind == ERR_PROTOCOL || err->kind == ERR_NOT_FOUND || err->kind == ERR_LIMIT;
}
