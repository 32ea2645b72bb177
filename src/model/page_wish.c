#include "model/page_wish.h"

#include <stdlib.h>

#include "base/mem.h"

enum { FIELDS = 5 };

char *page_wish_text(const struct page_wish *w)
{
    const struct object_ref *o = &w->object;
    return mem_printf("%d\n%s\n%s\n%s\n%s", (int)w->view, o->kind, o->namespace_, o->name, o->uid);
}

bool page_wish_read(const char *text, struct page_wish *out)
{
    struct str rest = str_of(text), field;
    char *fields[FIELDS];
    size_t n = 0;
    int64_t view = -1;
    while (n < FIELDS && str_cut(&rest, '\n', &field))
        fields[n++] = mem_dup_n(field.p, field.n);
    /* An empty last field is no field to str_cut. */
    if (n + 1 == FIELDS)
        fields[n++] = mem_dup("");
    bool good = n == FIELDS && !rest.n && str_to_int(str_of(fields[0]), &view) && view >= 0 &&
                view < PAGE_WISH_VIEWS &&
                object_ref_set(&out->object, fields[1], fields[2], fields[3], fields[4]);
    out->view = good ? (enum page_wish_view)view : PAGE_WISH_DESCRIBE;
    while (n)
        free(fields[--n]);
    return good;
}
