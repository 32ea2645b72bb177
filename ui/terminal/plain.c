#include "ui/terminal/plain.h"

#include <stdbool.h>

static const char letters[] = ".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "!#$%&*+=?@^~;:<>";
_Static_assert(sizeof letters > ROLE_COUNT_, "a letter for each role");

static bool is_blank(const struct cells_cell *cell)
{
    return cell->n == 1 && cell->text[0] == ' ';
}

static void show(void *to, const struct cells *cells, const struct theme *theme)
{
    (void)theme;
    struct buf *out = to;
    for (int y = 0; y < cells->height; y++) {
        int end = cells->width;
        while (end > 0 && is_blank(cells_at(cells, end - 1, y)))
            end--;
        for (int x = 0; x < end; x++) {
            const struct cells_cell *cell = cells_at(cells, x, y);
            buf_add(out, cell->text, cell->n);
        }
        buf_addc(out, '\n');
    }
}

static void show_roles(void *to, const struct cells *cells, const struct theme *theme)
{
    (void)theme;
    struct buf *out = to;
    bool used[ROLE_COUNT_] = {false};
    for (int y = 0; y < cells->height; y++) {
        for (int x = 0; x < cells->width; x++) {
            const struct cells_cell *cell = cells_at(cells, x, y);
            uint8_t role = cell->over ? cell->over : is_blank(cell) ? ROLE_TEXT : cell->role;
            used[role] = true;
            buf_addc(out, letters[role]);
        }
        buf_addc(out, '\n');
    }
    for (int role = 0; role < ROLE_COUNT_; role++)
        if (used[role])
            buf_printf(out, "%c %s\n", letters[role], theme_role_name((enum theme_role)role));
}

const struct screen plain_screen = {"plain", show};
const struct screen plain_roles = {"roles", show_roles};
