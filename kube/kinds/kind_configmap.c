/*
 * Names, ages and the number of keys. What a config map holds is never kept, nor what its keys are
 * called: of each a null is left while the bytes arrive, before anything is parsed.
 */
#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "net/splitter.h"

enum { DATA, COLUMNS };

static const struct column columns[COLUMNS] = {[DATA] = {.title = "DATA", .type = CELL_INT}};

static const char *const keep[] = {KINDS_METADATA, "data." SPLITTER_COUNT,
                                   "binaryData." SPLITTER_COUNT, NULL};

static void fill(struct object *row, const struct json *c)
{
    row->cells[DATA].number =
        (int64_t)(json_count(json_member(c, "data")) + json_count(json_member(c, "binaryData")));
    row->health = row->deleted ? HEALTH_PENDING : HEALTH_OK;
}

const struct kinds_row kind_configmap = {
    .kind = {.name = "configmaps",
             .singular = "configmap",
             .short_names = "cm",
             .api = "/api/v1",
             .object_kind = "ConfigMap",
             .namespaced = true,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
};
