#include "model/contexts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void contexts_add(struct contexts *c, const char *name, const char *cluster, const char *user,
                  const char *ns)
{
    mem_grow(&c->list, &c->cap, c->count + 1, sizeof *c->list);
    c->list[c->count++] = (struct contexts_row){.name = mem_dup(name),
                                                .cluster = mem_dup(cluster),
                                                .user = mem_dup(user),
                                                .namespace_ = mem_dup(ns)};
}

void contexts_choose(struct contexts *c, const char *name)
{
    free(c->current);
    c->current = mem_dup(name);
}

const struct contexts_row *contexts_find(const struct contexts *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->list[i].name, name) == 0)
            return &c->list[i];
    return NULL;
}

void contexts_clear(struct contexts *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->list[i].name);
        free(c->list[i].cluster);
        free(c->list[i].user);
        free(c->list[i].namespace_);
    }
    free(c->list);
    free(c->current);
    *c = (struct contexts){0};
}
