/* The contexts of the kubeconfig, to go to another cluster. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "ui/pane.h"

enum { GAP = 2, TEXTS = 4 };

static const struct {
    const char *title;
    int share; /* of the width, in hundredths */
} columns[TEXTS] = {{"NAME", 40}, {"CLUSTER", 25}, {"USER", 20}, {"NAMESPACE", 15}};

struct state {
    struct list *list;
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

static uint64_t source_id(void *self, size_t i)
{
    (void)self;
    return hash_mix(i + 1);
}

static int source_compare(void *self, size_t a, size_t b)
{
    (void)self;
    return (a > b) - (a < b);
}

static void source_text(void *self, size_t i, struct buf *out)
{
    const struct contexts_row *r = row_at(self, i);
    buf_printf(out, "%s %s %s %s", r->name, r->cluster, r->user, r->namespace_);
}

static const struct order_source source = {
    .count = source_count,
    .id = source_id,
    .stamp = source_id,
    .compare = source_compare,
    .text = source_text,
};

/* The list stays as it is until another cluster is gone to, and with it all panes. */
static void pane_open(struct pane *p)
{
    struct state *s = p->state;
    s->of = &p->host->model->contexts;
    s->list = list_new(&source, s);
}

static void pane_close(struct pane *p)
{
    list_free(((struct state *)p->state)->list);
}

static bool pane_sync(struct pane *p)
{
    struct state *s = p->state;
    int64_t delay;
    list_sync(s->list, s->of->count + 1, 0, p->host->tick, true, &delay);
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

static void draw_row(const struct pane *p, const struct draw_area *line, size_t n)
{
    const struct state *s = p->state;
    const struct contexts_row *r = row_at(p->state, list_row(s->list, n));
    const char *const texts[TEXTS] = {r->name, r->cluster, r->user, r->namespace_};
    bool current = s->of->current && strcmp(s->of->current, r->name) == 0;
    draw_texts_of(line, ROLE_TEXT, texts);
    pane_mark_row(p, line, n == list_cursor(s->list), current, line->width);
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct state *s = p->state;
    char text[PANE_TEXT];
    p->first_row = 1;
    if (!list_count(s->list)) {
        draw_message(body, ROLE_DIM,
                     pane_empty_text(p, NULL, "contexts",
                                     "There is no kubeconfig with contexts. kubeboard reads "
                                     "--kubeconfig, $KUBECONFIG or ~/.kube/config.",
                                     text));
        return;
    }
    const char *const titles[TEXTS] = {columns[0].title, columns[1].title, columns[2].title,
                                       columns[3].title};
    struct draw_area head = draw_sub(body, 0, 0, body->width, 1);
    draw_texts_of(&head, ROLE_COLUMN, titles);
    size_t rows = (size_t)(body->height > 1 ? body->height - 1 : 0), top = list_top(s->list, rows);
    for (size_t i = 0; i < rows && top + i < list_count(s->list); i++) {
        struct draw_area line = draw_sub(body, 0, (int)i + 1, body->width, 1);
        draw_row(p, &line, top + i);
    }
}

static struct list *pane_list(struct pane *p)
{
    return ((struct state *)p->state)->list;
}

static const struct contexts_row *cursor_row(struct state *s)
{
    size_t n = list_cursor(s->list);
    return n < list_count(s->list) ? row_at(s, list_row(s->list, n)) : NULL;
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
    size_t shown = list_count(s->list), all = s->of->count;
    if (shown == all)
        snprintf(out, PANE_TEXT, "%zu", all);
    else
        snprintf(out, PANE_TEXT, "%zu/%zu", shown, all);
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
    .close = pane_close,
    .sync = pane_sync,
    .draw = pane_draw,
    .list = pane_list,
    .action = action,
    .copy = copy,
    .counts = counts,
    .status = status,
};
