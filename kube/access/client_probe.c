#include "kube/access/client_probe.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"

#define FRESH (5 * CLOCK_SECOND)

struct asker {
    struct asker *next;
    void (*done)(void *context, const struct err *err); /* asks whether it is there */
    void (*back)(void *context);                        /* waits until it is */
    void *context;
};

struct client_probe {
    bool asked; /* the request is under way */
    struct asker *askers, *waiting;
    struct loop_timer *timer, *back;
    int64_t answered; /* monotonic: when the last answer came; 0: never */
    struct err answer;
};

static void join(struct asker **list, const struct asker *who)
{
    struct asker *a = mem_alloc(sizeof *a);
    *a = *who;
    a->next = *list;
    *list = a;
}

static void drop(struct asker **list, const void *context)
{
    while (*list) {
        struct asker *a = *list;
        if (a->context != context) {
            list = &a->next;
            continue;
        }
        *list = a->next;
        free(a);
    }
}

static void tell(void *context)
{
    struct client_probe *p = context;
    while (p->askers) {
        struct asker a = *p->askers;
        free(p->askers);
        p->askers = a.next;
        a.done(a.context, &p->answer);
    }
}

static void tell_waiting(void *context)
{
    struct client_probe *p = context;
    while (p->waiting) {
        struct asker a = *p->waiting;
        free(p->waiting);
        p->waiting = a.next;
        a.back(a.context);
    }
}

bool client_probe_ask(struct client_probe *p, void (*done)(void *context, const struct err *err),
                      void *context)
{
    join(&p->askers, &(struct asker){.done = done, .context = context});
    if (p->asked)
        return false;
    if (p->answered && clock_monotonic() - p->answered < FRESH) {
        loop_timer_set(p->timer, 0);
        return false;
    }
    p->asked = true;
    return true;
}

void client_probe_told(struct client_probe *p, const struct err *err)
{
    p->asked = false;
    p->answered = clock_monotonic();
    p->answer = *err;
    tell(p);
}

void client_probe_drop(struct client_probe *p, void *context)
{
    drop(&p->askers, context);
}

void client_probe_await(struct client_probe *p, void (*back)(void *context), void *context)
{
    join(&p->waiting, &(struct asker){.back = back, .context = context});
}

void client_probe_give_up(struct client_probe *p, void *context)
{
    drop(&p->waiting, context);
}

void client_probe_seen(struct client_probe *p)
{
    if (p->waiting)
        loop_timer_set(p->back, 0);
}

struct client_probe *client_probe_new(struct loop *l)
{
    struct client_probe *p = mem_alloc(sizeof *p);
    p->timer = loop_timer_new(l, tell, p);
    p->back = loop_timer_new(l, tell_waiting, p);
    return p;
}

void client_probe_free(struct client_probe *p)
{
    while (p->askers)
        drop(&p->askers, p->askers->context);
    while (p->waiting)
        drop(&p->waiting, p->waiting->context);
    loop_timer_free(p->timer);
    loop_timer_free(p->back);
    free(p);
}
