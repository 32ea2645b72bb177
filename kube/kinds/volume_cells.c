#include "kube/kinds/volume_cells.h"

#include "base/buf.h"
#include "base/json.h"
#include "kube/kinds/trouble.h"

static bool holds(const struct json *modes, const char *wanted)
{
    for (const struct json *m = json_first(modes); m; m = json_next(m))
        if (json_value(m) && str_is(str_of(json_value(m)), wanted))
            return true;
    return false;
}

void volume_cells_modes(struct object *row, size_t column, const struct json *modes)
{
    static const struct {
        const char *mode, *text;
    } known[] = {{"ReadWriteOnce", "RWO"},
                 {"ReadOnlyMany", "ROX"},
                 {"ReadWriteMany", "RWX"},
                 {"ReadWriteOncePod", "RWOP"}};
    struct buf text;
    buf_init(&text, 64);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!holds(modes, known[i].mode))
            continue;
        trouble_part(&text, ",");
        buf_adds(&text, known[i].text);
    }
    object_set_text(row, column, buf_str(&text));
    buf_free(&text);
}

const char *volume_cells_class(const struct json *object)
{
    const char *named = json_value(json_member(json_get(object, "metadata.annotations"),
                                               "volume.beta.kubernetes.io/storage-class"));
    return named ? named : json_string(object, "spec.storageClassName", "");
}

void volume_cells_mode(struct object *row, size_t column, const struct json *object)
{
    object_set_text(row, column, str_of(json_string(object, "spec.volumeMode", "<unset>")));
}

const char *volume_cells_phase(const struct object *row, const struct json *object)
{
    return row->deleted ? "Terminating" : json_string(object, "status.phase", "");
}
