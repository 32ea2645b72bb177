#include "kube/kinds/kinds.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "model/kind_names.h"
#include "net/conn.h"

/* The API server allows 253; what is longer comes from no API server. */
enum { NAME_LONGEST = 1024, PATH_LONGEST = 8192 };

static const struct kinds_row *const rows[] = {
#define KIND(symbol) &symbol,
#include "kube/kinds/kinds.def"
#undef KIND
};

size_t kinds_count(void)
{
    return sizeof rows / sizeof *rows;
}

const struct kind *kinds_at(size_t i)
{
    return &rows[i]->kind;
}

/* What stands behind the name: "", "GROUP", "VERSION.GROUP"; of the core "v1" and "v1.". */
static bool is_place_of(const struct kind *kind, struct str place)
{
    struct str group = kind_names_group(kind), version = kind_names_version(kind);
    if (!place.n || (group.n && str_eq(place, group)))
        return true;
    if (place.n < version.n || memcmp(place.p, version.p, version.n) != 0)
        return false;
    struct str rest = {place.p + version.n, place.n - version.n};
    if (!group.n)
        return !rest.n || str_is(rest, ".");
    return rest.n && *rest.p == '.' && str_eq((struct str){rest.p + 1, rest.n - 1}, group);
}

const struct kind *kinds_find(const char *name)
{
    struct str place = str_of(name), plain;
    if (!str_cut(&place, '.', &plain))
        return NULL;
    for (size_t i = 0; i < kinds_count(); i++) {
        if (!kind_names_is(&rows[i]->kind, plain))
            continue;
        for (const struct kinds_row *r = rows[i]; r; r = r->older)
            if (is_place_of(&r->kind, place))
                return &r->kind;
    }
    return NULL;
}

const struct kind *kinds_of(const char *api, const char *plural)
{
    for (size_t i = 0; i < kinds_count(); i++)
        for (const struct kinds_row *r = rows[i]; r; r = r->older)
            if (strcmp(r->kind.name, plural) == 0 && strcmp(r->kind.api, api) == 0)
                return &r->kind;
    return NULL;
}

const struct kinds_row *kinds_row_of(const struct kind *kind)
{
    for (size_t i = 0; i < kinds_count(); i++)
        for (const struct kinds_row *r = rows[i]; r; r = r->older)
            if (&r->kind == kind)
                return r;
    return NULL;
}

bool kinds_is_blank(const struct kind *kind, size_t column)
{
    const struct kinds_row *row = kinds_row_of(kind);
    return !row || (column < 32 && row->blank >> column & 1);
}

bool kinds_is_secret(const struct kind *kind)
{
    return strcmp(kind->name, "secrets") == 0 && strncmp(kind->api, "/api/", 5) == 0;
}

static void set_owner(struct object *row, const struct json *metadata)
{
    const struct json *owner = json_first(json_member(metadata, "ownerReferences"));
    for (; owner; owner = json_next(owner)) {
        const char *kind = json_string(owner, "kind", ""), *name = json_string(owner, "name", "");
        if (!json_bool(owner, "controller", false) || !*kind || strlen(name) > NAME_LONGEST)
            continue;
        char *text = mem_printf("%s/%s", kind, name);
        object_set_owner(row, str_of(text));
        free(text);
        return;
    }
}

struct object *kinds_make_bare(const struct objects *table, const struct json *metadata)
{
    struct str name = str_of(json_string(metadata, "name", ""));
    struct str ns = str_of(json_string(metadata, "namespace", ""));
    if (!name.n || name.n > NAME_LONGEST || ns.n > NAME_LONGEST)
        return NULL;
    struct object *row = objects_new_row(table, ns, name);
    struct str version = str_of(json_string(metadata, "resourceVersion", ""));
    row->version_hash = hash_bytes(version.p, version.n);
    row->created = kinds_time(metadata, "creationTimestamp");
    row->deleted = kinds_time(metadata, "deletionTimestamp");
    object_set_uid(row, json_string(metadata, "uid", ""));
    set_owner(row, metadata);
    return row;
}

struct object *kinds_make(const struct kind *kind, const struct objects *table,
                          const struct json *element)
{
    const struct kinds_row *made = kinds_row_of(kind);
    struct object *row = kinds_make_bare(table, json_member(element, "metadata"));
    if (row && made)
        made->fill(row, element);
    return row;
}

char *kinds_path(const struct kind *kind, const char *ns, const char *name)
{
    struct buf path;
    buf_init(&path, PATH_LONGEST);
    buf_adds(&path, kind->api);
    if (kind->namespaced && ns && *ns) {
        buf_adds(&path, "/namespaces/");
        conn_escape(&path, ns, strlen(ns), false);
    }
    buf_addc(&path, '/');
    buf_adds(&path, kind->name);
    if (name) {
        buf_addc(&path, '/');
        conn_escape(&path, name, strlen(name), false);
    }
    return buf_take(&path, NULL);
}
