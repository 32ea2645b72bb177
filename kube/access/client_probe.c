#include "kube/access/client_probe.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "net/loop.h"

enum { TIME_MS = 10000 };
#define FRESH (5 * CLOCK_SECOND)

struct asker {
    struct asker *next;
    void (*done)(void *context, const struct err *err); /* asks whether it is there */
    void (*back)(void *context);                        /* waits until it is */
    void *context;
};

struct client_probe {
    struct client *client;
    struct client_request *request;
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

static void on_done(void *context, struct http_request *r, int status, struct str body,
                    const struct err *err)
{
    struct client_probe *p = context;
    (void)r;
    (void)body;
    p->request = NULL;
    p->answered = clock_monotonic();
    p->answer = *err;
    /* Not allowed and not found are answers of a server that is there. */
    if (status >= 200 && status < 500)
        err_clear(&p->answer);
    tell(p);
}

void client_probe_ask(struct client_probe *p, void (*done)(void *context, const struct err *err),
                      void *context)
{
    join(&p->askers, &(struct asker){.done = done, .context = context});
    if (p->request)
        return;
    if (p->answered && clock_monotonic() - p->answered < FRESH) {
        loop_timer_set(p->timer, 0);
        return;
    }
    p->request = client_send(p->client, &(struct http_call){.path = "/readyz",
                                                            .connect_ms = TIME_MS,
                                                            .idle_ms = TIME_MS,
                                                            .total_ms = TIME_MS,
                                                            .max_body = 64 * 1024,
                                                            .context = p,
                                                            .done = on_done});
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

struct client_probe *client_probe_new(struct client *c)
{
    struct client_probe *p = mem_alloc(sizeof *p);
    p->client = c;
    p->timer = loop_timer_new(client_loop(c), tell, p);
    p->back = loop_timer_new(client_loop(c), tell_waiting, p);
    return p;
}

void client_probe_free(struct client_probe *p)
{
    client_cancel(p->request);
    while (p->askers)
        drop(&p->askers, p->askers->context);
    while (p->waiting)
        drop(&p->waiting, p->waiting->context);
    loop_timer_free(p->timer);
    loop_timer_free(p->back);
    free(p);
}
