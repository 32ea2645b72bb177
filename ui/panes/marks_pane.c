/* The lines that were marked, with their notes: gone to, noted on, taken back. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "ui/log/logsource.h"
#include "ui/moves.h"
#include "ui/pane.h"
#include "ui/table/row_pane.h"

enum {
    LEFT = 2,
    GAP = 1,
    TIME_WIDTH = 14,
    SOURCE_SHARE = 25, /* hundredths */
    NOTE_SHARE = 35,
    NOTE_LEAST = 4
};

struct state {
    struct row_pane shown;
    const struct marks *of;
    int note;      /* columns of the longest note */
    size_t asked;  /* the mark that the answer is about */
    bool removing; /* the question is whether to take it back */
};

static const struct mark *row_at(void *self, size_t i)
{
    return marks_at(((struct state *)self)->of, i);
}

static size_t source_count(void *self)
{
    return marks_count(((struct state *)self)->of);
}

static uint64_t source_id(void *self, size_t i)
{
    const struct mark *m = row_at(self, i);
    return m->hash ^ hash_mix((uint64_t)m->time ^ (uint64_t)(uintptr_t)m->labels);
}

static uint64_t source_stamp(void *self, size_t i)
{
    const char *note = row_at(self, i)->note;
    return source_id(self, i) ^ (note ? hash_bytes(note, strlen(note)) : 0) ^ hash_mix(i + 1);
}

static void source_text(void *self, size_t i, struct buf *out)
{
    const struct mark *m = row_at(self, i);
    buf_printf(out, "%s ", m->note ? m->note : "");
    buf_add(out, m->text, m->text_n);
}

static const struct order_source source = {
    .count = source_count,
    .id = source_id,
    .stamp = source_stamp,
    .compare = order_compare_places,
    .text = source_text,
};

static void pane_open(struct pane *p)
{
    struct state *s = p->state;
    s->of = p->host->model->marks;
    row_pane_open(&s->shown, &source, s, -1, 0);
}

static bool pane_sync(struct pane *p)
{
    struct state *s = p->state;
    int64_t delay;
    s->note = 0;
    for (size_t i = 0; i < marks_count(s->of); i++) {
        const char *note = marks_at(s->of, i)->note;
        int width = note ? utf8_width(str_of(note)) : 0;
        s->note = width > s->note ? width : s->note;
    }
    list_sync(s->shown.list, marks_changes(s->of) + 1, 0, p->host->tick, true, &delay);
    return true;
}

/* ---- rows ---- */

static int share(const struct draw_area *line, int hundredths)
{
    return line->width * hundredths / 100;
}

/* The notes' column with the gap behind it; 0: there are none. */
static int note_column(const struct state *s, const struct draw_area *line)
{
    int most = share(line, NOTE_SHARE);
    return !s->note ? 0
                    : GAP + (s->note > most         ? most
                             : s->note < NOTE_LEAST ? NOTE_LEAST
                                                    : s->note);
}

/* Where the note (or, without notes, the line) begins. */
static int draw_start(const struct draw_area *line, enum theme_role role, const char *time,
                      const char *whose)
{
    int width = share(line, SOURCE_SHARE);
    draw_texts(line, LEFT, 0, TIME_WIDTH, DRAW_HARD, role, time);
    draw_texts(line, LEFT + TIME_WIDTH + GAP, 0, width, DRAW_MIDDLE, role, whose);
    return LEFT + TIME_WIDTH + GAP + width + GAP;
}

static void draw_row(const struct pane *p, const struct draw_area *line, size_t row, bool cursor)
{
    const struct state *s = p->state;
    const struct mark *m = row_at(p->state, row);
    const struct logsource whose = {.namespace_ = true, .pod = true, .columns = 2};
    char time[CLOCK_TEXT], text[LOGSOURCE_TEXT];
    clock_format(m->time, false, "%m-%d %T", time, sizeof time);
    int x =
        draw_start(line, ROLE_TIME, time, logsource_text(&whose, p->host->labels, m->labels, text));
    int note = note_column(s, line);
    draw_texts(line, x, 0, note - GAP, DRAW_LEFT, ROLE_MARK, m->note ? m->note : "");
    x += note;
    draw_text(line, x, 0, line->width - x, DRAW_LEFT, ROLE_TEXT, (struct str){m->text, m->text_n});
    pane_mark_row(p, line, cursor, false, line->width);
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct state *s = p->state;
    p->first_row = 1;
    if (!list_count(s->shown.list)) {
        pane_draw_empty(p, body, NULL, "marks",
                        "No line is marked. In a log Space marks one, b notes "
                        "something on it.");
        return;
    }
    struct draw_area head = draw_sub(body, 0, 0, body->width, 1);
    int x = draw_start(&head, ROLE_COLUMN, "TIME", "POD");
    int note = note_column(s, &head);
    draw_texts(&head, x, 0, note - GAP, DRAW_LEFT, ROLE_COLUMN, "NOTE");
    x += note;
    draw_texts(&head, x, 0, head.width - x, DRAW_LEFT, ROLE_COLUMN, "LINE");
    row_pane_draw(&s->shown, p, body, p->first_row, draw_row);
}

/* ---- keys ---- */

/* Among the lines that the log pane holds where they are of the same query, else among its
 * neighbours. */
static void go_to(struct pane *p, size_t i)
{
    const struct mark *m = marks_at(p->host->model->marks, i);
    const char *query = p->host->model->logs.query;
    if (m->query && query && strcmp(m->query, query) == 0) {
        p->host->mark_goal = i + 1;
    } else {
        struct moves_line line = {
            .labels = m->labels, .time = m->time, .text = m->hash, .back = "marks"};
        moves_line(p->host->moves, &line);
    }
    pane_show(p, "logs");
}

static void take_back(struct pane *p, struct state *s, size_t i)
{
    s->asked = i;
    s->removing = true;
    if (!marks_at(s->of, i)->note)
        marks_remove(p->host->model->marks, i);
    else
        p->host->ask(p->host->app, "Take the mark and its note back? y or N: ", "");
}

static bool action(struct pane *p, enum keys_action a)
{
    struct state *s = p->state;
    size_t i = row_pane_cursor(&s->shown);
    if (a != ACTION_ENTER && a != ACTION_MARK && a != ACTION_NOTE)
        return false;
    if (i == SIZE_MAX)
        return true;
    if (a == ACTION_ENTER) {
        go_to(p, i);
    } else if (a == ACTION_MARK) {
        take_back(p, s, i);
    } else {
        const char *note = marks_at(s->of, i)->note;
        s->asked = i;
        s->removing = false;
        p->host->ask(p->host->app, "note: ", note ? note : "");
    }
    return true;
}

static void answer(struct pane *p, const char *text)
{
    struct state *s = p->state;
    struct marks *marks = p->host->model->marks;
    if (!text || s->asked >= marks_count(marks))
        return;
    if (!s->removing)
        marks_note(marks, s->asked, text);
    else if (strcmp(text, "y") == 0 || strcmp(text, "yes") == 0)
        marks_remove(marks, s->asked);
}

static bool copy(struct pane *p, struct buf *out)
{
    size_t i = row_pane_cursor(&((struct state *)p->state)->shown);
    const struct mark *m = i == SIZE_MAX ? NULL : row_at(p->state, i);
    return m && buf_add(out, m->text, m->text_n);
}

static void counts(struct pane *p, char out[PANE_TEXT])
{
    const struct state *s = p->state;
    row_pane_counts(&s->shown, marks_count(s->of), out);
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    size_t i = row_pane_cursor(&((struct state *)p->state)->shown);
    str_copy(out, PANE_TEXT, i == SIZE_MAX ? "" : "Space takes the mark back, b edits its note");
}

const struct pane_ops marks_pane = {
    .name = "marks",
    .title = "Marks",
    .about = "Lines that were marked in logs. Enter goes there, Space takes one back, b notes.",
    .flags = PANE_ROWS | PANE_ENTER | PANE_SEARCH | PANE_FILTER | PANE_MARKS | PANE_OVERLAY |
             PANE_ONWARD,
    .private_size = sizeof(struct state),
    .open = pane_open,
    .close = row_pane_end,
    .sync = pane_sync,
    .draw = pane_draw,
    .list = row_pane_list,
    .action = action,
    .answer = answer,
    .copy = copy,
    .counts = counts,
    .status = status,
};
