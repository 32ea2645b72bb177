#include "ui/layout.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "ui/pane.h"

enum { ROWS = 6, ROW_LEAST = 4, COLUMN_LEAST = 12 };

struct layout_row {
    const char *name;
    int width, height;
    const char *text;
};

static const struct layout_row layouts[] = {
#define LAYOUT(name, width, height, text) {name, width, height, text},
#include "ui/layouts.def"
#undef LAYOUT
};

static bool wrong(struct err *err, struct str piece)
{
    return err_set(err, ERR_CONFIG, "ui.layout",
                   "choose triage, logs, errors or resources, or write rows as \"40 nodes:40 "
                   "pods:60 / 60 logs\"",
                   "\"%.*s\" is wrong here", (int)piece.n, piece.p);
}

static bool read_share(struct str text, int *share)
{
    int64_t n;
    if (!str_to_int(text, &n) || n < 1 || n > 1000)
        return false;
    *share = (int)n;
    return true;
}

static bool read_panes(const struct layout *l, struct str names, struct layout_place *place)
{
    struct str name;
    while (str_cut(&names, '|', &name)) {
        size_t i = 0;
        while (i < pane_count && !str_is(name, pane_table[i]->name))
            i++;
        if (i == pane_count || place->count == LAYOUT_SHARED ||
            pane_table[i]->flags & PANE_OVERLAY || layout_find(l, i))
            return false;
        place->panes[place->count++] = i;
    }
    return place->count > 0;
}

/* One row: "40 nodes:40 pods:60". Shares of the width are left in the places' width. */
static bool read_row(struct layout *l, struct str row, int *share, struct err *err)
{
    struct str word, names;
    bool first = true;
    while (str_cut(&row, ' ', &word)) {
        if (!word.n)
            continue;
        if (first) {
            if (!read_share(word, share))
                return wrong(err, word);
            first = false;
            continue;
        }
        if (l->count == LAYOUT_PLACES)
            return wrong(err, word);
        struct layout_place *place = &l->places[l->count++];
        *place = (struct layout_place){.width = 100};
        struct str rest = word;
        str_cut(&rest, ':', &names);
        if (!read_panes(l, names, place) || (rest.n && !read_share(rest, &place->width)))
            return wrong(err, word);
    }
    return true;
}

/* Gives each of the places [from, to) its part of the width; the last takes what is left. */
static void spread(struct layout *l, size_t from, size_t to, int y, int width, int height)
{
    int shares = 0, x = 0, left = width - (int)(to - from - 1);
    for (size_t i = from; i < to; i++)
        shares += l->places[i].width;
    int all = left;
    for (size_t i = from; i < to; i++) {
        struct layout_place *p = &l->places[i];
        int part = i + 1 == to ? left : all * p->width / shares;
        part = part < COLUMN_LEAST && left >= COLUMN_LEAST ? COLUMN_LEAST : part;
        p->x = x;
        p->y = y;
        p->width = part;
        p->height = height;
        x += part + 1;
        left -= part;
    }
}

static const char *text_of(const char *name, int width, int height)
{
    const char *text = NULL;
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (strcmp(layouts[i].name, name) == 0 && width >= layouts[i].width &&
            height >= layouts[i].height)
            text = layouts[i].text;
    return text ? text : strchr(name, ' ') ? name : NULL;
}

/* Rows that the places [from, to) have a use for; 0: any number. */
static int use_of(const struct layout *l, size_t from, size_t to, const int *most)
{
    int use = 0;
    for (size_t i = from; i < to; i++) {
        const struct layout_place *p = &l->places[i];
        for (size_t k = 0; k < p->count; k++) {
            if (!most || !most[p->panes[k]])
                return 0;
            use = most[p->panes[k]] > use ? most[p->panes[k]] : use;
        }
    }
    return use;
}

/* Shares the height out: a row of panes gets no more than it has a use for. */
static void share_out(struct layout *l, const size_t *starts, const int *shares, size_t rows,
                      int width, int height, const int *most)
{
    int parts[ROWS], all = 0, left = height, y = 0;
    size_t last = rows - 1;
    for (size_t i = 0; i < rows; i++)
        all += shares[i];
    int whole = all;
    for (size_t i = 0; i < rows; i++) {
        int use = i + 1 < rows ? use_of(l, starts[i], starts[i + 1], most) : 0;
        int part = (height * shares[i] + whole / 2) / whole;
        part = part < ROW_LEAST ? ROW_LEAST : part;
        parts[i] = use && use < part ? use : 0;
        left -= parts[i];
        all -= parts[i] ? shares[i] : 0;
    }
    int room = left;
    for (size_t i = 0; i < rows; i++) {
        bool fixed = parts[i] != 0;
        if (!fixed)
            parts[i] = i == last ? left : (room * shares[i] + all / 2) / all;
        if (!fixed && parts[i] < ROW_LEAST)
            parts[i] = ROW_LEAST;
        left -= fixed ? 0 : parts[i];
        spread(l, starts[i], starts[i + 1], y, width, parts[i]);
        y += parts[i];
    }
}

bool layout_make(struct layout *l, const char *name, int width, int height, const int *most,
                 struct err *err)
{
    const char *text = text_of(name, width, height);
    struct str rest = str_of(text), row;
    size_t starts[ROWS + 1] = {0}, rows = 0;
    int shares[ROWS] = {0};
    l->count = 0;
    if (!text)
        return wrong(err, str_of(name));
    while (str_cut(&rest, '/', &row)) {
        if (rows == ROWS || !read_row(l, row, &shares[rows], err) || l->count == starts[rows])
            return rows == ROWS || l->count == starts[rows] ? wrong(err, row) : false;
        starts[++rows] = l->count;
    }
    share_out(l, starts, shares, rows, width, height, most);
    return true;
}

const struct layout_place *layout_find(const struct layout *l, size_t pane)
{
    for (size_t i = 0; i < l->count; i++)
        for (size_t k = 0; k < l->places[i].count; k++)
            if (l->places[i].panes[k] == pane)
                return &l->places[i];
    return NULL;
}

const char *layout_list(size_t i)
{
    for (size_t row = 0; row < sizeof layouts / sizeof *layouts; row++)
        if (!layouts[row].width && i-- == 0)
            return layouts[row].name;
    return NULL;
}
