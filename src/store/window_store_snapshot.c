/* The newest snapshot at a moment: of that day, else of the last day before it that has one. */

#include "base/clock.h"
#include "base/mem.h"
#include "store/window_op.h"

struct snapshot_op {
    struct window_store_op op; /* first */
    struct window_store_op *list;
    struct store_op *io;
    int64_t at, found;
    bool looked_back;
    void (*done)(void *context, int64_t found, struct str packed, const struct err *err);
};

static void stop(struct window_store_op *op)
{
    struct snapshot_op *s = (struct snapshot_op *)op;
    window_store_cancel(s->list);
    store_cancel(s->io);
}

static void got(void *context, struct str bytes, const struct err *err)
{
    struct snapshot_op *s = context;
    struct snapshot_op copy = *s;
    struct err why = *err;
    s->io = NULL;
    window_op_free(&s->op);
    copy.done(copy.op.context, why.kind ? 0 : copy.found, bytes, &why);
}

static void days_listed(void *context, const int64_t *days, size_t count, const struct err *err);

static void times_listed(void *context, const int64_t *times, size_t count, const struct err *err)
{
    struct snapshot_op *s = context;
    char key[WINDOW_KEY_SIZE];
    s->list = NULL;
    if (err->kind != ERR_NONE) {
        got(s, (struct str){"", 0}, err);
    } else if (count) {
        s->found = times[count - 1];
        window_key_snapshot(key, s->op.owner->cluster, s->found);
        s->io = store_get(s->op.owner->processed, key, WINDOW_OP_SNAPSHOT_MAX, s, got);
    } else if (!s->looked_back) {
        s->looked_back = true;
        s->list = window_store_list_days(s->op.owner, "snapshots", NULL, 0,
                                         clock_align(s->at, CLOCK_DAY), s, days_listed);
    } else {
        days_listed(s, NULL, 0, err);
    }
}

static void days_listed(void *context, const int64_t *days, size_t count, const struct err *err)
{
    struct snapshot_op *s = context;
    struct err why = *err;
    s->list = NULL;
    if (count) {
        int64_t day = days[count - 1];
        s->list = window_store_list_snapshots(s->op.owner, day, day + CLOCK_DAY, s, times_listed);
        return;
    }
    if (why.kind == ERR_NONE)
        err_set(&why, ERR_NOT_FOUND, "store", "", "there is no snapshot at or before this time");
    got(s, (struct str){"", 0}, &why);
}

static void run(struct window_store_op *op, const struct err *early)
{
    struct snapshot_op *s = (struct snapshot_op *)op;
    if (early->kind != ERR_NONE)
        got(s, (struct str){"", 0}, early);
    else
        s->list = window_store_list_snapshots(op->owner, clock_align(s->at, CLOCK_DAY), s->at + 1,
                                              s, times_listed);
}

struct window_store_op *window_store_snapshot_load(
    struct window_store *w, int64_t at, void *context,
    void (*done)(void *context, int64_t found, struct str packed, const struct err *err))
{
    struct snapshot_op *s = mem_alloc(sizeof *s);
    s->at = at;
    s->done = done;
    window_op_begin(w, &s->op, run, stop, context);
    return &s->op;
}
