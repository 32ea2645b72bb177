#include "model/window.h"

#include <stdlib.h>
#include <string.h>

static void free_group(struct group *g)
{
    free(g->template_text);
    free(g->per_minute);
    tallies_free(&g->namespaces);
    tallies_free(&g->workloads);
    tallies_free(&g->pods);
    tallies_free(&g->nodes);
    labels_drop(g->sample_labels);
    free(g->sample_text);
    *g = (struct group){0};
}

void window_free(struct window *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->group_count; i++)
        free_group(&w->groups[i]);
    free(w->groups);
    free(w->cluster);
    free(w->rule);
    free(w->query);
    tallies_free(&w->redacted);
    tallies_free(&w->namespaces);
    free(w);
}

static int compare_groups(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->id, y->id);
}

void window_sort(struct window *w)
{
    if (w->group_count > 1)
        qsort(w->groups, w->group_count, sizeof *w->groups, compare_groups);
    tallies_sort(&w->redacted);
    tallies_sort(&w->namespaces);
    for (size_t i = 0; i < w->group_count; i++) {
        tallies_sort(&w->groups[i].namespaces);
        tallies_sort(&w->groups[i].workloads);
        tallies_sort(&w->groups[i].pods);
        tallies_sort(&w->groups[i].nodes);
    }
}
