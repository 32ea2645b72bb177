/*
 * The stored window. The order of the members is CONTRACT.md's and is the order of the code below.
 * A sample line may hold NUL, which ends a string of a parsed document: only when the text has a
 * \u0000 at all, the lines are unescaped from the text itself (window_raw.h).
 */
#include "model/window.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "model/line_json.h"
#include "model/window_raw.h"

enum { SAMPLE_BYTES = 16 << 20 };

static void put_time(struct json_out *o, const char *name, int64_t time)
{
    char text[CLOCK_TEXT];
    json_out_text(o, name, clock_rfc3339(time, true, text));
}

static void put_tallies(struct json_out *o, const char *name, const struct tallies *t)
{
    json_out_object(o, name);
    for (size_t i = 0; i < t->count; i++)
        json_out_int(o, t->list[i].name, (int64_t)t->list[i].count);
    json_out_end_object(o);
}

static void put_group(struct json_out *o, const struct group *g)
{
    json_out_object(o, NULL);
    json_out_text(o, "id", g->id);
    json_out_text(o, "template", g->template_text ? g->template_text : "");
    json_out_text(o, "level", level_name(g->level));
    json_out_int(o, "count", (int64_t)g->count);
    put_time(o, "first", g->first);
    put_time(o, "last", g->last);
    json_out_array(o, "per_minute");
    for (size_t i = 0; i < g->minutes; i++)
        json_out_int(o, NULL, g->per_minute[i]);
    json_out_end_array(o);
    put_tallies(o, "namespaces", &g->namespaces);
    put_tallies(o, "workloads", &g->workloads);
    put_tallies(o, "pods", &g->pods);
    put_tallies(o, "nodes", &g->nodes);
    line_json_put(o, "sample",
                  &(struct line){.time = g->sample_time,
                                 .labels = g->sample_labels,
                                 .text = {g->sample_text, g->sample_n}});
    json_out_end_object(o);
}

void window_to_json(const struct window *w, struct buf *out)
{
    struct json_out o = {out, false};
    json_out_object(&o, NULL);
    json_out_int(&o, "schema", WINDOW_SCHEMA);
    json_out_text(&o, "cluster", w->cluster ? w->cluster : "");
    json_out_text(&o, "rule", w->rule ? w->rule : "");
    put_time(&o, "from", w->from);
    put_time(&o, "to", w->to);
    json_out_text(&o, "query", w->query ? w->query : "");
    json_out_int(&o, "counted", (int64_t)w->counted);
    json_out_int(&o, "lines", (int64_t)w->lines);
    json_out_int(&o, "bytes", (int64_t)w->bytes);
    json_out_bool(&o, "complete", w->complete);
    json_out_bool(&o, "truncated", w->truncated);
    put_tallies(&o, "redacted", &w->redacted);
    put_tallies(&o, "namespaces", &w->namespaces);
    json_out_array(&o, "groups");
    for (size_t i = 0; i < w->group_count; i++)
        put_group(&o, &w->groups[i]);
    json_out_end_array(&o);
    json_out_end_object(&o);
}

static uint64_t get_count(const struct json *j, const char *name)
{
    int64_t value = json_int(j, name, 0);
    return value > 0 ? (uint64_t)value : 0;
}

static bool get_time(const struct json *j, const char *path, int64_t *out)
{
    return clock_parse(str_of(json_string(j, path, NULL)), false, out);
}

static void get_tallies(const struct json *j, const char *name, struct tallies *t)
{
    const struct json *object = json_member(j, name);
    if (!json_is_object(object))
        return;
    for (const struct json *e = json_first(object); e; e = json_next(e)) {
        double count = json_as_number(e, -1);
        if (count >= 0 && count < 9e18)
            tallies_add(t, str_of(json_name(e)), (uint64_t)count);
    }
    tallies_sort(t);
}

static void get_per_minute(const struct json *j, struct group *g)
{
    const struct json *list = json_member(j, "per_minute");
    if (!json_is_array(list))
        return;
    g->per_minute = mem_array(json_count(list), sizeof *g->per_minute);
    for (const struct json *e = json_first(list); e; e = json_next(e)) {
        double count = json_as_number(e, 0);
        g->per_minute[g->minutes++] = count > 0 && count <= UINT32_MAX ? (uint32_t)count : 0;
    }
}

static const struct labels *get_labels(const struct json *object)
{
    size_t most = json_is_object(object) ? json_count(object) : 0, count = 0;
    struct str *names = mem_array(most, sizeof *names), *values = mem_array(most, sizeof *values);
    for (const struct json *e = most ? json_first(object) : NULL; e; e = json_next(e)) {
        if (!json_value(e))
            continue;
        names[count] = str_of(json_name(e));
        values[count++] = str_of(json_value(e));
    }
    const struct labels *labels = labels_get(names, values, count);
    free(names);
    free(values);
    return labels;
}

/* `raw` is the group's text, empty when there is no NUL in the whole window. */
static void get_sample(const struct json *j, struct str raw, struct group *g)
{
    const struct json *sample = json_member(j, "sample");
    struct str line = str_of(json_string(sample, "line", "")), text;
    struct buf plain;
    buf_init(&plain, SAMPLE_BYTES);
    if (window_raw_member(raw, "sample", &text) && window_raw_member(text, "line", &text) &&
        text.n >= 2 && text.p[0] == '"' &&
        json_unescape(&plain, (struct str){text.p + 1, text.n - 2}))
        line = buf_str(&plain);
    g->sample_text = mem_dup_n(line.p, line.n);
    g->sample_n = line.n;
    g->sample_labels = get_labels(json_member(sample, "labels"));
    if (!get_time(sample, "time", &g->sample_time))
        g->sample_time = g->first;
    buf_free(&plain);
}

static bool is_id(const char *id)
{
    return strlen(id) == 16 && strspn(id, "0123456789abcdef") == 16;
}

static bool get_group(const struct json *j, struct str raw, struct group *g)
{
    const char *id = json_string(j, "id", "");
    if (!is_id(id) || !get_time(j, "first", &g->first) || !get_time(j, "last", &g->last))
        return false;
    str_copy(g->id, sizeof g->id, id);
    g->template_text = mem_dup(json_string(j, "template", ""));
    g->level = level_of_name(str_of(json_string(j, "level", NULL)));
    g->count = get_count(j, "count");
    get_per_minute(j, g);
    get_tallies(j, "namespaces", &g->namespaces);
    get_tallies(j, "workloads", &g->workloads);
    get_tallies(j, "pods", &g->pods);
    get_tallies(j, "nodes", &g->nodes);
    get_sample(j, raw, g);
    return true;
}

static bool get_groups(const struct json *j, struct str text, struct window *w, const char *place,
                       struct err *err)
{
    const struct json *list = json_member(j, "groups");
    struct str rest = {0}, raw = {0};
    if (text.n && memmem(text.p, text.n, "\\u0000", 6))
        window_raw_member(text, "groups", &rest);
    if (!json_is_array(list))
        return true;
    w->groups = mem_array(json_count(list), sizeof *w->groups);
    for (const struct json *e = json_first(list); e; e = json_next(e)) {
        if (rest.n && !window_raw_element(&rest, &raw))
            rest = raw = (struct str){0};
        if (!get_group(e, raw, &w->groups[w->group_count]))
            return err_set(err, ERR_PROTOCOL, place, NULL,
                           "group %zu has no good id, first or last", w->group_count + 1);
        w->group_count++;
    }
    return true;
}

static bool get_window(const struct json *j, struct str text, struct window *w, const char *place,
                       struct err *err)
{
    int64_t schema = json_int(j, "schema", 0);
    if (schema > WINDOW_SCHEMA)
        return err_set(err, ERR_PROTOCOL, place, "install a newer one",
                       "schema %lld is newer than this kubeboard", (long long)schema);
    if (schema < 1 || !get_time(j, "from", &w->from) || !get_time(j, "to", &w->to) ||
        w->to <= w->from)
        return err_set(err, ERR_PROTOCOL, place, NULL, "this is no window of kubeboard");
    w->cluster = mem_dup(json_string(j, "cluster", ""));
    w->rule = mem_dup(json_string(j, "rule", ""));
    w->query = mem_dup(json_string(j, "query", ""));
    w->counted = get_count(j, "counted");
    w->lines = get_count(j, "lines");
    w->bytes = get_count(j, "bytes");
    w->complete = json_bool(j, "complete", false);
    w->truncated = json_bool(j, "truncated", false);
    get_tallies(j, "redacted", &w->redacted);
    get_tallies(j, "namespaces", &w->namespaces);
    return get_groups(j, text, w, place, err);
}

struct window *window_from_json(const char *json, size_t n, const char *place, struct err *err)
{
    struct json_doc *doc = json_doc_new();
    struct window *w = mem_alloc(sizeof *w);
    const struct json *j = json_parse(doc, json, n, err);
    if (!j && err)
        str_copy(err->where, sizeof err->where, place);
    if (!j || !get_window(j, (struct str){json, n}, w, place, err)) {
        window_free(w);
        w = NULL;
    } else {
        window_sort(w);
    }
    json_doc_free(doc);
    return w;
}
