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
    void (*done)(void *context, const struct err *err);
    void *context;
};

struct client_probe {
    struct client *client;
    struct client_request *request;
    struct asker *askers;
    struct loop_timer *timer;
    int64_t answered; /* monotonic: when the last answer came; 0: never */
    struct err answer;
};

static void tell(void *context)
{
    struct client_probe *p = context;
    while (p->askers) {
        struct asker *a = p->askers;
        p->askers = a->next;
        a->done(a->context, &p->answer);
        free(a);
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
    struct asker *a = mem_alloc(sizeof *a);
    *a = (struct asker){p->askers, done, context};
    p->askers = a;
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
    for (struct asker **link = &p->askers; *link;) {
        struct asker *a = *link;
        if (a->context != context) {
            link = &a->next;
            continue;
        }
        *link = a->next;
        free(a);
    }
}

struct client_probe *client_probe_new(struct client *c)
{
    struct client_probe *p = mem_alloc(sizeof *p);
    p->client = c;
    p->timer = loop_timer_new(client_loop(c), tell, p);
    return p;
}

void client_probe_free(struct client_probe *p)
{
    client_cancel(p->request);
    while (p->askers)
        client_probe_drop(p, p->askers->context);
    loop_timer_free(p->timer);
    free(p);
}
