#include "model/intent.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { INTENT_QUEUE = 64 };

struct intents {
    struct intent list[INTENT_QUEUE]; /* the oldest first */
    size_t count;
};

struct intents *intents_new(void)
{
    return mem_alloc(sizeof(struct intents));
}

void intents_free(struct intents *q)
{
    if (!q)
        return;
    for (size_t i = 0; i < q->count; i++)
        free(q->list[i].text);
    free(q);
}

static void remove_at(struct intents *q, size_t i)
{
    memmove(&q->list[i], &q->list[i + 1], (q->count - i - 1) * sizeof *q->list);
    q->count--;
}

/* The days of several rules are asked for one after another, and all of them are wanted; so are
 * words. */
static bool replaces(const struct intent *waiting, enum intent_type type, const char *text,
                     int64_t from)
{
    if (waiting->type != type || (type == INTENT_STOP && waiting->from != from))
        return false;
    return (type != INTENT_WINDOW_DAY && type != INTENT_WORDS) ||
           strcmp(waiting->text ? waiting->text : "", text ? text : "") == 0;
}

void intents_push(struct intents *q, enum intent_type type, const char *text, int64_t from,
                  int64_t to)
{
    char *copy = mem_dup(text); /* before anything is freed: text may be a waiting intent's */
    size_t i = 0;
    while (i < q->count && !replaces(&q->list[i], type, copy, from))
        i++;
    if (i == q->count && q->count == INTENT_QUEUE)
        i = 0;
    if (i < q->count) {
        free(q->list[i].text);
        remove_at(q, i);
    }
    q->list[q->count++] = (struct intent){type, copy, from, to};
}

bool intents_take(struct intents *q, struct intent *out)
{
    if (!q->count)
        return false;
    *out = q->list[0];
    remove_at(q, 0);
    return true;
}
