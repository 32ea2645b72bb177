/* The clusters that one may go to: the contexts of a kubeconfig, in its order. */
#ifndef MODEL_CONTEXTS_H
#define MODEL_CONTEXTS_H

#include <stddef.h>

struct contexts_row {
    char *name, *cluster, *user;
    char *namespace_; /* "": none is named */
};

/* All zero is an empty one. */
struct contexts {
    struct contexts_row *list;
    size_t count, cap;
    char *current; /* the name of the one that is looked at; NULL: none of them is */
};

/* Copies the texts. */
void contexts_add(struct contexts *c, const char *name, const char *cluster, const char *user,
                  const char *ns);
void contexts_choose(struct contexts *c, const char *name); /* it becomes the current one */
const struct contexts_row *contexts_find(const struct contexts *c, const char *name); /* or NULL */
void contexts_clear(struct contexts *c);

#endif
