/* Any JSON as an object of every kind: a row, its cells, its page. */
#include "base/clock.h"
#include "base/json.h"
#include "kube/describe/describe_page.h"
#include "kube/kinds/kinds.h"
#include "kube/watch_event.h"
#include "tests/fuzz/fuzz.h"

static void make_row(const struct kind *kind, const struct json *j)
{
    char text[512];
    struct objects *table = objects_new(kind);
    struct object *row = kinds_make(kind, table, j);
    if (row) {
        for (size_t i = 0; i < kind->column_count; i++)
            object_cell_text(kind, row, i, CLOCK_DAY, text, sizeof text);
        objects_put(table, row);
    }
    page_free(describe_page_make(
        &(struct describe_page){.kind = kind, .no_events = "", .no_pods = "", .now = CLOCK_DAY},
        j));
    objects_free(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    struct watch_event_read event;
    struct json_doc *d = json_doc_new();
    const struct json *j = json_parse(d, (const char *)data, size, &err);
    watch_event_object((struct str){(const char *)data, size});
    if (j) {
        watch_event_read(&event, j);
        for (size_t i = 0; i < kinds_count(); i++)
            make_row(kinds_at(i), j);
    }
    json_doc_free(d);
    return 0;
}
