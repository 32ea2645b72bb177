#include "model/kind_names.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static const char groups[] = "/apis/";
enum { CORE = sizeof "/api/" - 1 };

struct str kind_names_group(const struct kind *kind)
{
    struct str rest = str_of(kind->api), group = {"", 0};
    if (!str_starts(rest, groups))
        return group;
    rest = (struct str){rest.p + sizeof groups - 1, rest.n - (sizeof groups - 1)};
    str_cut(&rest, '/', &group);
    return group;
}

struct str kind_names_version(const struct kind *kind)
{
    struct str group = kind_names_group(kind);
    size_t skip = group.n ? sizeof groups - 1 + group.n + 1 : CORE, n;
    n = strlen(kind->api);
    return skip < n ? (struct str){kind->api + skip, n - skip} : str_of("");
}

static bool same(const char *a, struct str b)
{
    return strlen(a) == b.n && strncasecmp(a, b.p, b.n) == 0;
}

bool kind_names_is(const struct kind *kind, struct str name)
{
    if (same(kind->name, name) || same(kind->singular, name) || same(kind->object_kind, name))
        return true;
    struct str rest = str_of(kind->short_names), part;
    while (str_cut(&rest, ' ', &part))
        if (part.n && part.n == name.n && strncasecmp(part.p, name.p, name.n) == 0)
            return true;
    return false;
}

/* What stands behind the name's first dot, as far as it was understood. */
struct place {
    const struct str *group; /* NULL: any */
    struct str version;      /* empty: any */
    bool cut_short;          /* a group that begins so will do */
};

static bool is_at(const struct kind *kind, const struct place *place)
{
    struct str group = kind_names_group(kind);
    if (place->version.n && !str_eq(place->version, kind_names_version(kind)))
        return false;
    if (!place->group || str_eq(*place->group, group))
        return true;
    return place->cut_short && place->group->n < group.n &&
           memcmp(place->group->p, group.p, place->group->n) == 0;
}

size_t kind_names_find(const struct kind *(*at)(const void *list, size_t i), const void *list,
                       size_t count, const char *name)
{
    struct str rest = str_of(name), plain, behind, group, version;
    bool dotted = strchr(name, '.') != NULL;
    if (!str_cut(&rest, '.', &plain) || !plain.n)
        return SIZE_MAX;
    group = behind = rest;
    str_cut(&group, '.', &version);
    /* RESOURCE.VERSION.GROUP, then RESOURCE.GROUP, then with the group's beginning. */
    const struct place places[] = {
        {dotted ? &group : NULL, dotted ? version : str_of(""), false},
        {&behind, str_of(""), false},
        {&behind, str_of(""), true},
    };
    for (size_t p = 0; p < (dotted ? 3 : 1); p++)
        for (size_t i = 0; i < count; i++)
            if (kind_names_is(at(list, i), plain) && is_at(at(list, i), &places[p]))
                return i;
    return SIZE_MAX;
}

bool kind_names_secret(const char *name)
{
    struct str rest = str_of(name), plain;
    if (!str_cut(&rest, '.', &plain) || (!same("secret", plain) && !same("secrets", plain)))
        return false;
    return !rest.n || same("v1", rest) || same("v1.", rest);
}
