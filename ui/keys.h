/*
 * The one table of keys. keys.def holds every action: its name (for ui.keys), its keys as a user
 * writes them ("C-r", "S-Tab", "PgUp", "g"), where it applies, its help and the short word of the
 * footer. Help screen, footer, man page and overrides all read it.
 */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A key: a code point (control letters 1–26, Enter 13, Tab 9, Esc 27, Backspace 127), or one of
 * these. */
enum keys_special {
    KEYS_NONE = 0,
    KEYS_TAB = 9,
    KEYS_ENTER = 13,
    KEYS_ESC = 27,
    KEYS_BACKSPACE = 127,
    KEYS_UP = 0x110000,
    KEYS_DOWN,
    KEYS_LEFT,
    KEYS_RIGHT,
    KEYS_PGUP,
    KEYS_PGDN,
    KEYS_HOME,
    KEYS_END,
    KEYS_BACKTAB,
    KEYS_DELETE,
    KEYS_INSERT,
    KEYS_F1, /* F1 … F12 follow one another */
    KEYS_F12 = KEYS_F1 + 11,
};

enum keys_action {
    ACTION_NONE,
#define KEY(id, name, keys, where, help, hint) ACTION_##id,
#include "ui/keys.def"
#undef KEY
    ACTION_COUNT
};

struct keys_row {
    const char *name, *keys; /* keys as keys.def has them, blanks between */
    unsigned where;          /* 0: everywhere; else pane flags, any of which makes it apply */
    const char *help, *hint; /* hint "": never in the footer */
};
extern const struct keys_row keys_table[ACTION_COUNT]; /* [ACTION_NONE] is empty */

/* An override of ui.keys: an action's name and its new keys, blanks between ("" unbinds). */
struct keys_override {
    const char *action, *keys;
};

struct keys; /* the bindings in force */

/* NULL and *err (ERR_CONFIG) for an unknown action or key, or a key that two actions of one place
 * would share. */
struct keys *keys_new(const struct keys_override *overrides, size_t count, struct err *err);
void keys_free(struct keys *k); /* NULL is allowed */

/* What the key does in a pane with those flags, or ACTION_NONE. */
enum keys_action keys_action(const struct keys *k, uint32_t key, unsigned pane_flags);
/* The i-th key of an action, or KEYS_NONE. */
uint32_t keys_of(const struct keys *k, enum keys_action action, size_t i);

/* Rows that a moving action moves by where `height` rows are seen (KEYS_ALL: to the end); 0: it does
 * not move. */
enum { KEYS_ALL = INT32_MAX };
int64_t keys_rows(enum keys_action action, int height);

/* "C-r", "PgUp", "g" to a key, KEYS_NONE when it is none. */
uint32_t keys_parse(const char *name);
/* As a person reads it in help and footer: "Ctrl-R", "Shift-Tab". Returns out. */
enum { KEYS_NAME = 12 }; /* bytes, with the NUL */
char *keys_label(uint32_t key, char out[KEYS_NAME]);

#endif
