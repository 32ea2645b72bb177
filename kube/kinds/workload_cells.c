#include "kube/kinds/workload_cells.h"

#include "base/json.h"
#include "kube/kinds/label_text.h"
#include "kube/kinds/trouble.h"

enum { CELL_LONGEST = 8192 };

static void set_joined(struct object *row, size_t column, const struct json *list, const char *name)
{
    struct buf text;
    buf_init(&text, CELL_LONGEST);
    for (const struct json *c = json_first(list); c; c = json_next(c)) {
        buf_adds(&text, text.n ? "," : "");
        buf_adds(&text, json_string(c, name, ""));
    }
    object_set_text(row, column, buf_str(&text));
    buf_free(&text);
}

void workload_cells_template(struct object *row, size_t names, size_t images,
                             const struct json *template)
{
    const struct json *containers = json_get(template, "spec.containers");
    set_joined(row, names, containers, "name");
    set_joined(row, images, containers, "image");
}

void workload_cells_selector(struct object *row, size_t column, const struct json *selector)
{
    struct buf text;
    buf_init(&text, CELL_LONGEST);
    label_text_selector(&text, selector);
    object_set_text(row, column, buf_str(&text));
    buf_free(&text);
}

void workload_cells_labels(struct object *row, size_t column, const struct json *map)
{
    struct buf text;
    buf_init(&text, CELL_LONGEST);
    label_text_pairs(&text, map);
    object_set_text(row, column, buf_str(&text));
    buf_free(&text);
}

int32_t workload_cells_count(const struct json *object, const char *path, int32_t otherwise)
{
    int64_t n = json_int(object, path, otherwise);
    return n < 0 ? 0 : n > INT32_MAX ? INT32_MAX : (int32_t)n;
}

void workload_cells_short(struct buf *words, int32_t missing, int32_t of, const char *what)
{
    buf_printf(words, "%d of %d %s", (int)missing, (int)of, what);
}

void workload_cells_explain(struct object *row, struct buf *words, const struct json *object,
                            int32_t ready, int32_t wanted, int32_t updated)
{
    bool by_hand = str_is(str_of(json_string(object, WORKLOAD_CELLS_STRATEGY, "")), "OnDelete");
    row->health = row->deleted ? HEALTH_PENDING : !wanted ? HEALTH_DONE : HEALTH_OK;
    if (ready < wanted) {
        trouble_worsen(row, ready ? HEALTH_WARN : HEALTH_BAD);
        workload_cells_short(words, wanted - ready, wanted, "not ready");
    }
    if (updated >= wanted)
        return;
    trouble_worsen(row, HEALTH_PENDING);
    trouble_part(words, "; ");
    workload_cells_short(words, updated, wanted,
                         by_hand ? "updated, the rest when they are deleted" : "updated");
}
