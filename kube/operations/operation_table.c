#include "kube/operations/operation_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "kube/kinds/kinds.h"
#include "model/object_ref.h"

#define INSIDE OPERATION_TABLE_INSIDE
#define CLUSTER OPERATION_TABLE_CLUSTER
#define MAY(verb_, group_, resource_, sub_, where_) {verb_, group_, resource_, sub_, where_},
const struct operation_table_row operation_table[OPERATION_COUNT] = {
#define OPERATION(id, name_, label_, kinds_, about_, may_)                                         \
    [OPERATION_##id] = {name_, label_, kinds_, about_, {may_}},
#include "kube/operations/operations.def"
#undef OPERATION
};

char *operation_table_group(const struct kind *kind, char *out, size_t size)
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

bool operation_table_fits(enum operation_table_id id, const struct kind *kind)
{
    char name[OBJECT_REF_KIND];
    struct str rest = str_of(operation_table[id].kinds), one;
    if (kinds_is_secret(kind) || !object_ref_kind(kind, name))
        return false;
    if (!rest.n)
        return true;
    while (str_cut(&rest, ' ', &one))
        if (str_is(one, name))
            return true;
    return false;
}

enum operation_table_id operation_table_find(const char *name)
{
    int id = 0;
    while (id < OPERATION_COUNT && strcmp(operation_table[id].name, name) != 0)
        id++;
    return (enum operation_table_id)id;
}

char *operation_target_text(const struct operation_target *t)
{
    bool inside = t->namespace_ && *t->namespace_;
    return mem_printf("%s %s%s%s", t->kind->singular, inside ? t->namespace_ : "",
                      inside ? "/" : "", t->name);
}

char *operation_target_path(const struct operation_target *t, const char *sub)
{
    char *object = kinds_path(t->kind, t->namespace_, t->name);
    char *path = mem_printf("%s%s", object, sub ? sub : "");
    free(object);
    return path;
}
