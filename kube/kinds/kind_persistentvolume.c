#include "base/buf.h"
#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"
#include "kube/kinds/volume_cells.h"

enum { CAPACITY, MODES, RECLAIM, STATUS, CLAIM, CLASS, REASON, ATTRIBUTES, MODE, COLUMNS };
enum { CELL_LONGEST = 1024 };

static const struct column columns[COLUMNS] = {
    [CAPACITY] = {.title = "CAPACITY", .type = CELL_TEXT},
    [MODES] = {.title = "ACCESS MODES", .type = CELL_TEXT},
    [RECLAIM] = {.title = "RECLAIM POLICY", .type = CELL_TEXT},
    [STATUS] = {.title = "STATUS", .type = CELL_TEXT},
    [CLAIM] = {.title = "CLAIM", .type = CELL_TEXT},
    [CLASS] = {.title = "STORAGECLASS", .type = CELL_TEXT},
    [REASON] = {.title = "REASON", .type = CELL_TEXT},
    [ATTRIBUTES] = {.title = "VOLUMEATTRIBUTESCLASS", .type = CELL_TEXT, .wide = true},
    [MODE] = {.title = "VOLUMEMODE", .type = CELL_TEXT, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,
                                   "metadata.annotations",
                                   "spec.capacity.storage",
                                   "spec.accessModes",
                                   "spec.persistentVolumeReclaimPolicy",
                                   "spec.claimRef.namespace",
                                   "spec.claimRef.name",
                                   "spec.storageClassName",
                                   "spec.volumeAttributesClassName",
                                   "spec.volumeMode",
                                   "status.phase",
                                   "status.reason",
                                   "status.message",
                                   NULL};

static void explain(struct object *row, const struct json *v, struct str phase)
{
    struct buf words;
    trouble_init(&words);
    row->health = str_is(phase, "Bound") || str_is(phase, "Available")       ? HEALTH_OK
                  : str_is(phase, "Released")                                ? HEALTH_DONE
                  : str_is(phase, "Failed")                                  ? HEALTH_BAD
                  : str_is(phase, "Pending") || str_is(phase, "Terminating") ? HEALTH_PENDING
                                                                             : HEALTH_UNKNOWN;
    if (row->health == HEALTH_BAD) {
        const char *message = json_string(v, "status.message", "");
        trouble_add(&words, json_string(v, "status.reason", "Failed"));
        buf_adds(&words, *message ? ": " : "");
        trouble_add(&words, message);
    }
    trouble_set(row, &words);
}

static void set_claim(struct object *row, const struct json *claim)
{
    struct buf text;
    if (!json_is_object(claim))
        return;
    buf_init(&text, CELL_LONGEST);
    buf_printf(&text, "%s/%s", json_string(claim, "namespace", ""), json_string(claim, "name", ""));
    object_set_text(row, CLAIM, buf_str(&text));
    buf_free(&text);
}

static void fill(struct object *row, const struct json *v)
{
    struct str phase = str_of(volume_cells_phase(row, v));
    object_set_text(row, CAPACITY, str_of(json_string(v, "spec.capacity.storage", "0")));
    volume_cells_modes(row, MODES, json_get(v, "spec.accessModes"));
    object_set_text(row, RECLAIM, str_of(json_string(v, "spec.persistentVolumeReclaimPolicy", "")));
    object_set_text(row, STATUS, phase);
    set_claim(row, json_get(v, "spec.claimRef"));
    object_set_text(row, CLASS, str_of(volume_cells_class(v)));
    object_set_text(row, REASON, str_of(json_string(v, "status.reason", "")));
    object_set_text(row, ATTRIBUTES,
                    str_of(json_string(v, "spec.volumeAttributesClassName", "<unset>")));
    volume_cells_mode(row, MODE, v);
    explain(row, v, phase);
}

const struct kinds_row kind_persistentvolume = {
    .kind = {.name = "persistentvolumes",
             .singular = "persistentvolume",
             .short_names = "pv",
             .api = "/api/v1",
             .object_kind = "PersistentVolume",
             .namespaced = false,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
    .blank = 1u << MODES | 1u << RECLAIM | 1u << STATUS | 1u << CLAIM | 1u << CLASS | 1u << REASON,
};
