#include "base/buf.h"
#include "base/json.h"
#include "kube/kinds/condition.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"
#include "kube/kinds/volume_cells.h"

enum { STATUS, VOLUME, CAPACITY, MODES, CLASS, ATTRIBUTES, MODE, COLUMNS };

static const struct column columns[COLUMNS] = {
    [STATUS] = {.title = "STATUS", .type = CELL_TEXT},
    [VOLUME] = {.title = "VOLUME", .type = CELL_TEXT},
    [CAPACITY] = {.title = "CAPACITY", .type = CELL_TEXT},
    [MODES] = {.title = "ACCESS MODES", .type = CELL_TEXT},
    [CLASS] = {.title = "STORAGECLASS", .type = CELL_TEXT},
    [ATTRIBUTES] = {.title = "VOLUMEATTRIBUTESCLASS", .type = CELL_TEXT, .wide = true},
    [MODE] = {.title = "VOLUMEMODE", .type = CELL_TEXT, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,
                                   "metadata.annotations",
                                   "spec.accessModes",
                                   "spec.resources.requests.storage",
                                   "spec.storageClassName",
                                   "spec.volumeAttributesClassName",
                                   "spec.volumeMode",
                                   "spec.volumeName",
                                   "status.phase",
                                   "status.accessModes",
                                   "status.capacity.storage",
                                   "status.conditions",
                                   NULL};

static const char *annotation(const struct json *c, const char *name, const char *older)
{
    const struct json *all = json_get(c, "metadata.annotations");
    const char *value = json_value(json_member(all, name));
    if (!value)
        value = json_value(json_member(all, older));
    return value ? value : "";
}

/* What a claim without a volume waits for, as far as it says so itself; its events say more. */
static void explain_pending(struct buf *words, const struct json *c)
{
    const char *volume = json_string(c, "spec.volumeName", ""), *class = volume_cells_class(c);
    const char *node = annotation(c, "volume.kubernetes.io/selected-node", "");
    const char *maker = annotation(c, "volume.kubernetes.io/storage-provisioner",
                                   "volume.beta.kubernetes.io/storage-provisioner");
    buf_adds(words, "Pending: ");
    if (*volume) {
        buf_adds(words, "waits for the volume ");
        trouble_add(words, volume);
    } else if (*maker) {
        trouble_add(words, maker);
        buf_adds(words, " has not made a volume yet");
    } else if (*class) {
        buf_adds(words, "waits for a volume of class ");
        trouble_add(words, class);
    } else {
        buf_adds(words, "no storage class: waits for a volume of ");
        trouble_add(words, json_string(c, "spec.resources.requests.storage", "its size"));
    }
    if (*node) {
        buf_adds(words, ", for node ");
        trouble_add(words, node);
    }
}

/* A resize that goes on, or does not. */
static void explain_resize(struct object *row, struct buf *words, const struct json *c)
{
    static const char *const failures[] = {"ControllerResizeError", "NodeResizeError",
                                           "ModifyVolumeError"};
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (!condition_is(c, failures[i], "True"))
            continue;
        trouble_worsen(row, HEALTH_WARN);
        trouble_part(words, "; ");
        condition_words(words, condition_find(c, failures[i]));
    }
}

static void explain(struct object *row, const struct json *c, struct str phase)
{
    struct buf words;
    trouble_init(&words);
    row->health = HEALTH_OK;
    if (str_is(phase, "Lost")) {
        row->health = HEALTH_BAD;
        buf_adds(&words, "Lost: its volume is gone: ");
        trouble_add(&words, json_string(c, "spec.volumeName", ""));
    } else if (!str_is(phase, "Bound")) {
        row->health = HEALTH_PENDING;
        if (str_is(phase, "Pending"))
            explain_pending(&words, c);
    }
    explain_resize(row, &words, c);
    trouble_set(row, &words);
}

static void fill(struct object *row, const struct json *c)
{
    struct str phase = str_of(volume_cells_phase(row, c));
    const char *volume = json_string(c, "spec.volumeName", "");
    object_set_text(row, STATUS, phase);
    object_set_text(row, VOLUME, str_of(volume));
    if (*volume) {
        object_set_text(row, CAPACITY, str_of(json_string(c, "status.capacity.storage", "0")));
        volume_cells_modes(row, MODES, json_get(c, "status.accessModes"));
    }
    object_set_text(row, CLASS, str_of(volume_cells_class(c)));
    object_set_text(row, ATTRIBUTES,
                    str_of(json_string(c, "spec.volumeAttributesClassName", "<unset>")));
    volume_cells_mode(row, MODE, c);
    explain(row, c, phase);
}

const struct kinds_row kind_persistentvolumeclaim = {
    .kind = {.name = "persistentvolumeclaims",
             .singular = "persistentvolumeclaim",
             .short_names = "pvc",
             .api = "/api/v1",
             .object_kind = "PersistentVolumeClaim",
             .namespaced = true,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
    .blank = 1u << STATUS | 1u << VOLUME | 1u << CAPACITY | 1u << MODES | 1u << CLASS,
};
