#include "ui/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/log/patterns.h"
#include "ui/page/page_stack.h"
#include "ui/table/browse.h"

enum { MESSAGE_SECONDS = 6 };

int64_t engine_tick(const struct app *a)
{
    return a->conf.monotonic();
}

int64_t engine_now(const struct app *a)
{
    return a->conf.now();
}

void engine_say(struct app *a, enum theme_role role, const char *text)
{
    str_copy(a->message, sizeof a->message, text);
    a->message_role = role;
    a->message_until = engine_tick(a) + MESSAGE_SECONDS * CLOCK_SECOND;
    a->dirty = true;
}

void engine_say_err(struct app *a, const struct err *err)
{
    char text[PANE_TEXT];
    snprintf(text, sizeof text, "%s%s%s", err->what, err->mend[0] ? ": " : "", err->mend);
    engine_say(a, ROLE_ERROR, text);
}

static void say(void *app, enum theme_role role, const char *text)
{
    engine_say(app, role, text);
}

static void show(void *app, const char *name)
{
    engine_show(app, name);
}

static void wake(void *app, int64_t tick)
{
    struct app *a = app;
    if (tick < a->wake)
        a->wake = tick;
}

static bool ask(void *app, const char *label, const char *text)
{
    struct app *a = app;
    if (prompt_is_open(a->prompt))
        return false;
    prompt_open(a->prompt, PROMPT_PANE, label, text, NULL, NULL);
    return true;
}

/* The pane of the layout with that flag, or SIZE_MAX. */
static size_t placed_with(const struct app *a, unsigned flag)
{
    for (size_t i = 0; i < pane_count; i++)
        if (pane_table[i]->flags & flag && engine_is_placed(a, i))
            return i;
    return SIZE_MAX;
}

static size_t home(const struct app *a)
{
    size_t i = placed_with(a, PANE_HOME);
    return i != SIZE_MAX ? i : a->layout.places[a->layout.count > 1 ? 1 : 0].panes[0];
}

bool engine_open(struct app *a, struct err *err)
{
    a->browse = browse_new(a->model);
    a->trail.count = 0;
    a->host = (struct pane_host){.model = a->model,
                                 .labels = a->conf.labels,
                                 .keys = a->keys,
                                 .moves = a->moves,
                                 .browse = a->browse,
                                 .patterns = patterns_new(),
                                 .pages = page_stack_new(a->model),
                                 .highlights = &a->highlights,
                                 .now = engine_now(a),
                                 .tick = engine_tick(a),
                                 .pressed = true,
                                 .app = a,
                                 .say = say,
                                 .show = show,
                                 .wake = wake,
                                 .ask = ask};
    cells_init(&a->cells);
    for (size_t i = 0; i < pane_count; i++)
        a->panes[i] = pane_new(pane_table[i], &a->host);
    a->width = LAYOUT_LEAST_WIDTH;
    a->height = LAYOUT_LEAST_HEIGHT;
    cells_resize(&a->cells, a->width, a->height);
    const char *first = a->conf.layout ? a->conf.layout : "triage";
    if (!engine_place(a, a->layout_name ? a->layout_name : first, err))
        return false;
    a->focus = a->previous = home(a);
    engine_focused(a)->focused = true;
    return true;
}

void engine_close(struct app *a)
{
    for (size_t i = 0; i < pane_count; i++)
        pane_free(a->panes[i]);
    patterns_free(a->host.patterns);
    browse_free(a->browse);
    a->browse = NULL;
    page_stack_free(a->host.pages);
    cells_free(&a->cells);
}

bool engine_is_too_small(const struct app *a)
{
    return a->width < LAYOUT_LEAST_WIDTH || a->height < LAYOUT_LEAST_HEIGHT;
}

struct draw_area engine_body(struct app *a)
{
    int top = 1 + (a->model->insecure != NULL);
    return (struct draw_area){&a->cells, 0, top, a->width, a->height - top - 1};
}

static void uses(struct app *a, int out[ENGINE_PANES])
{
    for (size_t i = 0; i < pane_count; i++) {
        struct pane *p = a->panes[i];
        out[i] = p->ops->rows ? p->ops->rows(p) + 1 : 0;
    }
}

void engine_settle(struct app *a)
{
    int most[ENGINE_PANES] = {0};
    uses(a, most);
    if (memcmp(most, a->most, sizeof most) != 0)
        engine_place(a, a->layout_name, NULL);
    size_t urgent = placed_with(a, PANE_URGENT);
    if (a->touched || urgent == SIZE_MAX)
        return;
    engine_focus(a, most[urgent] > 1 ? urgent : home(a));
}

bool engine_place(struct app *a, const char *layout, struct err *err)
{
    struct layout fresh;
    struct draw_area body = engine_body(a);
    uses(a, a->most);
    if (!layout_make(&fresh, layout, body.width, body.height, a->most, err))
        return false;
    if (!a->layout_name || strcmp(a->layout_name, layout) != 0) {
        char *old = a->layout_name;
        a->layout_name = mem_dup(layout);
        free(old);
        memset(a->front, 0, sizeof a->front);
    }
    a->layout = fresh;
    a->fresh = a->dirty = true;
    for (size_t i = 0; i < fresh.count; i++)
        for (size_t k = 0; k < fresh.places[i].count; k++)
            if (fresh.places[i].panes[k] == a->focus)
                a->front[i] = k;
    return true;
}

bool engine_resize(struct app *a, int width, int height)
{
    if (width == a->width && height == a->height)
        return false;
    a->width = width;
    a->height = height;
    cells_resize(&a->cells, width, height);
    engine_place(a, a->layout_name, NULL);
    return true;
}

bool engine_is_placed(const struct app *a, size_t pane)
{
    return layout_find(&a->layout, pane) != NULL;
}

bool engine_fills(const struct app *a)
{
    return a->zoomed || !engine_is_placed(a, a->focus);
}

size_t engine_front(const struct app *a, size_t place)
{
    const struct layout_place *p = &a->layout.places[place];
    return p->panes[a->front[place] < p->count ? a->front[place] : 0];
}

static void turn_to(struct app *a, size_t pane)
{
    if (pane == a->focus)
        return;
    if (engine_is_placed(a, a->focus))
        a->previous = a->focus;
    a->host.owner = engine_focused(a);
    engine_focused(a)->focused = false;
    a->focus = pane;
    engine_focused(a)->focused = true;
    for (size_t i = 0; i < a->layout.count; i++)
        for (size_t k = 0; k < a->layout.places[i].count; k++)
            if (a->layout.places[i].panes[k] == pane)
                a->front[i] = k;
    a->fresh = a->dirty = true;
}

static void leave(struct app *a, size_t pane)
{
    if (pane_table[pane]->left)
        pane_table[pane]->left(a->panes[pane]);
}

void engine_focus(struct app *a, size_t pane)
{
    struct trail_step step;
    if (pane == a->focus)
        return;
    while (trail_pop(&a->trail, &step))
        leave(a, step.to);
    turn_to(a, pane);
}

void engine_enter(struct app *a, size_t pane)
{
    const struct trail_step *newest = trail_newest(&a->trail);
    struct trail_step step = {.from = a->focus,
                              .to = pane,
                              .zoomed = a->zoomed,
                              .before = a->acted,
                              .after = a->model->scope};
    bool returns = newest && pane != a->focus && newest->to == a->focus && newest->from == pane &&
                   !(pane_table[a->focus]->flags & PANE_ONWARD) &&
                   trail_same(&step.before, &step.after);
    if (pane == a->focus && !pane_table[pane]->left)
        return;
    if (!returns)
        trail_push(&a->trail, &step);
    else if (trail_pop(&a->trail, &step))
        leave(a, step.to);
    turn_to(a, pane);
}

void engine_show(struct app *a, const char *name)
{
    for (size_t i = 0; i < pane_count; i++)
        if (strcmp(pane_table[i]->name, name) == 0)
            engine_enter(a, i);
}

/* The panes of the layout in the order of Tab. */
static size_t ring(const struct app *a, size_t out[ENGINE_PANES])
{
    size_t n = 0;
    for (size_t i = 0; i < a->layout.count; i++)
        for (size_t k = 0; k < a->layout.places[i].count && n < ENGINE_PANES; k++)
            out[n++] = a->layout.places[i].panes[k];
    return n;
}

void engine_next(struct app *a, int step)
{
    size_t order[ENGINE_PANES], n = ring(a, order), at = 0;
    size_t from = engine_is_placed(a, a->focus) ? a->focus : a->previous;
    while (at < n && order[at] != from)
        at++;
    if (n)
        engine_focus(a, order[(at + n + (size_t)(step + (int)n)) % n]);
}

/* A group that was chosen since is let go of first: a pod follows the cursor by itself. */
static void step_back(struct app *a)
{
    struct trail_step step;
    const struct trail_step *newest = trail_newest(&a->trail);
    if (newest && strcmp(newest->after.group, a->model->scope.group) != 0) {
        moves_group(a->moves, newest->after.group);
        return;
    }
    if (!trail_pop(&a->trail, &step))
        return;
    turn_to(a, step.from);
    leave(a, step.to);
    if (trail_same(&step.after, &a->model->scope))
        moves_subject(a->moves, &step.before);
}

bool engine_back(struct app *a)
{
    const struct trail_step *step = trail_newest(&a->trail);
    bool came = step && step->to == a->focus;
    if (a->zoomed && !(came && step->zoomed))
        a->zoomed = false;
    else if (came)
        step_back(a);
    else if (!engine_is_placed(a, a->focus))
        engine_focus(a, a->previous);
    else
        return false;
    a->fresh = a->dirty = true;
    return true;
}

void engine_sync_focus(struct app *a)
{
    struct pane *p = engine_focused(a);
    a->host.now = engine_now(a);
    a->host.tick = engine_tick(a);
    a->host.pressed = true;
    const struct trail_step *step = trail_newest(&a->trail);
    a->host.came = step && step->to == a->focus;
    a->acted = a->model->scope;
    if (p->ops->sync)
        p->ops->sync(p);
}
