/* Jobs, printed as printJob does from 1.31 on (before, there was no STATUS). */
#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "kube/kinds/condition.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"
#include "kube/kinds/workload_cells.h"

enum {
    STATUS,
    COMPLETIONS,
    DURATION,
    CONTAINERS,
    IMAGES,
    SELECTOR,
    FAILED,
    STARTED,
    FINISHED,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [STATUS] = {.title = "STATUS", .type = CELL_TEXT},
    [COMPLETIONS] = {.title = "COMPLETIONS", .type = CELL_TEXT},
    [DURATION] = {.title = "DURATION", .type = CELL_TEXT},
    [CONTAINERS] = {.title = "CONTAINERS", .type = CELL_TEXT, .wide = true},
    [IMAGES] = {.title = "IMAGES", .type = CELL_TEXT, .wide = true},
    [SELECTOR] = {.title = "SELECTOR", .type = CELL_TEXT, .wide = true},
    [FAILED] = {.title = "FAILED", .type = CELL_INT, .wide = true},
    [STARTED] = {.title = "STARTED", .type = CELL_TIME, .wide = true},
    [FINISHED] = {.title = "FINISHED", .type = CELL_TIME, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,
                                   WORKLOAD_CELLS_KEEP("spec.template."),
                                   "spec.completions",
                                   "spec.parallelism",
                                   "spec.backoffLimit",
                                   "spec.selector",
                                   "status.succeeded",
                                   "status.failed",
                                   "status.active",
                                   "status.startTime",
                                   "status.completionTime",
                                   "status.conditions",
                                   NULL};

static void set_completions(struct object *row, const struct json *job)
{
    int succeeded = (int)workload_cells_count(job, "status.succeeded", 0);
    int parallelism = (int)workload_cells_count(job, "spec.parallelism", 0);
    char text[64];
    if (json_is_number(json_get(job, "spec.completions")))
        snprintf(text, sizeof text, "%d/%d", succeeded,
                 (int)workload_cells_count(job, "spec.completions", 1));
    else if (parallelism > 1)
        snprintf(text, sizeof text, "%d/1 of %d", succeeded, parallelism);
    else
        snprintf(text, sizeof text, "%d/1", succeeded);
    object_set_text(row, COMPLETIONS, str_of(text));
}

/* Of a job that runs it is as of now; STARTED says since when. */
static void set_duration(struct object *row, const struct json *job)
{
    int64_t started = kinds_time(job, "status.startTime"),
            ended = kinds_time(job, "status.completionTime");
    char text[CLOCK_TEXT];
    row->cells[STARTED].number = started;
    if (!started)
        return;
    clock_age((ended ? ended : clock_now()) - started, text);
    object_set_text(row, DURATION, str_of(text));
}

static const char *status_of(const struct object *row, const struct json *job)
{
    static const struct {
        const char *condition, *status;
    } ends[] = {{"Complete", "Complete"}, {"Failed", "Failed"}},
      others[] = {{"Suspended", "Suspended"},
                  {"FailureTarget", "FailureTarget"},
                  {"SuccessCriteriaMet", "SuccessCriteriaMet"}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (condition_is(job, ends[i].condition, "True"))
            return ends[i].status;
    if (row->deleted)
        return "Terminating";
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (condition_is(job, others[i].condition, "True"))
            return others[i].status;
    return "Running";
}

static void explain_running(struct object *row, struct buf *words, const struct json *job)
{
    int failed = (int)row->cells[FAILED].number;
    if (!failed)
        return;
    trouble_worsen(row, HEALTH_WARN);
    buf_printf(words, "%d pod%s failed", failed, failed == 1 ? "" : "s");
    if (json_is_number(json_get(job, "spec.backoffLimit")))
        buf_printf(words, ", it gives up after %d",
                   (int)workload_cells_count(job, "spec.backoffLimit", 6) + 1);
}

static void explain(struct object *row, const struct json *job, struct str status)
{
    const struct json *failed = condition_find(job, "Failed");
    struct buf words;
    trouble_init(&words);
    row->health = HEALTH_OK;
    if (str_is(status, "Complete")) {
        row->health = HEALTH_DONE;
    } else if (str_is(status, "Failed")) {
        row->health = HEALTH_BAD;
        condition_words(&words, failed);
    } else if (str_is(status, "FailureTarget")) {
        row->health = HEALTH_BAD;
        condition_words(&words, condition_find(job, "FailureTarget"));
    } else {
        if (!str_is(status, "Running"))
            row->health = HEALTH_PENDING;
        explain_running(row, &words, job);
    }
    trouble_set(row, &words);
}

static void fill(struct object *row, const struct json *job)
{
    const char *status = status_of(row, job);
    int64_t ended = kinds_time(job, "status.completionTime");
    object_set_text(row, STATUS, str_of(status));
    set_completions(row, job);
    set_duration(row, job);
    workload_cells_template(row, CONTAINERS, IMAGES, json_get(job, "spec.template"));
    workload_cells_selector(row, SELECTOR, json_get(job, "spec.selector"));
    row->cells[FAILED].number = workload_cells_count(job, "status.failed", 0);
    row->cells[FINISHED].number =
        ended ? ended : kinds_time(condition_find(job, "Failed"), "lastTransitionTime");
    explain(row, job, str_of(status));
}

const struct kinds_row kind_job = {
    .kind = {.name = "jobs",
             .singular = "job",
             .short_names = "",
             .api = "/apis/batch/v1",
             .object_kind = "Job",
             .namespaced = true,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
    .blank = 1u << DURATION,
};
