/* The contexts of the kubeconfig, to go to another cluster. */
#include <stdio.h>
#include <string.h>

#include "ui/pane.h"
#include "ui/table/row_pane.h"

enum { GAP = 2, TEXTS = 4 };

static const struct {
    const char *title;
    int share; /* of the width, in hundredths */
} columns[TEXTS] = {{"NAME", 40}, {"CLUSTER", 25}, {"USER", 20}, {"NAMESPACE", 15}};

struct state {
    struct row_pane shown;
    const struct contexts *of;
};

static const struct contexts_row *row_at(void *self, size_t i)
{
    return &((struct state *)self)->of->list[i];
}

static size_t source_count(void *self)
{
    return ((struct state *)self)->of->count;
}

static void source_text(void *self, size_t i, struct buf *out)
{
    const struct contexts_row *r = row_at(self, i);
    buf_printf(out, "%s %s %s %s", r->name, r->cluster, r->user, r->namespace_);
}

static const struct order_source source = {
    .count = source_count,
    .id = order_id_by_place,
    .stamp = order_id_by_place,
    .compare = order_compare_places,
    .text = source_text,
};

/* The list stays as it is until another cluster is gone to, and with it all panes. */
static void pane_open(struct pane *p)
{
    struct state *s = p->state;
    s->of = &p->host->model->contexts;
    row_pane_open(&s->shown, &source, s, -1, 0);
}

static bool pane_sync(struct pane *p)
{
    struct state *s = p->state;
    int64_t delay;
    list_sync(s->shown.list, s->of->count + 1, 0, p->host->tick, true, &delay);
    return true;
}

static void draw_texts_of(const struct draw_area *line, enum theme_role role,
                          const char *const texts[TEXTS])
{
    int x = 2, all = line->width - 2;
    for (int i = 0; i < TEXTS; i++) {
        int width = all * columns[i].share / 100;
        draw_texts(line, x, 0, width - GAP, DRAW_MIDDLE, role, texts[i]);
        x += width;
    }
}

static void draw_row(const struct pane *p, const struct draw_area *line, size_t row, bool cursor)
{
    const struct state *s = p->state;
    const struct contexts_row *r = row_at(p->state, row);
    const char *const texts[TEXTS] = {r->name, r->cluster, r->user, r->namespace_};
    bool current = s->of->current && strcmp(s->of->current, r->name) == 0;
    draw_texts_of(line, ROLE_TEXT, texts);
    pane_mark_row(p, line, cursor, current, line->width);
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct state *s = p->state;
    p->first_row = 1;
    if (!list_count(s->shown.list)) {
        pane_draw_empty(p, body, NULL, "contexts",
                        "There is no kubeconfig with contexts. kubeboard reads "
                        "--kubeconfig, $KUBECONFIG or ~/.kube/config.");
        return;
    }
    const char *const titles[TEXTS] = {columns[0].title, columns[1].title, columns[2].title,
                                       columns[3].title};
    struct draw_area head = draw_sub(body, 0, 0, body->width, 1);
    draw_texts_of(&head, ROLE_COLUMN, titles);
    row_pane_draw(&s->shown, p, body, p->first_row, draw_row);
}

static const struct contexts_row *cursor_row(struct state *s)
{
    size_t i = row_pane_cursor(&s->shown);
    return i == SIZE_MAX ? NULL : row_at(s, i);
}

static bool action(struct pane *p, enum keys_action a)
{
    const struct contexts_row *r = cursor_row(p->state);
    if (a != ACTION_ENTER || !r)
        return false;
    intents_push(p->host->model->intents, INTENT_CONTEXT, r->name, 0, 0);
    return true;
}

static bool copy(struct pane *p, struct buf *out)
{
    const struct contexts_row *r = cursor_row(p->state);
    return r && buf_adds(out, r->name);
}

static void counts(struct pane *p, char out[PANE_TEXT])
{
    const struct state *s = p->state;
    row_pane_counts(&s->shown, s->of->count, out);
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    const struct contexts_row *r = cursor_row(p->state);
    out[0] = '\0';
    if (r)
        snprintf(out, PANE_TEXT, "Enter goes to %s", r->name);
}

const struct pane_ops contexts_pane = {
    .name = "contexts",
    .title = "Contexts",
    .about = "The contexts of the kubeconfig. Enter goes to another cluster.",
    .flags = PANE_ROWS | PANE_ENTER | PANE_SEARCH | PANE_FILTER | PANE_OVERLAY,
    .private_size = sizeof(struct state),
    .open = pane_open,
    .close = row_pane_end,
    .sync = pane_sync,
    .draw = pane_draw,
    .list = row_pane_list,
    .action = action,
    .copy = copy,
    .counts = counts,
    .status = status,
};
