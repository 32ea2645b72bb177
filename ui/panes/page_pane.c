/* An object's page over the other panes: described, as YAML, or its events (model/page.h). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/log/log_goal.h"
#include "ui/page/page_rows.h"
#include "ui/page/page_stack.h"
#include "ui/table/row_pane.h"

enum { SAVED_AT_ONCE = 200, SAFE_BYTES = 32 << 20 };

struct state {
    struct row_pane shown;
    struct page_rows *rows;
    const struct page *page; /* that the rows are of: of the model */
    int width;
    uint64_t made, steps, of; /* of the model's page, of the stack, of the rows */
    size_t wanted;            /* the line that the cursor goes to when the page comes; SIZE_MAX */
};

static const struct page_rows_row *row_at(void *self, size_t i)
{
    return page_rows_at(((struct state *)self)->rows, i);
}

static size_t source_count(void *self)
{
    return page_rows_count(((struct state *)self)->rows);
}

static uint64_t source_id(void *self, size_t i)
{
    return row_at(self, i)->id;
}

static uint64_t source_stamp(void *self, size_t i)
{
    return row_at(self, i)->id ^ hash_mix(((struct state *)self)->of);
}

static int source_compare(void *self, size_t a, size_t b)
{
    uint64_t x = row_at(self, a)->id, y = row_at(self, b)->id;
    return (x > y) - (x < y);
}

/* In the page's order, which is another one whenever the page is. */
static uint64_t source_key(void *self, size_t i, int column)
{
    (void)self;
    (void)column;
    return i;
}

/* A line is one text in all of its rows, so that a filter keeps it whole. */
static void source_text(void *self, size_t i, struct buf *out)
{
    const struct state *s = self;
    const struct page_rows_row *r = row_at(self, i);
    if (r->line == SIZE_MAX)
        return;
    const struct page_line *l = page_at(s->page, r->line);
    buf_adds(out, l->key);
    if (l->kind == PAGE_FIELD && l->value[0])
        buf_adds(out, ": ");
    buf_adds(out, l->value);
}

static const struct order_source source = {
    .count = source_count,
    .id = source_id,
    .stamp = source_stamp,
    .compare = source_compare,
    .key = source_key,
    .text = source_text,
};

static void pane_open(struct pane *p)
{
    struct state *s = p->state;
    s->rows = page_rows_new();
    row_pane_open(&s->shown, &source, s, 0, 1);
    s->wanted = SIZE_MAX;
}

static void pane_close(struct pane *p)
{
    struct state *s = p->state;
    row_pane_close(&s->shown);
    page_rows_free(s->rows);
}

static struct page_stack_step *top(const struct pane *p)
{
    return page_stack_top(p->host->pages);
}

static const struct pages_seen_entry *entry_of(const struct pane *p)
{
    const struct page_stack_step *step = top(p);
    return step ? pages_seen_find(&p->host->model->page.seen, &step->wish.object) : NULL;
}

static const struct page_rows_row *cursor_row(struct state *s)
{
    size_t row = row_pane_cursor(&s->shown);
    return row == SIZE_MAX ? NULL : row_at(s, row);
}

static const struct page_line *cursor_line(struct state *s)
{
    const struct page_rows_row *r = cursor_row(s);
    return r && r->line != SIZE_MAX ? page_at(s->page, r->line) : NULL;
}

/* Where the cursor stands is kept with the step, for the way back. */
static void remember(struct pane *p)
{
    struct state *s = p->state;
    struct page_stack_step *step = top(p);
    const struct page_rows_row *r = cursor_row(s);
    if (step && r && r->line != SIZE_MAX && s->wanted == SIZE_MAX)
        step->cursors[step->wish.view] = r->line;
}

static void go_to_wanted(struct state *s)
{
    if (s->wanted == SIZE_MAX || !s->page)
        return;
    size_t row = page_rows_of(s->rows, s->wanted);
    list_forget(s->shown.list);
    if (s->wanted && row < list_count(s->shown.list))
        list_move_to(s->shown.list, row);
    s->wanted = SIZE_MAX;
}

static bool pane_sync(struct pane *p)
{
    struct state *s = p->state;
    const struct model_page *m = &p->host->model->page;
    const struct page_stack_step *step = top(p);
    const struct pages_seen_entry *e = entry_of(p);
    uint64_t steps = page_stack_changes(p->host->pages);
    int64_t delay;
    if (steps != s->steps)
        s->wanted = step ? step->cursors[step->wish.view] : SIZE_MAX;
    if (steps != s->steps || m->changes != s->made || p->width != s->width) {
        s->page = e ? e->pages[step->wish.view] : NULL;
        page_rows_make(s->rows, s->page, p->width, p->host->ascii);
        s->of++;
    }
    s->steps = steps;
    s->made = m->changes;
    s->width = p->width;
    list_sync(s->shown.list, s->of, 0, p->host->tick, true, &delay);
    go_to_wanted(s);
    return true;
}

/* ---- drawing ---- */

static void draw_empty(struct pane *p, const struct draw_area *body)
{
    const struct state *s = p->state;
    const struct upstream *u = &p->host->model->page.upstream;
    char text[PANE_TEXT];
    const char *why = !top(p) ? "No object is chosen: d on a row of another pane opens its page."
                      : s->page && page_count(s->page) ? ""
                                                       : "Reading.";
    if (top(p) && (u->state == UPSTREAM_FAILED || u->state == UPSTREAM_DENIED) && !s->page)
        snprintf(text, sizeof text, "%s%s%s", u->err.what, u->err.mend[0] ? ": " : "", u->err.mend);
    else
        pane_empty_text(p, NULL, "lines", why, text);
    draw_message(body, ROLE_DIM, text);
}

/* What is true of the whole page stands above it. */
static int draw_notice(const struct pane *p, const struct draw_area *body)
{
    const struct pages_seen_entry *e = entry_of(p);
    char time[CLOCK_TEXT], text[PANE_TEXT];
    if (!e || (!e->gone && !e->replaced))
        return 0;
    clock_format(e->gone ? e->gone : e->loaded, false, "%H:%M:%S", time, sizeof time);
    snprintf(text, sizeof text,
             e->gone ? "Gone: it was deleted before %s. This is how it was."
                     : "Another one: the object that was here is gone, this one has its name.",
             time);
    draw_texts(body, 1, 0, body->width - 2, DRAW_LEFT, ROLE_NOTICE, text);
    return 1;
}

static void draw_row(const struct pane *p, const struct draw_area *line, size_t row, bool cursor)
{
    const struct state *s = p->state;
    page_rows_draw(s->rows, row, s->page, line);
    pane_mark_row(p, line, cursor, false, 0);
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct state *s = p->state;
    int from = draw_notice(p, body);
    if (list_count(s->shown.list)) {
        row_pane_draw(&s->shown, p, body, from, draw_row);
        remember(p);
        return;
    }
    p->first_row = from;
    struct draw_area rest = draw_sub(body, 0, from, body->width, body->height - from);
    draw_empty(p, &rest);
}

/* ---- keys ---- */

static bool link_of(const struct page_line *l, struct object_ref *out)
{
    char kind[OBJECT_REF_KIND];
    if (!l || !l->link_kind[0])
        return false;
    str_copy(kind, sizeof kind, l->link_kind);
    return object_ref_set(out, kind, l->link_namespace, l->link_name, "");
}

static bool folds(const struct pane *p, const struct page_line *l)
{
    const struct page_stack_step *step = top(p);
    return step && step->wish.view == PAGE_WISH_YAML && l &&
           str_starts(str_of(l->value), "# metadata.managedFields");
}

static void turn(struct pane *p, enum page_wish_view view)
{
    remember(p);
    page_stack_turn(p->host->pages, view);
}

static void unfold(struct pane *p)
{
    const struct page_stack_step *step = top(p);
    if (!step || (step->wish.view != PAGE_WISH_YAML && step->wish.view != PAGE_WISH_MANAGED))
        pane_say(p, ROLE_MESSAGE, "The managed fields are in the YAML: y shows it.");
    else
        turn(p, step->wish.view == PAGE_WISH_YAML ? PAGE_WISH_MANAGED : PAGE_WISH_YAML);
}

static void enter(struct pane *p)
{
    struct state *s = p->state;
    struct object_ref to;
    const struct page_line *l = cursor_line(s);
    remember(p);
    if (link_of(l, &to))
        page_stack_follow(p->host->pages, &to);
    else if (folds(p, l))
        unfold(p);
    else
        pane_say(p, ROLE_MESSAGE, "This line leads nowhere: Enter follows owners, nodes, pods.");
}

static bool back(struct pane *p)
{
    if (p->filter.regex || p->search.regex)
        return false;
    return page_stack_depth(p->host->pages) && page_stack_back(p->host->pages);
}

/* "Container app", "Init container wait": the section that the line stands in. */
static const char *container_at(const struct state *s, size_t line)
{
    static const char *const titles[] = {"Container ", "Init container ", "Ephemeral container ",
                                         "Sidecar "};
    while (line && page_at(s->page, line)->kind != PAGE_SECTION)
        line--;
    const char *title = page_at(s->page, line)->value;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (str_starts(str_of(title), titles[i]))
            return title + strlen(titles[i]);
    return "";
}

static bool open_log(struct pane *p, bool previous)
{
    struct state *s = p->state;
    const struct page_rows_row *r = cursor_row(s);
    bool on_line = r && r->line != SIZE_MAX && s->page;
    return log_goal_open(p->host, &top(p)->wish.object, on_line ? container_at(s, r->line) : "",
                         previous);
}

static bool action(struct pane *p, enum keys_action a)
{
    if (a == ACTION_BACK)
        return back(p);
    if (!top(p))
        return false;
    if (a == ACTION_LOGS || a == ACTION_PREVIOUS)
        return open_log(p, a == ACTION_PREVIOUS);
    if (a == ACTION_ENTER)
        enter(p);
    else if (a == ACTION_DESCRIBE)
        turn(p, PAGE_WISH_DESCRIBE);
    else if (a == ACTION_YAML)
        turn(p, PAGE_WISH_YAML);
    else if (a == ACTION_EVENTS)
        turn(p, PAGE_WISH_EVENTS);
    else if (a == ACTION_FIELDS)
        unfold(p);
    else
        return false;
    return true;
}

static bool object(struct pane *p, struct object_ref *out)
{
    const struct page_stack_step *step = top(p);
    if (step)
        *out = step->wish.object;
    return step != NULL;
}

/* ---- out ---- */

static bool copy(struct pane *p, struct buf *out)
{
    const struct page_line *l = cursor_line(p->state);
    if (!l)
        return false;
    return l->kind == PAGE_CODE ? buf_adds(out, l->key) && buf_adds(out, l->value)
                                : buf_adds(out, l->value[0] ? l->value : l->key);
}

static void save_line(const struct page_line *l, bool json, struct buf *out)
{
    if (json) {
        struct json_out o = {.b = out};
        json_out_object(&o, NULL);
        json_out_text(&o, "key", l->key);
        json_out_text(&o, "value", l->value);
        json_out_end_object(&o);
        buf_addc(out, '\n');
        return;
    }
    if (l->kind == PAGE_SECTION)
        buf_addc(out, '\n');
    for (int i = 0; l->kind == PAGE_FIELD && i < l->depth; i++)
        buf_adds(out, "  ");
    bool code = l->kind == PAGE_CODE;
    struct buf text;
    buf_init(&text, SAFE_BYTES);
    buf_printf(&text, "%s%s%s", l->key, code || !l->key[0] ? "" : ": ", l->value);
    if (code)
        buf_add(out, buf_text(&text), text.n);
    else
        utf8_safe(out, buf_str(&text), UTF8_SAFE_DEFAULT);
    buf_free(&text);
    buf_addc(out, '\n');
}

/* Between the pieces the page may have been made anew. */
static bool save(struct pane *p, struct pane_save *save, struct buf *out)
{
    const struct state *s = p->state;
    pane_sync(p);
    size_t count = s->page ? page_count(s->page) : 0;
    for (int i = 0; i < SAVED_AT_ONCE && save->at < count; i++) {
        save_line(page_at(s->page, save->at++), save->json, out);
        save->rows++;
    }
    return save->at < count;
}

/* ---- title and footer ---- */

static void heading(struct pane *p, char out[PANE_TEXT])
{
    static const char *const views[] = {[PAGE_WISH_DESCRIBE] = "",
                                        [PAGE_WISH_YAML] = "YAML",
                                        [PAGE_WISH_MANAGED] = "YAML with managed fields",
                                        [PAGE_WISH_EVENTS] = "events"};
    const struct page_stack_step *step = top(p);
    const struct pages_seen_entry *e = entry_of(p);
    const char *kind = e && e->kind[0] ? e->kind : step ? step->wish.object.kind : "";
    const char *view = step ? views[step->wish.view] : "";
    if (step)
        snprintf(out, PANE_TEXT, "%c%s %s%s%s%s%s", toupper((unsigned char)kind[0]),
                 kind + (kind[0] != 0), step->wish.object.namespace_,
                 step->wish.object.namespace_[0] ? "/" : "", step->wish.object.name,
                 !view[0]         ? ""
                 : p->host->ascii ? " . "
                                  : " · ",
                 view);
}

static void note(struct pane *p, char out[PANE_TEXT])
{
    const struct state *s = p->state;
    const struct pages_seen_entry *e = entry_of(p);
    size_t depth = page_stack_depth(p->host->pages), n = 0;
    char age[CLOCK_TEXT];
    out[0] = '\0';
    if (e && e->gone)
        n +=
            (size_t)snprintf(out, PANE_TEXT, "gone for %s", clock_age(p->host->now - e->gone, age));
    else if (e && e->loaded)
        n += (size_t)snprintf(out, PANE_TEXT, "read %s ago",
                              clock_age(p->host->now - e->loaded, age));
    if (s->page && page_dropped(s->page))
        n += (size_t)snprintf(out + n, PANE_TEXT - n, "  %zu lines are left out",
                              page_dropped(s->page));
    if (depth > 1)
        snprintf(out + n, PANE_TEXT - n, "  Esc goes back to %zu more", depth - 1);
}

static const struct upstream *upstream(struct pane *p)
{
    return top(p) ? &p->host->model->page.upstream : NULL;
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    struct object_ref to;
    const struct page_line *l = cursor_line(p->state);
    out[0] = '\0';
    if (link_of(l, &to))
        snprintf(out, PANE_TEXT, "Enter opens %s %s%s%s", l->link_kind, to.namespace_,
                 to.namespace_[0] ? "/" : "", to.name);
    else if (folds(p, l))
        snprintf(out, PANE_TEXT, "Enter shows them");
}

const struct pane_ops page_pane = {
    .name = "page",
    .title = "Page",
    .about = "An object in full. Enter follows a link, Esc goes back, d y v turn it.",
    .flags =
        PANE_ROWS | PANE_ENTER | PANE_SEARCH | PANE_FILTER | PANE_OVERLAY | PANE_PAGE | PANE_NOW,
    .private_size = sizeof(struct state),
    .open = pane_open,
    .close = pane_close,
    .sync = pane_sync,
    .draw = pane_draw,
    .list = row_pane_list,
    .object = object,
    .action = action,
    .copy = copy,
    .save = save,
    .heading = heading,
    .note = note,
    .upstream = upstream,
    .status = status,
};
