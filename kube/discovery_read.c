#include "kube/discovery_read.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/kinds/kinds.h"
#include "model/kind_names.h"

enum { RESOURCES_MAX = 20000, NAMES_LONGEST = 1024 };

struct source {
    struct discovery_list *list;
    const char *group, *version;
    int rank;
};

/* ---- the list ---- */

static void free_resource(struct discovery_resource *r)
{
    const char *texts[] = {r->kind.name,        r->kind.singular, r->kind.short_names, r->kind.api,
                           r->kind.object_kind, r->group,         r->version};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((char *)(uintptr_t)texts[i]);
    free(r->categories);
    columns_free(&r->columns);
    for (char **p = r->keep; p && *p; p++)
        free(*p);
    free(r->keep);
    free(r);
}

void discovery_read_free(struct discovery_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free_resource(l->list[i]);
    free(l->list);
    *l = (struct discovery_list){0};
}

static struct discovery_resource *find(const struct discovery_list *l, const struct source *s,
                                       const char *name)
{
    for (size_t i = 0; i < l->count; i++) {
        struct discovery_resource *r = l->list[i];
        if (strcmp(r->kind.name, name) == 0 && strcmp(r->group, s->group) == 0 &&
            strcmp(r->version, s->version) == 0 && !r->outdated)
            return r;
    }
    return NULL;
}

static char *lower(const char *text)
{
    char *copy = mem_dup(text);
    for (char *p = copy; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return copy;
}

static char *join(const struct json *names)
{
    struct buf text;
    buf_init(&text, NAMES_LONGEST);
    for (const struct json *n = json_first(names); n; n = json_next(n)) {
        if (!json_value(n))
            continue;
        if (text.n)
            buf_addc(&text, ' ');
        buf_adds(&text, json_value(n));
    }
    buf_adds(&text, "");
    char *joined = buf_take(&text, NULL);
    return joined ? joined : mem_dup("");
}

/* An answer without verbs says nothing about them. */
static bool can_list(const struct json *verbs)
{
    const struct json *v = json_first(verbs);
    while (v && strcmp(json_value(v) ? json_value(v) : "", "list") != 0)
        v = json_next(v);
    return v || !json_is_array(verbs);
}

static void append(struct discovery_list *l, struct discovery_resource *r)
{
    mem_grow(&l->list, &l->cap, l->count + 1, sizeof(struct discovery_resource *));
    l->list[l->count++] = r;
}

static void add(const struct source *s, const char *name, const char *singular, const char *kind,
                bool namespaced, const struct json *resource)
{
    struct discovery_list *l = s->list;
    struct discovery_resource *known = find(l, s, name);
    if (known) {
        known->rank = s->rank;
        known->seen = l->round;
    }
    /* A name with a slash is a subresource. */
    if (known || !*name || strchr(name, '/') || l->count >= RESOURCES_MAX)
        return;
    struct discovery_resource *r = mem_alloc(sizeof *r);
    *r = (struct discovery_resource){
        .kind = {.name = mem_dup(name),
                 .singular = *singular ? mem_dup(singular) : lower(kind),
                 .short_names = join(json_member(resource, "shortNames")),
                 .api = *s->group ? mem_printf("/apis/%s/%s", s->group, s->version)
                                  : mem_printf("/api/%s", s->version),
                 .object_kind = mem_dup(kind),
                 .namespaced = namespaced},
        .group = mem_dup(s->group),
        .version = mem_dup(s->version),
        .categories = join(json_member(resource, "categories")),
        .listed = can_list(json_member(resource, "verbs")),
        .seen = l->round,
        .rank = s->rank};
    append(l, r);
}

static size_t length(const char *const *list)
{
    size_t n = 0;
    while (list[n])
        n++;
    return n;
}

/* A Table's cells, and below "object" what our own row is made of. */
static char **keep_of(const struct kinds_row *own)
{
    size_t n = length(columns_keep_printed), more = length(own->keep);
    char **keep = mem_array(n + more + 1, sizeof *keep);
    for (size_t i = 0; i < n; i++)
        keep[i] = mem_dup(columns_keep_printed[i]);
    for (size_t i = 0; i < more; i++)
        keep[n + i] = mem_printf("object.%s", own->keep[i]);
    return keep;
}

struct discovery_resource *discovery_read_printed(struct discovery_list *l, const struct kind *kind,
                                                  bool wide)
{
    enum columns_use use = wide ? COLUMNS_PRINT_WIDE : COLUMNS_PRINT;
    for (size_t i = 0; i < l->count; i++)
        if (l->list[i]->use == use && strcmp(l->list[i]->kind.name, kind->name) == 0 &&
            strcmp(l->list[i]->kind.api, kind->api) == 0)
            return l->list[i];
    const struct kinds_row *own = wide ? kinds_row_of(kind) : NULL;
    struct str group = kind_names_group(kind), version = kind_names_version(kind);
    struct discovery_resource *r = mem_alloc(sizeof *r);
    *r = (struct discovery_resource){.kind = {.name = mem_dup(kind->name),
                                              .singular = mem_dup(kind->singular),
                                              .short_names = mem_dup(kind->short_names),
                                              .api = mem_dup(kind->api),
                                              .object_kind = mem_dup(kind->object_kind),
                                              .namespaced = kind->namespaced},
                                     .group = mem_dup_n(group.p, group.n),
                                     .version = mem_dup_n(version.p, version.n),
                                     .use = use,
                                     .own = own,
                                     .keep = own ? keep_of(own) : NULL};
    append(l, r);
    return r;
}

static int by_rank(const void *a, const void *b)
{
    const struct discovery_resource *x = *(struct discovery_resource *const *)a,
                                    *y = *(struct discovery_resource *const *)b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return strcmp(x->kind.name, y->kind.name);
}

bool discovery_read_is_gone(const struct discovery_list *l, const struct discovery_resource *r)
{
    return r->outdated || r->seen < l->whole;
}

static int by_rank_and_presence(const void *a, const void *b, void *list)
{
    bool x = discovery_read_is_gone(list, *(struct discovery_resource *const *)a),
         y = discovery_read_is_gone(list, *(struct discovery_resource *const *)b);
    return x != y ? x - y : by_rank(a, b);
}

void discovery_read_sort(struct discovery_list *l)
{
    if (l->count)
        qsort_r(l->list, l->count, sizeof *l->list, by_rank_and_presence, l);
    for (l->here = l->count; l->here && discovery_read_is_gone(l, l->list[l->here - 1]);)
        l->here--;
}

/* ---- the answers ---- */

static void read_resources(const struct source *s, const struct json *resources)
{
    for (const struct json *r = json_first(resources); r; r = json_next(r))
        add(s, json_string(r, "name", ""), json_string(r, "singularName", ""),
            json_string(r, "kind", ""), json_bool(r, "namespaced", false), r);
}

static void read_aggregated(const struct source *base, const struct json *items)
{
    struct source s = *base;
    for (const struct json *g = json_first(items); g; g = json_next(g)) {
        s.group = json_string(g, "metadata.name", "");
        s.rank += DISCOVERY_RANK_GROUP;
        int first = s.rank;
        for (const struct json *v = json_first(json_member(g, "versions")); v; v = json_next(v)) {
            s.version = json_string(v, "version", "");
            const struct json *r = json_first(json_member(v, "resources"));
            for (; r; r = json_next(r))
                add(&s, json_string(r, "resource", ""), json_string(r, "singularResource", ""),
                    json_string(r, "responseKind.kind", ""),
                    strcmp(json_string(r, "scope", ""), "Namespaced") == 0, r);
            s.rank += DISCOVERY_RANK_VERSION;
        }
        s.rank = first;
    }
}

static void read_versions(const struct json *versions, int rank,
                          void (*more)(void *context, const char *path, int rank), void *context)
{
    for (const struct json *v = json_first(versions); v; v = json_next(v)) {
        if (!json_value(v))
            continue;
        char *path = mem_printf("/api/%s", json_value(v));
        more(context, path, rank);
        rank += DISCOVERY_RANK_VERSION;
        free(path);
    }
}

static void read_groups(const struct json *groups, int rank,
                        void (*more)(void *context, const char *path, int rank), void *context)
{
    for (const struct json *g = json_first(groups); g; g = json_next(g)) {
        const char *preferred = json_string(g, "preferredVersion.groupVersion", "");
        int behind = rank + DISCOVERY_RANK_VERSION;
        const struct json *v = json_first(json_member(g, "versions"));
        for (; v; v = json_next(v)) {
            const char *name = json_string(v, "groupVersion", "");
            char *path = mem_printf("/apis/%s", name);
            if (*name)
                more(context, path, strcmp(name, preferred) == 0 ? rank : behind++);
            free(path);
        }
        rank += DISCOVERY_RANK_GROUP;
    }
}

bool discovery_read(struct discovery_list *l, const char *path, int rank, struct str body,
                    void (*more)(void *context, const char *path, int rank), void *context,
                    struct err *err)
{
    struct json_doc *doc = json_doc_new();
    const struct json *answer = json_parse(doc, body.p, body.n, NULL);
    struct str kind = str_of(json_string(answer, "kind", ""));
    struct source s = {l, "", "", rank};
    bool good = true;
    if (str_is(kind, "APIGroupDiscoveryList")) {
        s.rank -= DISCOVERY_RANK_GROUP;
        read_aggregated(&s, json_member(answer, "items"));
    } else if (str_is(kind, "APIResourceList")) {
        char *place = mem_dup(json_string(answer, "groupVersion", ""));
        char *slash = strchr(place, '/');
        if (slash)
            *slash = '\0';
        s.group = slash ? place : "";
        s.version = slash ? slash + 1 : place;
        read_resources(&s, json_member(answer, "resources"));
        free(place);
    } else if (str_is(kind, "APIVersions")) {
        read_versions(json_member(answer, "versions"), rank, more, context);
    } else if (str_is(kind, "APIGroupList")) {
        read_groups(json_member(answer, "groups"), rank, more, context);
    } else {
        good = err_set(err, ERR_PROTOCOL, path, "is this a Kubernetes API server?",
                       "the answer is no list of resources");
    }
    json_doc_free(doc);
    return good;
}

/* ---- names ---- */

bool discovery_read_has(const struct discovery_list *l, const char *api, const char *plural)
{
    for (size_t i = 0; i < l->here; i++)
        if (strcmp(l->list[i]->kind.name, plural) == 0 && strcmp(l->list[i]->kind.api, api) == 0)
            return true;
    return false;
}

static const struct kind *kind_at(const void *list, size_t i)
{
    return &((const struct discovery_list *)list)->list[i]->kind;
}

const struct kind *discovery_read_match(const struct discovery_list *l, const char *name)
{
    size_t i = kind_names_find(kind_at, l, l->here, name);
    return i == SIZE_MAX ? NULL : kind_at(l, i);
}
