/*
 * Templates with equally many words are compared by hashing all words but those of one place, or of
 * two or three: those that hash alike differ there only and are a family. Whether the words that
 * differ are values is judged in family_judge.c; a word that is one in one message is evidence in the
 * others, where the same names come again. What was merged takes part in the next round, so
 * that two names far apart in a long message are found one after the other where there are enough of
 * each, and both at once where every pair is new.
 */
#include "triage/grouping/family.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "triage/grouping/family_gap.h"
#include "triage/grouping/family_judge.h"
#include "triage/grouping/template_words.h"

enum { PLACES = 64, NONE = -1, ROUNDS = 8, WORK = 20 * 1000 * 1000 };

struct item {
    struct str text;
    uint64_t loose;
    uint64_t plain; /* places with letters and no <*> */
    uint64_t sum;   /* of the hashes of all words with their places */
    uint32_t words; /* index of the hash of its first word */
    unsigned char word_count;
    bool known, used;
};

struct candidate {
    uint32_t first, count; /* into `members` of the search */
    uint64_t places;
};

struct family {
    uint64_t key;
    int32_t first, last;
    uint32_t count;
};

struct search {
    struct arena *memory;
    struct item *items;
    size_t count, cap;
    uint32_t *hashes; /* of all words of all items */
    size_t hash_count, hash_cap;
    uint32_t *members; /* of all candidates */
    size_t member_count, member_cap;
    struct candidate *candidates;
    size_t candidate_count, candidate_cap;
    /* Of one set of places: families in a hash table, members chained. */
    struct family *families;
    size_t family_count, family_cap;
    int32_t *next;
    uint32_t *slots;
    size_t slot_count;
    struct map *values; /* words that were merged */
    struct str *words;  /* room for those of one place */
    size_t word_cap;
};

/* ---- words ---- */

static uint64_t at_place(uint32_t hash, unsigned place)
{
    return hash_mix((uint64_t)hash << 8 | place);
}

static bool is_plain(struct str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (isalpha((unsigned char)word.p[i]) || word.p[i] < 0)
            return !memmem(word.p, word.n, "<*>", 3);
    return false;
}

static void index_words(struct search *s, struct item *item)
{
    struct str rest = item->text;
    item->words = (uint32_t)s->hash_count;
    item->word_count = 0;
    item->plain = item->sum = 0;
    while (rest.n && item->word_count < PLACES) {
        struct str word = template_words_next(&rest);
        uint32_t hash = (uint32_t)hash_bytes(word.p, word.n);
        mem_grow(&s->hashes, &s->hash_cap, s->hash_count + 1, sizeof *s->hashes);
        s->hashes[s->hash_count++] = hash;
        item->plain |= (uint64_t)is_plain(word) << item->word_count;
        item->sum += at_place(hash, item->word_count++);
    }
}

static bool same_but(struct str a, struct str b, uint64_t places)
{
    for (unsigned place = 0; a.n && b.n; place++) {
        struct str x = template_words_next(&a), y = template_words_next(&b);
        if (!(places >> place & 1) && !str_eq(x, y))
            return false;
    }
    return a.n == 0 && b.n == 0;
}

/* ---- judging a family ---- */

static int by_text(const void *x, const void *y)
{
    const struct str *a = x, *b = y;
    int order = memcmp(a->p, b->p, a->n < b->n ? a->n : b->n);
    return order ? order : (a->n > b->n) - (a->n < b->n);
}

/* The different words of the members at a place, in s->words. */
static size_t words_at(struct search *s, const uint32_t *members, size_t count, unsigned place)
{
    size_t n = 0;
    mem_grow(&s->words, &s->word_cap, count, sizeof *s->words);
    for (size_t i = 0; i < count; i++)
        s->words[i] = template_words_at(s->items[members[i]].text, place);
    qsort(s->words, count, sizeof *s->words, by_text);
    for (size_t i = 0; i < count; i++)
        if (!n || !str_eq(s->words[n - 1], s->words[i]))
            s->words[n++] = s->words[i];
    return n;
}

/* Where a pattern of these members is loose: in the places, and wherever one of them is. */
static uint64_t loose_of(const struct search *s, const uint32_t *members, size_t count,
                         uint64_t places)
{
    for (size_t i = 0; i < count; i++)
        places |= s->items[members[i]].loose;
    return places;
}

static struct str value_of(struct str word, struct family_affix a)
{
    bool rest = word.n > a.before + a.behind;
    return (struct str){word.p + a.before, rest ? word.n - a.before - a.behind : 0};
}

/* Whether one of the first n of s->words was a value in another message. */
static bool is_any_seen(const struct search *s, size_t n)
{
    struct family_affix a = family_judge_affix(s->words, n);
    for (size_t i = 0; i < n; i++)
        if (map_get(s->values, value_of(s->words[i], a)))
            return true;
    return false;
}

static void see_values(struct search *s, size_t n)
{
    struct family_affix a = family_judge_affix(s->words, n);
    for (size_t i = 0; i < n; i++)
        if (value_of(s->words[i], a).n)
            map_put(s->values, value_of(s->words[i], a), s);
}

static bool is_family(struct search *s, const uint32_t *members, size_t count, uint64_t places)
{
    bool wanted = false;
    for (size_t i = 0; i < count; i++)
        wanted |= !s->items[members[i]].known;
    uint64_t loose = loose_of(s, members, count, places);
    if (!wanted || count < 2 || __builtin_popcountll(loose) > PATTERN_LOOSE)
        return false;
    for (uint64_t rest = places; rest; rest &= rest - 1) {
        unsigned place = (unsigned)__builtin_ctzll(rest);
        size_t n = words_at(s, members, count, place);
        struct str text = s->items[members[0]].text;
        if (!family_judge(s->words, n, is_any_seen(s, n), text, place, places))
            return false;
    }
    return true;
}

/* ---- finding families ---- */

static void join_family(struct search *s, uint32_t i, uint64_t places)
{
    const struct item *item = &s->items[i];
    uint64_t key = item->sum;
    for (uint64_t rest = places; rest; rest &= rest - 1) {
        unsigned place = (unsigned)__builtin_ctzll(rest);
        key -= at_place(s->hashes[item->words + place], place);
    }
    size_t mask = s->slot_count - 1, at = hash_mix(key) & mask;
    for (; s->slots[at]; at = (at + 1) & mask) {
        struct family *f = &s->families[s->slots[at] - 1];
        if (f->key != key || !same_but(s->items[f->first].text, item->text, places))
            continue;
        s->next[f->last] = (int32_t)i;
        f->last = (int32_t)i;
        f->count++;
        return;
    }
    mem_grow(&s->families, &s->family_cap, s->family_count + 1, sizeof *s->families);
    s->families[s->family_count++] = (struct family){key, (int32_t)i, (int32_t)i, 1};
    s->slots[at] = (uint32_t)s->family_count;
}

static void keep_candidate(struct search *s, const struct family *f, uint64_t places)
{
    struct candidate c = {(uint32_t)s->member_count, f->count, places};
    mem_grow(&s->members, &s->member_cap, s->member_count + f->count, sizeof *s->members);
    for (int32_t i = f->first; i != NONE; i = s->next[i])
        s->members[s->member_count++] = (uint32_t)i;
    if (!is_family(s, s->members + c.first, c.count, places)) {
        s->member_count = c.first;
        return;
    }
    mem_grow(&s->candidates, &s->candidate_cap, s->candidate_count + 1, sizeof c);
    s->candidates[s->candidate_count++] = c;
}

/* The families of the items of the bucket that differ in these places only. */
static void look_at_places(struct search *s, const uint32_t *bucket, size_t count, uint64_t places)
{
    bool one = !(places & (places - 1));
    memset(s->slots, 0, s->slot_count * sizeof *s->slots);
    s->family_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct item *item = &s->items[bucket[i]];
        bool fits = one ? !(item->loose & places) : (item->plain & places) == places;
        int loose = __builtin_popcountll(item->loose | places);
        s->next[bucket[i]] = NONE;
        if (fits && loose <= PATTERN_LOOSE)
            join_family(s, bucket[i], places);
    }
    for (size_t i = 0; i < s->family_count; i++)
        if (s->families[i].count >= 2)
            keep_candidate(s, &s->families[i], places);
}

/* All sets of so many places, as long as the work is worth it. */
static void look_at_sets(struct search *s, const uint32_t *bucket, size_t count, unsigned words,
                         int set_size)
{
    uint64_t work = count;
    for (int i = 0; i < set_size; i++)
        work = work * (words - (unsigned)i) / (unsigned)(i + 1);
    if (work > WORK)
        return;
    for (s->slot_count = 16; s->slot_count < 2 * count;)
        s->slot_count *= 2;
    s->slots = mem_resize(s->slots, s->slot_count, sizeof *s->slots);
    for (unsigned a = 0; a < words; a++) {
        uint64_t one = UINT64_C(1) << a;
        if (set_size == 1)
            look_at_places(s, bucket, count, one);
        for (unsigned b = a + 1; set_size > 1 && b < words; b++) {
            uint64_t two = one | UINT64_C(1) << b;
            if (set_size == 2)
                look_at_places(s, bucket, count, two);
            for (unsigned c = b + 1; set_size > 2 && c < words; c++)
                look_at_places(s, bucket, count, two | UINT64_C(1) << c);
        }
    }
}

/* ---- merging ---- */

static int larger_first(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    if (a->places != b->places)
        return a->places < b->places ? -1 : 1;
    return a->first < b->first ? -1 : a->first > b->first;
}

/* The text with what differs at a place replaced by <*>. */
static struct str loosened(struct search *s, struct str text, unsigned place, size_t different)
{
    struct family_affix a = family_judge_affix(s->words, different);
    struct str word = template_words_at(text, place);
    const char *rest = word.p + word.n - a.behind;
    size_t at = (size_t)(word.p - text.p) + a.before, tail = (size_t)(text.p + text.n - rest);
    char *p = arena_alloc(s->memory, at + 3 + tail + 1);
    memcpy(p, text.p, at);
    memcpy(p + at, "<*>", 3);
    memcpy(p + at + 3, rest, tail);
    return (struct str){p, at + 3 + tail};
}

static void merge(struct search *s, const uint32_t *members, size_t count, uint64_t places)
{
    struct item item = {.text = s->items[members[0]].text};
    item.loose = loose_of(s, members, count, places);
    for (uint64_t rest = places; rest; rest &= rest - 1) {
        unsigned place = (unsigned)__builtin_ctzll(rest);
        size_t different = words_at(s, members, count, place);
        item.text = loosened(s, item.text, place, different);
        see_values(s, different);
    }
    for (size_t i = 0; i < count; i++)
        s->items[members[i]].used = true;
    mem_grow(&s->items, &s->cap, s->count + 1, sizeof *s->items);
    s->items[s->count++] = item;
}

/* Takes the candidates, largest first; whoever is in one is not in the next. */
static bool take_candidates(struct search *s)
{
    bool any = false;
    if (s->candidate_count)
        qsort(s->candidates, s->candidate_count, sizeof *s->candidates, larger_first);
    for (size_t i = 0; i < s->candidate_count; i++) {
        struct candidate c = s->candidates[i];
        uint32_t *members = s->members + c.first;
        size_t left = 0;
        for (size_t k = 0; k < c.count; k++)
            if (!s->items[members[k]].used)
                members[left++] = members[k];
        if (!is_family(s, members, left, c.places))
            continue;
        merge(s, members, left, c.places);
        any = true;
    }
    return any;
}

/* One round over all items that are left; whether anything was merged. */
static bool merge_once(struct search *s, int set_size)
{
    size_t left = 0;
    for (size_t i = 0; i < s->count; i++)
        if (!s->items[i].used)
            s->items[left++] = s->items[i];
    s->count = left;
    s->hash_count = s->member_count = s->candidate_count = 0;
    for (size_t i = 0; i < s->count; i++)
        index_words(s, &s->items[i]);
    s->next = mem_resize(s->next, s->count + 1, sizeof *s->next);
    uint32_t *bucket = mem_array(s->count + 1, sizeof *bucket);
    for (unsigned words = 2; words <= PLACES; words++) {
        size_t n = 0;
        for (size_t i = 0; i < s->count; i++)
            if (s->items[i].word_count == words)
                bucket[n++] = (uint32_t)i;
        if (n >= 2)
            look_at_sets(s, bucket, n, words, set_size);
    }
    free(bucket);
    return take_candidates(s);
}

/* The items that are left and have loose words, and those that have a value of several words. */
static struct pattern *patterns_of(struct search *s, size_t *count)
{
    struct family_gap_item *left = mem_array(s->count + 1, sizeof *left);
    size_t left_count = 0, loose = 0, gaps;
    for (size_t i = 0; i < s->count; i++) {
        const struct item *item = &s->items[i];
        if (!item->used)
            left[left_count++] = (struct family_gap_item){item->text, item->loose, item->known};
    }
    struct pattern *wide = family_gap_find(left, left_count, s->memory, &gaps);
    struct pattern *found = mem_array(left_count + gaps + 1, sizeof *found);
    for (size_t i = 0; i < left_count; i++)
        if (left[i].loose)
            found[loose++] = (struct pattern){.text = left[i].text, .loose = left[i].loose};
    for (size_t i = 0; i < gaps; i++)
        found[loose++] = wide[i];
    *count = loose;
    free(wide);
    free(left);
    return found;
}

struct pattern *family_find(const struct family_member *members, size_t member_count,
                            struct arena *memory, size_t *count)
{
    struct search s = {.memory = memory, .values = map_new()};
    mem_grow(&s.items, &s.cap, member_count + 1, sizeof *s.items);
    s.count = member_count;
    for (size_t i = 0; i < member_count; i++)
        s.items[i] = (struct item){.text = members[i].text, .known = members[i].known};
    int set_size = 1;
    for (int round = 0; round < ROUNDS && set_size <= PATTERN_LOOSE; round++)
        set_size = merge_once(&s, set_size) ? 1 : set_size + 1;
    struct pattern *found = patterns_of(&s, count);
    free(s.items);
    free(s.hashes);
    free(s.members);
    free(s.candidates);
    free(s.families);
    free(s.next);
    free(s.slots);
    map_free(s.values, NULL);
    free(s.words);
    return found;
}
