/* A query that was typed, and what its server says before anything is read: is it right, and what
 * would it cost. */
#ifndef MODEL_QUESTION_H
#define MODEL_QUESTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum question_language { QUESTION_LOGQL, QUESTION_PROMQL };

enum question_state {
    QUESTION_NONE,
    QUESTION_ASKED,
    QUESTION_GOOD,   /* it may be shown */
    QUESTION_COSTLY, /* it is right, but reads more than the budget */
    QUESTION_WRONG, /* err says why; line and column from 1 where the server named a place, else 0 */
};

struct question {
    enum question_language language;
    enum question_state state;
    char *text;
    bool metric; /* its answer is numbers over time, not lines */
    struct err err;
    int line, column;
    bool measured;     /* the index was asked: streams and bytes are its guess */
    bool unmeasurable; /* this server's index cannot be asked */
    uint64_t streams, bytes, budget;
    uint64_t answers; /* grows with each answer: by it an old one is told from a new one */
};

/* A new one; `text` is copied. */
void question_ask(struct question *q, enum question_language language, const char *text);
void question_clear(struct question *q);
/* The answers. */
void question_refuse(struct question *q, const struct err *err, int line, int column);
void question_accept(struct question *q, bool costly);

#endif
