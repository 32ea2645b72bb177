/*
 * Names end in characters that are random (pods of deployments) or count up (those of stateful
 * sets), so a few classes of last characters cut them into parts of about the same size: the most
 * frequent character goes to the lane that has least so far, and so on. The last lane has what the
 * others have not, and therefore also what the sample did not have. A label that is no stream's but
 * a parser's puts all streams into the last lane, which is as good as no lanes.
 */
#include "source/loki/loki_lanes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "model/rule.h"

enum { SETS = 1000, NAMES = 32, BYTES = 256, CLASS = 64 };
#define LOPSIDED 0.6   /* of the lines in one lane: then lanes do not pay */
#define PREFERENCE 0.8 /* what the given label's heaviest lane is weighed by */

struct set {
    const struct labels *labels; /* held */
    size_t lines;
};

struct cut {
    char label[256];
    int lanes;
    char endings[LOKI_LANES_MOST][CLASS]; /* none of the last lane */
    size_t lines[LOKI_LANES_MOST];
};

struct loki_lanes {
    const char *label;
    struct map *seen; /* of the labels' addresses: their set */
    struct set *sets;
    size_t count, cap, lines;
    struct cut cut;
};

struct loki_lanes *loki_lanes_new(const char *label)
{
    struct loki_lanes *x = mem_alloc(sizeof *x);
    x->label = label;
    x->sets = mem_array(SETS, sizeof *x->sets);
    x->seen = map_new();
    return x;
}

void loki_lanes_forget(struct loki_lanes *x)
{
    for (size_t i = 0; i < x->count; i++)
        labels_drop(x->sets[i].labels);
    free(x->sets);
    map_free(x->seen, NULL);
    x->sets = NULL;
    x->seen = NULL;
    x->count = 0;
}

void loki_lanes_free(struct loki_lanes *x)
{
    if (!x)
        return;
    loki_lanes_forget(x);
    free(x);
}

void loki_lanes_note(struct loki_lanes *x, const struct line *line)
{
    struct str key = {(const char *)&line->labels, sizeof line->labels};
    struct set *s = map_get(x->seen, key);
    if (!s && x->count == SETS)
        return;
    if (!s) {
        s = &x->sets[x->count++];
        s->labels = labels_hold(line->labels);
        map_put(x->seen, key, s);
    }
    s->lines++;
    x->lines++;
}

/* ---- one label ---- */

/* Lines by the last character of the label's value: letters and digits only. */
static void weigh(const struct loki_lanes *x, const char *label, size_t weights[BYTES])
{
    memset(weights, 0, BYTES * sizeof *weights);
    for (size_t i = 0; i < x->count; i++) {
        const char *value = labels_value(x->sets[i].labels, label);
        unsigned char last = *value ? (unsigned char)value[strlen(value) - 1] : 0;
        if (last < 128 && isalnum(last))
            weights[last] += x->sets[i].lines;
    }
}

static int heaviest(const size_t weights[BYTES])
{
    int best = 0;
    for (int c = 1; c < BYTES; c++)
        if (weights[c] > weights[best])
            best = c;
    return best;
}

static int lightest(const struct cut *c)
{
    int best = 0;
    for (int i = 1; i < c->lanes; i++)
        if (c->lines[i] < c->lines[best])
            best = i;
    return best;
}

static void add_ending(struct cut *c, int lane, char ending)
{
    size_t n = strlen(c->endings[lane]);
    if (lane < c->lanes - 1 && n + 1 < CLASS)
        c->endings[lane][n] = ending;
}

static struct cut cut_by(const struct loki_lanes *x, const char *label, int most)
{
    size_t weights[BYTES];
    struct cut c = {.lanes = most};
    int next;
    str_copy(c.label, sizeof c.label, label);
    weigh(x, label, weights);
    c.lines[most - 1] = x->lines;
    for (int i = 0; i < BYTES; i++)
        c.lines[most - 1] -= weights[i];
    while (weights[next = heaviest(weights)]) {
        int lane = lightest(&c);
        c.lines[lane] += weights[next];
        weights[next] = 0;
        add_ending(&c, lane, (char)next);
    }
    return c;
}

static size_t largest(const struct cut *c)
{
    size_t most = 0;
    for (int i = 0; i < c->lanes; i++)
        most = c->lines[i] > most ? c->lines[i] : most;
    return most;
}

/* ---- all labels ---- */

/* Loki shows other names too, of structured metadata, but no selector may have them. */
static bool is_selectable(const char *name)
{
    return !isdigit((unsigned char)*name) &&
           !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")];
}

static size_t collect_names(const struct loki_lanes *x, const char *names[NAMES])
{
    size_t count = 0;
    for (size_t i = 0; i < x->count; i++) {
        const struct labels *l = x->sets[i].labels;
        for (size_t k = 0; l && k < l->count && count < NAMES; k++) {
            size_t n = 0;
            while (n < count && strcmp(names[n], l->list[k].name) != 0)
                n++;
            names[n] = l->list[k].name;
            count += n == count;
        }
    }
    return count;
}

/* Lanes that have no ending have no streams; the last one may. */
static void drop_empty(struct cut *c)
{
    int kept = 0;
    for (int i = 0; i < c->lanes; i++) {
        if (!*c->endings[i] && i < c->lanes - 1)
            continue;
        memmove(c->endings[kept], c->endings[i], CLASS);
        c->lines[kept++] = c->lines[i];
    }
    c->lanes = kept;
}

int loki_lanes_cut(struct loki_lanes *x, int most)
{
    const char *names[NAMES];
    size_t count = collect_names(x, names);
    double best = LOPSIDED * (double)x->lines;
    x->cut.lanes = 1;
    for (size_t i = 0; i < count; i++) {
        if (!is_selectable(names[i]))
            continue;
        struct cut c = cut_by(x, names[i], most);
        double weight = (double)largest(&c) * (strcmp(names[i], x->label) ? 1 : PREFERENCE);
        if (weight >= best)
            continue;
        best = weight;
        x->cut = c;
    }
    if (x->cut.lanes > 1)
        drop_empty(&x->cut);
    return x->cut.lanes;
}

double loki_lanes_share(const struct loki_lanes *x, int lane)
{
    return x->lines ? (double)x->cut.lines[lane] / (double)x->lines : 0;
}

void loki_lanes_query(const struct loki_lanes *x, int lane, const char *query, struct buf *out)
{
    const struct cut *c = &x->cut;
    struct buf matcher;
    bool last = lane == c->lanes - 1;
    buf_init(&matcher, sizeof *c);
    buf_printf(&matcher, "%s%s\".*[%s", c->label, last ? "!~" : "=~", c->endings[lane]);
    for (int i = 0; last && i < lane; i++)
        buf_adds(&matcher, c->endings[i]);
    buf_adds(&matcher, "]\"");
    rule_with_matcher(query, buf_text(&matcher), out);
    buf_free(&matcher);
}
