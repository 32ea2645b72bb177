#include <string.h>

#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"
#include "kube/kinds/workload_cells.h"

enum { READY, CONTAINERS, IMAGES, UPDATED, COLUMNS };

static const struct column columns[COLUMNS] = {
    [READY] = {.title = "READY", .type = CELL_RATIO},
    [CONTAINERS] = {.title = "CONTAINERS", .type = CELL_TEXT, .wide = true},
    [IMAGES] = {.title = "IMAGES", .type = CELL_TEXT, .wide = true},
    [UPDATED] = {.title = "UP-TO-DATE", .type = CELL_INT, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,
                                   WORKLOAD_CELLS_KEEP("spec.template."),
                                   "spec.replicas",
                                   WORKLOAD_CELLS_STRATEGY,
                                   "status.readyReplicas",
                                   "status.updatedReplicas",
                                   "status.currentRevision",
                                   "status.updateRevision",
                                   NULL};

static bool is_rolling(const struct json *s)
{
    const char *current = json_string(s, "status.currentRevision", ""),
               *next = json_string(s, "status.updateRevision", "");
    return *next && strcmp(current, next) != 0;
}

static void explain(struct object *row, const struct json *s)
{
    int32_t ready = row->cells[READY].pair.part, wanted = row->cells[READY].pair.whole,
            updated = (int32_t)row->cells[UPDATED].number;
    struct buf words;
    trouble_init(&words);
    workload_cells_explain(row, &words, s, ready, wanted, is_rolling(s) ? updated : wanted);
    trouble_set(row, &words);
}

static void fill(struct object *row, const struct json *s)
{
    row->cells[READY].pair.part = workload_cells_count(s, "status.readyReplicas", 0);
    row->cells[READY].pair.whole = workload_cells_count(s, "spec.replicas", 1);
    row->cells[UPDATED].number = workload_cells_count(s, "status.updatedReplicas", 0);
    workload_cells_template(row, CONTAINERS, IMAGES, json_get(s, "spec.template"));
    explain(row, s);
}

const struct kinds_row kind_statefulset = {
    .kind = {.name = "statefulsets",
             .singular = "statefulset",
             .short_names = "sts",
             .api = "/apis/apps/v1",
             .object_kind = "StatefulSet",
             .namespaced = true,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
};
