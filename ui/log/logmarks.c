#include "ui/log/logmarks.h"

#include <stdio.h>

static size_t mark_of_cursor(struct pane *p, const struct logview *v)
{
    if (!lines_count(v->lines))
        return SIZE_MAX;
    struct line line = lines_at(v->lines, v->cursor);
    return line.kind == LINE_LOG ? marks_find(p->host->model->marks, &line) : SIZE_MAX;
}

static size_t add(struct pane *p, struct logview *v)
{
    struct line line = {.kind = LINE_NOTICE};
    if (lines_count(v->lines))
        line = lines_at(v->lines, v->cursor);
    if (line.kind != LINE_LOG) {
        pane_say(p, ROLE_MESSAGE, "No log line is under the cursor.");
        return SIZE_MAX;
    }
    logview_follow(v, false);
    size_t i = marks_add(p->host->model->marks, &line, p->host->model->logs.query);
    if (i == SIZE_MAX)
        pane_say(p, ROLE_WARNING, "%d lines are marked: take some marks back first.", MARKS_MOST);
    return i;
}

static void turn(struct pane *p, struct logview *v)
{
    size_t i = mark_of_cursor(p, v);
    if (i != SIZE_MAX)
        marks_remove(p->host->model->marks, i);
    else if (add(p, v) == SIZE_MAX)
        return;
    logview_move(v, 1);
}

static void ask_note(struct logmarks *k, struct pane *p, struct logview *v)
{
    size_t i = mark_of_cursor(p, v);
    if (i == SIZE_MAX)
        i = add(p, v);
    if (i == SIZE_MAX)
        return;
    const struct mark *m = marks_at(p->host->model->marks, i);
    k->noted = i + 1;
    p->host->ask(p->host->app, "note: ", m->note ? m->note : "");
}

static void go_to(struct logmarks *k, struct pane *p, struct logview *v, struct logedge *e,
                  size_t i)
{
    if (logedge_go(e, p, v, marks_at(p->host->model->marks, i)->time))
        k->going = i + 1;
    else
        pane_say(p, ROLE_WARNING, "The line of that mark is not held and cannot be read again.");
}

/* The first mark behind the cursor's line, else the first of all. */
static void go_next(struct logmarks *k, struct pane *p, struct logview *v, struct logedge *e)
{
    const struct marks *marks = p->host->model->marks;
    size_t count = marks_count(marks), i = mark_of_cursor(p, v);
    if (!count) {
        pane_say(p, ROLE_MESSAGE, "No line is marked: Space marks one.");
        return;
    }
    if (i != SIZE_MAX)
        i++;
    else
        for (i = 0;
             i < count && lines_count(v->lines) && marks_at(marks, i)->time <= v->cursor_time;)
            i++;
    go_to(k, p, v, e, i >= count ? 0 : i);
}

bool logmarks_action(struct logmarks *k, struct pane *p, struct logview *v, struct logedge *e,
                     enum keys_action a)
{
    if (a == ACTION_MARK)
        turn(p, v);
    else if (a == ACTION_NOTE)
        ask_note(k, p, v);
    else if (a == ACTION_MARK_NEXT)
        go_next(k, p, v, e);
    else
        return false;
    if (a == ACTION_MARK_NEXT)
        logmarks_sync(k, p, v, e->going != 0);
    return true;
}

void logmarks_answer(struct logmarks *k, struct pane *p, const char *text)
{
    struct marks *marks = p->host->model->marks;
    if (text && k->noted && k->noted <= marks_count(marks))
        marks_note(marks, k->noted - 1, text);
    k->noted = 0;
}

void logmarks_take(struct logmarks *k, struct pane *p, struct logview *v, struct logedge *e)
{
    size_t goal = p->host->mark_goal;
    p->host->mark_goal = 0;
    if (goal && goal <= marks_count(p->host->model->marks))
        go_to(k, p, v, e, goal - 1);
}

/* The time is there: to the very line. */
void logmarks_sync(struct logmarks *k, struct pane *p, struct logview *v, bool waits)
{
    const struct marks *marks = p->host->model->marks;
    if (!k->going || k->going > marks_count(marks)) {
        k->going = 0;
        return;
    }
    if (waits)
        return;
    size_t count = lines_count(v->lines),
           i = lines_find_time(v->lines, marks_at(marks, k->going - 1)->time);
    for (; i < count; i++) {
        struct line line = lines_at(v->lines, i);
        if (line.time != marks_at(marks, k->going - 1)->time)
            break;
        if (marks_find(marks, &line) != k->going - 1)
            continue;
        logview_move_to(v, i);
        logview_follow(v, false);
        pane_say(p, ROLE_MESSAGE, "Mark %zu of %zu.", k->going, marks_count(marks));
        k->going = 0;
        return;
    }
    pane_say(p, ROLE_WARNING, "The lines shown do not have the line of that mark.");
    k->going = 0;
}

void logmarks_status(struct pane *p, struct logview *v, char out[PANE_TEXT])
{
    size_t i = v->follow ? SIZE_MAX : mark_of_cursor(p, v);
    const struct mark *m = i == SIZE_MAX ? NULL : marks_at(p->host->model->marks, i);
    if (m && m->note)
        snprintf(out, PANE_TEXT, "note: %.900s", m->note);
    else if (m)
        snprintf(out, PANE_TEXT, "marked: b notes something on it");
}
