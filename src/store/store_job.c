#include "store/store_job.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/pool.h"
#include "net/http.h"
#include "net/loop.h"

static void free_job(struct store_job *j)
{
    if (j->kind->end)
        j->kind->end(j);
    j->kind->drop(j->state);
    loop_timer_free(j->timer);
    store_ask_free(&j->ask);
    buf_free(&j->bytes);
    arena_free(&j->arena);
    free(j->entries);
    free(j->from);
    free(j->next);
    free(j);
}

static void work(void *job)
{
    struct store_job *j = job;
    if (!atomic_load(&j->stop))
        j->kind->work(j);
}

static void done(void *job);

/* Out of the lane's queue, where it may not be. */
static void leave_lane(struct store_job *j)
{
    struct store_job **link = j->kind->lane ? &j->kind->lane->first : NULL;
    while (link && *link && *link != j)
        link = &(*link)->next_in_lane;
    if (link && *link)
        *link = j->next_in_lane;
    j->next_in_lane = NULL;
}

static bool hand_over(struct store_job *j, struct err *err)
{
    j->in_pool = pool_run(loop_pool(j->loop), work, done, j);
    if (j->kind->lane)
        j->kind->lane->busy = j->in_pool;
    return j->in_pool ||
           err_set(err, ERR_LIMIT, j->ask.key, "", "too much waits for the disk or the store");
}

bool store_job_submit(struct store_job *j, struct err *err)
{
    struct store_job_lane *lane = j->kind->lane;
    err_clear(&j->err);
    free(j->next);
    j->next = NULL;
    j->retry_ms = 0;
    if (!lane || !lane->busy)
        return hand_over(j, err);
    struct store_job **link = &lane->first;
    while (*link)
        link = &(*link)->next_in_lane;
    *link = j;
    return true;
}

/* The lane is free for the next; one that the pool does not take ends, and the one behind it comes. */
static void free_lane(struct store_job_lane *lane)
{
    if (!lane)
        return;
    lane->busy = false;
    while (lane->first && !lane->busy) {
        struct store_job *j = lane->first;
        leave_lane(j);
        if (!hand_over(j, &j->err))
            loop_timer_set(j->timer, 0);
    }
}

/* What was asked goes back to the operation. */
static void give_back(struct store_job *j)
{
    store_ask_free(&j->op->ask);
    j->op->ask = j->ask;
    j->ask = (struct store_ask){0};
    j->op->run = NULL;
}

void store_job_undo(struct store_job *j)
{
    give_back(j);
    free_job(j);
}

void store_job_finish(struct store_job *j)
{
    struct store_op *op = j->op;
    struct err err = j->err;
    give_back(j);
    buf_free(&op->bytes);
    op->bytes = j->bytes;
    buf_init(&j->bytes, 0);
    if (op->ask.verb == STORE_HEAD)
        op->size = j->size;
    op->modified = j->modified;
    op->removed = j->removed;
    free_job(j);
    store_op_end(op, &err);
}

/* Tells the page; false when no more is wanted. */
static bool tell_page(struct store_job *j)
{
    bool more = true;
    for (size_t i = 0; i < j->count && more; i++)
        more = store_op_entry(j->op, &j->entries[i]);
    free(j->from);
    j->from = j->next;
    j->next = NULL;
    j->count = 0;
    arena_reset(&j->arena);
    return more && j->from;
}

static void again(void *context)
{
    struct store_job *j = context;
    if (!store_op_may_run(j->op, j->ask.verb, &j->err) || !store_job_submit(j, &j->err))
        store_job_finish(j);
}

static void done(void *job)
{
    struct store_job *j = job;
    j->in_pool = false;
    free_lane(j->kind->lane);
    if (!j->op) {
        free_job(j);
        return;
    }
    if (j->err.kind != ERR_NONE) {
        j->count = 0;
        if (j->retry_ms)
            loop_timer_set(j->timer, j->retry_ms);
        else if (!j->kind->failed || !j->kind->failed(j))
            store_job_finish(j);
        return;
    }
    if (j->ask.verb == STORE_LIST && tell_page(j))
        again(j);
    else
        store_job_finish(j);
}

struct store_job *store_job_new(struct store_op *op, const struct store_job_kind *kind, void *own)
{
    struct store_job *j = mem_alloc(sizeof *j);
    j->op = op;
    j->kind = kind;
    j->own = own;
    j->state = op->store->state;
    j->loop = http_loop(op->store->http);
    j->timer = loop_timer_new(j->loop, again, j);
    buf_init(&j->bytes, op->ask.max);
    arena_init(&j->arena);
    kind->hold(j->state);
    op->run = j;
    /* The list's filter reads the copy while the rest is with the worker. */
    j->ask = op->ask;
    op->ask = (struct store_ask){.verb = j->ask.verb, .max = j->ask.max};
    op->ask.after = mem_dup(j->ask.after);
    return j;
}

void store_job_stop(struct store_op *op)
{
    struct store_job *j = op->run;
    j->op = NULL;
    op->run = NULL;
    atomic_store(&j->stop, true);
    loop_timer_stop(j->timer);
    leave_lane(j);
    if (!j->in_pool)
        free_job(j);
}

void store_job_entry(struct store_job *j, const struct store_entry *e)
{
    mem_grow(&j->entries, &j->cap, j->count + 1, sizeof *j->entries);
    struct store_entry *to = &j->entries[j->count++];
    *to = *e;
    to->key = arena_dup(&j->arena, str_of(e->key));
}
