#include "model/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

struct catalogue *catalogue_new(const char *cluster)
{
    struct catalogue *c = mem_alloc(sizeof *c);
    c->cluster = mem_dup(cluster);
    return c;
}

void catalogue_free(struct catalogue *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->count; i++)
        free(c->list[i].template_text);
    free(c->list);
    free(c->cluster);
    free(c);
}

/* The first group whose id is not before this one. */
static size_t place_of(const struct catalogue *c, const char *id)
{
    size_t from = 0, to = c->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcmp(c->list[middle].id, id) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static bool widen(struct catalogue_group *g, int64_t first, int64_t last)
{
    bool wider = first < g->first || last > g->last;
    if (first < g->first)
        g->first = first;
    if (last > g->last)
        g->last = last;
    return wider;
}

bool catalogue_merge_group(struct catalogue *c, const char *id, const char *template_text,
                           int64_t first, int64_t last)
{
    size_t at = place_of(c, id);
    if (at < c->count && strcmp(c->list[at].id, id) == 0)
        return widen(&c->list[at], first, last);
    mem_grow(&c->list, &c->cap, c->count + 1, sizeof *c->list);
    memmove(&c->list[at + 1], &c->list[at], (c->count - at) * sizeof *c->list);
    c->list[at] = (struct catalogue_group){
        .template_text = mem_dup(template_text), .first = first, .last = last};
    str_copy(c->list[at].id, sizeof c->list[at].id, id);
    c->count++;
    return true;
}

bool catalogue_merge(struct catalogue *into, const struct catalogue *more)
{
    bool changed = false;
    for (size_t i = 0; i < more->count; i++) {
        const struct catalogue_group *m = &more->list[i];
        changed |= catalogue_merge_group(into, m->id, m->template_text, m->first, m->last);
    }
    return changed;
}

const struct catalogue_group *catalogue_find(const struct catalogue *c, const char *id)
{
    size_t at = place_of(c, id);
    return at < c->count && strcmp(c->list[at].id, id) == 0 ? &c->list[at] : NULL;
}

void catalogue_to_json(const struct catalogue *c, struct buf *out)
{
    char time[CLOCK_TEXT];
    struct json_out o = {out, false};
    json_out_object(&o, NULL);
    json_out_int(&o, "schema", CATALOGUE_SCHEMA);
    json_out_text(&o, "cluster", c->cluster ? c->cluster : "");
    json_out_array(&o, "groups");
    for (size_t i = 0; i < c->count; i++) {
        const struct catalogue_group *g = &c->list[i];
        json_out_object(&o, NULL);
        json_out_text(&o, "id", g->id);
        json_out_text(&o, "template", g->template_text ? g->template_text : "");
        json_out_text(&o, "first", clock_rfc3339(g->first, true, time));
        json_out_text(&o, "last", clock_rfc3339(g->last, true, time));
        json_out_end_object(&o);
    }
    json_out_end_array(&o);
    json_out_end_object(&o);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct catalogue_group *)a)->id, ((const struct catalogue_group *)b)->id);
}

static bool get_group(const struct json *j, struct catalogue_group *g)
{
    const char *id = json_string(j, "id", "");
    if (strlen(id) != 16 || strspn(id, "0123456789abcdef") != 16 ||
        !clock_parse(str_of(json_string(j, "first", NULL)), false, &g->first) ||
        !clock_parse(str_of(json_string(j, "last", NULL)), false, &g->last))
        return false;
    str_copy(g->id, sizeof g->id, id);
    g->template_text = mem_dup(json_string(j, "template", ""));
    return true;
}

/* Foreign JSON may hold an id twice or out of order. */
static void merge_equals(struct catalogue *c)
{
    size_t kept = 0;
    if (c->count > 1)
        qsort(c->list, c->count, sizeof *c->list, compare);
    for (size_t i = 0; i < c->count; i++) {
        struct catalogue_group *g = &c->list[i];
        if (kept && strcmp(c->list[kept - 1].id, g->id) == 0) {
            widen(&c->list[kept - 1], g->first, g->last);
            free(g->template_text);
        } else {
            c->list[kept++] = *g;
        }
    }
    c->count = kept;
}

static bool get_catalogue(const struct json *j, struct catalogue *c, const char *place,
                          struct err *err)
{
    int64_t schema = json_int(j, "schema", 0);
    const struct json *list = json_member(j, "groups");
    if (schema > CATALOGUE_SCHEMA)
        return err_set(err, ERR_PROTOCOL, place, "install a newer one",
                       "schema %lld is newer than this kubeboard", (long long)schema);
    if (schema < 1 || !json_is_array(list))
        return err_set(err, ERR_PROTOCOL, place, NULL, "this is no catalogue of groups");
    c->cluster = mem_dup(json_string(j, "cluster", ""));
    c->cap = json_count(list);
    c->list = mem_array(c->cap, sizeof *c->list);
    for (const struct json *e = json_first(list); e; e = json_next(e)) {
        if (!get_group(e, &c->list[c->count]))
            return err_set(err, ERR_PROTOCOL, place, NULL,
                           "group %zu has no good id, first or last", c->count + 1);
        c->count++;
    }
    merge_equals(c);
    return true;
}

struct catalogue *catalogue_from_json(const char *json, size_t n, const char *place,
                                      struct err *err)
{
    struct json_doc *doc = json_doc_new();
    struct catalogue *c = catalogue_new(NULL);
    const struct json *j = json_parse(doc, json, n, err);
    if (!j && err)
        str_copy(err->where, sizeof err->where, place);
    if (!j || !get_catalogue(j, c, place, err)) {
        catalogue_free(c);
        c = NULL;
    }
    json_doc_free(doc);
    return c;
}
