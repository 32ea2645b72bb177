#include "ui/table/trail.h"

#include <string.h>

void trail_push(struct trail *t, const struct trail_step *step)
{
    if (t->count == TRAIL_DEPTH)
        memmove(&t->list[0], &t->list[1], --t->count * sizeof *t->list);
    t->list[t->count++] = *step;
}

const struct trail_step *trail_newest(const struct trail *t)
{
    return t->count ? &t->list[t->count - 1] : NULL;
}

bool trail_pop(struct trail *t, struct trail_step *out)
{
    if (!t->count)
        return false;
    *out = t->list[--t->count];
    return true;
}

bool trail_same(const struct scope *a, const struct scope *b)
{
    return strcmp(a->namespace_, b->namespace_) == 0 && strcmp(a->node, b->node) == 0 &&
           strcmp(a->workload, b->workload) == 0 &&
           strcmp(a->workload_namespace, b->workload_namespace) == 0;
}
