/*
 * While lines come, a line costs one pass of the masks and one look-up of its template in a hash
 * table: that table is the tree of other groupers, flattened. Everything that needs to see more than
 * one message waits for grouper_finish: there each message is looked up in the catalogue, messages
 * that differ in a name only are merged (family.h), and the patterns found so are given to messages
 * in one order of preference (pattern.h). What grouper_finish decides it would decide again with the
 * groups that it made in the catalogue; that is why a window can be done twice.
 */
#include "triage/grouping/grouper.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "triage/grouping/continuation.h"
#include "triage/grouping/family.h"
#include "triage/grouping/pattern.h"
#include "triage/level_detect.h"
#include "triage/mask/mask.h"

enum { STREAMS = 65536 };
#define NO_GROUP UINT32_MAX

struct message { /* lines with one template */
    const char *text;
    uint64_t lines;
    uint32_t final;
    uint16_t n;
    uint8_t level;
};

struct slot {             /* of the hash table of messages */
    uint32_t tag, number; /* number + 1; 0: empty */
};

struct stream {
    uint64_t id;
    uint32_t head; /* number of the message of its last head */
    bool used;
    struct continuation state;
};

struct final_group {
    char id[17];
    uint8_t level;
    const char *text;
    uint64_t lines;
};

struct grouper {
    const struct catalogue *known;
    struct arena texts;
    struct message *messages;
    size_t count, cap;
    struct slot *slots;
    size_t slot_count;
    struct stream *streams; /* open addressing */
    size_t stream_count, stream_slots;
    struct stream *last_stream;
    struct final_group *finals;
    size_t final_count, final_cap;
};

static const char overflow_text[] = "(more messages than are told apart)";

struct grouper *grouper_new(const struct catalogue *known)
{
    struct grouper *g = mem_alloc(sizeof *g);
    g->known = known;
    arena_init(&g->texts);
    g->slot_count = 1024;
    g->slots = mem_array(g->slot_count, sizeof *g->slots);
    g->stream_slots = 64;
    g->streams = mem_array(g->stream_slots, sizeof *g->streams);
    return g;
}

void grouper_free(struct grouper *g)
{
    if (!g)
        return;
    arena_free(&g->texts);
    free(g->messages);
    free(g->slots);
    free(g->streams);
    free(g->finals);
    free(g);
}

/* ---- streams ---- */

static struct stream *stream_slot(struct stream *streams, size_t slots, uint64_t id)
{
    size_t i = hash_mix(id) & (slots - 1);
    while (streams[i].used && streams[i].id != id)
        i = (i + 1) & (slots - 1);
    return &streams[i];
}

/* With more streams than we remember all are forgotten: a trace that is cut then is two messages. */
static struct stream *stream_of(struct grouper *g, uint64_t id)
{
    if (g->last_stream && g->last_stream->id == id)
        return g->last_stream;
    struct stream *s = stream_slot(g->streams, g->stream_slots, id);
    if (!s->used && g->stream_count == STREAMS) {
        memset(g->streams, 0, g->stream_slots * sizeof *g->streams);
        g->stream_count = 0;
    } else if (!s->used && g->stream_count * 2 >= g->stream_slots) {
        struct stream *bigger = mem_array(g->stream_slots * 2, sizeof *bigger);
        for (size_t i = 0; i < g->stream_slots; i++)
            if (g->streams[i].used)
                *stream_slot(bigger, g->stream_slots * 2, g->streams[i].id) = g->streams[i];
        free(g->streams);
        g->streams = bigger;
        g->stream_slots *= 2;
    }
    s = stream_slot(g->streams, g->stream_slots, id);
    g->stream_count += !s->used;
    s->used = true;
    s->id = id;
    return g->last_stream = s;
}

/* ---- messages ---- */

static void grow_slots(struct grouper *g)
{
    size_t bigger = g->slot_count * 2;
    struct slot *slots = mem_array(bigger, sizeof *slots);
    for (size_t i = 0; i < g->count; i++) {
        uint64_t hash = hash_bytes(g->messages[i].text, g->messages[i].n);
        size_t at = hash & (bigger - 1);
        while (slots[at].number)
            at = (at + 1) & (bigger - 1);
        slots[at] = (struct slot){(uint32_t)(hash >> 32), (uint32_t)i + 1};
    }
    free(g->slots);
    g->slots = slots;
    g->slot_count = bigger;
}

static uint32_t add_message(struct grouper *g, struct str text, enum level level)
{
    mem_grow(&g->messages, &g->cap, g->count + 1, sizeof *g->messages);
    struct message *m = &g->messages[g->count];
    *m = (struct message){.text = arena_dup(&g->texts, text),
                          .n = (uint16_t)text.n,
                          .level = (uint8_t)level,
                          .final = NO_GROUP};
    return (uint32_t)g->count++;
}

/* The number of the message with this template; all messages beyond the bound are one. */
static uint32_t message_of(struct grouper *g, struct str text, struct str line)
{
    uint64_t hash = hash_bytes(text.p, text.n);
    uint32_t tag = (uint32_t)(hash >> 32);
    size_t at = hash & (g->slot_count - 1);
    for (; g->slots[at].number; at = (at + 1) & (g->slot_count - 1)) {
        if (g->slots[at].tag != tag)
            continue;
        const struct message *m = &g->messages[g->slots[at].number - 1];
        if (m->n == text.n && memcmp(m->text, text.p, text.n) == 0)
            return g->slots[at].number - 1;
    }
    if (g->count > GROUPER_GROUPS)
        return GROUPER_GROUPS;
    if (g->count == GROUPER_GROUPS)
        return add_message(g, str_of(overflow_text), LEVEL_UNKNOWN);
    uint32_t number = add_message(g, text, level_detect(line));
    g->slots[at] = (struct slot){tag, number + 1};
    if (g->count * 2 > g->slot_count)
        grow_slots(g);
    return number;
}

uint32_t grouper_add(struct grouper *g, uint64_t stream, struct str line)
{
    struct stream *s = stream_of(g, stream);
    if (!continuation_add(&s->state, line)) {
        char text[MASK_SIZE];
        size_t n = mask_line(line, text);
        s->head = message_of(g, (struct str){text, n}, line);
        s->state.bad = g->messages[s->head].level >= LEVEL_WARN;
    }
    g->messages[s->head].lines++;
    return s->head;
}

size_t grouper_provisional(const struct grouper *g)
{
    return g->count;
}

uint64_t grouper_overflow(const struct grouper *g)
{
    return g->count > GROUPER_GROUPS ? g->messages[GROUPER_GROUPS].lines : 0;
}

/* ---- the end of the batch ---- */

static struct str text_of(const struct message *m)
{
    return (struct str){m->text, m->n};
}

/* Gives the message to the final group with this id, which is made when it is not there. */
static void assign(struct grouper *g, struct map *finals, struct message *m, const char *id,
                   const char *text)
{
    struct str key = {id, 16};
    uintptr_t index = (uintptr_t)map_get(finals, key);
    if (!index) {
        mem_grow(&g->finals, &g->final_cap, g->final_count + 1, sizeof *g->finals);
        struct final_group *f = &g->finals[g->final_count++];
        *f = (struct final_group){.text = text, .level = m->level};
        memcpy(f->id, id, 17);
        index = g->final_count;
        map_put(finals, key, (void *)index);
    }
    m->final = (uint32_t)index - 1;
    g->finals[m->final].lines += m->lines;
}

/* What is known beforehand: the patterns of the catalogue; its plain templates are found by id. */
static struct pattern_index *known_patterns(const struct catalogue *known)
{
    struct pattern_index *x = pattern_index_new();
    for (size_t i = 0; known && i < known->count; i++) {
        struct pattern p;
        pattern_from_id(&p, str_of(known->list[i].template_text), known->list[i].id);
        p.owner = (uint32_t)i;
        if (p.loose)
            pattern_index_add(x, &p);
    }
    return x;
}

static const struct catalogue_group *known_group(const struct grouper *g,
                                                 const struct pattern_index *x, struct str text)
{
    char id[17];
    const struct pattern *p;
    if (!g->known || !g->known->count)
        return NULL;
    pattern_id(&(struct pattern){.text = text}, id);
    const struct catalogue_group *c = catalogue_find(g->known, id);
    if (!c && (p = pattern_index_find(x, text)))
        c = &g->known->list[p->owner];
    return c;
}

/* The patterns that the known ones leave room for. One that is an instance of a wider one adds
 * nothing but a second group for the same message. */
static struct pattern_index *index_patterns(const struct pattern *list, size_t count,
                                            const struct pattern_index *known)
{
    struct pattern_index *all = pattern_index_new(), *widest = pattern_index_new();
    for (size_t i = 0; i < count; i++)
        if (pattern_index_admits(known, &list[i]))
            pattern_index_add(all, &list[i]);
    for (size_t i = 0; i < count; i++) {
        const struct pattern *w = pattern_index_widest(all, list[i].text);
        if (w && w->text.p == list[i].text.p)
            pattern_index_add(widest, &list[i]);
    }
    pattern_index_free(all);
    return widest;
}

/* The patterns of the messages that the catalogue does not know. Its plain templates are evidence:
 * names that come one a window add up. */
static struct pattern_index *new_patterns(struct grouper *g, const struct pattern_index *known)
{
    size_t templates = g->known ? g->known->count : 0, n = 0, count;
    struct family_member *members = mem_array(templates + g->count + 1, sizeof *members);
    for (size_t i = 0; i < templates; i++) {
        struct pattern p;
        struct str text = str_of(g->known->list[i].template_text);
        if (pattern_from_id(&p, text, g->known->list[i].id) && !p.loose)
            members[n++] = (struct family_member){text, true};
    }
    for (size_t i = 0; i < g->count && i < GROUPER_GROUPS; i++)
        if (g->messages[i].final == NO_GROUP)
            members[n++] = (struct family_member){text_of(&g->messages[i]), false};
    struct pattern *found = family_find(members, n, &g->texts, &count);
    free(members);
    struct pattern_index *x = index_patterns(found, count, known);
    free(found);
    return x;
}

void grouper_finish(struct grouper *g)
{
    struct map *finals = map_new();
    struct pattern_index *known = known_patterns(g->known);
    const struct catalogue_group **groups = mem_array(g->count + 1, sizeof(void *));
    for (size_t i = 0; i < g->count; i++) {
        groups[i] = known_group(g, known, text_of(&g->messages[i]));
        g->messages[i].final = groups[i] ? 0 : NO_GROUP;
    }
    struct pattern_index *fresh = new_patterns(g, known);
    for (size_t i = 0; i < g->count; i++) {
        struct message *m = &g->messages[i];
        char id[17];
        struct pattern own = {.text = text_of(m)};
        const struct pattern *p = groups[i] ? NULL : pattern_index_find(fresh, own.text);
        if (groups[i]) {
            assign(g, finals, m, groups[i]->id, groups[i]->template_text);
            continue;
        }
        pattern_id(p ? p : &own, id);
        assign(g, finals, m, id, p ? p->text.p : m->text);
    }
    free(groups);
    pattern_index_free(known);
    pattern_index_free(fresh);
    map_free(finals, NULL);
}

uint32_t grouper_final(const struct grouper *g, uint32_t number)
{
    return g->messages[number].final;
}

size_t grouper_count(const struct grouper *g)
{
    return g->final_count;
}

const char *grouper_id(const struct grouper *g, size_t index)
{
    return g->finals[index].id;
}

const char *grouper_template(const struct grouper *g, size_t index)
{
    return g->finals[index].text;
}

enum level grouper_level(const struct grouper *g, size_t index)
{
    return (enum level)g->finals[index].level;
}

uint64_t grouper_lines(const struct grouper *g, size_t index)
{
    return g->finals[index].lines;
}

size_t grouper_bytes(const struct grouper *g)
{
    return sizeof *g + arena_bytes(&g->texts) + g->cap * sizeof *g->messages +
           g->slot_count * sizeof *g->slots + g->stream_slots * sizeof *g->streams +
           g->final_cap * sizeof *g->finals;
}
