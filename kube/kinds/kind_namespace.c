#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"

enum { STATUS, COLUMNS };

static const struct column columns[COLUMNS] = {[STATUS] = {.title = "STATUS", .type = CELL_TEXT}};

static const char *const keep[] = {KINDS_METADATA, "status.phase", "status.conditions", NULL};

/* Why a namespace that is being deleted does not go: its conditions that are true say so. */
static void explain(struct object *row, const struct json *status)
{
    struct buf words;
    trouble_init(&words);
    const struct json *condition = json_first(json_member(status, "conditions"));
    for (; condition; condition = json_next(condition)) {
        const char *message = json_string(condition, "message", "");
        if (!str_is(str_of(json_string(condition, "status", "")), "True") || !*message)
            continue;
        trouble_part(&words, "; ");
        trouble_add(&words, message);
        trouble_worsen(row, HEALTH_WARN);
    }
    trouble_set(row, &words);
}

static void fill(struct object *row, const struct json *element)
{
    const struct json *status = json_member(element, "status");
    struct str phase = str_of(json_string(status, "phase", ""));
    object_set_text(row, STATUS, phase);
    row->health = str_is(phase, "Active")        ? HEALTH_OK
                  : str_is(phase, "Terminating") ? HEALTH_PENDING
                                                 : HEALTH_UNKNOWN;
    explain(row, status);
}

const struct kinds_row kind_namespace = {
    .kind = {.name = "namespaces",
             .singular = "namespace",
             .short_names = "ns",
             .api = "/api/v1",
             .object_kind = "Namespace",
             .namespaced = false,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
};
