#include "ui/terminal/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SIDE_MAX = 1000 };

void cells_init(struct cells *c)
{
    *c = (struct cells){.cursor_x = -1, .cursor_y = -1};
}

void cells_free(struct cells *c)
{
    free(c->list);
    cells_init(c);
}

static int side(int n)
{
    return n < 1 ? 1 : n > SIDE_MAX ? SIDE_MAX : n;
}

void cells_resize(struct cells *c, int width, int height)
{
    width = side(width);
    height = side(height);
    if (width != c->width || height != c->height) {
        free(c->list);
        c->list = mem_array((size_t)width * (size_t)height, sizeof *c->list);
        c->width = width;
        c->height = height;
    }
    cells_clear(c);
}

static void blank(struct cells_cell *cell)
{
    *cell = (struct cells_cell){.text = " ", .n = 1, .width = 1};
}

void cells_clear(struct cells *c)
{
    for (size_t i = 0; i < (size_t)c->width * (size_t)c->height; i++)
        blank(&c->list[i]);
    c->cursor_x = c->cursor_y = -1;
}

struct cells_cell *cells_at(const struct cells *c, int x, int y)
{
    if (x < 0 || y < 0 || x >= c->width || y >= c->height)
        return NULL;
    return &c->list[(size_t)y * (size_t)c->width + (size_t)x];
}

/* A cell that is about to be written may be half of a wide character: the other half goes. */
static void split(struct cells *c, int x, int y)
{
    struct cells_cell *cell = cells_at(c, x, y), *left = cells_at(c, x - 1, y);
    struct cells_cell *right = cells_at(c, x + 1, y);
    if (cell->n == 0 && left && left->width == 2)
        blank(left);
    if (cell->width == 2 && right && right->n == 0)
        blank(right);
}

static size_t fitting(const char *text, size_t n)
{
    if (n <= CELLS_TEXT)
        return n;
    n = CELLS_TEXT;
    while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return n;
}

void cells_put(struct cells *c, int x, int y, const char *text, size_t n, int width,
               enum theme_role role)
{
    struct cells_cell *cell = cells_at(c, x, y), *right = NULL;
    if (!cell || width < 1 || !n)
        return;
    split(c, x, y);
    if (width > 1) {
        right = cells_at(c, x + 1, y);
        if (!right) {
            blank(cell);
            return;
        }
        split(c, x + 1, y);
        *right = (struct cells_cell){.width = 1, .role = (uint8_t)role};
    }
    n = fitting(text, n);
    memcpy(cell->text, text, n);
    cell->n = (uint8_t)n;
    cell->width = (uint8_t)(width > 1 ? 2 : 1);
    cell->role = (uint8_t)role;
    cell->over = ROLE_TEXT;
}

void cells_over(struct cells *c, int x, int y, int width, enum theme_role over)
{
    for (int i = 0; i < width; i++) {
        struct cells_cell *cell = cells_at(c, x + i, y);
        if (cell)
            cell->over = (uint8_t)over;
    }
}
