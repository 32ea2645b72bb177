/*
 * Events of core/v1 and those that came in by events.k8s.io (one storage, two shapes: the latter
 * have no lastTimestamp and no count but an eventTime and perhaps a series), printed as printEvent
 * does.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"

enum { LAST_SEEN, TYPE, REASON, OBJECT, MESSAGE, SUBOBJECT, SOURCE, FIRST_SEEN, COUNT, COLUMNS };
enum { MESSAGE_LONGEST = 8192, FIELD_LONGEST = 1024 };

static const struct column columns[COLUMNS] = {
    [LAST_SEEN] = {.title = "LAST SEEN", .type = CELL_TIME},
    [TYPE] = {.title = "TYPE", .type = CELL_TEXT},
    [REASON] = {.title = "REASON", .type = CELL_TEXT},
    [OBJECT] = {.title = "OBJECT", .type = CELL_TEXT},
    [MESSAGE] = {.title = "MESSAGE", .type = CELL_TEXT},
    [SUBOBJECT] = {.title = "SUBOBJECT", .type = CELL_TEXT, .wide = true},
    [SOURCE] = {.title = "SOURCE", .type = CELL_TEXT, .wide = true},
    [FIRST_SEEN] = {.title = "FIRST SEEN", .type = CELL_TIME, .wide = true},
    [COUNT] = {.title = "COUNT", .type = CELL_INT, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,
                                   "involvedObject.kind",
                                   "involvedObject.name",
                                   "involvedObject.fieldPath",
                                   "reason",
                                   "message",
                                   "source",
                                   "firstTimestamp",
                                   "lastTimestamp",
                                   "count",
                                   "type",
                                   "eventTime",
                                   "series",
                                   "reportingComponent",
                                   "reportingInstance",
                                   NULL};

static void set_cut(struct object *row, size_t column, const char *text, size_t longest)
{
    struct str s = str_trim(str_of(text));
    if (s.n > longest)
        s.n = longest;
    object_set_text(row, column, s);
}

static void set_object(struct object *row, const struct json *involved)
{
    const char *kind = json_string(involved, "kind", ""), *name = json_string(involved, "name", "");
    char *text = mem_printf("%s%s%s", kind, *name ? "/" : "", name);
    for (char *p = text; *p && *p != '/'; p++)
        *p = (char)tolower((unsigned char)*p);
    set_cut(row, OBJECT, text, FIELD_LONGEST);
    free(text);
}

static const char *first_of(const char *a, const char *b)
{
    return *a ? a : b;
}

static void set_source(struct object *row, const struct json *e)
{
    const char *component =
        first_of(json_string(e, "source.component", ""), json_string(e, "reportingComponent", ""));
    const char *instance =
        first_of(json_string(e, "source.host", ""), json_string(e, "reportingInstance", ""));
    char *text = mem_printf("%s%s%s", component, *instance ? ", " : "", instance);
    set_cut(row, SOURCE, text, FIELD_LONGEST);
    free(text);
}

static int64_t first_time(int64_t a, int64_t b)
{
    return a ? a : b;
}

static void set_times(struct object *row, const struct json *e)
{
    const struct json *series = json_member(e, "series");
    int64_t event = kinds_time(e, "eventTime");
    int64_t first = first_time(kinds_time(e, "firstTimestamp"), event);
    int64_t last = first_time(kinds_time(e, "lastTimestamp"), first);
    int64_t count = json_int(e, "count", 0);
    if (json_is_object(series)) {
        last = first_time(kinds_time(series, "lastObservedTime"), last);
        /* The first event of a series is not counted in it. */
        count = json_int(series, "count", 0) + 1;
    }
    row->cells[FIRST_SEEN].number = first;
    row->cells[LAST_SEEN].number = last;
    row->cells[COUNT].number = count > 0 ? count : 1;
}

static void fill(struct object *row, const struct json *e)
{
    const char *type = json_string(e, "type", ""), *reason = json_string(e, "reason", "");
    set_cut(row, TYPE, type, FIELD_LONGEST);
    set_cut(row, REASON, reason, FIELD_LONGEST);
    set_cut(row, MESSAGE, json_string(e, "message", ""), MESSAGE_LONGEST);
    set_cut(row, SUBOBJECT, json_string(e, "involvedObject.fieldPath", ""), FIELD_LONGEST);
    set_object(row, json_member(e, "involvedObject"));
    set_source(row, e);
    set_times(row, e);
    bool warning = strcmp(type, "Warning") == 0;
    row->health = warning ? HEALTH_WARN : HEALTH_OK;
    if (warning) {
        struct buf words;
        trouble_init(&words);
        trouble_add(&words, reason);
        trouble_set(row, &words);
    }
}

const struct kinds_row kind_event = {
    .kind = {.name = "events",
             .singular = "event",
             .short_names = "ev",
             .api = "/api/v1",
             .object_kind = "Event",
             .namespaced = true,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
    .blank =
        1u << TYPE | 1u << REASON | 1u << OBJECT | 1u << MESSAGE | 1u << SUBOBJECT | 1u << SOURCE,
};
