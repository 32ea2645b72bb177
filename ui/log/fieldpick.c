#include "ui/log/fieldpick.h"

#include <stdio.h>
#include <string.h>

enum { LINES = 400, OWN_ROWS = 2, HEAD = 1, NAME_COLUMN = 6, NAME_WIDTH = 24 };

static void take(void *context, struct str name, struct str value)
{
    struct fieldpick *k = context;
    size_t i = 0;
    while (i < k->count && !str_is(name, k->list[i].name))
        i++;
    if (i == FIELDPICK_MOST || !name.n || name.n >= FIELDPICK_NAME)
        return;
    if (i == k->count) {
        k->count++;
        k->list[i].lines = 0;
        snprintf(k->list[i].name, FIELDPICK_NAME, "%.*s", (int)name.n, name.p);
        int n = value.n < FIELDPICK_SAMPLE ? (int)value.n : FIELDPICK_SAMPLE - 1;
        snprintf(k->list[i].sample, FIELDPICK_SAMPLE, "%.*s", n, value.p);
    }
    k->list[i].lines++;
}

void fieldpick_open(struct fieldpick *k, struct fields *f, struct logview *v)
{
    *k = (struct fieldpick){.open = true};
    size_t count = lines_count(v->lines), from = v->cursor > LINES / 2 ? v->cursor - LINES / 2 : 0;
    for (size_t i = from; i < count && i < from + LINES; i++) {
        struct line line = lines_at(v->lines, i);
        if (line.kind != LINE_LOG)
            continue;
        k->looked++;
        fields_each(f, line.text, take, k);
    }
}

static void turn(struct fieldpick *k, struct fields *f, bool *raw)
{
    if (k->cursor == 0) {
        *raw = !*raw;
        return;
    }
    *raw = false;
    if (k->cursor == 1)
        fields_start(f, !fields_is_all(f));
    else
        fields_turn(f, k->list[k->cursor - OWN_ROWS].name);
}

bool fieldpick_action(struct fieldpick *k, struct fields *f, bool *raw, enum keys_action a,
                      int height)
{
    int64_t rows = keys_rows(a, height), all = (int64_t)k->count + OWN_ROWS;
    if (rows) {
        int64_t at = (int64_t)k->cursor + rows;
        k->cursor = (size_t)(at < 0 ? 0 : at >= all ? all - 1 : at);
    } else if (a == ACTION_MARK) {
        turn(k, f, raw);
    } else if (a == ACTION_ENTER || a == ACTION_BACK || a == ACTION_FIELDS) {
        k->open = false;
    } else {
        return false;
    }
    return true;
}

static void draw_row(const struct draw_area *row, bool cursor, bool on, const char *name,
                     const char *more)
{
    draw_texts(row, 2, 0, 3, DRAW_HARD, ROLE_KEY, on ? "[x]" : "[ ]");
    draw_texts(row, NAME_COLUMN, 0, NAME_WIDTH, DRAW_LEFT, ROLE_STRONG, name);
    int x = NAME_COLUMN + NAME_WIDTH + 1;
    draw_texts(row, x, 0, row->width - x - 1, DRAW_LEFT, ROLE_DIM, more);
    if (cursor) {
        draw_glyph(row, 0, 0, ROLE_TEXT, GLYPH_CURSOR);
        draw_over(row, 0, 0, row->width, ROLE_CURSOR);
    }
}

static void draw_member(const struct fieldpick *k, const struct fields *f, size_t i, bool raw,
                        const struct draw_area *row, bool cursor)
{
    char more[FIELDPICK_SAMPLE + 40];
    snprintf(more, sizeof more, "%3u %%  %s", k->looked ? k->list[i].lines * 100 / k->looked : 0,
             k->list[i].sample);
    draw_row(row, cursor, !raw && fields_is_shown(f, str_of(k->list[i].name)), k->list[i].name,
             more);
}

void fieldpick_draw(struct fieldpick *k, const struct fields *f, bool raw,
                    const struct draw_area *body)
{
    size_t rows = body->height > HEAD ? (size_t)(body->height - HEAD) : 1;
    if (k->cursor < k->top)
        k->top = k->cursor;
    if (k->cursor >= k->top + rows)
        k->top = k->cursor - rows + 1;
    draw_texts(body, 1, 0, body->width - 2, DRAW_LEFT, ROLE_MESSAGE,
               k->count ? "Fields of JSON and logfmt lines: Space turns one, Enter goes back."
                        : "No line about the cursor is JSON or logfmt. Enter goes back.");
    for (size_t n = 0; n < rows && k->top + n < k->count + OWN_ROWS; n++) {
        size_t i = k->top + n;
        struct draw_area row = draw_sub(body, 0, HEAD + (int)n, body->width, 1);
        if (i == 0)
            draw_row(&row, i == k->cursor, raw, "as they came", "lines are not changed at all");
        else if (i == 1)
            draw_row(&row, i == k->cursor, !raw && fields_is_all(f), "all fields",
                     "behind the message; off: none but those turned on below");
        else
            draw_member(k, f, i - OWN_ROWS, raw, &row, i == k->cursor);
    }
}
