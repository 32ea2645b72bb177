/*
 * A frame: intents that are due are pushed, panes that are seen take over what changed (sync), and
 * every cell is drawn anew from the model; a pane that put its sync off keeps its cells. Between
 * frames nothing is remembered but cursors, so nothing on screen can be older than the model.
 */
#include "ui/app.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/actions.h"
#include "ui/engine.h"
#include "ui/export.h"
#include "ui/frame.h"
#include "ui/query/queryline.h"
#include "ui/query/querypast.h"
#include "ui/table/browse.h"
#include "ui/terminal/plain.h"
#include "ui/terminal/terminal.h"
#include "ui/view.h"

enum { ROUNDS = 200, INPUT_MOST = 4096 };

static void fill_conf(struct app *a, const struct app_conf *conf)
{
    a->conf = *conf;
    if (!a->conf.now)
        a->conf.now = clock_now;
    if (!a->conf.monotonic)
        a->conf.monotonic = clock_monotonic;
    if (!a->conf.labels)
        a->conf.labels = &rule_labels_default;
    if (a->conf.span <= 0)
        a->conf.span = CLOCK_HOUR;
    const char *no_color = getenv("NO_COLOR");
    a->color =
        conf->colour == APP_ALWAYS || (conf->colour == APP_AUTO && !(no_color && no_color[0]));
}

static void choose_glyphs(struct app *a)
{
    bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    a->cells.ascii = !utf8 && a->conf.ascii != APP_NEVER;
    a->cells.plain_glyphs = a->conf.ascii == APP_ALWAYS || a->cells.ascii;
    a->host.ascii = a->cells.plain_glyphs;
}

struct app *app_new(struct model *m, const struct app_conf *conf, struct err *err)
{
    struct app *a = mem_alloc(sizeof *a);
    a->model = m;
    fill_conf(a, conf);
    a->keys = keys_new(a->conf.keys, a->conf.key_count, err);
    a->theme = a->keys
                   ? theme_load(a->conf.theme ? a->conf.theme : "dark", a->conf.theme_folder, err)
                   : NULL;
    a->moves = moves_new(m, a->conf.labels, a->conf.span);
    a->prompt = prompt_new();
    a->wake = INT64_MAX;
    if (!a->theme || !engine_open(a, err)) {
        app_free(a);
        return NULL;
    }
    choose_glyphs(a);
    querypast_load(a->conf.state_folder, a->prompt);
    a->dirty = a->fresh = true;
    moves_due(a->moves, engine_now(a), engine_tick(a));
    return a;
}

void app_free(struct app *a)
{
    if (!a)
        return;
    app_terminal_stop(a);
    export_close(a);
    engine_close(a);
    queryline_forget(a);
    free(a->query.text);
    moves_free(a->moves);
    highlights_clear(&a->highlights);
    prompt_free(a->prompt);
    theme_free(a->theme);
    keys_free(a->keys);
    free(a->layout_name);
    free(a);
}

void app_change(struct app *a, void (*change)(void *context), void *context)
{
    int width = a->width, height = a->height;
    struct err err;
    export_close(a);
    engine_close(a);
    moves_free(a->moves);
    change(context);
    a->moves = moves_new(a->model, a->conf.labels, a->conf.span);
    a->zoomed = false;
    engine_open(a, &err); /* its layout was good before */
    engine_resize(a, width, height);
    choose_glyphs(a);
    a->dirty = a->fresh = true;
    moves_due(a->moves, engine_now(a), engine_tick(a));
}

bool app_terminal_start(struct app *a, struct err *err)
{
    if (!terminal_start(a->color, a->conf.mouse, err))
        return false;
    a->fresh = a->dirty = true;
    app_resize(a);
    return true;
}

void app_terminal_stop(struct app *a)
{
    (void)a;
    terminal_stop();
}

void app_resize(struct app *a)
{
    int width, height;
    if (!terminal_is_started())
        return;
    terminal_resize(&width, &height);
    engine_resize(a, width, height);
    a->dirty = a->fresh = true;
}

void app_key(struct app *a, uint32_t key)
{
    a->dirty = a->host.pressed = a->touched = true;
    if (queryline_holds(a, key))
        return;
    if (prompt_is_open(a->prompt)) {
        actions_prompt_key(a, key);
        return;
    }
    enum keys_action action = keys_action(a->keys, key, pane_flags(engine_focused(a)));
    if (action == ACTION_NONE || (engine_is_too_small(a) && action != ACTION_QUIT))
        return;
    a->message_until = 0;
    engine_sync_focus(a);
    actions_do(a, action);
}

void app_input(struct app *a)
{
    struct terminal_event event;
    uint32_t key;
    for (int i = 0; i < INPUT_MOST && terminal_is_started(); i++) {
        switch (terminal_read(&event)) {
        case TERMINAL_NOTHING:
            return;
        case TERMINAL_GONE:
            a->quit = true;
            return;
        case TERMINAL_MOUSE:
            a->touched = true;
            a->dirty = true;
            actions_mouse(a, event.x, event.y, event.wheel);
            break;
        case TERMINAL_KEY:
            if (input_feed(&a->input, event.byte, &key))
                app_key(a, key);
            break;
        }
    }
}

bool app_open(struct app *a, const struct address *address, struct err *err)
{
    return view_open(a, address, err);
}

bool app_needs_person(const struct app *a, struct err *err)
{
    return queryline_needs_person(a, err);
}

bool app_wants_quit(const struct app *a)
{
    return a->quit;
}

void app_say(struct app *a, bool error, const char *text)
{
    engine_say(a, error ? ROLE_ERROR : ROLE_MESSAGE, text);
}

/* One pane with its title in a rectangle; its cells stay as they are when it put its sync off. */
static void draw_pane(struct app *a, const struct layout_place *place, size_t pane,
                      const struct draw_area *r)
{
    struct pane *p = a->panes[pane];
    struct draw_area body = draw_sub(r, 0, 1, r->width, r->height - 1);
    p->width = body.width;
    p->height = body.height;
    if ((!p->ops->sync || p->ops->sync(p)) || a->fresh) {
        for (int y = 0; y < body.height; y++)
            draw_fill(&body, 0, y, body.width, ROLE_TEXT, GLYPH_NONE);
        p->ops->draw(p, &body);
    }
    frame_title(a, place, pane, place ? place->y : 0);
}

static void draw_panes(struct app *a)
{
    struct draw_area body = engine_body(a);
    if (engine_fills(a)) {
        draw_pane(a, NULL, a->focus, &body);
        return;
    }
    for (size_t i = 0; i < a->layout.count; i++) {
        const struct layout_place *p = &a->layout.places[i];
        struct draw_area r = draw_sub(&body, p->x, p->y, p->width, p->height);
        draw_pane(a, p, engine_front(a, i), &r);
    }
    frame_lines(a);
}

static void draw_cells(struct app *a)
{
    engine_settle(a);
    if (a->layout_top != engine_body(a).y)
        engine_place(a, a->layout_name, NULL);
    a->layout_top = engine_body(a).y;
    int rows = prompt_is_open(a->prompt) ? prompt_rows(a->prompt, a->width) : 1;
    a->fresh |= rows != a->prompt_rows; /* what it covered is to be seen again */
    a->prompt_rows = rows;
    if (a->fresh) {
        cells_clear(&a->cells);
        a->host.pressed = true;
    }
    a->cells.cursor_x = -1;
    if (engine_is_too_small(a)) {
        frame_too_small(a);
        return;
    }
    draw_panes(a);
    frame_header(a);
    frame_footer(a);
}

/* What was typed for the lines of a query goes to them when they are there. */
static void take_held_keys(struct app *a)
{
    uint32_t keys[QUERYLINE_HELD];
    size_t count = queryline_release(a, keys);
    for (size_t i = 0; i < count; i++)
        app_key(a, keys[i]);
}

static void prepare(struct app *a)
{
    a->host.now = engine_now(a);
    a->host.tick = engine_tick(a);
    a->wake = a->message_until > a->host.tick ? a->message_until : INT64_MAX;
    int64_t due = moves_due(a->moves, a->host.now, a->host.tick);
    if (due < a->wake)
        a->wake = due;
    browse_due(a->browse);
    export_step(a);
    take_held_keys(a);
    queryline_sync(a);
}

static void finish(struct app *a)
{
    a->fresh = a->host.pressed = false;
    a->second = a->host.now / CLOCK_SECOND;
}

bool app_draw(struct app *a)
{
    int64_t tick = engine_tick(a);
    if (!a->dirty && !a->model->dirty && tick < a->wake &&
        engine_now(a) / CLOCK_SECOND == a->second)
        return false;
    a->dirty = a->model->dirty = false;
    prepare(a);
    draw_cells(a);
    finish(a);
    if (terminal_is_started())
        terminal_screen.show(NULL, &a->cells, a->theme);
    return true;
}

bool app_work(struct app *a)
{
    bool more = false;
    for (size_t i = 0; i < pane_count; i++)
        if (a->panes[i]->ops->work)
            more |= a->panes[i]->ops->work(a->panes[i]);
    if (a->export.saver) {
        export_step(a);
        more = true;
    }
    return more;
}

int64_t app_next_draw_ms(const struct app *a)
{
    int64_t now = engine_now(a), wait = CLOCK_SECOND - now % CLOCK_SECOND;
    int64_t due = a->wake == INT64_MAX ? wait : a->wake - engine_tick(a);
    if (a->dirty || a->model->dirty || due <= 0)
        return 0;
    wait = due < wait ? due : wait;
    return (wait + CLOCK_MS - 1) / CLOCK_MS;
}

void app_frame(struct app *a, int width, int height, struct buf *out)
{
    engine_resize(a, width, height);
    a->dirty = a->model->dirty = false;
    /* A pane that works in slices asks for another frame at once: it gets them before this one. */
    for (int i = 0; i < ROUNDS; i++) {
        prepare(a);
        a->host.pressed = true;
        draw_cells(a);
        if (a->wake > a->host.tick)
            break;
    }
    finish(a);
    plain_screen.show(out, &a->cells, a->theme);
}

void app_frame_roles(struct app *a, struct buf *out)
{
    plain_roles.show(out, &a->cells, a->theme);
}
