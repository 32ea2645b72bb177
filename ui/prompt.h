/* A line editor in the footer: UTF-8, a history for each kind of prompt, completion by Tab. */
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

/* A key. When it is accepted the text joins the history; the prompt stays open until it is closed. */
enum prompt_result prompt_key(struct prompt *p, uint32_t key);
const char *prompt_text(const struct prompt *p);

/* Called by `offers`: a candidate; those that do not begin with the word typed are passed over. */
void prompt_offer(struct prompt *p, const char *word);

void prompt_draw(const struct prompt *p, const struct draw_area *line);

#endif
