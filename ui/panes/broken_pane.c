/* What is broken in the cluster, ranked, a row for all that one workload has of it. Rows keep their
 * places while things flap: ui/table/list.h orders by the places that model/broken_rows.h gives. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "text/ages.h"
#include "text/number.h"
#include "ui/moves.h"
#include "ui/page/page_stack.h"
#include "ui/pane.h"
#include "ui/table/resource_table.h"
#include "ui/table/row_pane.h"

enum { FEW = 3, MANY = 1000, MARKS = 3, COUNT_WIDTH = 6, NEWS_WIDTH = 5, KIND_WIDTH = 12 };
enum { KIND_FROM = 140, WIDE_FROM = 100 };

struct state {
    struct row_pane shown;
    const struct model *model;
};

static const struct broken_rows_row *row_at(void *self, size_t i)
{
    return broken_rows_at(((struct state *)self)->model->broken.rows, i);
}

static size_t source_count(void *self)
{
    return broken_rows_count(((struct state *)self)->model->broken.rows);
}

static uint64_t source_id(void *self, size_t i)
{
    return row_at(self, i)->id;
}

static uint64_t source_stamp(void *self, size_t i)
{
    const struct broken_rows_row *r = row_at(self, i);
    uint64_t texts = hash_mix((uint64_t)(uintptr_t)r->what) ^
                     hash_mix((uint64_t)(uintptr_t)r->words + 1) ^ hash_mix(r->count << 8);
    return r->id ^ texts ^ hash_mix((uint64_t)r->place << 16 | (uint64_t)r->size << 8 | r->mark);
}

static int source_compare(void *self, size_t a, size_t b)
{
    const struct broken_rows_row *x = row_at(self, a), *y = row_at(self, b);
    int order = str_compare_natural(x->namespace_, y->namespace_);
    if (!order)
        order = str_compare_natural(x->name, y->name);
    if (!order)
        order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->kind, y->kind);
}

static uint64_t source_key(void *self, size_t i, int column)
{
    const struct broken_rows_row *r = row_at(self, i);
    (void)column;
    return (uint64_t)r->place << 8 | (uint64_t)(255 - r->size);
}

static bool source_admits(void *self, size_t i)
{
    const struct broken_rows_row *r = row_at(self, i);
    const char *ns = ((struct state *)self)->model->scope.namespace_;
    return !ns[0] || !r->namespace_[0] || strcmp(r->namespace_, ns) == 0;
}

static void source_text(void *self, size_t i, struct buf *out)
{
    const struct broken_rows_row *r = row_at(self, i);
    buf_printf(out, "%s %s %s/%s %s %s", r->what, r->kind, r->namespace_, r->name, r->reason,
               r->words);
}

static const struct order_source source = {
    .count = source_count,
    .id = source_id,
    .stamp = source_stamp,
    .compare = source_compare,
    .admits = source_admits,
    .key = source_key,
    .text = source_text,
};

static void pane_open(struct pane *p)
{
    struct state *s = p->state;
    s->model = p->host->model;
    row_pane_open(&s->shown, &source, s, 0, 1);
}

static bool pane_sync(struct pane *p)
{
    struct state *s = p->state;
    const char *ns = s->model->scope.namespace_;
    int64_t delay;
    list_sync(s->shown.list, broken_rows_changes(s->model->broken.rows), hash_bytes(ns, strlen(ns)),
              p->host->tick, true, &delay);
    return true;
}

static const struct broken_rows_row *cursor_row(struct state *s)
{
    size_t i = row_pane_cursor(&s->shown);
    return i == SIZE_MAX ? NULL : row_at(s, i);
}

/* In steps, so that what stands below does not move for every row. */
static int rows(struct pane *p)
{
    struct state *s = p->state;
    int n = 0;
    for (size_t i = 0; i < source_count(s) && n <= FEW; i++)
        n += source_admits(s, i);
    return n > FEW ? MANY : n ? FEW : 0;
}

/* ---- drawing ---- */

static const char *news_of(const struct broken_rows_row *r)
{
    static const char *const words[] = {
        [BROKEN_ROWS_SAME] = "",       [BROKEN_ROWS_NEW] = "new",    [BROKEN_ROWS_MORE] = "more",
        [BROKEN_ROWS_FEWER] = "fewer", [BROKEN_ROWS_OTHER] = "else", [BROKEN_ROWS_WELL] = "well"};
    return words[r->mark];
}

static int draw_name(const struct draw_area *line, int x, int width, enum theme_role role,
                     const struct broken_rows_row *r)
{
    char text[2 * SCOPE_NAME];
    bool node = strcmp(r->kind, "Node") == 0;
    if (!node)
        snprintf(text, sizeof text, "%s%s%s", r->namespace_, r->namespace_[0] ? "/" : "", r->name);
    draw_texts(line, x, 0, width, DRAW_MIDDLE, role,
               node ? resource_table_host(r->name, width, text, sizeof text) : text);
    return x + width + 1;
}

/* In a narrow row without the reason in front: the row has said already what it is. */
static const char *words_of(const struct pane *p, const struct broken_rows_row *r, bool wide,
                            char out[PANE_TEXT])
{
    size_t n = strlen(r->reason);
    bool said = !wide && n && strncmp(r->words, r->reason, n) == 0 && r->words[n] == ':';
    return ages_text(said ? r->words + n + 1 + strspn(r->words + n + 1, " ") : r->words,
                     p->host->now, out, PANE_TEXT);
}

static void draw_row(const struct pane *p, const struct draw_area *line, size_t row, bool cursor)
{
    const struct broken_rows_row *r = row_at(p->state, row);
    enum health health = r->gone ? HEALTH_DONE : r->health;
    enum theme_role role = resource_table_role(health);
    bool wide = line->width >= WIDE_FROM;
    char count[NUMBER_TEXT] = "", words[PANE_TEXT];
    int x = MARKS, what = wide ? 20 : 14, name = wide ? line->width / 4 : 24;
    if (r->count > 1)
        snprintf(count, sizeof count, "%s%zu", p->host->ascii ? "x" : "×", r->count);
    draw_glyph(line, 1, 0, role, resource_table_mark(health));
    draw_texts(line, x, 0, what, DRAW_LEFT, role, r->what);
    x = draw_name(line, x + what + 1, name, r->gone ? ROLE_DIM : ROLE_TEXT, r);
    if (line->width >= KIND_FROM) {
        draw_texts(line, x, 0, KIND_WIDTH, DRAW_LEFT, ROLE_DIM, r->kind);
        x += KIND_WIDTH + 1;
    }
    draw_texts(line, x, 0, COUNT_WIDTH - 1, DRAW_LEFT, ROLE_COUNT, count);
    x += COUNT_WIDTH;
    draw_texts(line, x, 0, NEWS_WIDTH, DRAW_LEFT,
               r->mark == BROKEN_ROWS_WELL ? ROLE_DONE : ROLE_NOTICE, news_of(r));
    x += NEWS_WIDTH + 1;
    draw_texts(line, x, 0, line->width - x, DRAW_LEFT, r->gone ? ROLE_DIM : ROLE_TEXT,
               words_of(p, r, wide, words));
    pane_mark_row(p, line, cursor, false, 0);
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct state *s = p->state;
    p->first_row = 0;
    if (body->height <= 0)
        return;
    if (!list_count(s->shown.list)) {
        const struct model_broken *m = &s->model->broken;
        pane_draw_empty(p, body, &m->upstream, "objects",
                        m->looking ? "Looking for what is broken."
                                   : "Nothing is broken, as far as it can be seen.");
        return;
    }
    row_pane_draw(&s->shown, p, body, 0, draw_row);
}

/* ---- what keys do ---- */

/* The member that the words are of: to know why, one looks there first. */
static bool object(struct pane *p, struct object_ref *out)
{
    const struct broken_rows_row *r = cursor_row(p->state);
    char kind[OBJECT_REF_KIND];
    if (!r)
        return false;
    str_copy(kind, sizeof kind, r->member_kind);
    for (char *c = kind; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    return object_ref_set(out, kind, r->namespace_, r->member, "");
}

/* Logs and charts follow the cursor where it is on a pod's trouble. */
static void moved(struct pane *p)
{
    const struct broken_rows_row *r = cursor_row(p->state);
    if (r && strcmp(r->member_kind, "Pod") == 0)
        moves_pod(p->host->moves, r->namespace_, r->member, true);
}

static bool action(struct pane *p, enum keys_action a)
{
    const struct broken_rows_row *r = cursor_row(p->state);
    if (a != ACTION_ENTER || !r)
        return false;
    if (strcmp(r->member_kind, "Pod") == 0)
        moves_pod(p->host->moves, r->namespace_, r->member, false);
    else if (strcmp(r->member_kind, "Node") == 0)
        moves_node(p->host->moves, r->member);
    struct object_ref o;
    if (object(p, &o))
        page_stack_open(p->host->pages, &o, PAGE_WISH_DESCRIBE);
    pane_show(p, "page");
    return true;
}

static bool copy(struct pane *p, struct buf *out)
{
    const struct broken_rows_row *r = cursor_row(p->state);
    return r && buf_printf(out, "%s %s%s%s: %s: %s", r->kind, r->namespace_,
                           r->namespace_[0] ? "/" : "", r->name, r->what, r->words);
}

/* ---- what the title and the footer say ---- */

static void counts(struct pane *p, char out[PANE_TEXT])
{
    struct state *s = p->state;
    size_t n = list_count(s->shown.list), well = 0;
    for (size_t i = 0; i < n; i++)
        well += row_at(s, list_row(s->shown.list, i))->gone != 0;
    out[0] = '\0';
    if (n > well)
        snprintf(out, PANE_TEXT, "%zu", n - well);
}

__attribute__((format(printf, 3, 4))) static size_t add(char out[PANE_TEXT], size_t n,
                                                        const char *fmt, ...)
{
    va_list args;
    if (n && n + 2 < PANE_TEXT)
        n += (size_t)snprintf(out + n, PANE_TEXT - n, "  ");
    va_start(args, fmt);
    int more = vsnprintf(out + n, PANE_TEXT - n, fmt, args);
    va_end(args);
    n += more > 0 ? (size_t)more : 0;
    return n < PANE_TEXT ? n : PANE_TEXT - 1;
}

static void note(struct pane *p, char out[PANE_TEXT])
{
    struct state *s = p->state;
    const struct model_broken *m = &s->model->broken;
    size_t n = 0, dropped = broken_rows_dropped(m->rows);
    bool known = m->upstream.state == UPSTREAM_LIVE || m->upstream.state == UPSTREAM_STALE;
    out[0] = '\0';
    if (m->looking)
        n = add(out, n, "still looking");
    else if (known && !rows(p))
        n = add(out, n, "nothing is broken");
    if (dropped)
        n = add(out, n, "%zu more are left out", dropped);
    if (m->unseen[0])
        add(out, n, "not seen: %s", m->unseen);
}

static const struct upstream *upstream(struct pane *p)
{
    return &p->host->model->broken.upstream;
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    const struct broken_rows_row *r = cursor_row(p->state);
    char words[PANE_TEXT];
    out[0] = '\0';
    if (r)
        snprintf(out, PANE_TEXT, "%s %s: %s", r->member_kind, r->member,
                 words_of(p, r, true, words));
}

const struct pane_ops broken_pane = {
    .name = "broken",
    .title = "Broken",
    .about = "What is broken, the most urgent first, one row a workload. Enter goes there.",
    .flags = PANE_ROWS | PANE_ENTER | PANE_SEARCH | PANE_FILTER | PANE_URGENT | PANE_NOW,
    .private_size = sizeof(struct state),
    .open = pane_open,
    .close = row_pane_end,
    .sync = pane_sync,
    .draw = pane_draw,
    .list = row_pane_list,
    .rows = rows,
    .moved = moved,
    .object = object,
    .action = action,
    .copy = copy,
    .counts = counts,
    .note = note,
    .upstream = upstream,
    .status = status,
};
