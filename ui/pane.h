/*
 * A pane: one rectangle that answers one question of the scope. One file, one const table of
 * functions (struct pane_ops), its private state a struct of that file. The engine (ui/app.c) asks
 * flags, never names: panes.def lists the panes.
 */
#ifndef UI_PANE_H
#define UI_PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "model/object_ref.h"
#include "model/pod_log_wish.h"
#include "model/rule.h"
#include "ui/draw.h"
#include "ui/keys.h"
#include "ui/table/list.h"
#include "ui/theme.h"

enum pane_flags {
    PANE_ROWS = 1,  /* has a cursor that moves over rows */
    PANE_ENTER = 2, /* Enter goes into the row */
    PANE_SORT = 4,
    PANE_SEARCH = 8,
    PANE_FILTER = 16,
    PANE_SIDEWAYS = 32,
    PANE_STREAM = 64,    /* lines over time: follow, wrap, timestamps, errors */
    PANE_OVERLAY = 128,  /* never in a layout: covers the others while it has the focus */
    PANE_HIDE = 256,     /* a row can be hidden where it is shown */
    PANE_HOME = 512,     /* has the focus at the start */
    PANE_URGENT = 1024,  /* … this one instead, as soon as it has rows */
    PANE_PLACES = 2048,  /* its rows come from pods and nodes, to which one can go */
    PANE_SPAN = 4096,    /* shows a span of time that can be made longer and shorter */
    PANE_PAGE = 8192,    /* an object from several sides */
    PANE_NOW = 16384,    /* knows only what is now, whatever moment is looked at */
    PANE_MARKS = 32768,  /* its rows are lines that were marked */
    PANE_ONWARD = 65536, /* what it shows elsewhere is a step on, also where one came from there */
};

enum { PANE_TEXT = 1024 }; /* bytes of the texts below */

struct pane_pattern {
    struct regex *regex; /* NULL: none */
    char *text;          /* as typed, without the ! */
    bool invert;
    uint64_t changes; /* grows whenever the expression becomes another one */
};

struct pane {
    const struct pane_ops *ops;
    void *state;            /* ops->private_size bytes, zeroed before open */
    struct pane_host *host; /* the engine's */
    int width, height;      /* of the body at the last draw */
    int first_row;          /* row of the body where the list begins, set by draw: for the mouse */
    bool focused;
    struct pane_pattern search, filter; /* the engine's: panes read them */
};

/* What a pane sees of the engine. */
struct pane_host {
    struct model *model;
    const struct rule_labels *labels;
    const struct keys *keys;
    const struct pane *owner; /* the pane that had the focus before this one was shown over it */
    struct browse *browse;    /* what the resource pane shows: ui/table/browse.h */
    struct moves *moves;      /* changes of the scope: ui/moves.h */
    const struct highlights *highlights;
    struct pod_log_wish choosing; /* whose container is being chosen: ui/log/log_goal.h */
    struct page_stack *pages;     /* the object whose page is open: ui/page/page_stack.h */
    size_t mark_goal;             /* the mark + 1 that the pane of lines goes to; 0: none */
    struct patterns *patterns;    /* of the log pane's lines: ui/log/patterns.h */
    int64_t now;                  /* wall ns of this frame */
    int64_t tick;                 /* monotonic ns of this frame */
    bool came;    /* the focused pane was entered from another one: Esc goes back there */
    bool pressed; /* a key came since the last frame: nothing may be put off */
    bool ascii;   /* for text/: marks in ASCII */
    void *app;
    void (*say)(void *app, enum theme_role role, const char *text);
    void (*show)(void *app, const char *name);
    void (*wake)(void *app, int64_t tick);
    /* Asks in the footer's line; the focused pane's `answer` gets what was typed. The label is
     * borrowed. False: something else is being typed. */
    bool (*ask)(void *app, const char *label, const char *text);
};

/* Something being saved, piece by piece: `at` is the pane's own, 0 at the beginning. */
struct pane_save {
    bool json;
    size_t at;
    uint64_t rows; /* written so far: the pane counts */
};

struct pane_ops {
    const char *name;  /* of :NAME and of layouts */
    const char *title; /* as the title line shows it */
    const char *about; /* one sentence for the help */
    unsigned flags;
    unsigned (*flags_now)(const struct pane *p); /* NULL: always all of `flags` */
    enum keys_action summon; /* the key that gives it the focus, or ACTION_NONE */
    size_t private_size;
    const struct resource_table_spec
        *table;                    /* of a pane that is a ui/table/resource_table.h; else NULL */
    void (*open)(struct pane *p);  /* once; may be NULL */
    void (*close)(struct pane *p); /* may be NULL */
    /* One went back from what it was made to show last. A pane that has this shows one thing after
     * another. May be NULL. */
    void (*left)(struct pane *p);
    /* Before each frame: takes over what changed in model, scope, search or filter. False: put off,
     * what the screen shows of the pane stays as it is until the host's wake. */
    bool (*sync)(struct pane *p);
    void (*draw)(struct pane *p, const struct draw_area *body);
    /* The list that the engine moves, sorts, searches and filters; NULL, or NULL for now: the pane
     * does it itself through `action`. */
    struct list *(*list)(struct pane *p);
    /* The cursor of the list moved (by the user). May be NULL. */
    void (*moved)(struct pane *p);
    /* An action that the engine does not do itself; false: not handled. */
    bool (*action)(struct pane *p, enum keys_action action);
    /* What was typed behind host->ask; NULL: Esc. May be NULL. */
    void (*answer)(struct pane *p, const char *text);
    /* A click into the body, where there is no list; may be NULL. */
    void (*click)(struct pane *p, int x, int y);
    /* Search without a list: forward or back to the next match from the cursor; false: none. */
    bool (*search)(struct pane *p, bool forward);
    /* Goes on for some ms with what a frame did not end (a search); true: call it again. May be NULL. */
    bool (*work)(struct pane *p);
    /* Appends what a copy of the cursor's row is, as it came; false: nothing. May be NULL. */
    bool (*copy)(struct pane *p, struct buf *out);
    /* Appends a piece of what is shown, some hundred rows at most; false: that was all. NULL: the rows of
     * the list as text. */
    bool (*save)(struct pane *p, struct pane_save *save, struct buf *out);
    /* Rows of the body that it has a use for; 0: its title says all. NULL: as many as there are. */
    int (*rows)(struct pane *p);
    /* The object under the cursor, or that the row there speaks of; false: none. May be NULL. */
    bool (*object)(struct pane *p, struct object_ref *out);
    void (*heading)(struct pane *p, char out[PANE_TEXT]); /* for the title; NULL: ops->title */
    void (*counts)(struct pane *p, char out[PANE_TEXT]);  /* "12/128"; may be NULL */
    void (*note)(struct pane *p, char out[PANE_TEXT]);    /* more for the title; may be NULL */
    /* The upstream that the title's state speaks of; NULL: none. */
    const struct upstream *(*upstream)(struct pane *p);
    void (*status)(struct pane *p, char out[PANE_TEXT]); /* of the cursor's row; may be NULL */
};

/* Every pane there is, in the order of panes.def. */
extern const struct pane_ops *const pane_table[];
extern const size_t pane_count;
const struct pane_ops *pane_find(const char *name); /* NULL: none */

struct pane *pane_new(const struct pane_ops *ops, struct pane_host *host);
void pane_free(struct pane *p); /* NULL is allowed */

/* A line in the footer for some seconds. Foreign text is made safe when it is drawn. */
void pane_say(struct pane *p, enum theme_role role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void pane_show(struct pane *p,
               const char *name);              /* goes into the pane of that name; Esc comes back */
void pane_wake(struct pane *p, int64_t delay); /* wants a frame in `delay` ns at the latest */

bool pane_object(struct pane *p, struct object_ref *out); /* ops->object; false when it has none */
struct list *pane_list_of(struct pane *p);                /* ops->list; NULL when it has none */
unsigned pane_flags(const struct pane *p);                /* those that hold now */

/* Sets a pattern from what was typed; an empty one clears it. False and *err for a bad regular
 * expression: the old one stays. */
bool pane_pattern_set(struct pane_pattern *p, const char *typed, bool may_invert, struct err *err);
void pane_pattern_clear(struct pane_pattern *p);
/* The same for the pane's filter, whose list follows: !PATTERN keeps what does not match. */
bool pane_filter(struct pane *p, const char *typed, struct err *err);

/* Marks a row that is drawn: the cursor's (the whole row when the pane has the focus) and the chosen
 * one (its first `width` columns). */
void pane_mark_row(const struct pane *p, const struct draw_area *line, bool cursor, bool chosen,
                   int width);

/* The words for an empty pane: a state that is not live in full, else `otherwise`. */
char *pane_empty_text(const struct pane *p, const struct upstream *u, const char *what,
                      const char *otherwise, char out[PANE_TEXT]);
/* Draws them over the body. */
void pane_draw_empty(const struct pane *p, const struct draw_area *body, const struct upstream *u,
                     const char *what, const char *otherwise);

#endif
