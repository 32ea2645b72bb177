#include "source/loki_tail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "net/websocket.h"
#include "source/loki_page.h"

/* Loki pings each second; a link without is dead. A frame may hold 100 lines of 256 kB, escaped. */
enum { SILENT_MS = 5000, FRAME_MAX = 64 << 20, PATH_MAX_BYTES = 64 << 10 };

struct loki_tail {
    struct loki *loki;
    struct loki_tail_conf conf;
    struct websocket *socket;
    struct loki_page *page;
    bool telling; /* inside a callback of the owner */
    bool closed;  /* by the owner, in that callback */
};

static void free_tail(struct loki_tail *t)
{
    websocket_close(t->socket);
    loki_page_free(t->page);
    free(t);
}

void loki_tail_close(struct loki_tail *t)
{
    if (!t)
        return;
    t->closed = true;
    if (!t->telling)
        free_tail(t);
}

static void on_opened(void *context)
{
    struct loki_tail *t = context;
    if (t->conf.opened)
        t->conf.opened(t->conf.context);
}

static void give_out(struct loki_tail *t)
{
    for (size_t i = 0; i < loki_page_count(t->page) && !t->closed; i++) {
        struct line line = loki_page_at(t->page, i);
        t->conf.line(t->conf.context, &line);
    }
    if (t->conf.dropped && loki_page_dropped(t->page) && !t->closed)
        t->conf.dropped(t->conf.context, loki_page_dropped(t->page));
}

static void on_message(void *context, struct str bytes, bool binary)
{
    struct loki_tail *t = context;
    struct err err = {0};
    (void)binary;
    loki_page_clear(t->page);
    /* A frame that cannot be read is one less: the poll brings its lines. */
    if (!loki_page_feed(t->page, bytes, &err) || !loki_page_finish(t->page, &err))
        return;
    t->telling = true;
    give_out(t);
    t->telling = false;
    if (t->closed)
        free_tail(t);
}

/* What Loki says when it closes tells whether another try makes sense. */
static enum loki_tail_end end_of(const struct err *err)
{
    if (strstr(err->what, "max concurrent tail requests"))
        return LOKI_TAIL_FULL;
    bool refused =
        err->kind == ERR_REFUSED || err->kind == ERR_DENIED || err->kind == ERR_NOT_FOUND;
    return refused || strstr(err->what, "only log selector") ? LOKI_TAIL_REFUSED : LOKI_TAIL_AGAIN;
}

static void on_closed(void *context, int code, const struct err *err)
{
    struct loki_tail *t = context;
    (void)code;
    void (*closed)(void *, enum loki_tail_end, const struct err *) = t->conf.closed;
    void *owner = t->conf.context;
    struct err copy = *err;
    t->socket = NULL;
    free_tail(t);
    closed(owner, end_of(&copy), &copy);
}

struct loki_tail *loki_tail_open(struct loki *l, const struct loki_tail_conf *conf)
{
    struct loki_tail *t = mem_alloc(sizeof *t);
    struct buf path;
    char start[32];
    bool first = true;
    t->loki = l;
    t->conf = *conf;
    t->page = loki_page_new(FRAME_MAX, true);
    snprintf(start, sizeof start, "%lld", (long long)loki_now(l));
    buf_init(&path, PATH_MAX_BYTES);
    buf_adds(&path, "/loki/api/v1/tail");
    conn_query(&path, &first, "query", conf->query);
    conn_query(&path, &first, "start", start);
    conn_query(&path, &first, "limit", "1");
    struct websocket_call call = {.target = loki_target(l),
                                  .path = buf_text(&path),
                                  .max_message = FRAME_MAX,
                                  .idle_ms = SILENT_MS,
                                  .context = t,
                                  .opened = on_opened,
                                  .message = on_message,
                                  .closed = on_closed};
    t->socket = websocket_open(loki_http(l), &call);
    buf_free(&path);
    return t;
}
