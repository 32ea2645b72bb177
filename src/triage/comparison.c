#include "triage/comparison.h"

#include <math.h>

#include "base/map.h"

static const struct past *readable(const struct pasts *pasts, const char *rule, int64_t from)
{
    const struct past *p = pasts_find(pasts, rule, from);
    return p && p->state == PAST_KNOWN ? p : NULL;
}

void comparison_of(struct comparison *c, const struct window *w, const struct pasts *pasts,
                   const struct catalogue *known)
{
    int64_t width = w->to - w->from;
    *c = (struct comparison){.window = w, .known = known};
    for (int i = 0; i < BADGE_WITH; i++)
        c->past[i] = readable(pasts, w->rule, badge_with_from((enum badge_with)i, w->from, width));
    if (!c->past[BADGE_BEFORE] && w->open)
        c->past[BADGE_BEFORE] = readable(pasts, w->rule, w->from - 2 * width);
}

static bool is_whole(const struct window *w)
{
    return w->complete && !w->truncated && !w->open;
}

/* What the catalogue has not got yet was never seen before this window. */
static int64_t first_seen(const struct comparison *c, const char *id)
{
    if (!c->known || !c->known->count)
        return 0;
    const struct catalogue_group *seen = catalogue_find(c->known, id);
    return seen ? seen->first : c->window->from;
}

void comparison_case(const struct comparison *c, const char *id, uint64_t count,
                     struct badge_case *out)
{
    *out = (struct badge_case){.count = count,
                               .whole = is_whole(c->window),
                               .from = c->window->from,
                               .first_seen = first_seen(c, id)};
    for (int i = 0; i < BADGE_WITH; i++) {
        const struct past *p = c->past[i];
        const struct past_group *g = past_find(p, past_id(id));
        if (p)
            out->past[i] = (struct badge_past){true, p->whole, g ? g->count : 0};
    }
}

enum badge comparison_badge(const struct comparison *c, const struct group *g)
{
    struct badge_case how;
    comparison_case(c, g->id, g->count, &how);
    return badge_of(&how);
}

void comparison_gone(const struct comparison *c, void *context,
                     void (*each)(void *context, const struct past_group *g))
{
    const struct past *before = c->past[BADGE_BEFORE];
    if (!before || !before->whole || !is_whole(c->window))
        return;
    struct map *here = map_new();
    for (size_t i = 0; i < c->window->group_count; i++) {
        uint64_t id = past_id(c->window->groups[i].id);
        map_put(here, (struct str){(const char *)&id, sizeof id}, here);
    }
    for (size_t i = 0; i < before->count; i++)
        if (!map_get(here, (struct str){(const char *)&before->groups[i].id, sizeof(uint64_t)}))
            each(context, &before->groups[i]);
    map_free(here, NULL);
}

size_t comparison_trend(const struct window *w, const struct pasts *pasts, uint64_t id,
                        uint64_t lines, double *out, size_t count)
{
    size_t known = 1;
    int64_t width = w->to - w->from;
    out[count - 1] = (double)lines;
    for (size_t i = 0; i + 1 < count; i++) {
        const struct past *p = readable(pasts, w->rule, w->from - (int64_t)(count - 1 - i) * width);
        const struct past_group *g = past_find(p, id);
        out[i] = !p ? (double)NAN : g ? (double)g->count : 0;
        known += p != NULL;
    }
    return known;
}

size_t comparison_wants(int64_t from, int64_t width, int64_t out[COMPARISON_WANTS])
{
    size_t n = 0;
    for (; n < BADGE_WITH; n++)
        out[n] = badge_with_from((enum badge_with)n, from, width);
    for (int i = 2; i < COMPARISON_TREND; i++)
        out[n++] = from - i * width;
    return n;
}
