#include "ui/draw.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "text/spark.h"

enum {
    SAFE_BYTES = 1 << 16, /* of one piece of text made safe */
    BYTES_A_COLUMN =
        16, /* more of a text than this is not looked at: combining marks are bounded */
};

static const char *const glyphs[GLYPH_COUNT][2] = {
#define GLYPH(id, utf8, ascii) {utf8, ascii},
#include "ui/glyphs.def"
#undef GLYPH
};

struct draw_area draw_sub(const struct draw_area *a, int x, int y, int width, int height)
{
    if (x > a->width)
        x = a->width;
    if (y > a->height)
        y = a->height;
    if (width > a->width - x)
        width = a->width - x;
    if (height > a->height - y)
        height = a->height - y;
    return (struct draw_area){a->cells, a->x + x, a->y + y, width < 0 ? 0 : width,
                              height < 0 ? 0 : height};
}

const char *draw_mark(const struct draw_area *a, enum draw_glyph g)
{
    return glyphs[g][a->cells->plain_glyphs];
}

static bool inside(const struct draw_area *a, int x, int y)
{
    return x >= 0 && y >= 0 && x < a->width && y < a->height;
}

void draw_glyph(const struct draw_area *a, int x, int y, enum theme_role role, enum draw_glyph g)
{
    const char *text = draw_mark(a, g);
    if (inside(a, x, y))
        cells_put(a->cells, a->x + x, a->y + y, text, strlen(text), 1, role);
}

void draw_fill(const struct draw_area *a, int x, int y, int width, enum theme_role role,
               enum draw_glyph g)
{
    for (int i = 0; i < width; i++)
        draw_glyph(a, x + i, y, role, g);
}

void draw_over(const struct draw_area *a, int x, int y, int width, enum theme_role over)
{
    if (!inside(a, x, y))
        return;
    if (width > a->width - x)
        width = a->width - x;
    cells_over(a->cells, a->x + x, a->y + y, width, over);
}

/* Puts safe text at x, at most `width` columns; returns the columns used. */
static int put(const struct draw_area *a, int x, int y, int width, enum theme_role role,
               struct str text)
{
    int used = 0;
    for (size_t i = 0; i < text.n;) {
        int columns = 0;
        size_t n = utf8_cluster(text.p + i, text.n - i, &columns);
        if (used + columns > width)
            break;
        if (columns > 0)
            cells_put(a->cells, a->x + x + used, a->y + y, text.p + i, n, columns, role);
        used += columns;
        i += n;
    }
    return used;
}

/* The end of the text that needs at most `width` columns. */
static struct str tail(struct str text, int width)
{
    int left = utf8_width(text);
    while (text.n && left > width) {
        int columns = 0;
        size_t n = utf8_cluster(text.p, text.n, &columns);
        text.p += n;
        text.n -= n;
        left -= columns;
    }
    return text;
}

static int put_middle(const struct draw_area *a, int x, int y, int width, enum theme_role role,
                      struct str text)
{
    int head = width / 2, used = put(a, x, y, head, role, text);
    draw_glyph(a, x + used, y, ROLE_DIM, GLYPH_ELLIPSIS);
    used++;
    return used + put(a, x + used, y, width - used, role, tail(text, width - used));
}

static struct str safe(const struct draw_area *a, struct buf *b, struct str text, int width)
{
    size_t most = (size_t)(width > 0 ? width : 1) * BYTES_A_COLUMN + BYTES_A_COLUMN;
    bool cut = text.n > most;
    while (cut && most && ((unsigned char)text.p[most] & 0xc0) == 0x80)
        most--;
    if (cut)
        text.n = most;
    utf8_safe(b, text, a->cells->ascii ? UTF8_SAFE_ASCII : UTF8_SAFE_DEFAULT);
    return buf_str(b);
}

int draw_text(const struct draw_area *a, int x, int y, int width, int flags, enum theme_role role,
              struct str text)
{
    if (width > a->width - x)
        width = a->width - x;
    if (!inside(a, x, y) || width <= 0 || !text.n)
        return 0;
    struct buf b;
    buf_init(&b, SAFE_BYTES);
    /* The middle can only be left out of a text that is known to its end; names are short. */
    struct str shown = safe(a, &b, text, flags & DRAW_MIDDLE ? SAFE_BYTES / 64 : width);
    int needed = utf8_width(shown), used;
    if (needed <= width) {
        used = put(a, x + (flags & DRAW_RIGHT ? width - needed : 0), y, width, role, shown);
    } else if (flags & DRAW_HARD) {
        used = put(a, x, y, width, role, shown);
    } else if (flags & DRAW_MIDDLE && width > 4) {
        used = put_middle(a, x, y, width, role, shown);
    } else {
        used = put(a, x, y, width - 1, role, shown);
        draw_glyph(a, x + used, y, ROLE_DIM, GLYPH_ELLIPSIS);
        used++;
    }
    buf_free(&b);
    return used;
}

int draw_texts(const struct draw_area *a, int x, int y, int width, int flags, enum theme_role role,
               const char *text)
{
    return draw_text(a, x, y, width, flags, role, str_of(text));
}

int draw_printf(const struct draw_area *a, int x, int y, int width, enum theme_role role,
                const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return draw_texts(a, x, y, width, DRAW_LEFT, role, text);
}

int draw_width(const struct draw_area *a, const char *text)
{
    struct buf b;
    buf_init(&b, SAFE_BYTES);
    int width = utf8_width(safe(a, &b, str_of(text), a->cells->width));
    buf_free(&b);
    return width;
}

void draw_bar(const struct draw_area *a, int x, int y, int width, enum theme_role role,
              double fraction)
{
    if (!(fraction > 0) || width <= 0)
        return;
    int full = (int)lround((fraction > 1 ? 1 : fraction) * width);
    draw_fill(a, x, y, full, role, GLYPH_BAR);
    if (!full)
        draw_glyph(a, x, y, role, GLYPH_BAR_LITTLE); /* what is there is seen */
}

void draw_levels(const struct draw_area *a, int x, int y, enum theme_role role,
                 const double *values, int count)
{
    for (int i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        const char *block = spark_block(spark_level(values[i], 0, 1), a->cells->plain_glyphs);
        if (inside(a, x + i, y))
            cells_put(a->cells, a->x + x + i, a->y + y, block, strlen(block), 1, role);
    }
}

size_t draw_wrap(struct str text, int width)
{
    int used = 0;
    size_t fits = utf8_fit(text, width, &used);
    if (fits >= text.n)
        return text.n;
    if (!fits) {
        int columns;
        return utf8_cluster(text.p, text.n, &columns);
    }
    if (text.p[fits] == ' ')
        return fits + 1;
    for (size_t i = fits; i > fits - fits / 2; i--)
        if (text.p[i - 1] == ' ')
            return i;
    return fits;
}

void draw_message(const struct draw_area *a, enum theme_role role, const char *text)
{
    int width = a->width - 4 > 72 ? 72 : a->width - 4, rows = 0;
    if (width < 4 || a->height < 1)
        return;
    struct buf b;
    buf_init(&b, SAFE_BYTES);
    utf8_safe(&b, str_of(text), a->cells->ascii ? UTF8_SAFE_ASCII : UTF8_SAFE_DEFAULT);
    struct str all = buf_str(&b), rest = all;
    int widest = 0;
    for (; rest.n; rows++) {
        size_t n = draw_wrap(rest, width);
        int columns = utf8_width(str_trim((struct str){rest.p, n}));
        widest = columns > widest ? columns : widest;
        rest.p += n;
        rest.n -= n;
    }
    int y = a->height > rows ? (a->height - rows) / 2 : 0;
    for (rest = all; rest.n; y++) {
        size_t n = draw_wrap(rest, width);
        draw_text(a, (a->width - widest) / 2, y, widest, DRAW_HARD, role,
                  str_trim((struct str){rest.p, n}));
        rest.p += n;
        rest.n -= n;
    }
    buf_free(&b);
}
