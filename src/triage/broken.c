#include "triage/broken.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/mem.h"
#include "triage/broken_judge.h"

enum { WORDS_LONGEST = 1024, WHY_LONGEST = 400 };

struct group {
    struct broken_row row;
    enum broken_class own; /* of the workload's own trouble; BROKEN_CLASSES: none */
};

struct broken {
    struct group *list;
    size_t count, cap;
    struct map *groups; /* "namespace/Kind/name" -> its index in the list plus one */
};

const char *broken_class_words(enum broken_class c)
{
    static const char *const words[] = {
#define CLASS(id, text) text,
#include "triage/broken.def"
#undef CLASS
    };
    return words[c];
}

struct broken *broken_new(void)
{
    struct broken *b = mem_alloc(sizeof *b);
    b->groups = map_new();
    return b;
}

/* A row's texts are interned: most are the objects' own, or those of the rows on screen. */
static void clear(struct broken *b)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct broken_row *r = &b->list[i].row;
        const char *texts[] = {r->kind,  r->namespace_,  r->name,  r->reason,
                               r->words, r->member_kind, r->member};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            intern_drop(texts[t]);
    }
    map_clear(b->groups, NULL);
    b->count = 0;
}

void broken_free(struct broken *b)
{
    if (!b)
        return;
    clear(b);
    map_free(b->groups, NULL);
    free(b->list);
    free(b);
}

size_t broken_count(const struct broken *b)
{
    return b->count;
}

const struct broken_row *broken_at(const struct broken *b, size_t i)
{
    return &b->list[i].row;
}

/* ---- grouping ---- */

static struct group *group_of(struct broken *b, const char *kind, const char *ns, const char *name)
{
    char *key = mem_printf("%s/%s/%s", ns, kind, name);
    size_t place = (size_t)(uintptr_t)map_get(b->groups, str_of(key));
    if (!place) {
        mem_grow(&b->list, &b->cap, b->count + 1, sizeof *b->list);
        b->list[b->count++] = (struct group){.row = {.class = BROKEN_CLASSES,
                                                     .kind = intern_text(kind),
                                                     .namespace_ = intern_text(ns),
                                                     .name = intern_text(name)},
                                             .own = BROKEN_CLASSES};
        place = b->count;
        map_put(b->groups, str_of(key), (void *)(uintptr_t)place);
    }
    free(key);
    return &b->list[place - 1];
}

static void set_text(const char **text, struct str to)
{
    const char *old = *text;
    *text = intern_get(to);
    intern_drop(old);
}

static void take_words(struct broken_row *row, const char *kind, const struct object *o,
                       const struct broken_judge_verdict *v)
{
    set_text(&row->reason, str_of(v->reason));
    set_text(&row->words, str_of(v->words));
    set_text(&row->member_kind, str_of(kind));
    set_text(&row->member, str_of(o->name));
}

/* A node's lease is one of many: all of them are one trouble. */
static bool is_node_lease(const struct object *o, const struct broken_judge_verdict *v)
{
    return v->class == BROKEN_LEASE && strcmp(o->namespace_, "kube-node-lease") == 0;
}

static void add(struct broken *b, const struct broken_judge *j, const char *kind,
                const struct object *o, const struct broken_judge_verdict *v)
{
    struct broken_judge_owner owner;
    bool lease = is_node_lease(o, v);
    broken_judge_owner(j, kind, o, &owner);
    struct group *g = group_of(b, owner.kind, o->namespace_, lease ? "of the nodes" : owner.name);
    struct broken_row *row = &g->row;
    bool own = !lease && strcmp(owner.kind, kind) == 0 && strcmp(owner.name, o->name) == 0;
    bool worse = v->class < row->class, same = v->class == row->class;
    if (o->health > row->health)
        row->health = o->health;
    if (worse) {
        row->others += row->count;
        row->count = 0;
        row->class = v->class;
    }
    if (worse || (same && str_compare_natural(o->name, row->member) < 0))
        take_words(row, kind, o, v);
    if (own) {
        g->own = v->class;
        row->stuck = v->class == BROKEN_ROLLOUT;
    } else if (worse || same) {
        row->count++;
    } else {
        row->others++;
    }
}

static void collect(struct broken *b, const struct broken_judge *j, const struct objects *table)
{
    struct broken_judge_verdict v;
    const char *kind = objects_kind(table)->object_kind;
    for (size_t i = 0; i < objects_count(table); i++) {
        const struct object *o = objects_at(table, i);
        if (broken_judge_object(j, table, o, &v))
            add(b, j, kind, o, &v);
    }
}

/* ---- why: what the events say ---- */

struct why {
    struct broken_row *row;
    const struct object *event;
    int64_t last;
};

static bool wants_event(const struct broken_row *row)
{
    return row->class == BROKEN_STUCK || row->class == BROKEN_VOLUME;
}

/* "namespace/pod/name": an event's OBJECT is in small letters up to the slash. */
static char *event_key(const char *ns, const char *kind, const char *name)
{
    char *key = mem_printf("%s/%s/%s", ns, kind, name);
    for (char *p = key + strlen(ns) + 1; *p && *p != '/'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return key;
}

static void find_events(struct map *wanted, const struct objects *events)
{
    for (size_t i = 0; i < objects_count(events); i++) {
        const struct object *e = objects_at(events, i);
        if (e->health < HEALTH_WARN)
            continue;
        char *key = mem_printf("%s/%s", e->namespace_, broken_judge_text(events, e, "OBJECT"));
        struct why *why = map_get(wanted, str_of(key));
        int64_t last = broken_judge_number(events, e, "LAST SEEN");
        last = last ? last : e->created;
        free(key);
        if (why && (!why->event || last > why->last)) {
            why->event = e;
            why->last = last;
        }
    }
}

static void add_why(const struct why *why, const struct objects *events)
{
    struct buf words;
    if (!why->event)
        return;
    const char *message = broken_judge_text(events, why->event, "MESSAGE");
    buf_init(&words, WORDS_LONGEST);
    buf_printf(&words, "%s: %s: ", why->row->words,
               broken_judge_text(events, why->event, "REASON"));
    buf_add(&words, message, strnlen(message, WHY_LONGEST));
    set_text(&why->row->words, buf_str(&words));
    buf_free(&words);
}

static void explain(struct broken *b, const struct objects *events)
{
    struct map *wanted = map_new();
    size_t at = 0;
    struct str key;
    void *why;
    for (size_t i = 0; i < b->count; i++) {
        struct broken_row *row = &b->list[i].row;
        if (!wants_event(row))
            continue;
        struct why *w = mem_alloc(sizeof *w);
        char *text = event_key(row->namespace_, row->member_kind, row->member);
        w->row = row;
        free(map_put(wanted, str_of(text), w));
        free(text);
    }
    if (map_count(wanted))
        find_events(wanted, events);
    while (map_next(wanted, &at, &key, &why))
        add_why(why, events);
    map_free(wanted, free);
}

/* ---- order ---- */

static int magnitude(size_t count)
{
    int n = 0;
    for (; count > 1; count >>= 1)
        n++;
    return n;
}

static int by_rank(const void *a, const void *b)
{
    const struct broken_row *x = &((const struct group *)a)->row,
                            *y = &((const struct group *)b)->row;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    int order = magnitude(y->count) - magnitude(x->count);
    if (!order)
        order = str_compare_natural(x->namespace_, y->namespace_);
    if (!order)
        order = str_compare_natural(x->name, y->name);
    if (!order)
        order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->kind, y->kind);
}

/* What is nobody's but the workload's own is one. */
static void count_own(struct broken *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->list[i].own == b->list[i].row.class && !b->list[i].row.count)
            b->list[i].row.count = 1;
}

void broken_make(struct broken *b, const struct objects *const *tables, size_t count, int64_t now)
{
    struct broken_judge j;
    broken_judge_open(&j, tables, count, now);
    clear(b);
    for (size_t i = 0; i < count; i++)
        if (tables[i])
            collect(b, &j, tables[i]);
    count_own(b);
    if (j.events)
        explain(b, j.events);
    if (b->count)
        qsort(b->list, b->count, sizeof *b->list, by_rank);
    broken_judge_close(&j);
}
