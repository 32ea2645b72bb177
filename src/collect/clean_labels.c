/*
 * Streams have few label sets, which come again and again: what came of those seen last is kept. A
 * value is looked at as a line is, and its name as the key that it is: of "password" the whole
 * value goes.
 */
#include "collect/clean_labels.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/tallies.h"
#include "triage/redact/redact.h"

enum { SETS = 256, LABELS_MAX = 256, VALUE_ROOM = 1 << 20 }; /* SETS: a power of two */

struct set {
    const struct labels *labels, *clean; /* held */
    struct tallies counts;               /* of what was replaced */
};

struct clean_labels {
    struct redactor *redactor;
    const struct rule_labels *names;
    struct buf text, probe, values;
    struct set sets[SETS];
};

struct clean_labels *clean_labels_new(struct redactor *r, const struct rule_labels *names)
{
    struct clean_labels *c = mem_alloc(sizeof *c);
    c->redactor = r;
    c->names = names;
    buf_init(&c->text, VALUE_ROOM);
    buf_init(&c->probe, VALUE_ROOM);
    buf_init(&c->values, VALUE_ROOM);
    return c;
}

static void forget(struct set *s)
{
    labels_drop(s->labels);
    labels_drop(s->clean);
    tallies_free(&s->counts);
    *s = (struct set){.labels = NULL};
}

void clean_labels_free(struct clean_labels *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < SETS; i++)
        forget(&c->sets[i]);
    buf_free(&c->text);
    buf_free(&c->probe);
    buf_free(&c->values);
    free(c);
}

static bool is_place(const struct clean_labels *c, const char *name)
{
    const char *const places[] = {c->names->namespace_, c->names->pod, c->names->container,
                                  c->names->node, c->names->app};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i] && !strcmp(places[i], name))
            return true;
    return false;
}

/* Whether what stands behind this name is a secret whatever it is; then c->text is what replaces
 * it. */
static bool is_secret_name(struct clean_labels *c, const char *name, struct tallies *counts)
{
    static const char sample[] = "Zx9aQ27bLm4TplKj3vRw8";
    buf_clear(&c->probe);
    buf_printf(&c->probe, "%s=%s", name, sample);
    redact_reset(c->redactor);
    if (!redact_line(c->redactor, buf_str(&c->probe), &c->text, NULL))
        return false;
    size_t n = strlen(name) + 1;
    if (c->text.n <= n || strncmp(c->text.p, c->probe.p, n) != 0 ||
        str_find(buf_str(&c->text), str_of(sample)) >= 0)
        return false;
    redact_reset(c->redactor);
    redact_line(c->redactor, buf_str(&c->probe), &c->text, counts);
    buf_drop_front(&c->text, n);
    return true;
}

/* True with c->text when the value must be replaced. */
static bool replace(struct clean_labels *c, const char *name, const char *value,
                    struct tallies *counts)
{
    if (!*value || is_place(c, name))
        return false;
    if (is_secret_name(c, name, counts))
        return true;
    redact_reset(c->redactor);
    return redact_line(c->redactor, str_of(value), &c->text, counts);
}

static const struct labels *clean(struct clean_labels *c, const struct labels *l,
                                  struct tallies *counts)
{
    struct str names[LABELS_MAX], values[LABELS_MAX];
    size_t at[LABELS_MAX], n = l->count < LABELS_MAX ? l->count : LABELS_MAX;
    bool changed = l->count > LABELS_MAX;
    buf_clear(&c->values);
    for (size_t i = 0; i < n; i++) {
        names[i] = str_of(l->list[i].name);
        values[i] = str_of(l->list[i].value);
        at[i] = SIZE_MAX;
        if (!replace(c, l->list[i].name, l->list[i].value, counts))
            continue;
        changed = true;
        at[i] = c->values.n;
        values[i].n = buf_add(&c->values, c->text.p, c->text.n) ? c->text.n : 0;
    }
    if (!changed)
        return labels_hold(l);
    for (size_t i = 0; i < n; i++)
        if (at[i] != SIZE_MAX)
            values[i].p = values[i].n ? c->values.p + at[i] : "";
    return labels_get(names, values, n);
}

const struct labels *clean_labels_of(struct clean_labels *c, const struct labels *l,
                                     struct tallies *counts)
{
    if (!l)
        return NULL;
    struct set *s = &c->sets[l->hash & (SETS - 1)];
    if (s->labels != l) {
        int state = redact_state(c->redactor);
        struct tallies found = {NULL, 0, 0, NULL};
        const struct labels *made = clean(c, l, &found);
        redact_resume(c->redactor, state);
        forget(s);
        *s = (struct set){labels_hold(l), made, found};
    }
    for (size_t i = 0; counts && i < s->counts.count; i++)
        tallies_add(counts, str_of(s->counts.list[i].name), s->counts.list[i].count);
    return s->clean;
}
