/* The inside of struct app, for the files that make it up: app.c (life, draw) stands on all others:
 * actions.c (keys), commands.c (the line behind ":"), view.c (addresses), query/queryline.c, export.c,
 * frame.c (header, titles, footer); and these on engine.c (panes, focus, places). */
#ifndef UI_ENGINE_H
#define UI_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/app.h"
#include "ui/layout.h"
#include "ui/log/highlights.h"
#include "ui/moves.h"
#include "ui/pane.h"
#include "ui/prompt.h"
#include "ui/query/queryline.h"
#include "ui/saver.h"
#include "ui/table/trail.h"
#include "ui/terminal/input.h"

enum { ENGINE_PANES = 32 };

struct app {
    struct app_conf conf;
    struct model *model;
    char *layout_name;
    struct keys *keys;
    struct theme *theme;
    struct moves *moves;
    struct browse *browse;
    struct pane_host host;
    struct pane *panes[ENGINE_PANES]; /* as in pane_table */
    size_t focus, previous;           /* previous: where a pane outside the layout goes back to */
    struct trail trail;               /* how one came to the focus */
    struct scope acted;               /* the scope before the action that is being done */
    size_t front[LAYOUT_PLACES];      /* of the panes that share a place the one that is seen */
    bool zoomed;
    struct layout layout;
    struct cells cells;
    int width, height;
    int layout_top;         /* row of the body that the layout was made for */
    int most[ENGINE_PANES]; /* rows that each pane had a use for then */
    bool touched;           /* a key came: the focus is the user's */
    struct prompt *prompt;
    struct input input;
    char message[PANE_TEXT];
    enum theme_role message_role;
    int64_t message_until; /* tick */
    int prompt_rows;       /* that the prompt covered in the last frame */
    bool dirty, fresh;     /* fresh: no cell of the last frame may stay */
    struct {
        struct saver *saver; /* NULL: nothing is being saved */
        char *path;          /* that is asked about */
        size_t pane;
        struct pane_save save;
    } export;
    struct queryline_state query;
    struct highlights highlights;
    bool quit, color;
    int64_t wake; /* tick when something wants to be drawn */
    int64_t second;
};

static inline struct pane *engine_focused(const struct app *a)
{
    return a->panes[a->focus];
}

bool engine_open(struct app *a, struct err *err); /* panes and the first layout */
void engine_close(struct app *a);

void engine_say(struct app *a, enum theme_role role, const char *text);
void engine_say_err(struct app *a, const struct err *err);

/* Rows between header and footer. */
struct draw_area engine_body(struct app *a);
bool engine_is_too_small(const struct app *a);
bool engine_place(struct app *a, const char *layout, struct err *err);
bool engine_resize(struct app *a, int width, int height); /* whether anything changed */
void engine_settle(struct app *a); /* before a frame: makes room, and finds the first focus */

bool engine_is_placed(const struct app *a, size_t pane); /* in the layout */
/* The focused pane has the whole body: zoomed or not placed. */
bool engine_fills(const struct app *a);
/* Goes to a pane by itself: what led to the present one is forgotten. */
void engine_focus(struct app *a, size_t pane);
/* Goes into a pane from the focused one: Esc comes back, and takes back what the action chose. */
void engine_enter(struct app *a, size_t pane);
void engine_show(struct app *a, const char *name); /* engine_enter by name */
void engine_next(struct app *a, int step);
/* From zoom, along the trail, from a pane outside the layout; false: none of it. */
bool engine_back(struct app *a);

/* The pane seen in a place. */
size_t engine_front(const struct app *a, size_t place);

/* Brings the focused pane up to date before a key acts on its rows. */
void engine_sync_focus(struct app *a);
int64_t engine_tick(const struct app *a);
int64_t engine_now(const struct app *a);

#endif
