#include "ui/errors/group_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/number.h"
#include "triage/comparison.h"
#include "ui/errors/badge_look.h"
#include "ui/errors/trend_draw.h"

enum { TEXT_ROOM = 1 << 20, SAMPLE_MOST = 16 << 10, PLACES_MOST = 200, LABEL = 9, COUNT_WIDTH = 7 };

struct group_page_row {
    enum group_page_kind kind;
    bool can_go;
    enum theme_role role;
    size_t at; /* of the row's text; places: the name */
    uint64_t count;
};

void group_page_init(struct group_page *g)
{
    *g = (struct group_page){0};
    buf_init(&g->text, TEXT_ROOM);
}

void group_page_free(struct group_page *g)
{
    buf_free(&g->text);
    free(g->rows);
}

void group_page_show(struct group_page *g, uint64_t id)
{
    g->open = true;
    g->placed = false;
    g->id = id;
    g->top = 0;
}

/* ---- rows ---- */

static struct group_page_row *add(struct group_page *g, enum group_page_kind kind,
                                  enum theme_role role, struct str text)
{
    size_t at = g->text.n;
    if (!buf_add(&g->text, text.p, text.n) || !buf_addc(&g->text, '\0'))
        at = 0; /* the empty text */
    mem_grow(&g->rows, &g->cap, g->count + 1, sizeof *g->rows);
    g->rows[g->count] = (struct group_page_row){.kind = kind, .role = role, .at = at};
    return &g->rows[g->count++];
}

/* Foreign text, wrapped. Returns the index of its first row. */
static size_t add_wrapped(struct group_page *g, enum group_page_kind kind, enum theme_role role,
                          struct str text)
{
    struct buf safe;
    struct str line;
    size_t first = g->count;
    int width = g->width > 2 ? g->width - 2 : 1;
    text.n = text.n < SAMPLE_MOST ? text.n : SAMPLE_MOST;
    buf_init(&safe, TEXT_ROOM);
    while (str_cut(&text, '\n', &line)) {
        buf_clear(&safe);
        utf8_safe(&safe, line, UTF8_SAFE_DEFAULT);
        struct str rest = buf_str(&safe);
        do {
            size_t n = rest.n ? draw_wrap(rest, width) : 0;
            add(g, kind, role, str_trim((struct str){rest.p, n}));
            rest = (struct str){rest.p + n, rest.n - n};
        } while (rest.n);
    }
    buf_free(&safe);
    return first;
}

static int most_first(const void *a, const void *b)
{
    const struct tally *x = *(const struct tally *const *)a, *y = *(const struct tally *const *)b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void add_places(struct group_page *g, enum group_page_kind kind, const char *title,
                       const struct tallies *t)
{
    char text[64];
    if (!t->count)
        return;
    const struct tally **order = mem_array(t->count, sizeof *order);
    for (size_t i = 0; i < t->count; i++)
        order[i] = &t->list[i];
    qsort(order, t->count, sizeof *order, most_first);
    snprintf(text, sizeof text, "%s %zu", title, t->count);
    add(g, GROUP_PAGE_TITLE, ROLE_COLUMN, str_of(text));
    for (size_t i = 0; i < t->count && i < PLACES_MOST; i++) {
        struct group_page_row *row = add(g, kind, ROLE_SOURCE, str_of(order[i]->name));
        row->count = order[i]->count;
        row->can_go = true;
    }
    if (t->count > PLACES_MOST) {
        snprintf(text, sizeof text, "and %zu more", t->count - PLACES_MOST);
        add(g, GROUP_PAGE_TEXT, ROLE_DIM, str_of(text));
    }
    free(order);
}

static void add_head(struct group_page *g, const struct model *m, const struct group_rows_row *row)
{
    char text[PANE_TEXT], why[PANE_TEXT / 2], first[CLOCK_TEXT], last[CLOCK_TEXT], id[20];
    struct comparison c;
    struct badge_case how;
    snprintf(id, sizeof id, "%016" PRIx64, row->id);
    comparison_of(&c, row->window, m->windows.pasts, m->windows.catalogue);
    comparison_case(&c, id, row->group ? row->group->count : 0, &how);
    snprintf(text, sizeof text, "%s: %s", badge_look_words(row->badge),
             badge_reason(&how, why, sizeof why));
    add_wrapped(g, GROUP_PAGE_TEXT, badge_look_role(row->badge), str_of(text));
    if (row->group) {
        clock_format(row->group->first, false, "%H:%M:%S", first, sizeof first);
        clock_format(row->group->last, false, "%H:%M:%S", last, sizeof last);
        snprintf(text, sizeof text, "%s, %" PRIu64 " line%s, %s to %s  %s", level_name(row->level),
                 row->group->count, row->group->count == 1 ? "" : "s", first, last, id);
        add_wrapped(g, GROUP_PAGE_TEXT, ROLE_DIM, str_of(text));
    }
    add(g, GROUP_PAGE_TREND, ROLE_DIM, str_of("windows"));
    if (row->group)
        add(g, GROUP_PAGE_MINUTES, ROLE_DIM, str_of("minutes"));
}

static void add_sample(struct group_page *g, const struct group *group)
{
    char text[2 * PANE_TEXT], time[CLOCK_TEXT];
    const char *pod = group->sample_labels ? labels_value(group->sample_labels, "pod") : "";
    clock_format(group->sample_time, false, "%H:%M:%S", time, sizeof time);
    snprintf(text, sizeof text, "A line of it: %s %.900s", time, pod);
    add(g, GROUP_PAGE_TITLE, ROLE_COLUMN, str_of(text));
    size_t first = add_wrapped(g, GROUP_PAGE_SAMPLE, ROLE_TEXT,
                               (struct str){group->sample_text, group->sample_n});
    if (first < g->count)
        g->rows[first].can_go = true;
}

/* The cursor stands on a row that can be gone to: this one or the next, else the one before. */
static void settle(struct group_page *g)
{
    size_t down = g->cursor < g->count ? g->cursor : g->count ? g->count - 1 : 0, up = down;
    while (down < g->count && !g->rows[down].can_go)
        down++;
    while (up && !g->rows[up].can_go)
        up--;
    g->cursor = down < g->count ? down : up;
}

void group_page_build(struct group_page *g, const struct model *m, const struct group_rows_row *row,
                      int width)
{
    g->width = width;
    g->count = 0;
    buf_clear(&g->text);
    buf_addc(&g->text, '\0');
    if (!row) {
        add_wrapped(g, GROUP_PAGE_TEXT, ROLE_DIM,
                    str_of("This message is not in the window that is shown: [ and ] go to others, "
                           "Esc to its groups."));
        return;
    }
    add_wrapped(g, GROUP_PAGE_TEXT, ROLE_STRONG, str_of(row->text));
    add_head(g, m, row);
    if (row->group) {
        add_sample(g, row->group);
        add_places(g, GROUP_PAGE_WORKLOAD, "Workloads", &row->group->workloads);
        add_places(g, GROUP_PAGE_POD, "Pods", &row->group->pods);
        add_places(g, GROUP_PAGE_NODE, "Nodes", &row->group->nodes);
    }
    if (!g->placed)
        g->cursor = 0;
    settle(g);
}

/* ---- drawing ---- */

static void draw_numbers(const struct pane *p, const struct draw_area *line,
                         const struct group_page_row *r, const struct group_rows_row *row)
{
    int room = line->width - LABEL - 2;
    if (r->kind == GROUP_PAGE_TREND)
        trend_draw(line, LABEL + 1, room < COMPARISON_TREND * 2 ? room : COMPARISON_TREND * 2, row,
                   p->host->model->windows.pasts);
    else
        trend_draw_minutes(line, LABEL + 1, room < 20 ? room : 20, row->group);
}

static void draw_row(const struct group_page *g, const struct pane *p, const struct draw_area *line,
                     size_t i, const struct group_rows_row *row)
{
    const struct group_page_row *r = &g->rows[i];
    const char *text = g->text.p + r->at;
    char count[NUMBER_TEXT];
    bool place = r->kind >= GROUP_PAGE_WORKLOAD;
    int x = place ? COUNT_WIDTH + 2 : 1;
    if (place)
        draw_texts(line, 1, 0, COUNT_WIDTH, DRAW_RIGHT, ROLE_TEXT,
                   number_count((double)r->count, count));
    draw_texts(line, x, 0, line->width - x - 1, place ? DRAW_MIDDLE : DRAW_LEFT, r->role, text);
    if (row && (r->kind == GROUP_PAGE_TREND || r->kind == GROUP_PAGE_MINUTES))
        draw_numbers(p, line, r, row);
    pane_mark_row(p, line, r->can_go && i == g->cursor, false, 0);
}

/* The head stays in sight as long as the cursor does. */
static void scroll(struct group_page *g, size_t height)
{
    size_t most = g->count > height ? g->count - height : 0, last = g->cursor;
    while (last + 1 < g->count && !g->rows[last + 1].can_go && last + 1 - g->cursor < height / 2)
        last++;
    if (!g->placed)
        g->top = 0;
    if (g->cursor < g->top)
        g->top = g->cursor;
    if (g->placed && last >= g->top + height)
        g->top = last + 1 - height;
    if (g->cursor >= g->top + height)
        g->top = g->cursor + 1 - height;
    g->top = g->top < most ? g->top : most;
}

void group_page_draw(struct group_page *g, const struct pane *p, const struct draw_area *body,
                     const struct group_rows_row *row)
{
    size_t height = (size_t)body->height;
    if (body->width != g->width)
        group_page_build(g, p->host->model, row, body->width);
    scroll(g, height);
    for (size_t i = 0; i < height && g->top + i < g->count; i++) {
        struct draw_area line = draw_sub(body, 0, (int)i, body->width, 1);
        draw_row(g, p, &line, g->top + i, row);
    }
    if (g->top + height < g->count)
        draw_texts(body, body->width - 6, body->height - 1, 6, DRAW_RIGHT, ROLE_DIM, " more ");
}

/* ---- keys ---- */

static void step(struct group_page *g, bool down)
{
    size_t i = g->cursor;
    do {
        if (down ? i + 1 >= g->count : i == 0) {
            if (!down) /* nothing above to go to: the head */
                g->top = 0;
            return;
        }
        i = down ? i + 1 : i - 1;
    } while (!g->rows[i].can_go);
    g->cursor = i;
}

bool group_page_action(struct group_page *g, enum keys_action a, int height)
{
    int64_t rows = keys_rows(a, height);
    if (a == ACTION_BACK) {
        g->open = false;
        return true;
    }
    if (!rows)
        return false;
    g->placed = true;
    for (int64_t n = rows < 0 ? -rows : rows; n && n <= INT32_MAX && g->count; n--) {
        size_t before = g->cursor;
        step(g, rows > 0);
        if (g->cursor == before)
            break;
    }
    if (rows == KEYS_ALL || rows == -KEYS_ALL) {
        g->cursor = rows > 0 ? g->count : 0;
        g->top = 0;
        settle(g);
    }
    return true;
}

bool group_page_search(struct group_page *g, struct regex *r, bool forward)
{
    for (size_t n = 1; n <= g->count; n++) {
        size_t i = (g->cursor + (forward ? n : g->count - n)) % g->count;
        if (g->rows[i].can_go && regex_matches(r, str_of(g->text.p + g->rows[i].at))) {
            g->placed = true;
            g->cursor = i;
            return true;
        }
    }
    return false;
}

enum group_page_kind group_page_at(const struct group_page *g, const char **name)
{
    *name = "";
    if (g->cursor >= g->count || !g->rows[g->cursor].can_go)
        return GROUP_PAGE_TEXT;
    *name = g->text.p + g->rows[g->cursor].at;
    return g->rows[g->cursor].kind;
}
