#include "ui/log/highlights.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void drop(struct highlights *h, size_t i)
{
    free(h->list[i].word);
    regex_free(h->list[i].regex);
    h->list[i].word = NULL;
    h->list[i].regex = NULL;
}

enum highlights_result highlights_turn(struct highlights *h, const char *word)
{
    struct err err;
    size_t empty = HIGHLIGHTS_MOST;
    for (size_t i = HIGHLIGHTS_MOST; i-- > 0;) {
        if (!h->list[i].word) {
            empty = i;
        } else if (strcmp(h->list[i].word, word) == 0) {
            drop(h, i);
            return HIGHLIGHTS_REMOVED;
        }
    }
    struct regex *r =
        empty < HIGHLIGHTS_MOST ? regex_new(word, REGEX_LITERAL | REGEX_SMART, &err) : NULL;
    if (!r) /* a literal fails for its length only */
        return HIGHLIGHTS_FULL;
    h->list[empty].word = mem_dup(word);
    h->list[empty].regex = r;
    return HIGHLIGHTS_ADDED;
}

void highlights_clear(struct highlights *h)
{
    for (size_t i = 0; i < HIGHLIGHTS_MOST; i++)
        drop(h, i);
}

enum theme_role highlights_role(size_t i)
{
    return (enum theme_role)(ROLE_HIGHLIGHT_1 + i);
}
