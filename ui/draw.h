/* Drawing into a rectangle of cells. Text of any origin may be given: it passes utf8_safe here. */
#ifndef UI_DRAW_H
#define UI_DRAW_H

#include <stddef.h>

#include "base/str.h"
#include "ui/terminal/cells.h"

enum draw_glyph {
#define GLYPH(id, utf8, ascii) GLYPH_##id,
#include "ui/glyphs.def"
#undef GLYPH
    GLYPH_COUNT
};

/* A rectangle; nothing is drawn outside it. Coordinates below are relative to it. */
struct draw_area {
    struct cells *cells;
    int x, y, width, height;
};

enum draw_flags {
    DRAW_LEFT = 0,
    DRAW_RIGHT = 1,  /* to the right end of its width */
    DRAW_MIDDLE = 2, /* what does not fit is left out in the middle */
    DRAW_HARD = 4,   /* cut without a mark */
};

struct draw_area draw_sub(const struct draw_area *a, int x, int y, int width, int height);

/* Draws as much of one line as fits `width` columns (a mark where it was cut). Returns the columns
 * used. */
int draw_text(const struct draw_area *a, int x, int y, int width, int flags, enum theme_role role,
              struct str text);
int draw_texts(const struct draw_area *a, int x, int y, int width, int flags, enum theme_role role,
               const char *text);
int draw_printf(const struct draw_area *a, int x, int y, int width, enum theme_role role,
                const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* Columns that the text needs here, made safe. */
int draw_width(const struct draw_area *a, const char *text);

void draw_glyph(const struct draw_area *a, int x, int y, enum theme_role role, enum draw_glyph g);
void draw_fill(const struct draw_area *a, int x, int y, int width, enum theme_role role,
               enum draw_glyph g);
void draw_over(const struct draw_area *a, int x, int y, int width, enum theme_role over);
/* The text of a glyph where these cells are shown: for texts made of marks and words. */
const char *draw_mark(const struct draw_area *a, enum draw_glyph g);

/* A bar of `fraction` (0 … 1) of `width` columns; a little one where it is less than a column. */
void draw_bar(const struct draw_area *a, int x, int y, int width, enum theme_role role,
              double fraction);
/* A row of vertical eighths: values 0 … 1, NaN a gap; count columns. */
void draw_levels(const struct draw_area *a, int x, int y, enum theme_role role,
                 const double *values, int count);

/* A paragraph, wrapped at words, in the middle of the area: why a pane is empty. */
void draw_message(const struct draw_area *a, enum theme_role role, const char *text);

/* Bytes of `text` (safe, one line) that make the next row of `width` columns when it is wrapped:
 * at a blank where there is one in the last third. At least one cluster. */
size_t draw_wrap(struct str text, int width);

#endif
