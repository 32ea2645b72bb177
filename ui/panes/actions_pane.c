/*
 * What may be done to the object that was under the cursor, the question before it, and below what was done
 * in this session. Nothing is done by one key: Enter chooses, what has to be typed is typed, and the
 * question wants a y and Enter.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "ui/pane.h"

enum { INDENT = 2, LABEL = 16, SAFE_MOST = 16 * 1024 };

struct state {
    size_t cursor;
    uint64_t list;  /* that it moves on */
    uint64_t asked; /* the question that the prompt is open for, or was */
    char label[80];
    bool typing; /* the prompt asks for an offer's input; else for agreement */
};

static const struct offers *offers(const struct pane *p)
{
    return &p->host->model->offers;
}

static void push(struct pane *p, enum intent_type type, const char *text, uint64_t number)
{
    intents_push(p->host->model->intents, type, text, (int64_t)number, 0);
}

/* Rows that the cursor walks over: the offers, then what was done. */
static size_t rows(const struct pane *p)
{
    return offers(p)->count + offers(p)->operation_count;
}

static bool pane_sync(struct pane *p)
{
    struct state *s = p->state;
    size_t count = rows(p);
    if (s->list != offers(p)->lists)
        s->cursor = 0;
    s->list = offers(p)->lists;
    if (s->cursor >= count)
        s->cursor = count ? count - 1 : 0;
    return true;
}

/* ---- drawing ---- */

/* Wraps a text from row y on; the row behind it. */
static int paragraph(const struct draw_area *body, int x, int y, enum theme_role role,
                     const char *text)
{
    struct buf safe;
    int width = body->width - x - 1 > 1 ? body->width - x - 1 : 1;
    buf_init(&safe, SAFE_MOST);
    utf8_safe(&safe, str_of(text), body->cells->ascii ? UTF8_SAFE_ASCII : UTF8_SAFE_DEFAULT);
    struct str rest = buf_str(&safe);
    while (rest.n && y < body->height) {
        size_t n = draw_wrap(rest, width);
        draw_text(body, x, y++, width, DRAW_HARD, role, (struct str){rest.p, n});
        rest = str_trim((struct str){rest.p + n, rest.n - n});
    }
    buf_free(&safe);
    return y;
}

static int draw_state(struct pane *p, const struct draw_area *body, int y)
{
    const struct offers *o = offers(p);
    switch (o->state) {
    case OFFERS_NONE:
        return o->operation_count
                   ? y
                   : paragraph(body, INDENT, y, ROLE_DIM,
                               "A on an object of another pane asks what may be done to "
                               "it.");
    case OFFERS_ASKING:
        return paragraph(body, INDENT, y, ROLE_DIM, "Asking the server what you may do to it.");
    case OFFERS_LOOKING:
        return paragraph(body, INDENT, y + 1, ROLE_DIM, "Looking what is on the node.");
    case OFFERS_QUESTION:
        return paragraph(body, INDENT, y + 1, ROLE_WARNING, o->question);
    case OFFERS_READY:
    case OFFERS_FAILED:
        break;
    }
    if (o->err.kind) {
        y = paragraph(body, INDENT, y + (o->state == OFFERS_READY), ROLE_ERROR, o->err.what);
        return o->err.mend[0] ? paragraph(body, INDENT, y, ROLE_TEXT, o->err.mend) : y;
    }
    return o->count
               ? y
               : paragraph(body, INDENT, y, ROLE_TEXT, "There is nothing that you may do to it.");
}

static void draw_offer(struct pane *p, const struct draw_area *body, int y, size_t i)
{
    const struct offers_row *row = &offers(p)->list[i];
    const struct state *s = p->state;
    struct draw_area line = draw_sub(body, 0, y, body->width, 1);
    draw_texts(&line, INDENT, 0, LABEL - 1, DRAW_LEFT, ROLE_TEXT, row->label);
    draw_texts(&line, INDENT + LABEL, 0, line.width - INDENT - LABEL, DRAW_LEFT, ROLE_DIM,
               row->about);
    pane_mark_row(p, &line, i == s->cursor, false, line.width);
}

static int draw_operation(struct pane *p, const struct draw_area *body, int y, size_t i)
{
    static const enum draw_glyph marks[] = {GLYPH_PENDING, GLYPH_DONE, GLYPH_BAD};
    static const enum theme_role looks[] = {ROLE_PENDING, ROLE_TEXT, ROLE_ERROR};
    const struct offers_operation *d = &offers(p)->operations[i];
    const struct state *s = p->state;
    char at[CLOCK_TEXT];
    struct draw_area line = draw_sub(body, 0, y, body->width, 1);
    clock_format(d->at, false, "%H:%M:%S", at, sizeof at);
    int x = INDENT + draw_texts(&line, INDENT, 0, line.width - INDENT, DRAW_LEFT, ROLE_TIME, at);
    draw_glyph(&line, x + 1, 0, looks[d->state], marks[d->state]);
    draw_texts(&line, x + 3, 0, line.width - x - 3, DRAW_MIDDLE, ROLE_TEXT, d->what);
    pane_mark_row(p, &line, offers(p)->count + i == s->cursor, false, line.width);
    return paragraph(body, x + 3, y + 1, looks[d->state], d->outcome);
}

/* Only once the question is on the screen may a key answer it. */
static void ask_now(struct pane *p)
{
    struct state *s = p->state;
    const struct offers *o = offers(p);
    if (p->focused && o->state == OFFERS_QUESTION && s->asked != o->questions &&
        p->host->ask(p->host->app, "y or yes and Enter does it, all else is no: ", "")) {
        s->asked = o->questions;
        s->typing = false;
    }
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    const struct offers *o = offers(p);
    const struct state *s = p->state;
    int y = 0;
    ask_now(p);
    p->first_row = 1;
    if (o->state != OFFERS_NONE)
        draw_texts(body, INDENT, y++, body->width - INDENT, DRAW_MIDDLE, ROLE_STRONG, o->text);
    for (size_t i = 0; i < o->count && y < body->height; i++)
        draw_offer(p, body, y++, i);
    y = draw_state(p, body, y);
    if (!o->operation_count || y + 2 >= body->height)
        return;
    draw_texts(body, INDENT, y + 1, body->width - INDENT, DRAW_LEFT, ROLE_COLUMN,
               "DONE IN THIS SESSION, THE NEWEST FIRST");
    y += 2;
    /* The list begins where the cursor is seen. */
    size_t first = s->cursor > o->count + 2 ? s->cursor - o->count - 2 : 0;
    for (size_t i = first; i < o->operation_count && y < body->height; i++)
        y = draw_operation(p, body, y, i);
}

/* ---- keys ---- */

static void choose(struct pane *p)
{
    struct state *s = p->state;
    const struct offers *o = offers(p);
    if (s->list != o->lists) /* another than on the screen */
        return;
    if (s->cursor >= o->count) {
        size_t i = s->cursor - o->count;
        if (i < o->operation_count && o->operations[i].state == OFFERS_RUNNING)
            push(p, INTENT_STOP, NULL, o->operations[i].id);
        return;
    }
    const struct offers_row *row = &o->list[s->cursor];
    if (o->state != OFFERS_READY)
        return;
    if (!row->input[0]) {
        push(p, INTENT_QUESTION, row->name, 0);
        return;
    }
    str_copy(s->label, sizeof s->label, row->input);
    s->typing = p->host->ask(p->host->app, s->label, row->value);
}

static void answer(struct pane *p, const char *text)
{
    struct state *s = p->state;
    const struct offers *o = offers(p);
    char wish[PANE_TEXT];
    if (s->typing) {
        s->typing = false;
        if (text && s->cursor < o->count) {
            snprintf(wish, sizeof wish, "%s %s", o->list[s->cursor].name, text);
            push(p, INTENT_QUESTION, wish, 0);
        }
        return;
    }
    if (text && (strcasecmp(text, "y") == 0 || strcasecmp(text, "yes") == 0)) {
        push(p, INTENT_AGREED, NULL, s->asked);
        return;
    }
    push(p, INTENT_FORGET, NULL, 0);
    pane_say(p, ROLE_MESSAGE, "Nothing was done.");
}

static bool action(struct pane *p, enum keys_action a)
{
    struct state *s = p->state;
    int64_t step = keys_rows(a, p->height - 2), to = (int64_t)s->cursor + step;
    if (a == ACTION_ENTER) {
        choose(p);
    } else if (a == ACTION_BACK) {
        push(p, INTENT_FORGET, NULL, 0);
        return false;
    } else if (step) {
        int64_t last = (int64_t)rows(p) - 1;
        s->cursor = (size_t)(to > last ? (last < 0 ? 0 : last) : to < 0 ? 0 : to);
    } else {
        return false;
    }
    return true;
}

static bool object(struct pane *p, struct object_ref *out)
{
    const struct offers *o = offers(p);
    *out = o->object;
    return o->state != OFFERS_NONE;
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    const struct state *s = p->state;
    const struct offers *o = offers(p);
    size_t i = s->cursor - o->count;
    if (s->cursor >= o->count && i < o->operation_count && o->operations[i].state == OFFERS_RUNNING)
        str_copy(out, PANE_TEXT, "Enter stops it");
    else if (s->cursor < o->count && o->state == OFFERS_READY)
        str_copy(out, PANE_TEXT, "Enter chooses; a question comes before anything is done");
}

const struct pane_ops actions_pane = {
    .name = "actions",
    .title = "Actions",
    .about = "What you may do to an object, asked first; what was done. Only with --write.",
    .flags = PANE_ROWS | PANE_ENTER | PANE_OVERLAY,
    .private_size = sizeof(struct state),
    .sync = pane_sync,
    .draw = pane_draw,
    .action = action,
    .answer = answer,
    .object = object,
    .status = status,
};
