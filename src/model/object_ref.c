#include "model/object_ref.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "model/kind_names.h"

static bool fits(char *out, size_t size, const char *text)
{
    size_t n = strlen(text);
    if (n >= size)
        return false;
    memcpy(out, text, n + 1);
    return true;
}

bool object_ref_set(struct object_ref *r, const char *kind, const char *ns, const char *name,
                    const char *uid)
{
    r->owner[0] = '\0';
    return fits(r->kind, sizeof r->kind, kind) && fits(r->namespace_, sizeof r->namespace_, ns) &&
           fits(r->name, sizeof r->name, name) && fits(r->uid, sizeof r->uid, uid);
}

bool object_ref_kind(const struct kind *kind, char out[OBJECT_REF_KIND])
{
    struct str group = kind_names_group(kind);
    int n = snprintf(out, OBJECT_REF_KIND, "%s%s%.*s", kind->name, group.n ? "." : "", (int)group.n,
                     group.p);
    return n > 0 && n < OBJECT_REF_KIND;
}

bool object_ref_of(struct object_ref *r, const struct kind *kind, const struct object *o)
{
    char name[OBJECT_REF_KIND], uid[OBJECT_UID_TEXT];
    return object_ref_kind(kind, name) &&
           object_ref_set(r, name, o->namespace_, o->name, object_uid_text(o, uid)) &&
           fits(r->owner, sizeof r->owner, o->owner);
}

bool object_ref_same(const struct object_ref *a, const struct object_ref *b)
{
    return strcmp(a->kind, b->kind) == 0 && strcmp(a->namespace_, b->namespace_) == 0 &&
           strcmp(a->name, b->name) == 0;
}

char *object_ref_text(const struct object_ref *r, char out[OBJECT_REF_TEXT])
{
    snprintf(out, OBJECT_REF_TEXT, "%s\t%s\t%s\t%s", r->kind, r->namespace_, r->name, r->uid);
    return out;
}

bool object_ref_read(struct object_ref *r, const char *text)
{
    char *const parts[] = {r->kind, r->namespace_, r->name, r->uid};
    const size_t sizes[] = {sizeof r->kind, sizeof r->namespace_, sizeof r->name, sizeof r->uid};
    for (int i = 0; i < 4; i++) {
        size_t n = strcspn(text, "\t");
        if (n >= sizes[i] || (i < 3) != (text[n] == '\t'))
            return false;
        memcpy(parts[i], text, n);
        parts[i][n] = '\0';
        text += n + (i < 3);
    }
    return *r->kind && *r->name;
}
