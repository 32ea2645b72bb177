/* A window written; a window or raw lines read. */
#include "store/window_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/window_op.h"

/* ---- the store ---- */

struct window_store *window_store_new(struct store *raw, struct store *processed,
                                      const char *cluster)
{
    struct window_store *w = mem_alloc(sizeof *w);
    w->raw = raw;
    w->processed = processed;
    w->cluster = mem_dup(cluster);
    return w;
}

void window_store_free(struct window_store *w)
{
    if (!w)
        return;
    while (w->ops)
        window_op_free(w->ops);
    free(w->cluster);
    free(w);
}

const char *window_store_cluster(const struct window_store *w)
{
    return w->cluster;
}

struct store *window_store_raw(const struct window_store *w)
{
    return w->raw;
}

struct store *window_store_processed(const struct window_store *w)
{
    return w->processed;
}

bool window_store_write_failed(const struct window_store *w)
{
    return store_write_failed(w->processed) || (w->raw && store_write_failed(w->raw));
}

void window_store_cancel(struct window_store_op *op)
{
    if (op)
        window_op_free(op);
}

bool window_store_is_newer(const struct err *err)
{
    return err->kind == ERR_PROTOCOL && strstr(err->what, "is newer than this kubeboard");
}

/* ---- one object written ---- */

struct put_op {
    struct window_store_op op; /* first */
    struct store *store;
    struct store_op *io;
    struct buf body;
    char key[WINDOW_KEY_SIZE];
    void (*done)(void *context, const struct err *err);
};

static void stop_put(struct window_store_op *op)
{
    struct put_op *p = (struct put_op *)op;
    store_cancel(p->io);
    buf_free(&p->body);
}

static void put_ended(void *context, const struct err *err)
{
    struct put_op *p = context;
    void (*done)(void *, const struct err *) = p->done;
    struct err copy = *err;
    context = p->op.context;
    p->io = NULL;
    window_op_free(&p->op);
    done(context, &copy);
}

static void run_put(struct window_store_op *op, const struct err *early)
{
    struct put_op *p = (struct put_op *)op;
    if (early->kind != ERR_NONE)
        put_ended(p, early);
    else
        p->io = store_put(p->store, p->key, "application/json", &p->body, p, put_ended);
}

struct window_store_op *window_store_save(struct window_store *w, const struct window *window,
                                          void *context,
                                          void (*done)(void *context, const struct err *err))
{
    struct put_op *p = mem_alloc(sizeof *p);
    p->store = w->processed;
    p->done = done;
    buf_init(&p->body, WINDOW_OP_WINDOW_MAX);
    window_to_json(window, &p->body);
    window_op_begin(w, &p->op, run_put, stop_put, context);
    window_op_check_rule(&p->op, window->rule);
    if (p->op.early.kind == ERR_NONE)
        window_key_window(p->key, w->cluster, window->rule, window->from);
    return &p->op;
}

/* ---- one object read ---- */

struct get_op {
    struct window_store_op op; /* first */
    struct store *store;
    struct store_op *io;
    size_t max;
    char key[WINDOW_KEY_SIZE];
    void (*window)(void *context, struct window *yours, const struct err *err);
    void (*lines)(void *context, struct spool *yours, const struct err *err);
};

static void stop_get(struct window_store_op *op)
{
    struct get_op *g = (struct get_op *)op;
    store_cancel(g->io);
}

static void got_window(void *context, struct str bytes, const struct err *err)
{
    struct get_op *g = context;
    struct get_op copy = *g;
    struct err why = *err;
    struct window *window = NULL;
    if (why.kind == ERR_NONE)
        window = window_from_json(bytes.p, bytes.n, g->key, &why);
    g->io = NULL;
    window_op_free(&g->op);
    copy.window(copy.op.context, window, &why);
}

static void got_lines(void *context, struct spool *yours, const struct err *err)
{
    struct get_op *g = context;
    struct get_op copy = *g;
    struct err why = *err;
    g->io = NULL;
    window_op_free(&g->op);
    copy.lines(copy.op.context, yours, &why);
}

static void run_get(struct window_store_op *op, const struct err *early)
{
    struct get_op *g = (struct get_op *)op;
    if (early->kind != ERR_NONE && g->window)
        got_window(g, (struct str){"", 0}, early);
    else if (early->kind != ERR_NONE)
        got_lines(g, NULL, early);
    else if (g->window)
        g->io = store_get(g->store, g->key, g->max, g, got_window);
    else
        g->io = store_get_spool(g->store, g->key, g->max, g, got_lines);
}

struct window_store_op *
window_store_load(struct window_store *w, const char *rule, int64_t from, void *context,
                  void (*done)(void *context, struct window *yours, const struct err *err))
{
    struct get_op *g = mem_alloc(sizeof *g);
    g->store = w->processed;
    g->max = WINDOW_OP_WINDOW_MAX;
    g->window = done;
    window_op_begin(w, &g->op, run_get, stop_get, context);
    window_op_check_rule(&g->op, rule);
    if (g->op.early.kind == ERR_NONE)
        window_key_window(g->key, w->cluster, rule, from);
    return &g->op;
}

struct window_store_op *
window_store_load_lines(struct window_store *w, const char *rule, int64_t from, void *context,
                        void (*done)(void *context, struct spool *yours, const struct err *err))
{
    struct get_op *g = mem_alloc(sizeof *g);
    g->store = w->raw;
    g->max = STORE_OBJECT_MAX;
    g->lines = done;
    window_op_begin(w, &g->op, run_get, stop_get, context);
    if (!w->raw)
        err_set(&g->op.early, ERR_CONFIG, "store.raw", "set store.raw",
                "there is no store for raw lines");
    window_op_check_rule(&g->op, rule);
    if (g->op.early.kind == ERR_NONE)
        window_key_lines(g->key, w->cluster, rule, from);
    return &g->op;
}
