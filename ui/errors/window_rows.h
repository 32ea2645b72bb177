/*
 * The error windows of the shown day as rows: what the index of each rule has, the open windows, and
 * a row for each that should be there and is not.
 */
#ifndef UI_WINDOW_ROWS_H
#define UI_WINDOW_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "ui/table/order.h"

enum window_rows_kind {
    WINDOW_ROWS_STORED,
    WINDOW_ROWS_OPEN,
    WINDOW_ROWS_DUE,     /* closed less than a window ago, not stored yet */
    WINDOW_ROWS_MISSING, /* not stored, and late */
};

struct window_rows_row {
    enum window_rows_kind kind;
    size_t rule; /* index into model->windows.rules */
    struct window_entry entry;
    uint64_t lines; /* of the scope's namespace, else all */
    bool is_told;   /* the index tells how many these are */
};

enum { WINDOW_ROWS_BY_TIME = -1, WINDOW_ROWS_BY_LINES, WINDOW_ROWS_BY_RULE, WINDOW_ROWS_SORTS };
enum { WINDOW_ROWS_A_DAY = 1440 };

/* All zero is an empty one. */
struct window_rows {
    struct window_rows_row *list; /* in no order */
    size_t count, cap;
    uint64_t hash;          /* of all rows: another one when any of them changed */
    uint64_t most;          /* lines of the fullest */
    int64_t day;            /* 00:00 UTC: the scope's */
    const char *namespace_; /* the model's, as the names of the rules */
    char *const *rules;
};

void window_rows_free(struct window_rows *w);
void window_rows_build(struct window_rows *w, const struct model *m, int64_t now);

/* For a list over a struct window_rows: the newest first, sorted by WINDOW_ROWS_BY_…. */
extern const struct order_source window_rows_source;

#endif
