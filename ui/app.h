/*
 * The dashboard: the engine that owns panes, focus, prompt and frame. It reads the model and writes
 * only model->scope and model->intents. Nothing here blocks, but for a terminal that takes no bytes
 * and for suspend (Ctrl-Z).
 *
 * Use: app_new; app_terminal_start; then in the loop: stdin readable -> app_input; SIGWINCH ->
 * app_resize; before each wait -> app_draw, at most as often as frames are wanted; wait at most
 * app_next_draw_ms; leave when app_wants_quit. app_new has pushed the first intents when it
 * returns.
 */
#ifndef UI_APP_H
#define UI_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/address.h"
#include "model/model.h"
#include "model/rule.h"
#include "ui/keys.h"
#include "ui/query/querywords.h"

enum app_choice { APP_AUTO, APP_ALWAYS, APP_NEVER };

/* All zero is a good configuration. Texts and lists must live as long as the app. */
struct app_conf {
    const char *theme;                /* ui.theme; NULL: dark */
    const char *theme_folder;         /* read before the embedded themes; may be NULL */
    const char *layout;               /* ui.layout; NULL: triage */
    const struct keys_override *keys; /* ui.keys */
    size_t key_count;
    enum app_choice ascii; /* ui.ascii; auto: the locale's character set decides (call setlocale) */
    enum app_choice colour;                 /* --color; auto: NO_COLOR and the terminal decide */
    bool mouse;                             /* ui.mouse */
    bool write;                             /* --write: said in the header */
    const struct rule_labels *labels;       /* loki.labels; NULL: rule_labels_default */
    const char *state_folder;               /* where typed queries are kept; NULL: nowhere */
    const struct querywords_saved *queries; /* loki.queries; ends with a NULL name; may be NULL */
    int64_t span;                           /* of logs and charts when live, ns; 0: an hour */
    int64_t (*now)(void);                   /* wall clock; NULL: clock_now */
    int64_t (*monotonic)(void);             /* NULL: clock_monotonic */
};

struct app; /* opaque */

/* NULL and *err (ERR_CONFIG) for a theme, layout or key that is wrong. The model stays the
 * caller's and must outlive the app. */
struct app *app_new(struct model *m, const struct app_conf *conf, struct err *err);
void app_free(struct app *a); /* stops the terminal too; NULL is allowed */

/* Takes the terminal over (raw, other screen); false and *err (ERR_USAGE, with how to mend it) when
 * standard output is none or TERM names one that cannot place its cursor. */
bool app_terminal_start(struct app *a, struct err *err);
void app_terminal_stop(struct app *a); /* gives it back as it was; harmless when not started */

void app_input(struct app *a); /* reads all keys that wait; a lost terminal makes it want to quit */
void app_resize(struct app *a); /* asks the terminal for its size */

/* Draws when something changed (model->dirty, which it clears; a key; the clock's second; a timer
 * of its own) and sends the intents that are due. Whether it drew. */
bool app_draw(struct app *a);
/* Goes on for some ms with what takes longer than a frame (a search): between frames. True: call it
 * again soon. */
bool app_work(struct app *a);
/* Milliseconds until app_draw has something to do by itself; at most 1,000. */
int64_t app_next_draw_ms(const struct app *a);

/* Another cluster: closes every pane and forgets the moves, calls `change`, which may replace all that
 * the model points to, and opens the panes again, layout, theme and terminal as they were. */
void app_change(struct app *a, void (*change)(void *context), void *context);

bool app_wants_quit(const struct app *a);
/* Shows a line in the footer for some seconds: what went wrong beside any pane. */
void app_say(struct app *a, bool error, const char *text);

/* Shows the view at an address. False and *err (ERR_USAGE) when it is another cluster's or names what
 * there is not. */
bool app_open(struct app *a, const struct address *address, struct err *err);

/* Whether the view waits for an answer that only a person can give; *err says about what. */
bool app_needs_person(const struct app *a, struct err *err);

void app_key(struct app *a, uint32_t key); /* one key, as if typed: for tests and scripts */
/* One frame as plain text, a line a row without trailing blanks. Sends due intents as app_draw
 * does. */
void app_frame(struct app *a, int width, int height, struct buf *out);
/* The names of the roles that the cells of the last frame have: a letter each, a legend below. For
 * tests. */
void app_frame_roles(struct app *a, struct buf *out);

#endif
