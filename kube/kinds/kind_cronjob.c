/* batch/v1 from 1.21 on, v1beta1 before: the same object. */
#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"
#include "kube/kinds/workload_cells.h"

enum {
    SCHEDULE,
    TIMEZONE,
    SUSPEND,
    ACTIVE,
    LAST_SCHEDULE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
    LAST_SUCCESS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [SCHEDULE] = {.title = "SCHEDULE", .type = CELL_TEXT},
    [TIMEZONE] = {.title = "TIMEZONE", .type = CELL_TEXT},
    [SUSPEND] = {.title = "SUSPEND", .type = CELL_TEXT},
    [ACTIVE] = {.title = "ACTIVE", .type = CELL_INT},
    [LAST_SCHEDULE] = {.title = "LAST SCHEDULE", .type = CELL_TIME},
    [CONTAINERS] = {.title = "CONTAINERS", .type = CELL_TEXT, .wide = true},
    [IMAGES] = {.title = "IMAGES", .type = CELL_TEXT, .wide = true},
    [SELECTOR] = {.title = "SELECTOR", .type = CELL_TEXT, .wide = true},
    [LAST_SUCCESS] = {.title = "LAST SUCCESS", .type = CELL_TIME, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,
                                   WORKLOAD_CELLS_KEEP("spec.jobTemplate.spec.template."),
                                   "spec.jobTemplate.spec.selector",
                                   "spec.schedule",
                                   "spec.timeZone",
                                   "spec.suspend",
                                   "status.active.name",
                                   "status.lastScheduleTime",
                                   "status.lastSuccessfulTime",
                                   NULL};

/* Servers before 1.21 do not say when a run succeeded: nothing is concluded then. */
static void explain(struct object *row)
{
    int64_t due = row->cells[LAST_SCHEDULE].number, success = row->cells[LAST_SUCCESS].number;
    struct buf words;
    trouble_init(&words);
    if (success && success < due && !row->cells[ACTIVE].number) {
        trouble_worsen(row, HEALTH_WARN);
        buf_adds(&words, "the last run failed");
        trouble_time(&words, ": begun", due);
        trouble_time(&words, ", the last success", success);
    }
    trouble_set(row, &words);
}

static void fill(struct object *row, const struct json *c)
{
    const struct json *job = json_get(c, "spec.jobTemplate.spec"),
                      *suspend = json_get(c, "spec.suspend");
    bool suspended = json_is_true(suspend);
    object_set_text(row, SCHEDULE, str_of(json_string(c, "spec.schedule", "")));
    object_set_text(row, TIMEZONE, str_of(json_string(c, "spec.timeZone", "")));
    object_set_text(row, SUSPEND, str_of(suspended ? "True" : "False"));
    row->cells[ACTIVE].number = (int64_t)json_count(json_get(c, "status.active"));
    row->cells[LAST_SCHEDULE].number = kinds_time(c, "status.lastScheduleTime");
    row->cells[LAST_SUCCESS].number = kinds_time(c, "status.lastSuccessfulTime");
    workload_cells_template(row, CONTAINERS, IMAGES, json_member(job, "template"));
    workload_cells_selector(row, SELECTOR, json_member(job, "selector"));
    row->health = row->deleted ? HEALTH_PENDING : suspended ? HEALTH_DONE : HEALTH_OK;
    if (!suspended)
        explain(row);
}

#define CRONJOB                                                                                    \
    .name = "cronjobs", .singular = "cronjob", .short_names = "cj", .object_kind = "CronJob",      \
    .namespaced = true, .columns = columns, .column_count = COLUMNS

static const struct kinds_row beta = {
    .kind = {CRONJOB, .api = "/apis/batch/v1beta1"}, .keep = keep, .fill = fill};

const struct kinds_row kind_cronjob = {
    .kind = {CRONJOB, .api = "/apis/batch/v1"}, .keep = keep, .fill = fill, .older = &beta};
