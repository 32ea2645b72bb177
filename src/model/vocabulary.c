#include "model/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct entry {
    char *key; /* NULL: free */
    uint64_t used;
    struct vocabulary_list list;
};

struct vocabulary {
    struct entry entries[VOCABULARY_LISTS];
    uint64_t uses, changes;
};

struct vocabulary *vocabulary_new(void)
{
    return mem_alloc(sizeof(struct vocabulary));
}

static void drop_words(struct vocabulary_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->words[i]);
    free(l->words);
    l->words = NULL;
    l->count = 0;
    l->more = false;
}

static void drop(struct entry *e)
{
    drop_words(&e->list);
    free(e->key);
    *e = (struct entry){0};
}

void vocabulary_free(struct vocabulary *v)
{
    for (size_t i = 0; v && i < VOCABULARY_LISTS; i++)
        drop(&v->entries[i]);
    free(v);
}

bool vocabulary_key(enum question_language language, const char *label, const char *selector,
                    char out[VOCABULARY_KEY])
{
    const char *mark = language == QUESTION_PROMQL ? ":" : ""; /* begins no label's name */
    return snprintf(out, VOCABULARY_KEY, "%s%s %s", mark, label, selector) < VOCABULARY_KEY;
}

struct vocabulary_parts vocabulary_parts(const char *key)
{
    bool promql = key[0] == ':';
    const char *label = key + promql;
    size_t n = strcspn(label, " ");
    return (struct vocabulary_parts){.language = promql ? QUESTION_PROMQL : QUESTION_LOGQL,
                                     .label = {label, n},
                                     .selector = label[n] ? label + n + 1 : ""};
}

static struct entry *find(struct vocabulary *v, const char *key)
{
    for (size_t i = 0; i < VOCABULARY_LISTS; i++)
        if (v->entries[i].key && strcmp(v->entries[i].key, key) == 0)
            return &v->entries[i];
    return NULL;
}

static struct entry *find_or_make(struct vocabulary *v, const char *key)
{
    struct entry *e = find(v, key), *oldest = &v->entries[0];
    if (e)
        return e;
    for (size_t i = 1; i < VOCABULARY_LISTS; i++)
        if (v->entries[i].used < oldest->used)
            oldest = &v->entries[i];
    drop(oldest);
    oldest->key = mem_dup(key);
    oldest->used = ++v->uses;
    return oldest;
}

const struct vocabulary_list *vocabulary_get(struct vocabulary *v, const char *key)
{
    static const struct vocabulary_list unknown;
    struct entry *e = find(v, key);
    if (!e)
        return &unknown;
    e->used = ++v->uses;
    return &e->list;
}

void vocabulary_asked(struct vocabulary *v, const char *key, int64_t now)
{
    struct vocabulary_list *l = &find_or_make(v, key)->list;
    l->state = VOCABULARY_ASKED;
    l->since = now;
}

void vocabulary_set(struct vocabulary *v, const char *key, const char *const *words, size_t count,
                    int64_t now)
{
    struct vocabulary_list *l = &find_or_make(v, key)->list;
    l->since = now;
    v->changes++;
    if (!words) {
        l->state = VOCABULARY_FAILED;
        return;
    }
    drop_words(l);
    l->state = VOCABULARY_KNOWN;
    l->more = count > VOCABULARY_WORDS;
    l->count = l->more ? VOCABULARY_WORDS : count;
    l->words = mem_array(l->count + 1, sizeof *l->words);
    for (size_t i = 0; i < l->count; i++)
        l->words[i] = mem_dup(words[i]);
}

uint64_t vocabulary_changes(const struct vocabulary *v)
{
    return v->changes;
}
