#include "model/window.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

enum { DAY_WINDOWS = 24 * 60 }; /* the narrowest window is a minute */

/* Cut between characters. */
static void cut_text(char *to, size_t size, const char *from)
{
    size_t n = strlen(from);
    if (n >= size) {
        n = size - 1;
        while (n && ((unsigned char)from[n] & 0xc0) == 0x80)
            n--;
    }
    memcpy(to, from, n);
    memset(to + n, 0, size - n);
}

static void put_namespace(struct window_entry *e, size_t at, const char *name, uint64_t lines)
{
    cut_text(e->namespaces[at].name, sizeof e->namespaces[at].name, name);
    e->namespaces[at].lines = lines;
}

/* Keeps it if it has more lines than the least that is kept. */
static void add_namespace(struct window_entry *e, const char *name, uint64_t lines)
{
    size_t least = 0;
    if (e->namespace_count < WINDOW_ENTRY_NAMESPACES) {
        put_namespace(e, e->namespace_count++, name, lines);
        return;
    }
    for (size_t i = 1; i < e->namespace_count; i++)
        if (e->namespaces[i].lines < e->namespaces[least].lines)
            least = i;
    if (lines > e->namespaces[least].lines)
        put_namespace(e, least, name, lines);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct window_entry_namespace *)a)->name,
                  ((const struct window_entry_namespace *)b)->name);
}

bool window_entry_lines(const struct window_entry *e, const char *namespace_, uint64_t *lines)
{
    *lines = e->lines;
    if (!*namespace_ || !e->lines)
        return true;
    for (size_t i = 0; i < e->namespace_count; i++) {
        if (strcmp(e->namespaces[i].name, namespace_) != 0)
            continue;
        *lines = e->namespaces[i].lines;
        return true;
    }
    *lines = 0;
    return e->namespace_count && e->namespace_count < WINDOW_ENTRY_NAMESPACES;
}

void window_entry_of(const struct window *w, struct window_entry *out)
{
    *out = (struct window_entry){.from = w->from,
                                 .to = w->to,
                                 .lines = w->lines,
                                 .counted = w->counted,
                                 .groups = (uint32_t)w->group_count,
                                 .complete = w->complete,
                                 .truncated = w->truncated,
                                 .open = w->open};
    const struct group *top = NULL;
    for (size_t i = 0; i < w->group_count; i++) {
        const struct group *g = &w->groups[i];
        out->levels[g->level] += g->count;
        if (!top || g->count > top->count || (g->count == top->count && strcmp(g->id, top->id) < 0))
            top = g;
    }
    if (top && top->template_text)
        cut_text(out->top, sizeof out->top, top->template_text);
    for (size_t i = 0; i < w->namespaces.count; i++)
        add_namespace(out, w->namespaces.list[i].name, w->namespaces.list[i].count);
    if (out->namespace_count)
        qsort(out->namespaces, out->namespace_count, sizeof *out->namespaces, by_name);
}

void window_day_put(struct window_day *d, const struct window_entry *e)
{
    size_t at = d->count;
    while (at && d->list[at - 1].from >= e->from)
        at--;
    if (at < d->count && d->list[at].from == e->from) {
        d->list[at] = *e;
        return;
    }
    mem_grow(&d->list, &d->cap, d->count + 1, sizeof *d->list);
    memmove(&d->list[at + 1], &d->list[at], (d->count - at) * sizeof *d->list);
    d->list[at] = *e;
    d->count++;
}

void window_day_free(struct window_day *d)
{
    if (!d)
        return;
    free(d->cluster);
    free(d->rule);
    free(d->list);
    free(d);
}

static void put_entry(struct json_out *o, const struct window_entry *e)
{
    char text[CLOCK_TEXT];
    json_out_object(o, NULL);
    json_out_text(o, "from", clock_rfc3339(e->from, true, text));
    json_out_text(o, "to", clock_rfc3339(e->to, true, text));
    json_out_int(o, "counted", (int64_t)e->counted);
    json_out_int(o, "lines", (int64_t)e->lines);
    json_out_bool(o, "complete", e->complete);
    json_out_bool(o, "truncated", e->truncated);
    json_out_int(o, "groups", e->groups);
    json_out_object(o, "levels");
    for (int l = LEVEL_COUNT - 1; l >= 0; l--)
        if (e->levels[l])
            json_out_int(o, level_name((enum level)l), (int64_t)e->levels[l]);
    json_out_end_object(o);
    json_out_text(o, "top", e->top);
    json_out_object(o, "namespaces");
    for (size_t i = 0; i < e->namespace_count; i++)
        json_out_int(o, e->namespaces[i].name, (int64_t)e->namespaces[i].lines);
    json_out_end_object(o);
    json_out_end_object(o);
}

void window_day_to_json(const struct window_day *d, struct buf *out)
{
    char text[CLOCK_TEXT];
    struct json_out o = {out, false};
    json_out_object(&o, NULL);
    json_out_int(&o, "schema", WINDOW_SCHEMA);
    json_out_text(&o, "cluster", d->cluster ? d->cluster : "");
    json_out_text(&o, "rule", d->rule ? d->rule : "");
    json_out_text(&o, "day", clock_format(d->day, true, "%Y-%m-%d", text, sizeof text));
    json_out_array(&o, "windows");
    for (size_t i = 0; i < d->count; i++)
        if (!d->list[i].open)
            put_entry(&o, &d->list[i]);
    json_out_end_array(&o);
    json_out_end_object(&o);
}

static uint64_t get_count(const struct json *j, const char *path)
{
    int64_t value = json_int(j, path, 0);
    return value > 0 ? (uint64_t)value : 0;
}

static bool get_entry(const struct json *j, struct window_entry *e)
{
    *e = (struct window_entry){.lines = get_count(j, "lines"),
                               .counted = get_count(j, "counted"),
                               .complete = json_bool(j, "complete", false),
                               .truncated = json_bool(j, "truncated", false)};
    uint64_t groups = get_count(j, "groups");
    e->groups = groups < UINT32_MAX ? (uint32_t)groups : UINT32_MAX;
    const struct json *levels = json_member(j, "levels");
    for (int l = 0; l < LEVEL_COUNT; l++)
        e->levels[l] = get_count(levels, level_name((enum level)l));
    cut_text(e->top, sizeof e->top, json_string(j, "top", ""));
    const struct json *names = json_member(j, "namespaces");
    for (const struct json *n = json_is_object(names) ? json_first(names) : NULL;
         n && e->namespace_count < WINDOW_ENTRY_NAMESPACES; n = json_next(n))
        put_namespace(e, e->namespace_count++, json_name(n), get_count(names, json_name(n)));
    return clock_parse(str_of(json_string(j, "from", NULL)), false, &e->from) &&
           clock_parse(str_of(json_string(j, "to", NULL)), false, &e->to) && e->to > e->from;
}

static bool get_day(const struct json *j, struct window_day *d, const char *place, struct err *err)
{
    char midnight[CLOCK_TEXT];
    int64_t schema = json_int(j, "schema", 0);
    if (schema > WINDOW_SCHEMA)
        return err_set(err, ERR_PROTOCOL, place, "install a newer one",
                       "schema %lld is newer than this kubeboard", (long long)schema);
    str_copy(midnight, 11, json_string(j, "day", ""));
    str_copy(midnight + strlen(midnight), sizeof midnight - 10, "T00:00:00Z");
    const struct json *list = json_member(j, "windows");
    if (schema < 1 || !clock_parse(str_of(midnight), false, &d->day) || !json_is_array(list))
        return err_set(err, ERR_PROTOCOL, place, NULL, "this is no index of a day's windows");
    if (json_count(list) > DAY_WINDOWS)
        return err_set(err, ERR_LIMIT, place, NULL, "a day has at most %d windows", DAY_WINDOWS);
    d->cluster = mem_dup(json_string(j, "cluster", ""));
    d->rule = mem_dup(json_string(j, "rule", ""));
    for (const struct json *e = json_first(list); e; e = json_next(e)) {
        struct window_entry entry;
        if (!get_entry(e, &entry))
            return err_set(err, ERR_PROTOCOL, place, NULL, "a window has no good from and to");
        window_day_put(d, &entry);
    }
    return true;
}

struct window_day *window_day_from_json(const char *json, size_t n, const char *place,
                                        struct err *err)
{
    struct json_doc *doc = json_doc_new();
    struct window_day *d = mem_alloc(sizeof *d);
    const struct json *j = json_parse(doc, json, n, err);
    if (!j && err)
        str_copy(err->where, sizeof err->where, place);
    if (!j || !get_day(j, d, place, err)) {
        window_day_free(d);
        d = NULL;
    }
    json_doc_free(doc);
    return d;
}
