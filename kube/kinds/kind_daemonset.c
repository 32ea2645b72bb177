#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"
#include "kube/kinds/workload_cells.h"

enum {
    DESIRED,
    CURRENT,
    READY,
    UP_TO_DATE,
    AVAILABLE,
    NODE_SELECTOR,
    CONTAINERS,
    IMAGES,
    SELECTOR,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [DESIRED] = {.title = "DESIRED", .type = CELL_INT},
    [CURRENT] = {.title = "CURRENT", .type = CELL_INT},
    [READY] = {.title = "READY", .type = CELL_INT},
    [UP_TO_DATE] = {.title = "UP-TO-DATE", .type = CELL_INT},
    [AVAILABLE] = {.title = "AVAILABLE", .type = CELL_INT},
    [NODE_SELECTOR] = {.title = "NODE SELECTOR", .type = CELL_TEXT},
    [CONTAINERS] = {.title = "CONTAINERS", .type = CELL_TEXT, .wide = true},
    [IMAGES] = {.title = "IMAGES", .type = CELL_TEXT, .wide = true},
    [SELECTOR] = {.title = "SELECTOR", .type = CELL_TEXT, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,
                                   WORKLOAD_CELLS_KEEP("spec.template."),
                                   WORKLOAD_CELLS_STRATEGY,
                                   "spec.selector",
                                   "spec.template.spec.nodeSelector",
                                   "status.desiredNumberScheduled",
                                   "status.currentNumberScheduled",
                                   "status.numberReady",
                                   "status.updatedNumberScheduled",
                                   "status.numberAvailable",
                                   "status.numberMisscheduled",
                                   NULL};

static void explain(struct object *row, const struct json *d)
{
    int32_t wanted = (int32_t)row->cells[DESIRED].number, ready = (int32_t)row->cells[READY].number,
            updated = (int32_t)row->cells[UP_TO_DATE].number,
            stray = workload_cells_count(d, "status.numberMisscheduled", 0);
    struct buf words;
    trouble_init(&words);
    workload_cells_explain(row, &words, d, ready, wanted, updated);
    if (stray && words.n)
        buf_printf(&words, "; %d where they should not run", (int)stray);
    trouble_set(row, &words);
}

static void fill(struct object *row, const struct json *d)
{
    static const char *const counts[] = {[DESIRED] = "status.desiredNumberScheduled",
                                         [CURRENT] = "status.currentNumberScheduled",
                                         [READY] = "status.numberReady",
                                         [UP_TO_DATE] = "status.updatedNumberScheduled",
                                         [AVAILABLE] = "status.numberAvailable"};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        row->cells[i].number = workload_cells_count(d, counts[i], 0);
    workload_cells_labels(row, NODE_SELECTOR, json_get(d, "spec.template.spec.nodeSelector"));
    workload_cells_template(row, CONTAINERS, IMAGES, json_get(d, "spec.template"));
    workload_cells_selector(row, SELECTOR, json_get(d, "spec.selector"));
    explain(row, d);
}

const struct kinds_row kind_daemonset = {
    .kind = {.name = "daemonsets",
             .singular = "daemonset",
             .short_names = "ds",
             .api = "/apis/apps/v1",
             .object_kind = "DaemonSet",
             .namespaced = true,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
};
