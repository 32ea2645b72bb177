#include "collect/window_job.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/window_store.h"
#include "triage/window_build.h"

struct window_job {
    struct window_job_conf conf;
    struct extraction *extraction;
    struct window_store_op *op;
    struct window *window;
    struct buf raw;
};

void window_job_free(struct window_job *j)
{
    if (!j)
        return;
    extraction_free(j->extraction);
    window_store_cancel(j->op);
    window_free(j->window);
    buf_free(&j->raw);
    free(j);
}

static void end(struct window_job *j, enum window_job_result result, const struct err *err)
{
    j->op = NULL;
    j->extraction = NULL;
    j->conf.done(j->conf.context, result, j->window, err);
    window_job_free(j);
}

/* Every step ends here on failure; true when the chain goes on. */
static bool went_well(struct window_job *j, const struct err *err)
{
    j->op = NULL;
    if (!err->kind)
        return true;
    end(j, WINDOW_JOB_FAILED, err);
    return false;
}

static void on_indexed(void *context, const struct err *err)
{
    struct window_job *j = context;
    if (went_well(j, err))
        end(j, WINDOW_JOB_STORED, err);
}

static void on_window(void *context, const struct err *err)
{
    struct window_job *j = context;
    if (went_well(j, err))
        j->op = window_store_index(j->conf.store, j->window, j, on_indexed);
}

static void on_catalogue(void *context, const struct err *err)
{
    struct window_job *j = context;
    if (went_well(j, err))
        j->op = window_store_save(j->conf.store, j->window, j, on_window);
}

static void on_lines(void *context, const struct err *err)
{
    struct window_job *j = context;
    if (!went_well(j, err))
        return;
    window_build_catalogue(j->window, j->conf.catalogue);
    j->op = window_store_merge_catalogue(j->conf.store, j->conf.catalogue, j, on_catalogue);
}

static void store_it(struct window_job *j)
{
    j->op = window_store_save_lines(j->conf.store, j->window->rule, j->window->from, &j->raw, j,
                                    on_lines);
}

/* What is stored already decides: Loki may have forgotten lines since, so fewer never replace more. */
static void on_stored(void *context, struct window *stored, const struct err *err)
{
    struct window_job *j = context;
    struct err none = {0};
    bool broken = err->kind == ERR_NOT_FOUND || err->kind == ERR_PROTOCOL;
    j->op = NULL;
    if (err->kind && !broken) {
        end(j, WINDOW_JOB_FAILED, err);
        return;
    }
    bool fewer = stored && j->window->lines < stored->lines;
    window_free(stored);
    if (fewer && !j->conf.force)
        end(j, WINDOW_JOB_KEPT, &none);
    else
        store_it(j);
}

static void on_extracted(void *context, struct window *w, struct buf *raw, const struct err *err)
{
    struct window_job *j = context;
    j->extraction = NULL;
    j->window = w;
    if (err->kind) {
        end(j, WINDOW_JOB_FAILED, err);
        return;
    }
    size_t n;
    char *bytes = buf_take(raw, &n);
    j->raw = (struct buf){bytes, n, n + 1, raw->max, false};
    j->op = window_store_load(j->conf.store, w->rule, w->from, j, on_stored);
}

struct window_job *window_job_start(const struct window_job_conf *conf)
{
    struct window_job *j = mem_alloc(sizeof *j);
    j->conf = *conf;
    buf_init(&j->raw, 0);
    struct extraction_conf e = conf->extraction;
    e.known = conf->catalogue;
    e.raw = true;
    e.open = false;
    e.context = j;
    e.done = on_extracted;
    j->extraction = extraction_start(&e);
    return j;
}
