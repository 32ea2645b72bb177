#include "cmd/board/board_widen.h"

#include <stdlib.h>

#include "base/mem.h"
#include "kube/access/again.h"
#include "kube/access/client.h"
#include "kube/kinds/kinds.h"
#include "net/http.h"
#include "net/loop.h"

enum { LATER_MS = 60000 };

struct board_widen {
    struct client *client;
    const struct kind *kind;
    struct loop_timer *next;
    struct client_request *request;
    void (*widened)(void *context);
    void *context;
};

static void answered(void *context, struct http_request *r, int status, struct str body,
                     const struct err *err)
{
    struct board_widen *w = context;
    (void)r;
    (void)status;
    (void)body;
    w->request = NULL;
    if (err->kind == ERR_DENIED || err->kind == ERR_AWAY)
        loop_timer_set(w->next, LATER_MS);
    else
        w->widened(w->context);
}

static void ask(void *context)
{
    struct board_widen *w = context;
    char *all = kinds_path(w->kind, "", NULL), *path = mem_printf("%s?limit=1", all);
    w->request =
        client_send(w->client, &(struct http_call){.path = path, .context = w, .done = answered});
    free(path);
    free(all);
}

struct board_widen *board_widen_new(struct client *c, const struct kind *kind,
                                    void (*widened)(void *context), void *context)
{
    struct board_widen *w = mem_alloc(sizeof *w);
    *w = (struct board_widen){.client = c, .kind = kind, .widened = widened, .context = context};
    w->next = loop_timer_new(client_loop(c), ask, w);
    return w;
}

void board_widen_begin(struct board_widen *w)
{
    if (!w->request)
        loop_timer_set(w->next, AGAIN_DENIED_MS);
}

void board_widen_free(struct board_widen *w)
{
    if (!w)
        return;
    client_cancel(w->request);
    loop_timer_free(w->next);
    free(w);
}
