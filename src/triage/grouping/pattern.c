/*
 * Patterns are found by the tuple-space search of packet classifiers: all patterns with as many
 * words and the same loose places make a shape; a shape is asked by one look-up in a hash table, of
 * the words that are not loose. There are few shapes, so a look-up costs about as much as hashing
 * the template. A place of many words takes what the template has more than the pattern.
 */
#include "triage/grouping/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "triage/grouping/template_words.h"

/* A change of the masks that changes templates of lines seen before counts this up: then stored
 * templates are matched as they are, with every <*> loose. */
static const char version = '1';

struct shape {
    size_t words;
    uint64_t loose, many;
};

struct pattern_index {
    struct shape *shapes;
    size_t shape_count, shape_cap;
    struct pattern *list;
    size_t count, cap;
    uint32_t *slots; /* index + 1 into list; open addressing */
    size_t slot_count;
};

static uint64_t text_hash(struct str text)
{
    return hash_id(text.p, text.n, hash_id(&version, 1, HASH_ID_SEED));
}

static uint64_t with_places(uint64_t hash, uint64_t places)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(places >> 8 * i);
    return hash_id(bytes, sizeof bytes, hash);
}

/* `hash`: of the text and of the place of many words, if there is one. */
static uint64_t id_of(uint64_t hash, uint64_t loose)
{
    return hash_mix(with_places(hash, loose));
}

static uint64_t number_of(const struct pattern *p)
{
    uint64_t hash = text_hash(p->text);
    return id_of(p->many ? with_places(hash, p->many) : hash, p->loose);
}

void pattern_id(const struct pattern *p, char id[17])
{
    snprintf(id, 17, "%016llx", (unsigned long long)number_of(p));
}

/* The words that hold a <*>. */
static uint64_t places_of(struct str text)
{
    uint64_t places = 0;
    for (unsigned i = 0; text.n && i < 64; i++) {
        struct str word = template_words_next(&text);
        if (memmem(word.p, word.n, "<*>", 3))
            places |= UINT64_C(1) << i;
    }
    return places;
}

/* Tries all subsets of the places with up to `more` further members above those in `loose`. */
static bool find_loose(uint64_t hash, uint64_t wanted, uint64_t places, int more, uint64_t *loose)
{
    if (id_of(hash, *loose) == wanted)
        return true;
    for (uint64_t rest = places; more && rest; rest &= rest - 1) {
        uint64_t place = rest & (~rest + 1), with = *loose | place;
        if (find_loose(hash, wanted, rest & ~place, more - 1, &with)) {
            *loose = with;
            return true;
        }
    }
    return false;
}

bool pattern_from_id(struct pattern *p, struct str text, const char *id)
{
    uint64_t places = places_of(text), loose = 0, many = 0;
    uint64_t hash = text_hash(text), wanted = strtoull(id, NULL, 16);
    bool ours = find_loose(hash, wanted, places, PATTERN_LOOSE, &loose);
    for (uint64_t rest = places; !ours && rest; rest &= rest - 1) {
        loose = many = rest & (~rest + 1);
        ours =
            find_loose(with_places(hash, many), wanted, places & ~many, PATTERN_LOOSE - 1, &loose);
    }
    *p = (struct pattern){.text = text, .loose = ours ? loose : places, .many = ours ? many : 0};
    return ours;
}

static bool is_loose(const struct pattern *p, unsigned place)
{
    return place < 64 && p->loose >> place & 1;
}

/* A word with a <*> against a word: what stands around the <*> must be there. */
static bool loose_word_matches(struct str loose, struct str word)
{
    const char *hole = memmem(loose.p, loose.n, "<*>", 3);
    size_t before = (size_t)(hole - loose.p), behind = loose.n - before - 3;
    return word.n >= before + behind && memcmp(word.p, loose.p, before) == 0 &&
           memcmp(word.p + word.n - behind, hole + 3, behind) == 0;
}

/* How many words more than the pattern holds the text has, which its place of many words takes;
 * negative when the text is too short. */
static long surplus(const struct pattern *p, struct str text)
{
    if (!p->many)
        return 0;
    return (long)template_words_count(text) - (long)template_words_count(p->text);
}

/* The next word, and so many more of them when the pattern's place is that of many. */
static struct str next_at(const struct pattern *p, unsigned place, long more, struct str *rest)
{
    struct str word = template_words_next(rest);
    for (; more > 0 && place < 64 && p->many >> place & 1; more--) {
        struct str last = template_words_next(rest);
        word.n = (size_t)(last.p + last.n - word.p);
    }
    return word;
}

bool pattern_matches(const struct pattern *p, struct str text)
{
    struct str a = p->text;
    long more = surplus(p, text);
    for (unsigned place = 0; a.n && text.n && more >= 0; place++) {
        struct str x = template_words_next(&a), y = next_at(p, place, more, &text);
        if (!(is_loose(p, place) ? loose_word_matches(x, y) : str_eq(x, y)))
            return false;
    }
    return a.n == 0 && text.n == 0;
}

/* Two loose words can be filled alike when neither's surroundings contradict the other's. */
static bool both_loose_overlap(struct str x, struct str y)
{
    const char *hx = memmem(x.p, x.n, "<*>", 3), *hy = memmem(y.p, y.n, "<*>", 3);
    size_t bx = (size_t)(hx - x.p), by = (size_t)(hy - y.p);
    size_t ex = x.n - bx - 3, ey = y.n - by - 3;
    size_t b = bx < by ? bx : by, e = ex < ey ? ex : ey;
    return memcmp(x.p, y.p, b) == 0 && memcmp(x.p + x.n - e, y.p + y.n - e, e) == 0;
}

static bool words_overlap(struct str x, bool x_loose, struct str y, bool y_loose)
{
    return x_loose && y_loose ? both_loose_overlap(x, y)
           : x_loose          ? loose_word_matches(x, y)
           : y_loose          ? loose_word_matches(y, x)
                              : str_eq(x, y);
}

/* Behind the first place of many words nothing is compared. */
bool pattern_overlaps(const struct pattern *a, const struct pattern *b)
{
    struct str s = a->text, t = b->text;
    for (unsigned place = 0; s.n && t.n; place++) {
        if (place < 64 && (a->many | b->many) >> place & 1)
            return true;
        struct str x = template_words_next(&s), y = template_words_next(&t);
        if (!words_overlap(x, is_loose(a, place), y, is_loose(b, place)))
            return false;
    }
    return s.n == 0 && t.n == 0;
}

bool pattern_precedes(const struct pattern *a, const struct pattern *b)
{
    int loose_a = __builtin_popcountll(a->loose), loose_b = __builtin_popcountll(b->loose);
    if (!a->many != !b->many)
        return !a->many;
    if (loose_a != loose_b)
        return loose_a < loose_b;
    return number_of(a) < number_of(b);
}

struct pattern_index *pattern_index_new(void)
{
    return mem_alloc(sizeof(struct pattern_index));
}

void pattern_index_free(struct pattern_index *x)
{
    if (!x)
        return;
    free(x->shapes);
    free(x->list);
    free(x->slots);
    free(x);
}

/* Of those of the text's words that are not loose in the shape. */
static uint64_t key_of(struct str text, size_t words, const struct shape *s)
{
    uint64_t key = hash_mix(s->loose + s->words);
    size_t more = words - s->words;
    for (unsigned place = 0; text.n; place++) {
        struct str word = template_words_next(&text);
        for (; more && place < 64 && s->many >> place & 1; more--)
            template_words_next(&text);
        if (place >= 64 || !(s->loose >> place & 1))
            key = hash_mix(key ^ hash_bytes(word.p, word.n));
    }
    return key;
}

static struct shape shape_of(const struct pattern *p)
{
    return (struct shape){template_words_count(p->text), p->loose, p->many};
}

static void put_slot(struct pattern_index *x, uint32_t i)
{
    struct shape s = shape_of(&x->list[i]);
    size_t mask = x->slot_count - 1, at = key_of(x->list[i].text, s.words, &s) & mask;
    while (x->slots[at])
        at = (at + 1) & mask;
    x->slots[at] = i + 1;
}

static void add_shape(struct pattern_index *x, struct shape s)
{
    for (size_t i = 0; i < x->shape_count; i++)
        if (x->shapes[i].words == s.words && x->shapes[i].loose == s.loose &&
            x->shapes[i].many == s.many)
            return;
    mem_grow(&x->shapes, &x->shape_cap, x->shape_count + 1, sizeof s);
    x->shapes[x->shape_count++] = s;
}

void pattern_index_add(struct pattern_index *x, const struct pattern *p)
{
    mem_grow(&x->list, &x->cap, x->count + 1, sizeof *p);
    x->list[x->count++] = *p;
    add_shape(x, shape_of(p));
    if (x->count * 2 <= x->slot_count) {
        put_slot(x, (uint32_t)x->count - 1);
        return;
    }
    free(x->slots);
    x->slot_count = x->slot_count ? x->slot_count * 2 : 64;
    x->slots = mem_array(x->slot_count, sizeof *x->slots);
    for (size_t i = 0; i < x->count; i++)
        put_slot(x, (uint32_t)i);
}

/* Of the patterns that match the first or the last in order. */
static const struct pattern *find(const struct pattern_index *x, struct str text, bool last)
{
    const struct pattern *best = NULL;
    size_t words = template_words_count(text);
    for (size_t i = 0; i < x->shape_count; i++) {
        const struct shape *s = &x->shapes[i];
        if (s->many ? s->words > words : s->words != words)
            continue;
        size_t mask = x->slot_count - 1;
        for (size_t at = key_of(text, words, s) & mask; x->slots[at]; at = (at + 1) & mask) {
            const struct pattern *p = &x->list[x->slots[at] - 1];
            if (pattern_matches(p, text) && (!best || pattern_precedes(p, best) != last))
                best = p;
        }
    }
    return best;
}

const struct pattern *pattern_index_find(const struct pattern_index *x, struct str text)
{
    return find(x, text, false);
}

const struct pattern *pattern_index_widest(const struct pattern_index *x, struct str text)
{
    return find(x, text, true);
}

bool pattern_index_admits(const struct pattern_index *x, const struct pattern *p)
{
    for (size_t i = 0; i < x->count; i++)
        if (pattern_overlaps(&x->list[i], p) && !pattern_precedes(&x->list[i], p))
            return false;
    return true;
}
