#include "collect/window_job.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "collect/reprocess.h"
#include "store/spool.h"
#include "store/store.h"
#include "store/window_store.h"
#include "triage/window_build.h"

struct window_job {
    struct window_job_conf conf;
    struct extraction *extraction;
    struct reprocess *reprocess;
    struct window_store_op *op;
    struct store_op *put;
    struct window *window;
    struct spool *raw;
};

void window_job_free(struct window_job *j)
{
    if (!j)
        return;
    extraction_free(j->extraction);
    reprocess_free(j->reprocess);
    window_store_cancel(j->op);
    store_cancel(j->put);
    window_free(j->window);
    spool_free(j->raw);
    free(j);
}

static void end(struct window_job *j, enum window_job_result result, const struct err *err)
{
    struct err copy = *err;
    j->conf.done(j->conf.context, result, j->window, &copy);
    window_job_free(j);
}

/* Every step ends here on failure; true when the chain goes on. */
static bool went_well(struct window_job *j, const struct err *err)
{
    j->op = NULL;
    j->put = NULL;
    if (!err->kind)
        return true;
    end(j, WINDOW_JOB_FAILED, err);
    return false;
}

static void on_indexed(void *context, const struct err *err)
{
    struct window_job *j = context;
    struct err none = {0};
    /* The window is committed; an index that a newer collector keeps is not ours to write. */
    if (window_store_is_newer(err)) {
        log_err(LOG_WARN, "the day's index was left as it is", err);
        err = &none;
    }
    if (went_well(j, err))
        end(j, WINDOW_JOB_STORED, err);
}

static void on_window(void *context, const struct err *err)
{
    struct window_job *j = context;
    if (went_well(j, err))
        j->op = window_store_day_index(j->conf.store, j->window, j, on_indexed);
}

static void on_catalogue(void *context, const struct err *err)
{
    struct window_job *j = context;
    if (went_well(j, err))
        j->op = window_store_save(j->conf.store, j->window, j, on_window);
}

static void store_catalogue(struct window_job *j)
{
    window_build_catalogue(j->window, j->conf.catalogue);
    j->op = window_store_groups_merge(j->conf.store, j->conf.catalogue, j, on_catalogue);
}

static void on_lines(void *context, const struct err *err)
{
    struct window_job *j = context;
    if (went_well(j, err))
        store_catalogue(j);
}

static void store_it(struct window_job *j)
{
    char key[WINDOW_KEY_SIZE];
    struct store *raw = window_store_raw(j->conf.store);
    if (!j->raw) {
        store_catalogue(j);
        return;
    }
    window_key_lines(key, window_store_cluster(j->conf.store), j->window->rule, j->window->from);
    j->put = store_put_spool(raw, key, "application/gzip", j->raw, j, on_lines);
    j->raw = NULL;
}

static struct reprocess *start_reprocess(struct window_job *j,
                                         void (*done)(void *context, struct window *w,
                                                      const struct err *err))
{
    const struct extraction_conf *x = &j->conf.extraction;
    return reprocess_start(&(struct reprocess_conf){.loop = j->conf.loop,
                                                    .store = j->conf.store,
                                                    .rule = x->rule,
                                                    .labels = x->labels,
                                                    .from = x->from,
                                                    .to = x->to,
                                                    .known = j->conf.catalogue,
                                                    .context = j,
                                                    .done = done});
}

/* What is left of the broken window, its entry in the index, says more than a new one would. */
static void give_up(struct window_job *j)
{
    struct err err = {0};
    err_set(&err, ERR_REFUSED, j->conf.extraction.rule->name,
            "collect --from --to --force makes one of what is left",
            "the stored window is broken, and of its %llu lines Loki and the raw object have %llu",
            (unsigned long long)j->conf.expected, (unsigned long long)j->window->lines);
    end(j, WINDOW_JOB_FAILED, &err);
}

/* Of a window that broke or was never committed the raw object may hold what Loki has forgotten. */
static void on_raw_counted(void *context, struct window *raw, const struct err *err)
{
    struct window_job *j = context;
    bool unreadable = err->kind == ERR_NOT_FOUND || err->kind == ERR_PROTOCOL;
    j->reprocess = NULL;
    if (err->kind && !unreadable) {
        end(j, WINDOW_JOB_FAILED, err);
        return;
    }
    if (raw && raw->lines > j->window->lines) {
        window_free(j->window);
        spool_free(j->raw);
        j->window = raw;
        j->raw = NULL;
        /* What was counted is not known any more; it was no less. */
        raw->counted = raw->lines > j->conf.expected ? raw->lines : j->conf.expected;
    } else {
        window_free(raw);
    }
    if (j->window->lines < j->conf.expected)
        give_up(j);
    else
        store_it(j);
}

/* What is stored already decides: Loki may have forgotten lines since, so fewer never replace more.
 */
static void on_stored(void *context, struct window *stored, const struct err *err)
{
    struct window_job *j = context;
    struct err none = {0};
    bool newer = window_store_is_newer(err);
    bool broken = err->kind == ERR_NOT_FOUND || err->kind == ERR_PROTOCOL;
    j->op = NULL;
    if (err->kind && !broken) {
        end(j, WINDOW_JOB_FAILED, err);
        return;
    }
    bool fewer = stored && j->window->lines < stored->lines;
    window_free(stored);
    if ((fewer && !j->conf.force) || newer)
        end(j, WINDOW_JOB_KEPT, &none);
    else if (broken && !j->conf.reprocess && !j->conf.force)
        j->reprocess = start_reprocess(j, on_raw_counted);
    else
        store_it(j);
}

static void compare(struct window_job *j)
{
    const struct window *w = j->window;
    j->op = window_store_load(j->conf.store, w->rule, w->from, j, on_stored);
}

static void on_extracted(void *context, struct window *w, struct spool *raw, const struct err *err)
{
    struct window_job *j = context;
    j->extraction = NULL;
    j->window = w;
    j->raw = raw;
    if (err->kind)
        end(j, WINDOW_JOB_FAILED, err);
    else
        compare(j);
}

static void on_reprocessed(void *context, struct window *w, const struct err *err)
{
    struct window_job *j = context;
    struct err none = {0};
    j->reprocess = NULL;
    j->window = w;
    if (window_store_is_newer(err))
        end(j, WINDOW_JOB_KEPT, &none);
    else if (err->kind)
        end(j, WINDOW_JOB_FAILED, err);
    else
        compare(j);
}

struct window_job *window_job_start(const struct window_job_conf *conf)
{
    struct window_job *j = mem_alloc(sizeof *j);
    j->conf = *conf;
    if (conf->reprocess) {
        j->reprocess = start_reprocess(j, on_reprocessed);
        return j;
    }
    struct extraction_conf e = conf->extraction;
    e.known = conf->catalogue;
    e.raw = true;
    e.open = false;
    e.context = j;
    e.done = on_extracted;
    j->extraction = extraction_start(&e);
    return j;
}
