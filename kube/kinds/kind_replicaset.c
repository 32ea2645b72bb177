#include "base/json.h"
#include "kube/kinds/condition.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"
#include "kube/kinds/workload_cells.h"

enum { DESIRED, CURRENT, READY, CONTAINERS, IMAGES, SELECTOR, COLUMNS };

static const struct column columns[COLUMNS] = {
    [DESIRED] = {.title = "DESIRED", .type = CELL_INT},
    [CURRENT] = {.title = "CURRENT", .type = CELL_INT},
    [READY] = {.title = "READY", .type = CELL_INT},
    [CONTAINERS] = {.title = "CONTAINERS", .type = CELL_TEXT, .wide = true},
    [IMAGES] = {.title = "IMAGES", .type = CELL_TEXT, .wide = true},
    [SELECTOR] = {.title = "SELECTOR", .type = CELL_TEXT, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,      WORKLOAD_CELLS_KEEP("spec.template."),
                                   "spec.replicas",     "spec.selector",
                                   "status.replicas",   "status.readyReplicas",
                                   "status.conditions", NULL};

static void explain(struct object *row, const struct json *r)
{
    int32_t wanted = (int32_t)row->cells[DESIRED].number, ready = (int32_t)row->cells[READY].number;
    struct buf words;
    trouble_init(&words);
    row->health = row->deleted                             ? HEALTH_PENDING
                  : !wanted && !row->cells[CURRENT].number ? HEALTH_DONE
                                                           : HEALTH_OK;
    if (condition_is(r, "ReplicaFailure", "True")) {
        trouble_worsen(row, HEALTH_BAD);
        condition_words(&words, condition_find(r, "ReplicaFailure"));
    }
    if (ready < wanted) {
        trouble_worsen(row, ready ? HEALTH_WARN : HEALTH_BAD);
        trouble_part(&words, "; ");
        workload_cells_short(&words, wanted - ready, wanted, "not ready");
    }
    trouble_set(row, &words);
}

static void fill(struct object *row, const struct json *r)
{
    row->cells[DESIRED].number = workload_cells_count(r, "spec.replicas", 1);
    row->cells[CURRENT].number = workload_cells_count(r, "status.replicas", 0);
    row->cells[READY].number = workload_cells_count(r, "status.readyReplicas", 0);
    workload_cells_template(row, CONTAINERS, IMAGES, json_get(r, "spec.template"));
    workload_cells_selector(row, SELECTOR, json_get(r, "spec.selector"));
    explain(row, r);
}

const struct kinds_row kind_replicaset = {
    .kind = {.name = "replicasets",
             .singular = "replicaset",
             .short_names = "rs",
             .api = "/apis/apps/v1",
             .object_kind = "ReplicaSet",
             .namespaced = true,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
};
