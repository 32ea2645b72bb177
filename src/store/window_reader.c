/* Several GETs run at once and come back in any order; the windows are told in the order of the
 * keys, so what is made of them does not depend on the network. */
#include <stdlib.h>

#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/store_kind.h"
#include "store/window_op.h"

enum { AT_ONCE = 8 };

struct slot {
    struct window_reader *reader;
    size_t index;
    struct store_op *io;
    bool busy, came;
    struct window *window;
    struct err err;
};

struct window_reader {
    struct window_reader_call call;
    struct loop_timer *timer;
    size_t asked, told;
    struct slot slots[AT_ONCE];
};

void window_reader_cancel(struct window_reader *r)
{
    if (!r)
        return;
    for (int i = 0; i < AT_ONCE; i++) {
        store_cancel(r->slots[i].io);
        window_free(r->slots[i].window);
    }
    for (size_t i = 0; i < r->call.count; i++)
        free(r->call.keys[i]);
    free(r->call.keys);
    loop_timer_free(r->timer);
    free(r);
}

static void finish(struct window_reader *r, const struct err *err)
{
    void (*done)(void *, const struct err *) = r->call.done;
    void *context = r->call.context;
    struct err copy = *err;
    window_reader_cancel(r);
    done(context, &copy);
}

static void came(void *context, struct str bytes, const struct err *err)
{
    struct slot *s = context;
    struct window_reader *r = s->reader;
    s->io = NULL;
    s->came = true;
    s->err = *err;
    if (err->kind == ERR_NONE)
        s->window = window_from_json(bytes.p, bytes.n, r->call.keys[s->index], &s->err);
    loop_timer_set(r->timer, 0);
}

static void ask(struct window_reader *r)
{
    for (int i = 0; i < AT_ONCE && r->asked < r->call.count; i++) {
        struct slot *s = &r->slots[i];
        if (s->busy)
            continue;
        *s = (struct slot){.reader = r, .index = r->asked++, .busy = true};
        s->io = store_get(r->call.store, r->call.keys[s->index], WINDOW_OP_WINDOW_MAX, s, came);
    }
}

/* The slot with the next window to tell, if it has come. */
static struct slot *next_slot(struct window_reader *r)
{
    for (int i = 0; i < AT_ONCE; i++)
        if (r->slots[i].busy && r->slots[i].index == r->told)
            return r->slots[i].came ? &r->slots[i] : NULL;
    return NULL;
}

static void turn(void *context)
{
    struct window_reader *r = context;
    struct err none;
    err_clear(&none);
    for (struct slot *s; (s = next_slot(r));) {
        bool more = r->call.each(r->call.context, r->call.keys[r->told], s->window, &s->err);
        struct err err = s->err;
        window_free(s->window);
        *s = (struct slot){0};
        r->told++;
        if (!more) {
            finish(r, &err);
            return;
        }
    }
    if (r->told == r->call.count)
        finish(r, &none);
    else
        ask(r);
}

struct window_reader *window_reader_start(const struct window_reader_call *call)
{
    struct window_reader *r = mem_alloc(sizeof *r);
    r->call = *call;
    r->timer = loop_timer_new(http_loop(call->store->http), turn, r);
    loop_timer_set(r->timer, 0);
    return r;
}
