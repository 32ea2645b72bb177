/*
 * Operations wait in the order in which they were asked for and a few run at once. A timer starts
 * them, so that nothing is told from inside a call; whatever is wrong with what was asked is told
 * the same way.
 */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/spool.h"
#include "store/store_key.h"
#include "store/store_kind.h"

enum { AFTER_MAX = 1024 };
#define WAITING_BYTES_MAX ((size_t)2 << 30)

void store_ask_free(struct store_ask *a)
{
    free(a->key);
    free(a->after);
    free(a->content_type);
    buf_free(&a->body);
    spool_free(a->spool);
    *a = (struct store_ask){0};
}

static void link_in(struct store_list_of_ops *list, struct store_op *op)
{
    op->prev = list->last;
    op->next = NULL;
    *(list->last ? &list->last->next : &list->first) = op;
    list->last = op;
}

static void link_out(struct store_list_of_ops *list, struct store_op *op)
{
    *(op->prev ? &op->prev->next : &list->first) = op->next;
    *(op->next ? &op->next->prev : &list->last) = op->prev;
}

/* Out of its store: it may then be freed, or told, whatever happens to the store. */
static void take_out(struct store_op *op)
{
    struct store *s = op->store;
    link_out(op->running ? &s->active : &s->waiting, op);
    s->running -= op->running;
    s->ops--;
    if (op->ask.verb == STORE_PUT)
        s->bytes -= op->size;
    if (s->waiting.first)
        loop_timer_set(s->pump, 0);
}

static void free_op(struct store_op *op)
{
    store_ask_free(&op->ask);
    buf_free(&op->bytes);
    free(op);
}

static void tell_bytes(struct store_op *op, const struct err *err)
{
    struct spool *spool = op->ask.spool;
    if (!spool) {
        op->done.get(op->context, err->kind ? (struct str){"", 0} : buf_str(&op->bytes), err);
        return;
    }
    if (err->kind == ERR_NONE)
        op->ask.spool = NULL;
    spool_rewind(spool);
    op->done.spool(op->context, op->ask.spool ? NULL : spool, err);
}

static void tell(struct store_op *op, const struct err *err)
{
    bool ok = err->kind == ERR_NONE;
    struct store_entry entry = {.key = op->ask.key, .size = op->size, .modified = op->modified};
    switch (op->ask.verb) {
    case STORE_GET:
        tell_bytes(op, err);
        break;
    case STORE_HEAD:
        op->done.head(op->context, ok ? &entry : NULL, err);
        break;
    case STORE_CLEAN:
        op->done.clean(op->context, op->removed, err);
        break;
    case STORE_PUT:
    case STORE_DELETE:
    case STORE_LIST:
    case STORE_PROBE:
        op->done.plain(op->context, err);
        break;
    }
}

bool store_guard_check(const struct store_guard *g, const char *where, struct err *err)
{
    if (!g->may_write || g->may_write(g->context))
        return true;
    return err_set(err, ERR_CONFLICT, where, "", "another collector writes by now");
}

bool store_op_may_run(const struct store_op *op, enum store_verb verb, struct err *err)
{
    bool writes = verb == STORE_PUT || verb == STORE_DELETE || verb == STORE_CLEAN;
    return !writes || store_guard_check(&op->store->guard, op->store->url, err);
}

void store_op_end(struct store_op *op, const struct err *err)
{
    take_out(op);
    if (op->ask.verb == STORE_PUT && err->kind == ERR_NONE)
        op->store->written += op->size;
    if (op->ask.verb == STORE_PUT && !op->cancelled)
        op->store->write_failed = err->kind != ERR_NONE && err->kind != ERR_CONFLICT;
    if (!op->cancelled)
        tell(op, err);
    free_op(op);
}

bool store_op_entry(struct store_op *op, const struct store_entry *entry)
{
    if (op->ask.after && strcmp(entry->key, op->ask.after) <= 0)
        return true;
    op->told++;
    op->telling = true;
    bool more = op->entry(op->context, entry);
    op->telling = false;
    return more && !op->cancelled && (!op->ask.max || op->told < op->ask.max);
}

void store_cancel(struct store_op *op)
{
    if (!op)
        return;
    if (op->telling) {
        op->cancelled = true;
        return;
    }
    if (op->running)
        op->store->kind->stop(op);
    take_out(op);
    free_op(op);
}

/* Starts what may run. One that failed is told last of all: its callback may close the store. */
static void pump(void *context)
{
    struct store *s = context;
    while (s->waiting.first && s->running < s->kind->parallel) {
        struct store_op *op = s->waiting.first;
        if (op->early.kind == ERR_NONE && store_op_may_run(op, op->ask.verb, &op->early)) {
            link_out(&s->waiting, op);
            link_in(&s->active, op);
            op->running = true;
            s->running++;
            if (s->kind->start(op, &op->early))
                continue;
        }
        struct err err = op->early;
        store_op_end(op, &err);
        return;
    }
}

static struct store_op *begin(struct store *s, enum store_verb verb, const char *key, void *context)
{
    struct store_op *op = mem_alloc(sizeof *op);
    op->store = s;
    op->context = context;
    op->ask.verb = verb;
    op->ask.key = mem_dup(key ? key : "");
    buf_init(&op->bytes, 0);
    bool prefix = verb == STORE_LIST || verb == STORE_CLEAN || verb == STORE_PROBE;
    if (s->ops >= STORE_OPS_MAX)
        err_set(&op->early, ERR_LIMIT, s->url, "", "over %d operations wait", STORE_OPS_MAX);
    else
        store_key_fits(op->ask.key, prefix, &op->early);
    s->ops++;
    link_in(&s->waiting, op);
    loop_timer_set(s->pump, 0);
    return op;
}

struct store_op *store_get(struct store *s, const char *key, size_t max, void *context,
                           void (*done)(void *context, struct str bytes, const struct err *err))
{
    struct store_op *op = begin(s, STORE_GET, key, context);
    op->done.get = done;
    op->ask.max = max;
    buf_init(&op->bytes, max);
    return op;
}

struct store_op *store_get_spool(struct store *s, const char *key, size_t max, void *context,
                                 void (*done)(void *context, struct spool *yours,
                                              const struct err *err))
{
    struct store_op *op = begin(s, STORE_GET, key, context);
    op->done.spool = done;
    op->ask.max = max;
    op->ask.spool = spool_new(max);
    return op;
}

static struct store_op *begin_put(struct store *s, const char *key, const char *content_type,
                                  size_t size, void *context,
                                  void (*done)(void *context, const struct err *err))
{
    struct store_op *op = begin(s, STORE_PUT, key, context);
    op->done.plain = done;
    op->ask.content_type = mem_dup(content_type);
    op->size = size;
    s->bytes += size;
    if (size > STORE_OBJECT_MAX)
        err_set(&op->early, ERR_LIMIT, key, "", "the object is larger than a store takes");
    else if (s->bytes > WAITING_BYTES_MAX)
        err_set(&op->early, ERR_LIMIT, key, "", "too many bytes wait to be stored");
    return op;
}

struct store_op *store_put(struct store *s, const char *key, const char *content_type,
                           struct buf *body, void *context,
                           void (*done)(void *context, const struct err *err))
{
    struct store_op *op = begin_put(s, key, content_type, body->n, context, done);
    op->ask.body = *body;
    buf_init(body, body->max);
    if (op->ask.body.over)
        err_set(&op->early, ERR_LIMIT, key, "", "the object is larger than a store takes");
    return op;
}

struct store_op *store_put_spool(struct store *s, const char *key, const char *content_type,
                                 struct spool *body, void *context,
                                 void (*done)(void *context, const struct err *err))
{
    struct store_op *op = begin_put(s, key, content_type, spool_size(body), context, done);
    op->ask.spool = body;
    return op;
}

struct store_op *store_delete(struct store *s, const char *key, void *context,
                              void (*done)(void *context, const struct err *err))
{
    struct store_op *op = begin(s, STORE_DELETE, key, context);
    op->done.plain = done;
    return op;
}

struct store_op *store_head(struct store *s, const char *key, void *context,
                            void (*done)(void *context, const struct store_entry *entry,
                                         const struct err *err))
{
    struct store_op *op = begin(s, STORE_HEAD, key, context);
    op->done.head = done;
    return op;
}

struct store_op *store_list(struct store *s, const struct store_list *call)
{
    struct store_op *op = begin(s, STORE_LIST, call->prefix, call->context);
    op->done.plain = call->done;
    op->entry = call->entry;
    op->ask.folders = call->folders;
    op->ask.max = call->max;
    op->ask.after = mem_dup(call->after);
    if (call->after && strlen(call->after) > AFTER_MAX)
        err_set(&op->early, ERR_USAGE, s->url, "", "the key to list behind is too long");
    return op;
}

struct store_op *store_clean(struct store *s, const char *prefix, int64_t age_ns, void *context,
                             void (*done)(void *context, size_t removed, const struct err *err))
{
    struct store_op *op = begin(s, STORE_CLEAN, prefix, context);
    op->done.clean = done;
    op->ask.age = age_ns;
    return op;
}

struct store_op *store_probe(struct store *s, const char *prefix, void *context,
                             void (*done)(void *context, const struct err *err))
{
    if (!s->kind->probes)
        return NULL;
    struct store_op *op = begin(s, STORE_PROBE, prefix, context);
    op->done.plain = done;
    return op;
}

/* ---- the store ---- */

struct store *store_new(struct http *h, const char *url)
{
    struct store *s = mem_alloc(sizeof *s);
    s->http = h;
    s->url = mem_dup(url);
    s->pump = loop_timer_new(http_loop(h), pump, s);
    return s;
}

void store_free(struct store *s)
{
    if (!s)
        return;
    while (s->active.first)
        store_cancel(s->active.first);
    while (s->waiting.first)
        store_cancel(s->waiting.first);
    loop_timer_free(s->pump);
    if (s->kind)
        s->kind->close(s->state);
    free(s->url);
    free(s);
}

void store_guard(struct store *s, bool (*may_write)(void *context), void *context)
{
    s->guard = (struct store_guard){may_write, context};
}

const char *store_url(const struct store *s)
{
    return s->url;
}

bool store_write_failed(const struct store *s)
{
    return s->write_failed;
}

bool store_settled(const struct store *s)
{
    return !s->kind->settled || s->kind->settled(s->state);
}

uint64_t store_written(const struct store *s)
{
    return s->written;
}

void store_describe(const struct store *s, struct buf *out)
{
    s->kind->describe(s->state, out);
}
