/* The containers of a pod, when its log is asked for and it has several. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "ui/log/log_goal.h"
#include "ui/pane.h"
#include "ui/table/row_pane.h"

enum { NAME_WIDTH = 32, ROLE_WIDTH = 10, STATE_WIDTH = 24 };

struct state {
    struct row_pane shown;
    const struct pod_parts *of;
};

static size_t source_count(void *self)
{
    return ((struct state *)self)->of->count;
}

static const struct pod_parts_row *row_at(void *self, size_t i)
{
    return &((struct state *)self)->of->list[i];
}

static uint64_t source_stamp(void *self, size_t i)
{
    return hash_mix(((struct state *)self)->of->changes) ^ order_id_by_place(self, i);
}

static void source_text(void *self, size_t i, struct buf *out)
{
    const struct pod_parts_row *r = row_at(self, i);
    buf_printf(out, "%s %s %s", r->name, r->role, r->state);
}

static const struct order_source source = {
    .count = source_count,
    .id = order_id_by_place,
    .stamp = source_stamp,
    .compare = order_compare_places,
    .text = source_text,
};

static void pane_open(struct pane *p)
{
    struct state *s = p->state;
    s->of = &p->host->model->containers;
    row_pane_open(&s->shown, &source, s, -1, 0);
}

static bool pane_sync(struct pane *p)
{
    struct state *s = p->state;
    int64_t delay;
    list_sync(s->shown.list, s->of->changes, 0, p->host->tick, true, &delay);
    return true;
}

static void draw_row(const struct pane *p, const struct draw_area *line, size_t row, bool cursor)
{
    const struct pod_parts_row *r = row_at(p->state, row);
    int x = 2;
    draw_texts(line, x, 0, NAME_WIDTH, DRAW_MIDDLE, ROLE_TEXT, r->name);
    x += NAME_WIDTH + 1;
    draw_texts(line, x, 0, ROLE_WIDTH, DRAW_LEFT, ROLE_DIM, r->role);
    x += ROLE_WIDTH + 1;
    draw_texts(line, x, 0, STATE_WIDTH, DRAW_LEFT, ROLE_DIM, r->state);
    x += STATE_WIDTH + 1;
    if (r->restarts)
        draw_printf(line, x, 0, line->width - x, ROLE_DIM, "%" PRId64 " restart%s", r->restarts,
                    r->restarts == 1 ? "" : "s");
    pane_mark_row(p, line, cursor, false, 0);
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct state *s = p->state;
    p->first_row = 0;
    if (!list_count(s->shown.list)) {
        pane_draw_empty(p, body, s->of->pod[0] ? &s->of->upstream : NULL, "containers",
                        "No pod is chosen: l or p on a pod offers its containers.");
        return;
    }
    row_pane_draw(&s->shown, p, body, 0, draw_row);
}

static bool action(struct pane *p, enum keys_action a)
{
    struct state *s = p->state;
    size_t i = row_pane_cursor(&s->shown);
    if (a != ACTION_ENTER || i == SIZE_MAX)
        return false;
    log_goal_choose(p->host, row_at(s, i)->name);
    return true;
}

static void note(struct pane *p, char out[PANE_TEXT])
{
    const struct pod_log_wish *w = &p->host->choosing;
    out[0] = '\0';
    if (w->pod[0])
        snprintf(out, PANE_TEXT, "%s of %s/%s: whose?",
                 w->previous ? "the previous log" : "the log", w->namespace_, w->pod);
}

static const struct upstream *upstream(struct pane *p)
{
    return &p->host->model->containers.upstream;
}

const struct pane_ops containers_pane = {
    .name = "containers",
    .title = "Containers",
    .about = "The containers of a pod, to choose whose log is shown.",
    .flags = PANE_ROWS | PANE_ENTER | PANE_SEARCH | PANE_FILTER | PANE_OVERLAY,
    .private_size = sizeof(struct state),
    .open = pane_open,
    .close = row_pane_end,
    .sync = pane_sync,
    .draw = pane_draw,
    .list = row_pane_list,
    .action = action,
    .note = note,
    .upstream = upstream,
};
