/*
 * The items are sorted, so that those that begin with the same words stand together: a tree of words
 * that is never built. Where very many different words follow the same beginning, what follows is
 * looked at from the end: items that end alike, in up to SUFFIX words, are judged together, the
 * longest end first, and then all that are left, whatever they end in. Longer beginnings come
 * before shorter ones.
 *
 * Different messages of a program begin alike too ("failed to …"). So the words behind the beginning
 * and those before the end must nearly all be different, the part that stays must hold words enough,
 * not counting a level and the name of a component, and what differs must be plain text: messages
 * hold values of their own.
 */
#include "triage/grouping/family_gap.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "model/level.h"
#include "triage/grouping/family_judge.h"
#include "triage/grouping/template_words.h"

enum {
    SUFFIX = 6,
    FEWEST = 5, /* different words where the rest is most telling */
    DEEPEST = 60,
    WORK = 10 * 1000 * 1000,
};

struct member {
    uint32_t item;
    uint16_t words, suffix; /* of the item; where the end that is looked at begins, in bytes */
    uint32_t hash;          /* of that end */
};

struct search {
    struct family_gap_item *items;
    bool *used;
    struct arena *memory;
    struct member *members; /* of the beginning that is looked at */
    struct str *texts, *words;
    size_t member_cap, text_cap, word_cap;
    struct pattern *found;
    size_t found_count, found_cap;
    size_t work;
};

static int by_text(const void *x, const void *y)
{
    const struct str *a = x, *b = y;
    int order = memcmp(a->p, b->p, a->n < b->n ? a->n : b->n);
    return order ? order : (a->n > b->n) - (a->n < b->n);
}

static int by_item_text(const void *x, const void *y)
{
    const struct family_gap_item *a = x, *b = y;
    return by_text(&a->text, &b->text);
}

static int by_end(const void *x, const void *y)
{
    const struct member *a = x, *b = y;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return a->item < b->item ? -1 : a->item > b->item;
}

static struct str word_behind(struct str text, size_t before)
{
    struct str rest = {text.p + before, text.n - before};
    return template_words_next(&rest);
}

static struct str last_word(struct str text)
{
    struct str word = text;
    while (text.n)
        word = template_words_next(&text);
    return word;
}

static size_t count_different(struct str *words, size_t count)
{
    size_t different = 0;
    qsort(words, count, sizeof *words, by_text);
    for (size_t i = 0; i < count; i++)
        different += !i || !str_eq(words[i], words[i - 1]);
    return different;
}

/* ---- judging ---- */

/* Words that are the same in all, but for what stands before every message of the program. None
 * where the place tells what is done. */
static int count_telling(struct str text, unsigned place, uint64_t loose)
{
    int constants = family_judge_constants(text, loose);
    bool done = false; /* "Started …": one word is enough then */
    if (family_judge_is_verb(text, place))
        return 0;
    for (int i = 0; i < 3 && text.n; i++) {
        struct str word = template_words_next(&text);
        struct str bare = word;
        while (bare.n && !isalnum((unsigned char)bare.p[bare.n - 1]))
            bare.n--;
        bool tag = word.n && word.p[word.n - 1] == ':' && !memmem(word.p, word.n, "<*>", 3);
        constants -= level_of_name(bare) != LEVEL_UNKNOWN || (i == 0 && tag);
        done |= (str_ends(bare, "ed") || str_ends(bare, "ing")) && !str_is(bare, "Failed");
    }
    return constants == 1 && !done ? 0 : constants;
}

static size_t needed(int telling)
{
    static const size_t by_telling[] = {SIZE_MAX, 12, 10, 7, 6};
    return telling < 0 ? SIZE_MAX : telling > 4 ? FEWEST : by_telling[telling];
}

/* READY, IN_USE: one of few. */
static bool is_state(struct str word)
{
    bool letters = false;
    for (size_t i = 0; i < word.n; i++) {
        if (islower((unsigned char)word.p[i]))
            return false;
        letters |= isupper((unsigned char)word.p[i]) != 0;
    }
    return letters;
}

/* Whether the texts, s->texts, are values between words of which so many are telling. */
static bool are_values(struct search *s, size_t count, size_t with_values, int telling)
{
    size_t need = needed(telling);
    if (count < need || with_values * 3 > count)
        return false;
    mem_grow(&s->words, &s->word_cap, count, sizeof *s->words);
    for (size_t i = 0; i < count; i++)
        s->words[i] = word_behind(s->texts[i], 0);
    size_t first = count_different(s->words, count), single = 0, states = 0;
    if (first < need || first * 5 < count * 3)
        return false;
    for (size_t i = 0; i < count; i++) {
        bool state = is_state(word_behind(s->texts[i], 0));
        s->words[i] = last_word(s->texts[i]);
        single += s->words[i].p == s->texts[i].p;
        states += state && is_state(s->words[i]);
    }
    if (single * 4 > count * 3 || states * 2 > count) /* single words were judged already */
        return false;
    size_t last = count_different(s->words, count);
    return last >= need && last * 5 >= count * 3;
}

/* ---- making a pattern ---- */

/* Places of the item, in the numbers of a pattern with one place for all between. */
static uint64_t places_of(uint64_t loose, unsigned place, unsigned words, unsigned behind)
{
    uint64_t before = loose & ((UINT64_C(1) << place) - 1);
    uint64_t after = behind ? loose >> (words - behind) : 0;
    return before | after << (place + 1) | UINT64_C(1) << place;
}

/* What the texts begin and end in, in one word. */
static struct family_affix affix_of(const struct str *texts, size_t count)
{
    struct family_affix a = family_judge_affix(texts, count);
    const char *end = texts[0].p + texts[0].n;
    if (a.before && memchr(texts[0].p, ' ', a.before))
        a.before = 0;
    bool closes = a.behind && !a.before && strchr(")]}>", end[-(ptrdiff_t)a.behind]);
    if (closes || (a.behind && memchr(end - a.behind, ' ', a.behind)))
        a.behind = 0;
    return a;
}

static struct str with_gap(struct search *s, struct str text, size_t before, size_t suffix,
                           struct family_affix a)
{
    size_t head = before + a.before, tail = suffix - a.behind, rest = text.n - tail;
    char *p = arena_alloc(s->memory, head + 3 + rest + 1);
    memcpy(p, text.p, head);
    memcpy(p + head, "<*>", 3);
    memcpy(p + head + 3, text.p + tail, rest);
    return (struct str){p, head + 3 + rest};
}

/* Members with one end, behind words of which the last `behind` are that end. */
static bool take(struct search *s, const struct member *m, size_t count, size_t before,
                 unsigned place, unsigned behind)
{
    size_t n = 0, with_values = 0;
    bool wanted = false;
    uint64_t loose = 0;
    if (count < FEWEST)
        return false;
    mem_grow(&s->texts, &s->text_cap, count, sizeof *s->texts);
    for (size_t i = 0; i < count; i++) {
        const struct family_gap_item *item = &s->items[m[i].item];
        struct str text = {item->text.p + before, m[i].suffix - before};
        with_values += !item->loose && memmem(text.p, text.n, "<*>", 3) && !str_is(text, "<*>");
        loose |= places_of(item->loose, place, m[i].words, behind);
        wanted |= !item->known;
        s->texts[n++] = text;
    }
    if (!wanted || __builtin_popcountll(loose) > PATTERN_LOOSE)
        return false;
    struct str text = s->items[m[0].item].text;
    struct family_affix a = affix_of(s->texts, n);
    struct str made = with_gap(s, text, before, m[0].suffix, a);
    if (family_judge_is_message(s->texts[0], a.before))
        return false;
    if (!are_values(s, n, with_values, count_telling(made, place, loose)))
        return false;
    for (size_t i = 0; i < count; i++)
        s->used[m[i].item] = true;
    mem_grow(&s->found, &s->found_cap, s->found_count + 1, sizeof *s->found);
    s->found[s->found_count++] =
        (struct pattern){.text = made, .loose = loose, .many = UINT64_C(1) << place};
    return true;
}

/* ---- looking at what begins alike ---- */

/* Those of the items whose text has at least so many words behind the gap. */
static size_t collect(struct search *s, size_t from, size_t to, unsigned place, unsigned behind)
{
    size_t n = 0;
    mem_grow(&s->members, &s->member_cap, to - from, sizeof *s->members);
    for (size_t i = from; i < to; i++) {
        struct str text = s->items[i].text, rest = text;
        size_t words = template_words_count(text);
        s->work += words;
        if (s->used[i] || words < place + 1 + behind || words > 64)
            continue;
        for (size_t k = 0; k < words - behind - 1; k++)
            template_words_next(&rest);
        struct str last = template_words_next(&rest);
        size_t end = (size_t)(last.p + last.n - text.p);
        s->members[n++] = (struct member){
            .item = (uint32_t)i,
            .words = (uint16_t)words,
            .suffix = (uint16_t)end,
            .hash = (uint32_t)hash_bytes(text.p + end, text.n - end),
        };
    }
    qsort(s->members, n, sizeof *s->members, by_end);
    return n;
}

static void look_at_beginning(struct search *s, size_t from, size_t to, size_t before,
                              unsigned place)
{
    for (unsigned behind = SUFFIX + 1; behind-- > 0;) {
        size_t n = collect(s, from, to, place, behind);
        for (size_t i = 0, end; i < n; i = end) {
            for (end = i; end < n && s->members[end].hash == s->members[i].hash;)
                end++;
            take(s, s->members + i, end - i, before, place, behind);
        }
    }
}

/* The items from…to begin with the same `place` words, of so many bytes with the blank. */
static void look_behind(struct search *s, size_t from, size_t to, size_t before, unsigned place)
{
    size_t different = 0;
    for (size_t i = from, end; i < to; i = end) {
        struct str word = {NULL, 0};
        if (s->items[i].text.n > before)
            word = word_behind(s->items[i].text, before);
        for (end = i + 1; end < to && s->items[end].text.n > before; end++)
            if (!str_eq(word, word_behind(s->items[end].text, before)))
                break;
        s->work += end - i;
        different++;
        if (word.n && end - i >= FEWEST && place < DEEPEST && s->work < WORK)
            look_behind(s, i, end, before + word.n + 1, place + 1);
    }
    if (place && different >= FEWEST && s->work < WORK)
        look_at_beginning(s, from, to, before, place);
}

struct pattern *family_gap_find(struct family_gap_item *items, size_t item_count,
                                struct arena *memory, size_t *count)
{
    struct search s = {.items = items, .memory = memory};
    s.used = mem_array(item_count + 1, sizeof *s.used);
    if (item_count)
        qsort(items, item_count, sizeof *items, by_item_text);
    look_behind(&s, 0, item_count, 0, 0);
    free(s.used);
    free(s.members);
    free(s.texts);
    free(s.words);
    *count = s.found_count;
    return s.found;
}
