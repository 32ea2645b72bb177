#include "model/volume.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/graph.h"

enum { LATE_BINS = 3 }; /* behind the newest: lines that came late are counted in them */

void volume_clear(struct volume *v)
{
    free(v->query);
    *v = (struct volume){0};
}

static int64_t align_up(int64_t t, int64_t step)
{
    return clock_align(t + step - 1, step);
}

void volume_start(struct volume *v, const char *query, int64_t from, int64_t to, bool live)
{
    char *copy = mem_dup(query);
    volume_clear(v);
    v->query = copy;
    v->live = live;
    v->step = graph_step(from, to, VOLUME_BINS - 1);
    v->from = clock_align(from, v->step);
    v->to = align_up(to, v->step);
    v->bins = (size_t)((v->to - v->from) / v->step);
}

int64_t volume_slide(struct volume *v, int64_t now)
{
    int64_t to = align_up(now, v->step), again = v->to - LATE_BINS * v->step;
    size_t gone = to > v->to ? (size_t)((to - v->to) / v->step) : 0;
    if (gone >= v->bins) {
        memset(v->counts, 0, sizeof v->counts);
        again = to - (int64_t)v->bins * v->step;
    } else if (gone) {
        memmove(v->counts, v->counts + gone, (v->bins - gone) * sizeof *v->counts);
        memset(v->counts + (v->bins - gone), 0, gone * sizeof *v->counts);
    }
    if (gone) {
        v->to = to;
        v->from = to - (int64_t)v->bins * v->step;
    }
    return again > v->from ? again : v->from;
}

void volume_put(struct volume *v, int64_t from, const double (*counts)[LEVEL_COUNT], size_t bins)
{
    for (size_t i = 0; i < bins; i++) {
        int64_t at = from + (int64_t)i * v->step;
        if (at >= v->from && at < v->to)
            memcpy(v->counts[(at - v->from) / v->step], counts[i], sizeof *counts);
    }
    v->known = true;
}

double volume_sum(const struct volume *v, size_t begin, size_t end, int level)
{
    double sum = 0;
    for (size_t i = begin; i < end && i < v->bins; i++)
        for (int l = 0; l < LEVEL_COUNT; l++)
            sum += level == LEVEL_COUNT || level == l ? v->counts[i][l] : 0;
    return sum;
}
