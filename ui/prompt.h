/* A line editor in the footer: UTF-8, a history for each kind of prompt, completion by Tab. A query's
 * shows what may come next above it while one types. */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "ui/draw.h"

enum prompt_kind {
    PROMPT_SEARCH,
    PROMPT_FILTER,
    PROMPT_COMMAND,
    PROMPT_TIME,
    PROMPT_SAVE,
    PROMPT_REPLACE,
    PROMPT_PANE, /* a pane asks: no history, so that no yes of before comes up */
    PROMPT_QUERY,
    PROMPT_PROMQL,
    PROMPT_COSTLY,
    PROMPT_KINDS
};
enum prompt_result { PROMPT_MORE, PROMPT_ACCEPTED, PROMPT_CANCELLED };

struct prompt; /* opaque */

/* Offers, by prompt_offer, the words that may stand behind `before` (whole words and a blank). */
typedef void prompt_offers(void *context, struct prompt *p, struct str before);

struct prompt *prompt_new(void);
void prompt_free(struct prompt *p); /* NULL is allowed */

/* Opens it with `text` in it. The label (borrowed) stands before the text. offers may be NULL. */
void prompt_open(struct prompt *p, enum prompt_kind kind, const char *label, const char *text,
                 prompt_offers *offers, void *context);
void prompt_close(struct prompt *p);
bool prompt_is_open(const struct prompt *p);
enum prompt_kind prompt_kind(const struct prompt *p);

/* What stands before the cursor; for `offers` that look at more than words. */
struct str prompt_before(const struct prompt *p);
/* Called by `offers`: the word that is completed begins there (bytes), not behind the last blank. */
void prompt_word(struct prompt *p, size_t start);
/* Called by `offers`: the words above the list of what is offered. */
void prompt_title(struct prompt *p, const char *text);
/* What is offered may have changed by itself: asks `offers` anew, unless Tab has chosen. */
void prompt_refresh(struct prompt *p);
/* Up to three rows below the text until the next key, with a mark under its column-th character (from
 * 1; 0: no mark). */
void prompt_say(struct prompt *p, enum theme_role role, int column, const char *text);
/* A line below the text, which has no cursor until the next key or prompt_say: nothing is typed now. */
void prompt_wait(struct prompt *p, const char *text);

/* The history of a kind: adds the newest; the i-th newest, or NULL. */
void prompt_learn(struct prompt *p, enum prompt_kind kind, const char *text);
const char *prompt_past(const struct prompt *p, enum prompt_kind kind, size_t i);

/* A key. When it is accepted the text joins the history; the prompt stays open until it is closed. */
enum prompt_result prompt_key(struct prompt *p, uint32_t key);
const char *prompt_text(const struct prompt *p);

/* Called by `offers`: a candidate; those that do not begin with the word typed are passed over. */
void prompt_offer(struct prompt *p, const char *word);
/* The same with a short explanation; in a query's prompt words that hold what was typed count too. */
void prompt_offer_with(struct prompt *p, const char *word, const char *help);

/* Rows that it wants of that width: its own, and those above and below it. */
int prompt_rows(const struct prompt *p, int width);
/* Draws over the last rows of the area, at most prompt_rows of them. */
void prompt_draw(const struct prompt *p, const struct draw_area *area);

#endif
