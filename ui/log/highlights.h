/* Words that are marked wherever they stand in log lines, each in a colour of its own, until they are
 * taken back or kubeboard ends. */
#ifndef UI_HIGHLIGHTS_H
#define UI_HIGHLIGHTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/regex.h"
#include "ui/theme.h"

enum { HIGHLIGHTS_MOST = 6 };

struct highlights {
    struct {
        char *word; /* NULL: free */
        struct regex *regex;
    } list[HIGHLIGHTS_MOST];
};

enum highlights_result { HIGHLIGHTS_ADDED, HIGHLIGHTS_REMOVED, HIGHLIGHTS_FULL };

/* Adds the word, or takes it back when it is there. Literal; a word without a capital is found in any
 * case. */
enum highlights_result highlights_turn(struct highlights *h, const char *word);
void highlights_clear(struct highlights *h);
enum theme_role highlights_role(size_t i); /* of the i-th place */

#endif
