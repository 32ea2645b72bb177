#include "source/loki/loki_tail.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "net/websocket.h"
#include "source/loki/loki_page.h"

/* A hundred lines of 256 kB may make a frame. Loki pings each second. */
enum { FRAME_MAX = 32 << 20, SILENCE_MS = 5000, FORM_MAX = 1 << 20 };

struct loki_tail {
    struct loki_tail_conf conf;
    struct websocket *socket;
    struct loki_page *page;
    bool busy, dead;
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
    t->dead = true;
    if (!t->busy)
        free_tail(t);
}

static void tell_end(struct loki_tail *t, enum loki_tail_end how, const struct err *err)
{
    if (t->dead)
        return;
    t->dead = true;
    t->conf.closed(t->conf.context, how, err);
}

static void on_opened(void *context)
{
    struct loki_tail *t = context;
    if (t->conf.opened)
        t->conf.opened(t->conf.context);
}

static void give_out(struct loki_tail *t)
{
    size_t count = loki_page_count(t->page);
    for (size_t i = 0; i < count && !t->dead; i++) {
        struct line line = loki_page_at(t->page, i);
        t->conf.line(t->conf.context, &line);
    }
    if (!t->dead && loki_page_dropped(t->page) && t->conf.dropped)
        t->conf.dropped(t->conf.context, loki_page_dropped(t->page));
}

static void on_message(void *context, struct str bytes, bool binary)
{
    struct loki_tail *t = context;
    struct err err;
    (void)binary;
    loki_page_clear(t->page);
    t->busy = true;
    if (loki_page_feed(t->page, bytes, &err) && loki_page_finish(t->page, &err))
        give_out(t);
    else
        tell_end(t, LOKI_TAIL_AGAIN, &err);
    t->busy = false;
    if (t->dead)
        free_tail(t);
}

static enum loki_tail_end meaning(const struct err *err)
{
    if (strstr(err->what, "max concurrent tail requests"))
        return LOKI_TAIL_FULL;
    if (!err_is_transient(err) && err->kind)
        return LOKI_TAIL_REFUSED;
    /* Loki closes with 1011 whatever the reason is. */
    return strstr(err->what, "Code(400)") || strstr(err->what, "only log selector")
               ? LOKI_TAIL_REFUSED
               : LOKI_TAIL_AGAIN;
}

static void on_closed(void *context, int code, const struct err *err)
{
    struct loki_tail *t = context;
    (void)code;
    t->socket = NULL;
    t->busy = true;
    tell_end(t, meaning(err), err);
    free_tail(t);
}

struct loki_tail *loki_tail_open(struct loki *l, const struct loki_tail_conf *conf)
{
    struct loki_tail *t = mem_alloc(sizeof *t);
    struct buf path;
    bool first = true;
    /* A start in the server's future is refused, so a second is left for what the clocks may
     * differ. */
    char *start = mem_printf("%lld", (long long)(loki_now(l) - CLOCK_SECOND));
    t->conf = *conf;
    t->page = loki_page_new(FRAME_MAX, true);
    buf_init(&path, FORM_MAX);
    buf_adds(&path, "/loki/api/v1/tail");
    conn_query(&path, &first, "query", conf->query);
    conn_query(&path, &first, "start", start);
    conn_query(&path, &first, "limit", "1");
    t->socket = websocket_open(loki_http(l), &(struct websocket_call){.target = loki_target(l),
                                                                      .path = buf_text(&path),
                                                                      .max_message = FRAME_MAX,
                                                                      .idle_ms = SILENCE_MS,
                                                                      .context = t,
                                                                      .opened = on_opened,
                                                                      .message = on_message,
                                                                      .closed = on_closed});
    buf_free(&path);
    free(start);
    return t;
}
