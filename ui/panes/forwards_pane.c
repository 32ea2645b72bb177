/* The ports of this machine that lead into pods. */
#include <stdio.h>
#include <string.h>

#include "text/number.h"
#include "ui/pane.h"

enum { LOCAL = 17, NUMBERS = 8, LEAST_POD = 16 };

struct state {
    size_t cursor;
    uint64_t asked; /* id of the one that the prompt asks about */
};

static const struct offers *offers(const struct pane *p)
{
    return &p->host->model->offers;
}

static bool pane_sync(struct pane *p)
{
    struct state *s = p->state;
    size_t count = offers(p)->forward_count;
    if (s->cursor >= count)
        s->cursor = count ? count - 1 : 0;
    return true;
}

/* The columns' right part: open, connections, sent, received, errors. */
static void numbers(const struct draw_area *line, int x, enum theme_role role,
                    const char *const texts[5])
{
    for (int i = 0; i < 5; i++)
        draw_texts(line, x + i * NUMBERS, 0, NUMBERS - 1, DRAW_RIGHT, role, texts[i]);
}

static int pod_width(const struct draw_area *body)
{
    int width = body->width - 2 - LOCAL - 5 * NUMBERS;
    return width > LEAST_POD ? width : LEAST_POD;
}

static int draw_row(struct pane *p, const struct draw_area *body, int y, size_t i)
{
    const struct offers_forward *f = &offers(p)->forwards[i];
    const struct state *s = p->state;
    struct draw_area line = draw_sub(body, 0, y, body->width, 1);
    char text[600], sent[NUMBER_TEXT], received[NUMBER_TEXT], open[NUMBER_TEXT], all[NUMBER_TEXT],
        errors[NUMBER_TEXT];
    int width = pod_width(body);
    draw_printf(&line, 2, 0, LOCAL - 1, ROLE_TEXT, "127.0.0.1:%d", f->local);
    snprintf(text, sizeof text, "%s:%d", f->pod, f->remote);
    draw_texts(&line, 2 + LOCAL, 0, width - 1, DRAW_MIDDLE, ROLE_TEXT, text);
    const char *const texts[] = {
        number_count((double)f->open, open), number_count((double)f->connections, all),
        number_bytes((double)f->sent, sent), number_bytes((double)f->received, received),
        number_count((double)f->errors, errors)};
    numbers(&line, 2 + LOCAL + width, f->errors ? ROLE_WARN : ROLE_TEXT, texts);
    pane_mark_row(p, &line, i == s->cursor, false, line.width);
    if (!f->last_error[0] || y + 1 >= body->height)
        return y + 1;
    draw_texts(body, 4, y + 1, body->width - 5, DRAW_LEFT, ROLE_ERROR, f->last_error);
    return y + 2;
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    static const char *const titles[] = {"OPEN", "ALL", "SENT", "GOT", "ERRORS"};
    const struct offers *o = offers(p);
    p->first_row = 1;
    if (!o->forward_count) {
        draw_message(body, ROLE_DIM,
                     "No port is forwarded. A on a pod offers it, when kubeboard runs with "
                     "--write.");
        return;
    }
    int width = pod_width(body), y = 1;
    draw_texts(body, 2, 0, LOCAL, DRAW_LEFT, ROLE_COLUMN, "LOCAL");
    draw_texts(body, 2 + LOCAL, 0, width, DRAW_LEFT, ROLE_COLUMN, "POD");
    numbers(body, 2 + LOCAL + width, ROLE_COLUMN, titles);
    for (size_t i = 0; i < o->forward_count && y < body->height; i++)
        y = draw_row(p, body, y, i);
}

static bool action(struct pane *p, enum keys_action a)
{
    struct state *s = p->state;
    const struct offers *o = offers(p);
    int64_t step = keys_rows(a, p->height - 1), to = (int64_t)s->cursor + step;
    int64_t last = (int64_t)o->forward_count - 1;
    if (a == ACTION_ENTER && o->forward_count) {
        s->asked = o->forwards[s->cursor].id;
        p->host->ask(p->host->app, "stop it and cut its connections? y or yes and Enter: ", "");
    } else if (step) {
        s->cursor = (size_t)(to > last ? (last < 0 ? 0 : last) : to < 0 ? 0 : to);
    } else {
        return false;
    }
    return true;
}

static void answer(struct pane *p, const char *text)
{
    const struct state *s = p->state;
    if (text && (strcasecmp(text, "y") == 0 || strcasecmp(text, "yes") == 0))
        intents_push(p->host->model->intents, INTENT_STOP, NULL, (int64_t)s->asked, 0);
}

static bool copy(struct pane *p, struct buf *out)
{
    const struct state *s = p->state;
    const struct offers *o = offers(p);
    return s->cursor < o->forward_count &&
           buf_printf(out, "127.0.0.1:%d", o->forwards[s->cursor].local);
}

static unsigned flags_now(const struct pane *p)
{
    return p->ops->flags & ~(offers(p)->forward_count ? 0 : (unsigned)PANE_ENTER);
}

static void counts(struct pane *p, char out[PANE_TEXT])
{
    snprintf(out, PANE_TEXT, "%zu", offers(p)->forward_count);
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    if (offers(p)->forward_count)
        str_copy(out, PANE_TEXT, "Enter stops it, c copies its address");
}

const struct pane_ops forwards_pane = {
    .name = "forwards",
    .title = "Forwarded ports",
    .about = "Ports of this machine's loopback that lead into pods: connections, bytes, errors.",
    .flags = PANE_ROWS | PANE_ENTER | PANE_OVERLAY,
    .flags_now = flags_now,
    .private_size = sizeof(struct state),
    .sync = pane_sync,
    .draw = pane_draw,
    .action = action,
    .answer = answer,
    .copy = copy,
    .counts = counts,
    .status = status,
};
