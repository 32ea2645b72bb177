#include "ui/table/browse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { WANTED_BYTES = MODEL_BROWSED * (MODEL_BROWSED_NAME + 1) + OBJECT_REF_NAME };

struct browse {
    struct model *model;
    struct browse_view list[BROWSE_DEPTH];
    size_t count;
    uint64_t changes;
    char *asked; /* the last intent's text */
};

struct browse *browse_new(struct model *m)
{
    struct browse *b = mem_alloc(sizeof *b);
    b->model = m;
    b->asked = mem_dup("");
    return b;
}

void browse_free(struct browse *b)
{
    if (!b)
        return;
    free(b->asked);
    free(b);
}

bool browse_view(struct browse_view *out, const char *resource)
{
    *out = (struct browse_view){.sort = BROWSE_UNSORTED};
    return str_copy(out->resource, sizeof out->resource, resource) < sizeof out->resource;
}

void browse_push(struct browse *b, const struct browse_view *view)
{
    if (b->count == BROWSE_DEPTH)
        memmove(&b->list[0], &b->list[1], --b->count * sizeof *b->list);
    b->list[b->count++] = *view;
    b->changes++;
    b->model->dirty = true;
}

void browse_pop(struct browse *b)
{
    if (!b->count)
        return;
    b->count--;
    b->changes++;
    b->model->dirty = true;
}

struct browse_view *browse_top(struct browse *b)
{
    return b->count ? &b->list[b->count - 1] : NULL;
}

uint64_t browse_changes(const struct browse *b)
{
    return b->changes;
}

/* ---- tables ---- */

static const struct resource *own_table(const struct model *m, const struct browse_view *view)
{
    const struct {
        const char *name;
        const struct resource *resource;
    } own[] = {{"nodes", &m->nodes},
               {"pods", &m->pods},
               {"namespaces", &m->namespaces},
               {"events", &m->events}};
    for (size_t i = 0; !view->selector[0] && i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i].name, view->resource) == 0)
            return own[i].resource;
    return NULL;
}

static void name_of(const struct browse_view *view, struct buf *out)
{
    buf_printf(out, "%s%s%s", view->resource, view->selector[0] ? " " : "", view->selector);
}

static const struct model_browsed *browsed(const struct browse *b, const struct browse_view *view)
{
    struct buf name;
    buf_init(&name, MODEL_BROWSED_NAME);
    name_of(view, &name);
    const struct model_browsed *found = model_browsed_find(b->model, buf_text(&name));
    buf_free(&name);
    return found;
}

const struct resource *browse_resource(const struct browse *b, const struct browse_view *view)
{
    const struct resource *own = own_table(b->model, view);
    const struct model_browsed *other = own ? NULL : browsed(b, view);
    return own ? own : other ? &other->resource : NULL;
}

/* The scope's namespace, then the tables of the newest views; one that two of them share once. */
static void wanted(const struct browse *b, struct buf *out)
{
    const char *names[MODEL_BROWSED];
    struct buf each[MODEL_BROWSED];
    size_t count = 0;
    for (size_t i = b->count; i-- > 0 && count < MODEL_BROWSED;) {
        const struct browse_view *view = &b->list[i];
        if (own_table(b->model, view))
            continue;
        buf_init(&each[count], MODEL_BROWSED_NAME);
        name_of(view, &each[count]);
        names[count] = buf_text(&each[count]);
        bool known = false;
        for (size_t k = 0; k < count; k++)
            known |= strcmp(names[k], names[count]) == 0;
        if (known)
            buf_free(&each[count]);
        count += !known;
    }
    if (count)
        buf_adds(out, b->model->scope.namespace_);
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "\n%s", names[i]);
        buf_free(&each[i]);
    }
}

void browse_due(struct browse *b)
{
    struct buf text;
    buf_init(&text, WANTED_BYTES);
    wanted(b, &text);
    if (strcmp(buf_text(&text), b->asked) != 0) {
        free(b->asked);
        b->asked = mem_dup(buf_text(&text));
        intents_push(b->model->intents, INTENT_BROWSE, b->asked, 0, 0);
    }
    buf_free(&text);
}
