/*
 * A board has a dozen watches, and each that failed waits up to a minute. The first whose try
 * succeeds is the sign for the others, so a server that is back is seen whole within seconds, and
 * one that is away is asked no more often than before.
 */
#include "kube/access/again.h"

#include <stdlib.h>

#include "base/mem.h"
#include "kube/access/client.h"
#include "net/backoff.h"
#include "net/loop.h"

struct again {
    struct client *client;
    struct loop_timer *timer;
    struct backoff backoff;
    bool unanswered; /* the last failure */
    void (*fire)(void *context);
    void *context;
};

static void fired(void *context)
{
    struct again *a = context;
    client_await_forget(a->client, a);
    a->fire(a->context);
}

static void on_back(void *context)
{
    struct again *a = context;
    if (loop_timer_is_set(a->timer))
        loop_timer_set(a->timer, 0);
}

struct again *again_new(struct client *c, void (*fire)(void *context), void *context)
{
    struct again *a = mem_alloc(sizeof *a);
    *a = (struct again){.client = c, .fire = fire, .context = context};
    a->timer = loop_timer_new(client_loop(c), fired, a);
    return a;
}

static void stop(struct again *a)
{
    client_await_forget(a->client, a);
    loop_timer_stop(a->timer);
}

void again_free(struct again *a)
{
    if (!a)
        return;
    stop(a);
    loop_timer_free(a->timer);
    free(a);
}

int64_t again_in(struct again *a, int64_t ms)
{
    stop(a);
    loop_timer_set(a->timer, ms);
    return loop_timer_due(a->timer);
}

int64_t again_after(struct again *a, const struct err *err, int64_t least_ms, int64_t most_ms)
{
    bool unanswered = err && !err->http && (err->kind == ERR_AWAY || err->kind == ERR_DENIED);
    if (a->unanswered && !unanswered)
        again_well(a); /* it is there again, if not ready yet */
    a->unanswered = unanswered;
    int64_t ms = backoff_next(&a->backoff, err);
    if (most_ms && ms > most_ms)
        ms = most_ms;
    int64_t due = again_in(a, ms < least_ms ? least_ms : ms);
    if (unanswered)
        client_await(a->client, on_back, a);
    return due;
}

void again_well(struct again *a)
{
    backoff_reset(&a->backoff);
}

void again_now(struct again *a)
{
    if (loop_timer_is_set(a->timer)) {
        again_well(a);
        again_in(a, 0);
    }
}
