/*
 * A table is a dense array of rows and a hash of their places. A row is one allocation: the struct,
 * its cells, and its name behind them; all other texts are shared (base/intern.h). A relist is a
 * new generation: what was put carries its mark, what still carries an older one at the end goes.
 */
#include "model/object.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/mem.h"

enum { ALLOCATION_COST = 8, ALLOCATION_UNIT = 16 };

struct place {
    uint32_t hash;
    uint32_t row; /* index plus one; 0: empty */
};

struct objects {
    const struct kind *kind;
    const char *empty; /* the interned "" */
    struct object **rows;
    uint32_t *stamps; /* of each row: the low half of `changes` when it was put */
    size_t count, cap;
    size_t healths[HEALTH_BAD + 1];
    struct place *places; /* open addressing, linear probing, at most 3/4 full */
    size_t place_cap;     /* a power of two, or 0 */
    uint32_t generation;
    uint64_t first, changes; /* first: what it began with */
    size_t row_bytes;
    int64_t taken;
};

struct objects *objects_new(const struct kind *kind)
{
    static uint32_t tables;
    struct objects *t = mem_alloc(sizeof *t);
    t->first = t->changes = (uint64_t)++tables << 32;
    t->kind = kind;
    t->empty = intern_text("");
    return t;
}

void objects_free(struct objects *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->count; i++)
        objects_discard(t, t->rows[i]);
    free(t->rows);
    free(t->stamps);
    free(t->places);
    intern_drop(t->empty);
    free(t);
}

const struct kind *objects_kind(const struct objects *t)
{
    return t->kind;
}

struct object *objects_new_row(const struct objects *t, struct str ns, struct str name)
{
    size_t cells = t->kind->column_count, n = name.n ? strnlen(name.p, name.n) : 0;
    struct object *o = mem_alloc(sizeof *o + cells * sizeof *o->cells + n + 1);
    char *own = (char *)&o->cells[cells];
    if (n)
        memcpy(own, name.p, n);
    o->name = own;
    o->namespace_ = intern_get(ns);
    o->owner = intern_hold(t->empty);
    o->trouble = intern_hold(t->empty);
    for (size_t i = 0; i < cells; i++)
        if (t->kind->columns[i].type == CELL_TEXT)
            o->cells[i].text = intern_hold(t->empty);
    return o;
}

void objects_discard(const struct objects *t, struct object *row)
{
    if (!row)
        return;
    for (size_t i = 0; i < t->kind->column_count; i++)
        if (t->kind->columns[i].type == CELL_TEXT)
            intern_drop(row->cells[i].text);
    intern_drop(row->namespace_);
    intern_drop(row->owner);
    intern_drop(row->trouble);
    free(row);
}

static size_t row_size(const struct objects *t, const struct object *o)
{
    size_t size = sizeof *o + t->kind->column_count * sizeof *o->cells + strlen(o->name) + 1;
    return (size + ALLOCATION_COST + ALLOCATION_UNIT - 1) / ALLOCATION_UNIT * ALLOCATION_UNIT;
}

static bool same(const struct objects *t, const struct object *a, const struct object *b)
{
    return a->owner == b->owner && a->version_hash == b->version_hash && a->created == b->created &&
           a->deleted == b->deleted && a->health == b->health && a->trouble == b->trouble &&
           memcmp(a->cells, b->cells, t->kind->column_count * sizeof *a->cells) == 0;
}

void object_set_text(struct object *o, size_t column, struct str text)
{
    const char *old = o->cells[column].text;
    o->cells[column].text = intern_get(text);
    intern_drop(old);
}

void object_set_owner(struct object *o, struct str owner)
{
    const char *old = o->owner;
    o->owner = intern_get(owner);
    intern_drop(old);
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

void object_set_uid(struct object *o, const char *uuid)
{
    unsigned char bytes[OBJECT_UID] = {0};
    size_t digits = 0;
    for (size_t i = 0; uuid[i]; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        int digit = dash ? -1 : hex_digit(uuid[i]);
        if (dash ? uuid[i] != '-' : digit < 0 || digits == 2 * OBJECT_UID)
            return;
        if (!dash) {
            bytes[digits / 2] = (unsigned char)(bytes[digits / 2] << 4 | digit);
            digits++;
        }
    }
    if (digits == 2 * OBJECT_UID)
        memcpy(o->uid, bytes, sizeof bytes);
}

const char *object_uid_text(const struct object *o, char out[OBJECT_UID_TEXT])
{
    static const unsigned char none[OBJECT_UID];
    char *p = out;
    *p = '\0';
    if (memcmp(o->uid, none, sizeof none) == 0)
        return out;
    for (size_t i = 0; i < OBJECT_UID; i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        p += snprintf(p, 4, "%s%02x", dash ? "-" : "", o->uid[i]);
    }
    return out;
}

void object_set_trouble(struct object *o, struct str trouble)
{
    const char *old = o->trouble;
    o->trouble = intern_get(trouble);
    intern_drop(old);
}

static uint32_t hash_of(struct str ns, struct str name)
{
    return (uint32_t)hash_mix(hash_bytes(ns.p, ns.n) ^ hash_mix(hash_bytes(name.p, name.n)));
}

static bool is(const struct object *o, struct str ns, struct str name)
{
    return str_is(name, o->name) && str_is(ns, o->namespace_);
}

/* The place of the row, or the empty one where it would go. place_cap > 0. */
static struct place *find(const struct objects *t, uint32_t hash, struct str ns, struct str name)
{
    for (size_t i = hash & (t->place_cap - 1);; i = (i + 1) & (t->place_cap - 1)) {
        struct place *p = &t->places[i];
        if (!p->row || (p->hash == hash && is(t->rows[p->row - 1], ns, name)))
            return p;
    }
}

static void grow_places(struct objects *t)
{
    size_t cap = t->place_cap ? t->place_cap * 2 : 16;
    struct place *fresh = mem_array(cap, sizeof *fresh);
    for (size_t i = 0; i < t->place_cap; i++) {
        if (!t->places[i].row)
            continue;
        size_t at = t->places[i].hash & (cap - 1);
        while (fresh[at].row)
            at = (at + 1) & (cap - 1);
        fresh[at] = t->places[i];
    }
    free(t->places);
    t->places = fresh;
    t->place_cap = cap;
}

/* Closes the hole by moving later places back: there are no tombs. */
static void close_hole(struct objects *t, size_t hole)
{
    size_t mask = t->place_cap - 1;
    for (size_t i = (hole + 1) & mask; t->places[i].row; i = (i + 1) & mask) {
        size_t home = t->places[i].hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            t->places[hole] = t->places[i];
            hole = i;
        }
    }
    t->places[hole] = (struct place){0, 0};
}

static struct place *place_of(const struct objects *t, const struct object *o)
{
    struct str ns = str_of(o->namespace_), name = str_of(o->name);
    return find(t, hash_of(ns, name), ns, name);
}

static void set_row(struct objects *t, size_t i, struct object *row)
{
    t->rows[i] = row;
    t->stamps[i] = (uint32_t)++t->changes;
    t->healths[row->health]++;
}

static void add(struct objects *t, struct place *p, uint32_t hash, struct object *row)
{
    if (t->count == t->cap) {
        t->cap = t->cap + t->cap / 4 + 8;
        t->rows = mem_resize(t->rows, t->cap, sizeof(struct object *));
        t->stamps = mem_resize(t->stamps, t->cap, sizeof *t->stamps);
    }
    set_row(t, t->count++, row);
    *p = (struct place){hash, (uint32_t)t->count};
    t->row_bytes += row_size(t, row);
}

static void replace(struct objects *t, size_t i, struct object *row)
{
    if (same(t, t->rows[i], row)) {
        t->rows[i]->mark = row->mark;
        objects_discard(t, row);
        return;
    }
    t->healths[t->rows[i]->health]--;
    objects_discard(t, t->rows[i]); /* its name is the new one's, so its size too */
    set_row(t, i, row);
}

void objects_put(struct objects *t, struct object *row)
{
    if ((t->count + 1) * 4 > t->place_cap * 3)
        grow_places(t);
    struct str ns = str_of(row->namespace_), name = str_of(row->name);
    uint32_t hash = hash_of(ns, name);
    struct place *p = find(t, hash, ns, name);
    row->mark = t->generation;
    if (p->row)
        replace(t, p->row - 1, row);
    else
        add(t, p, hash, row);
}

static void remove_place(struct objects *t, struct place *p)
{
    size_t i = p->row - 1;
    struct object *row = t->rows[i], *last = t->rows[t->count - 1];
    if (last != row)
        place_of(t, last)->row = (uint32_t)(i + 1);
    close_hole(t, (size_t)(p - t->places));
    t->rows[i] = last;
    t->stamps[i] = t->stamps[t->count - 1];
    t->count--;
    t->healths[row->health]--;
    t->row_bytes -= row_size(t, row);
    t->changes++;
    objects_discard(t, row);
}

bool objects_remove(struct objects *t, struct str ns, struct str name)
{
    struct place *p = t->count ? find(t, hash_of(ns, name), ns, name) : NULL;
    if (!p || !p->row)
        return false;
    remove_place(t, p);
    return true;
}

const struct object *objects_find(const struct objects *t, struct str ns, struct str name)
{
    const struct place *p = t->count ? find(t, hash_of(ns, name), ns, name) : NULL;
    return p && p->row ? t->rows[p->row - 1] : NULL;
}

void objects_relist_begin(struct objects *t)
{
    t->generation++;
}

void objects_relist_end(struct objects *t)
{
    for (size_t i = t->count; i-- > 0;)
        if (t->rows[i]->mark != t->generation)
            remove_place(t, place_of(t, t->rows[i]));
}

void objects_set_taken(struct objects *t, int64_t taken)
{
    t->taken = taken;
}

int64_t objects_taken(const struct objects *t)
{
    return t->taken;
}

size_t objects_count(const struct objects *t)
{
    return t->count;
}

const struct object *objects_at(const struct objects *t, size_t i)
{
    return t->rows[i];
}

uint64_t objects_changes(const struct objects *t)
{
    return t->changes;
}

uint64_t objects_stamp(const struct objects *t, size_t i)
{
    return t->first | t->stamps[i];
}

size_t objects_of_health(const struct objects *t, enum health h)
{
    return t->healths[h];
}

size_t objects_bytes(const struct objects *t)
{
    return sizeof *t + t->row_bytes + t->cap * (sizeof *t->rows + sizeof *t->stamps) +
           t->place_cap * sizeof *t->places;
}

const char *object_title(const struct kind *kind, const struct object *o)
{
    for (size_t i = 0; i < kind->column_count; i++)
        if (kind->columns[i].renames && *o->cells[i].text)
            return o->cells[i].text;
    return o->name;
}

int objects_column(const struct kind *kind, const char *title)
{
    for (size_t i = 0; i < kind->column_count; i++)
        if (kind->columns[i].title == title)
            return (int)i;
    for (size_t i = 0; i < kind->column_count; i++)
        if (!kind->columns[i].renames && strcasecmp(kind->columns[i].title, title) == 0)
            return (int)i;
    return -1;
}

static void bytes_text(int64_t n, char *out, size_t size)
{
    static const char *const units[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    size_t unit = 0;
    double value = (double)n;
    while (value >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1024;
        unit++;
    }
    snprintf(out, size, unit && value < 10 ? "%.1f%s" : "%.0f%s", value, units[unit]);
}

char *object_cell_text(const struct kind *kind, const struct object *o, size_t column, int64_t now,
                       char *out, size_t size)
{
    const union cell *c = &o->cells[column];
    enum cell_type type = kind->columns[column].type;
    char age[CLOCK_TEXT];
    if (type == CELL_TEXT)
        str_copy(out, size, c->text);
    else if (type == CELL_INT)
        snprintf(out, size, "%" PRId64, c->number);
    else if (type == CELL_RATIO)
        snprintf(out, size, "%" PRId32 "/%" PRId32, c->pair.part, c->pair.whole);
    else if (type == CELL_TIME ? !c->number : c->number < 0)
        str_copy(out, size, "-");
    else if (type == CELL_TIME)
        str_copy(out, size, clock_age(now > c->number ? now - c->number : 0, age));
    else if (type == CELL_CPU)
        snprintf(out, size, "%" PRId64 "m", c->number);
    else
        bytes_text(c->number, out, size);
    return out;
}

static int compare_int(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_text(const char *a, const char *b)
{
    if (a == b)
        return 0;
    int order = str_compare_natural(a, b);
    return order ? order : strcmp(a, b);
}

/* By the part that is ready; nothing of nothing is all. */
static int compare_ratio(const union cell *a, const union cell *b)
{
    double x = a->pair.whole ? (double)a->pair.part / a->pair.whole : 1;
    double y = b->pair.whole ? (double)b->pair.part / b->pair.whole : 1;
    return x < y ? -1 : x > y ? 1 : compare_int(a->pair.whole, b->pair.whole);
}

static int compare_cells(enum cell_type type, const union cell *a, const union cell *b)
{
    switch (type) {
    case CELL_TEXT:
        return compare_text(a->text, b->text);
    case CELL_RATIO:
        return compare_ratio(a, b);
    case CELL_TIME:
        return compare_int(b->number, a->number);
    case CELL_INT:
    case CELL_BYTES:
    case CELL_CPU:
        break;
    }
    return compare_int(a->number, b->number);
}

int object_compare(const struct kind *kind, const struct object *a, const struct object *b,
                   int column)
{
    int order = 0;
    if (column == -2)
        order = compare_text(a->name, b->name);
    else if (column == -1)
        order = compare_int(b->created, a->created);
    else if (column >= 0 && (size_t)column < kind->column_count)
        order = compare_cells(kind->columns[column].type, &a->cells[column], &b->cells[column]);
    if (!order)
        order = compare_text(a->namespace_, b->namespace_);
    return order ? order : compare_text(a->name, b->name);
}
