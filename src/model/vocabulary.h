/* Names and values of labels, as Loki and Prometheus named them: for completing queries. Bounded; the
 * list that was looked at longest ago gives way. */
#ifndef MODEL_VOCABULARY_H
#define MODEL_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/question.h"

enum { VOCABULARY_LISTS = 48, VOCABULARY_WORDS = 5000, VOCABULARY_KEY = 4096 };

enum vocabulary_state { VOCABULARY_UNKNOWN, VOCABULARY_ASKED, VOCABULARY_KNOWN, VOCABULARY_FAILED };

struct vocabulary_list {
    enum vocabulary_state state;
    int64_t since; /* wall ns: when it was asked for, or came */
    char **words;  /* sorted */
    size_t count;
    bool more; /* there are others */
};

struct vocabulary; /* opaque */

struct vocabulary *vocabulary_new(void);
void vocabulary_free(struct vocabulary *v); /* NULL is allowed */

/* "pod {namespace="shop"}": the key of a label's values (label "": of the names) among the streams or,
 * ":pod up{job="x"}", the series that a selector picks ("": all). False when it is too long to be
 * asked. */
bool vocabulary_key(enum question_language language, const char *label, const char *selector,
                    char out[VOCABULARY_KEY]);
/* The parts of a key again. */
struct vocabulary_parts {
    enum question_language language;
    struct str label;
    const char *selector;
};
struct vocabulary_parts vocabulary_parts(const char *key);

/* The list of that key; one that was never asked for is UNKNOWN. Valid until the next change. */
const struct vocabulary_list *vocabulary_get(struct vocabulary *v, const char *key);
/* It is asked for; the words that it has stay until others come. */
void vocabulary_asked(struct vocabulary *v, const char *key, int64_t now);
/* Copies the words (sorted); NULL words: it could not be had. */
void vocabulary_set(struct vocabulary *v, const char *key, const char *const *words, size_t count,
                    int64_t now);
uint64_t vocabulary_changes(const struct vocabulary *v);

#endif
