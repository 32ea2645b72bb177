/*
 * What a line adds is kept under the provisional number of its message (grouper.h) until the batch
 * ends; only then is it known which messages are one group. Who had a message is counted by place
 * (whereabouts.h): one look-up a line, whatever the number of labels.
 */
#include "triage/window_build.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "triage/grouping/grouper.h"
#include "triage/level_detect.h"
#include "triage/whereabouts.h"

enum {
    PAIRS = 4 * 1024 * 1024,          /* message × place; the rest counts as another place */
    SAMPLES_BYTES = 64 * 1024 * 1024, /* then samples are short */
    SAMPLE_SHORT = 256,
    MINUTES_MAX = 24 * 60,
};

struct gathered { /* of one message */
    int64_t first, last;
    uint32_t *per_minute;
    uint64_t count;
    enum level level;
    int64_t sample_time;
    const struct labels *sample_labels;
    char *sample;
    size_t sample_n;
};

struct pair {
    uint32_t message, place;
    uint64_t count;
};

struct window_build {
    struct window *window;
    struct grouper *grouper;
    struct whereabouts *places;
    struct gathered *messages;
    size_t message_count, message_cap;
    struct pair *pairs; /* in order of first sight */
    size_t pair_count, pair_cap;
    uint32_t *slots; /* index + 1 into pairs */
    size_t slot_count;
    size_t minutes, sample_bytes;
};

struct window_build *window_build_new(const char *cluster, const char *rule, const char *query,
                                      int64_t from, int64_t to, const struct rule_labels *labels,
                                      const struct catalogue *known)
{
    struct window_build *b = mem_alloc(sizeof *b);
    b->window = mem_alloc(sizeof *b->window);
    b->window->cluster = mem_dup(cluster);
    b->window->rule = mem_dup(rule);
    b->window->query = mem_dup(query);
    b->window->from = from;
    b->window->to = to;
    b->window->complete = true;
    int64_t minutes = to > from ? (to - from + CLOCK_MINUTE - 1) / CLOCK_MINUTE : 0;
    b->minutes = (size_t)(minutes < MINUTES_MAX ? minutes : MINUTES_MAX);
    b->grouper = grouper_new(known);
    b->places = whereabouts_new(labels);
    b->slot_count = 1024;
    b->slots = mem_array(b->slot_count, sizeof *b->slots);
    return b;
}

void window_build_free(struct window_build *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->message_count; i++) {
        free(b->messages[i].per_minute);
        free(b->messages[i].sample);
        labels_drop(b->messages[i].sample_labels);
    }
    window_free(b->window);
    grouper_free(b->grouper);
    whereabouts_free(b->places);
    free(b->messages);
    free(b->pairs);
    free(b->slots);
    free(b);
}

/* ---- lines ---- */

static uint64_t pair_hash(uint32_t message, uint32_t place)
{
    return hash_mix((uint64_t)message << 32 | place);
}

static void grow_slots(struct window_build *b)
{
    free(b->slots);
    b->slot_count *= 2;
    b->slots = mem_array(b->slot_count, sizeof *b->slots);
    for (size_t i = 0; i < b->pair_count; i++) {
        size_t at = pair_hash(b->pairs[i].message, b->pairs[i].place) & (b->slot_count - 1);
        while (b->slots[at])
            at = (at + 1) & (b->slot_count - 1);
        b->slots[at] = (uint32_t)i + 1;
    }
}

static void count_pair(struct window_build *b, uint32_t message, uint32_t place)
{
    size_t at = pair_hash(message, place) & (b->slot_count - 1);
    for (; b->slots[at]; at = (at + 1) & (b->slot_count - 1)) {
        struct pair *p = &b->pairs[b->slots[at] - 1];
        if (p->message == message && p->place == place) {
            p->count++;
            return;
        }
    }
    if (b->pair_count >= PAIRS && place != WHEREABOUTS_OTHER) {
        count_pair(b, message, WHEREABOUTS_OTHER);
        return;
    }
    mem_grow(&b->pairs, &b->pair_cap, b->pair_count + 1, sizeof *b->pairs);
    b->pairs[b->pair_count++] = (struct pair){message, place, 1};
    b->slots[at] = (uint32_t)b->pair_count;
    if (b->pair_count * 2 > b->slot_count)
        grow_slots(b);
}

/* The longest prefix of at most `max` bytes that does not cut a character. */
static size_t fitting(struct str text, size_t max)
{
    if (text.n <= max)
        return text.n;
    size_t n = max;
    while (n && max - n < 3 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static void begin_message(struct window_build *b, const struct line *line)
{
    mem_grow(&b->messages, &b->message_cap, b->message_count + 1, sizeof *b->messages);
    struct gathered *m = &b->messages[b->message_count++];
    size_t max = b->sample_bytes < SAMPLES_BYTES ? WINDOW_BUILD_SAMPLE : SAMPLE_SHORT;
    size_t n = fitting(line->text, max);
    *m = (struct gathered){.first = line->time,
                           .last = line->time,
                           .level = level_detect_line(line->labels, line->text),
                           .sample_time = line->time,
                           .sample_labels = line->labels ? labels_hold(line->labels) : NULL,
                           .sample = mem_dup_n(n ? line->text.p : "", n),
                           .sample_n = n};
    m->per_minute = mem_array(b->minutes + 1, sizeof *m->per_minute);
    b->sample_bytes += n;
}

void window_build_add(struct window_build *b, const struct line *line)
{
    struct window *w = b->window;
    if (line->kind != LINE_LOG || line->time < w->from || line->time >= w->to)
        return;
    uint64_t stream;
    uint32_t place = whereabouts_of(b->places, line->labels, &stream);
    uint32_t number = grouper_add(b->grouper, stream, line->text);
    if (number >= b->message_count)
        begin_message(b, line);
    struct gathered *m = &b->messages[number];
    m->first = line->time < m->first ? line->time : m->first;
    m->last = line->time > m->last ? line->time : m->last;
    m->count++;
    size_t minute = (size_t)((line->time - w->from) / CLOCK_MINUTE);
    if (minute < b->minutes && m->per_minute[minute] < UINT32_MAX)
        m->per_minute[minute]++;
    count_pair(b, number, place);
    w->lines++;
    w->bytes += line->text.n;
}

/* ---- the window ---- */

/* Adds the message to its group, which takes over the sample when it has none or a later one. */
static void add_to_group(struct group *g, struct gathered *m, size_t minutes)
{
    bool fresh = !g->count;
    if (fresh) {
        g->level = m->level;
        g->first = m->first;
        g->last = m->last;
        g->minutes = minutes;
        g->per_minute = mem_array(minutes + 1, sizeof *g->per_minute);
    }
    g->count += m->count;
    g->first = m->first < g->first ? m->first : g->first;
    g->last = m->last > g->last ? m->last : g->last;
    for (size_t i = 0; i < minutes; i++) {
        uint64_t sum = (uint64_t)g->per_minute[i] + m->per_minute[i];
        g->per_minute[i] = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
    }
    if (!fresh)
        return; /* messages are numbered as they came: the first one has the earliest line */
    g->sample_time = m->sample_time;
    g->sample_labels = m->sample_labels;
    g->sample_text = m->sample;
    g->sample_n = m->sample_n;
    m->sample_labels = NULL;
    m->sample = NULL;
}

/* Which names the tallies hold: hashes of (tallies, name), open addressing. */
struct held {
    uint64_t *slots; /* 0: empty */
    size_t count, slot_count;
};

static uint64_t *held_slot(const struct held *h, uint64_t hash)
{
    size_t at = hash & (h->slot_count - 1);
    while (h->slots[at] && h->slots[at] != hash)
        at = (at + 1) & (h->slot_count - 1);
    return &h->slots[at];
}

static void hold(struct held *h, uint64_t hash)
{
    if (h->count * 2 >= h->slot_count) {
        struct held bigger = {.count = h->count};
        bigger.slot_count = h->slot_count ? h->slot_count * 2 : 1024;
        bigger.slots = mem_array(bigger.slot_count, sizeof *bigger.slots);
        for (size_t i = 0; i < h->slot_count; i++)
            if (h->slots[i])
                *held_slot(&bigger, h->slots[i]) = h->slots[i];
        free(h->slots);
        *h = bigger;
    }
    uint64_t *slot = held_slot(h, hash);
    h->count += *slot == 0;
    *slot = hash;
}

/* Names are told apart by their pointers: whereabouts.h keeps each once. */
static void tally(struct held *h, struct tallies *t, const char *name, uint64_t count)
{
    if (!*name)
        return;
    uint64_t hash = hash_mix((uintptr_t)t ^ hash_mix((uintptr_t)name)) | 1;
    if (t->count < WINDOW_BUILD_NAMES)
        hold(h, hash);
    else if (!*held_slot(h, hash))
        name = WHEREABOUTS_OTHER_NAME;
    tallies_add(t, str_of(name), count);
}

static void tally_places(struct window_build *b)
{
    struct window *w = b->window;
    struct held held = {0};
    for (size_t i = 0; i < b->pair_count; i++) {
        const struct pair *p = &b->pairs[i];
        struct group *g = &w->groups[grouper_final(b->grouper, p->message)];
        struct tallies *const of[WHEREABOUTS_KINDS] = {&g->namespaces, &g->workloads, &g->pods,
                                                       &g->nodes};
        for (int k = 0; k < WHEREABOUTS_KINDS; k++)
            tally(&held, of[k], whereabouts_name(b->places, p->place, (enum whereabouts_kind)k),
                  p->count);
        tally(&held, &w->namespaces, whereabouts_name(b->places, p->place, WHEREABOUTS_NAMESPACE),
              p->count);
    }
    free(held.slots);
}

struct window *window_build_finish(struct window_build *b)
{
    struct window *w = b->window;
    grouper_finish(b->grouper);
    w->group_count = grouper_count(b->grouper);
    w->groups = mem_array(w->group_count + 1, sizeof *w->groups);
    for (size_t i = 0; i < w->group_count; i++) {
        memcpy(w->groups[i].id, grouper_id(b->grouper, i), sizeof w->groups[i].id);
        w->groups[i].template_text = mem_dup(grouper_template(b->grouper, i));
    }
    for (size_t i = 0; i < b->message_count; i++)
        add_to_group(&w->groups[grouper_final(b->grouper, (uint32_t)i)], &b->messages[i],
                     b->minutes);
    tally_places(b);
    w->counted = w->lines;
    window_sort(w);
    b->window = NULL;
    window_build_free(b);
    return w;
}

void window_build_catalogue(const struct window *w, struct catalogue *c)
{
    for (size_t i = 0; i < w->group_count; i++) {
        const struct group *g = &w->groups[i];
        catalogue_merge_group(c, g->id, g->template_text, g->first, g->last);
    }
}
