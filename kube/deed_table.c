#include "kube/deed_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "kube/kinds.h"
#include "model/object_ref.h"

#define INSIDE DEED_TABLE_INSIDE
#define CLUSTER DEED_TABLE_CLUSTER
#define MAY(verb_, group_, resource_, sub_, where_) {verb_, group_, resource_, sub_, where_},
const struct deed_table_row deed_table[DEED_COUNT] = {
#define DEED(id, name_, label_, kinds_, about_, may_)                                              \
    [DEED_##id] = {name_, label_, kinds_, about_, {may_}},
#include "kube/deeds.def"
#undef DEED
};

char *deed_table_group(const struct kind *kind, char *out, size_t size)
{
    struct str rest = str_of(kind->api), part = {"", 0};
    *out = '\0';
    if (strncmp(kind->api, "/apis/", 6) != 0)
        return out;
    rest.p += 6;
    rest.n -= 6;
    str_cut(&rest, '/', &part);
    if (part.n < size) {
        memcpy(out, part.p, part.n);
        out[part.n] = '\0';
    }
    return out;
}

bool deed_table_fits(enum deed_table_id id, const struct kind *kind)
{
    char name[OBJECT_REF_KIND];
    struct str rest = str_of(deed_table[id].kinds), one;
    if (kinds_is_secret(kind) || !object_ref_kind(kind, name))
        return false;
    if (!rest.n)
        return true;
    while (str_cut(&rest, ' ', &one))
        if (str_is(one, name))
            return true;
    return false;
}

enum deed_table_id deed_table_find(const char *name)
{
    int id = 0;
    while (id < DEED_COUNT && strcmp(deed_table[id].name, name) != 0)
        id++;
    return (enum deed_table_id)id;
}

char *deed_target_text(const struct deed_target *t)
{
    bool inside = t->namespace_ && *t->namespace_;
    return mem_printf("%s %s%s%s", t->kind->singular, inside ? t->namespace_ : "",
                      inside ? "/" : "", t->name);
}

char *deed_target_path(const struct deed_target *t, const char *sub)
{
    char *object = kinds_path(t->kind, t->namespace_, t->name);
    char *path = mem_printf("%s%s", object, sub ? sub : "");
    free(object);
    return path;
}
