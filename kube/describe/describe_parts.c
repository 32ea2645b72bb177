#include "kube/describe/describe_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"

enum { EVENTS_SHOWN = 100, TREE_DEEPEST = 16, TEXT_LONGEST = 4096 };

enum page_role describe_parts_health(enum health h)
{
    static const enum page_role roles[] = {
        [HEALTH_OK] = PAGE_OK,           [HEALTH_UNKNOWN] = PAGE_UNKNOWN, [HEALTH_DONE] = PAGE_DONE,
        [HEALTH_PENDING] = PAGE_PENDING, [HEALTH_WARN] = PAGE_WARN,       [HEALTH_BAD] = PAGE_BAD};
    return roles[h];
}

/* "3m ago"; a clock that differs may be ahead. */
static char *ago(int64_t time, int64_t now, char *out)
{
    return clock_age(now > time ? now - time : 0, out);
}

void describe_parts_time(struct page *p, const char *key, int64_t time, int64_t now)
{
    char when[CLOCK_TEXT], age[CLOCK_TEXT];
    if (time)
        page_fieldf(p, key, PAGE_TEXT, "%s, %s ago",
                    clock_format(time, false, "%Y-%m-%d %H:%M:%S %Z", when, sizeof when),
                    ago(time, now, age));
}

/* ---- metadata ---- */

static void add_map(struct page *p, const char *key, const struct json *map, const char *but)
{
    bool any = false;
    for (const struct json *m = json_first(map); m; m = json_next(m)) {
        struct buf text;
        if (!json_name(m) || (but && strcmp(json_name(m), but) == 0))
            continue;
        if (!any)
            page_field(p, key, PAGE_TEXT, "");
        any = true;
        buf_init(&text, TEXT_LONGEST);
        trouble_add(&text, json_value(m) ? json_value(m) : "");
        page_deeper(p);
        page_field(p, json_name(m), PAGE_TEXT, buf_text(&text));
        page_shallower(p);
        buf_free(&text);
    }
}

void describe_parts_map(struct page *p, const char *key, const struct json *map)
{
    add_map(p, key, map, NULL);
}

void describe_parts_annotations(struct page *p, const struct json *map)
{
    add_map(p, "Annotations", map, "kubectl.kubernetes.io/last-applied-configuration");
}

void describe_parts_owners(struct page *p, const struct json *metadata)
{
    const struct json *o = json_first(json_member(metadata, "ownerReferences"));
    const char *ns = json_string(metadata, "namespace", "");
    for (; o; o = json_next(o)) {
        const char *kind = json_string(o, "kind", ""), *name = json_string(o, "name", "");
        bool controls = json_bool(o, "controller", false);
        page_fieldf(p, controls ? "Controlled by" : "Owned by", PAGE_TEXT, "%s/%s", kind, name);
        page_link(p, kind, strcmp(kind, "Node") == 0 ? "" : ns, name);
    }
}

/* ---- conditions ---- */

/* What a condition's type says of it: that it reports a problem when it is true, or that it is
 * neither good nor bad. All others are good when they are true. */
static enum page_role judge(const char *type, const char *status)
{
    static const char *const problems[] = {
        "Pressure", "Unavailable", "Fail",  "Problem",    "Limited",           "Degraded",
        "Deadlock", "Stalled",     "Error", "Disruption", "ReadonlyFilesystem"};
    static const char *const neutral[] = {"Suspended", "Paused",      "Reconciling",
                                          "Complete",  "Terminating", "Disrupted",
                                          "Resiz",     "Deleting",    "SuccessCriteriaMet"};
    struct str t = str_of(type);
    bool is = strcmp(status, "True") == 0, is_not = strcmp(status, "False") == 0;
    for (size_t i = 0; i < sizeof neutral / sizeof *neutral; i++)
        if (str_find(t, str_of(neutral[i])) >= 0)
            return PAGE_TEXT;
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++)
        if (str_find(t, str_of(problems[i])) >= 0)
            return is ? PAGE_BAD : is_not ? PAGE_OK : PAGE_WARN;
    return is ? PAGE_OK : is_not ? PAGE_BAD : PAGE_WARN;
}

static void add_condition(struct page *p, const struct json *c, int64_t now)
{
    const char *type = json_string(c, "type", ""), *status = json_string(c, "status", ""),
               *reason = json_string(c, "reason", "");
    struct buf text;
    char age[CLOCK_TEXT];
    int64_t since = kinds_time(c, "lastTransitionTime");
    buf_init(&text, TEXT_LONGEST);
    buf_adds(&text, status);
    if (since)
        buf_printf(&text, " for %s", ago(since, now, age));
    if (*reason)
        buf_printf(&text, ", %.200s", reason);
    if (*json_string(c, "message", "")) {
        buf_adds(&text, ": ");
        trouble_add(&text, json_string(c, "message", ""));
    }
    page_field(p, type, judge(type, status), buf_text(&text));
    buf_free(&text);
}

void describe_parts_conditions(struct page *p, const struct json *object, int64_t now)
{
    const struct json *c = json_first(json_get(object, "status.conditions"));
    if (!c)
        return;
    page_section(p, "Conditions");
    for (; c; c = json_next(c))
        add_condition(p, c, now);
}

/* ---- events ---- */

struct seen {
    const struct object *event;
    int64_t last;
};

static int by_last(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    if (x->last != y->last)
        return x->last < y->last ? -1 : 1;
    return strcmp(x->event->name, y->event->name);
}

static const union cell *cell(const struct object *event, const char *title)
{
    return &event->cells[objects_column(&kind_event.kind, title)];
}

/* When it was seen last; of an event that says no time, when it was written. */
static int64_t last_seen(const struct object *event)
{
    int64_t last = cell(event, "LAST SEEN")->number;
    return last ? last : event->created;
}

static void add_event(struct page *p, const struct object *e, int64_t now)
{
    bool warning = strcmp(cell(e, "TYPE")->text, "Warning") == 0;
    int64_t last = last_seen(e), count = cell(e, "COUNT")->number;
    struct buf text;
    char age[CLOCK_TEXT];
    buf_init(&text, TEXT_LONGEST);
    buf_printf(&text, "%s ago", last ? ago(last, now, age) : "long");
    if (count > 1)
        buf_printf(&text, ", %lld times", (long long)count);
    if (*cell(e, "SOURCE")->text)
        buf_printf(&text, ", %.200s", cell(e, "SOURCE")->text);
    buf_adds(&text, ": ");
    buf_add(&text, cell(e, "MESSAGE")->text, strnlen(cell(e, "MESSAGE")->text, 2048));
    page_field(p, cell(e, "REASON")->text, warning ? PAGE_WARN : PAGE_TEXT, buf_text(&text));
    buf_free(&text);
}

/* The newest last. */
static struct seen *sorted(const struct objects *events)
{
    size_t count = objects_count(events);
    struct seen *list = mem_array(count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        const struct object *e = objects_at(events, i);
        list[i] = (struct seen){e, last_seen(e)};
    }
    qsort(list, count, sizeof *list, by_last);
    return list;
}

void describe_parts_events(struct page *p, const struct objects *events, const char *why,
                           int64_t now)
{
    page_section(p, "Events");
    size_t count = events ? objects_count(events) : 0;
    if (!count) {
        page_text(p, PAGE_DIM, events ? "none" : why);
        return;
    }
    struct seen *list = sorted(events);
    size_t first = count > EVENTS_SHOWN ? count - EVENTS_SHOWN : 0;
    if (first)
        page_textf(p, PAGE_DIM, "%zu older ones are left out", first);
    for (size_t i = first; i < count; i++)
        add_event(p, list[i].event, now);
    free(list);
}

static void add_event_whole(struct page *p, const struct object *e, int64_t now)
{
    bool warning = strcmp(cell(e, "TYPE")->text, "Warning") == 0;
    int64_t count = cell(e, "COUNT")->number, first = cell(e, "FIRST SEEN")->number,
            last = last_seen(e);
    page_section(p, cell(e, "REASON")->text);
    page_text(p, warning ? PAGE_WARN : PAGE_TEXT, cell(e, "MESSAGE")->text);
    describe_parts_time(p, "Last", last, now);
    if (first && first != last)
        describe_parts_time(p, "First", first, now);
    if (count > 1)
        page_fieldf(p, "Times", PAGE_TEXT, "%lld", (long long)count);
    page_field(p, "Type", warning ? PAGE_WARN : PAGE_TEXT, cell(e, "TYPE")->text);
    if (*cell(e, "SUBOBJECT")->text)
        page_field(p, "Part", PAGE_TEXT, cell(e, "SUBOBJECT")->text);
    if (*cell(e, "SOURCE")->text)
        page_field(p, "From", PAGE_TEXT, cell(e, "SOURCE")->text);
}

void describe_parts_events_whole(struct page *p, const struct objects *events, const char *why,
                                 int64_t now)
{
    size_t count = events ? objects_count(events) : 0;
    if (!count) {
        page_text(p, PAGE_DIM,
                  events ? "No events: the API server keeps them for an hour or so." : why);
        return;
    }
    struct seen *list = sorted(events);
    for (size_t i = count; i-- > 0;)
        add_event_whole(p, list[i].event, now);
    free(list);
}

/* ---- any JSON ---- */

static void add_scalar(struct page *p, const char *key, const struct json *value)
{
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    if (json_value(value))
        buf_add(&text, json_value(value), strnlen(json_value(value), TEXT_LONGEST - 1));
    else
        json_out_json(&(struct json_out){.b = &text}, NULL, value);
    if (*key)
        page_field(p, key, PAGE_TEXT, buf_text(&text));
    else
        page_textf(p, PAGE_TEXT, "- %s", buf_text(&text));
    buf_free(&text);
}

static void add_tree(struct page *p, const char *key, const struct json *value, int depth)
{
    bool array = json_is_array(value);
    if ((!array && !json_is_object(value)) || !json_count(value)) {
        add_scalar(p, key, value);
        return;
    }
    if (*key)
        page_field(p, key, PAGE_TEXT, "");
    else
        page_text(p, PAGE_DIM, "-");
    if (depth == TREE_DEEPEST)
        return;
    page_deeper(p);
    for (const struct json *v = json_first(value); v; v = json_next(v))
        add_tree(p, array || !json_name(v) ? "" : json_name(v), v, depth + 1);
    page_shallower(p);
}

void describe_parts_tree(struct page *p, const char *key, const struct json *value)
{
    if (value && !json_is_null(value))
        add_tree(p, key, value, 0);
}

void describe_parts_amounts(struct buf *out, const struct json *resources)
{
    size_t start = out->n;
    for (const struct json *r = json_first(resources); r; r = json_next(r))
        if (json_name(r) && json_value(r))
            buf_printf(out, "%s%s %s", out->n > start ? ", " : "", json_name(r), json_value(r));
}
