/* The engine does what all panes share; the rest goes to the focused pane. */
#include "ui/actions.h"

#include "ui/commands.h"
#include "ui/engine.h"
#include "ui/export.h"
#include "ui/log/log_goal.h"
#include "ui/page/page_stack.h"
#include "ui/query/queryline.h"
#include "ui/terminal/terminal.h"
#include "ui/view.h"

enum { WHEEL_ROWS = 3 };

/* What the whole board does. */
typedef void operation(struct app *a);

static void do_quit(struct app *a)
{
    a->quit = true;
}

/* One thing back: what the pane has open, its filter, its search, the zoom, a step of the scope. */
static bool back(struct app *a)
{
    struct pane *p = engine_focused(a);
    if (p->ops->action && p->ops->action(p, ACTION_BACK))
        return true;
    if (p->filter.regex)
        pane_filter(p, "", NULL);
    else if (p->search.regex)
        pane_pattern_clear(&p->search);
    else
        return engine_back(a) || moves_out(a->moves);
    return true;
}

static void do_back(struct app *a)
{
    if (!back(a))
        engine_say(a, ROLE_MESSAGE, "Nothing to go back from. Q quits, 0 shows all namespaces.");
}

static void do_back_or_quit(struct app *a)
{
    if (!back(a))
        a->quit = true;
}

static void do_suspend(struct app *a)
{
    terminal_suspend();
    a->fresh = true;
}

static void do_redraw(struct app *a)
{
    terminal_redraw();
    a->fresh = true;
}

static void do_focus_next(struct app *a)
{
    engine_next(a, 1);
}

static void do_focus_previous(struct app *a)
{
    engine_next(a, -1);
}

static void do_zoom(struct app *a)
{
    if (!engine_is_placed(a, a->focus)) {
        engine_back(a);
        return;
    }
    a->zoomed = !a->zoomed;
    a->fresh = true;
}

static void do_command(struct app *a)
{
    intents_push(a->model->intents, INTENT_SERVED, NULL, 0, 0);
    prompt_open(a->prompt, PROMPT_COMMAND, ":", "", commands_offers, a);
}

static void do_search(struct app *a)
{
    prompt_open(a->prompt, PROMPT_SEARCH, "/", "", NULL, NULL);
}

static void do_filter(struct app *a)
{
    prompt_open(a->prompt, PROMPT_FILTER, "&", "", NULL, NULL);
}

static void do_go_time(struct app *a)
{
    prompt_open(a->prompt, PROMPT_TIME, "time (13:00, 90m, 2d, 2021-08-27T13:00): ", "", NULL,
                NULL);
}

static void do_all_namespaces(struct app *a)
{
    moves_namespace(a->moves, "");
}

static void do_window_back(struct app *a)
{
    moves_step(a->moves, -1, engine_now(a));
}

static void do_window_forward(struct app *a)
{
    moves_step(a->moves, 1, engine_now(a));
}

static void do_live(struct app *a)
{
    moves_live(a->moves);
}

static void do_undo(struct app *a)
{
    if (!moves_undo(a->moves))
        engine_say(a, ROLE_MESSAGE, "Nothing to undo.");
}

static void do_redo(struct app *a)
{
    if (!moves_redo(a->moves))
        engine_say(a, ROLE_MESSAGE, "Nothing to redo.");
}

/* What is done is done to what is there now, so not from a view of the past. */
static void do_actions(struct app *a)
{
    struct object_ref object;
    char text[OBJECT_REF_TEXT];
    if (!a->conf.write)
        engine_say(a, ROLE_MESSAGE, "Actions are offered when kubeboard is started with --write.");
    else if (!scope_is_live(&a->model->scope))
        engine_say(a, ROLE_MESSAGE, "This is the past: L goes back to live, then A acts on it.");
    else if (!pane_object(engine_focused(a), &object))
        engine_say(a, ROLE_MESSAGE, "There is no object under the cursor.");
    else {
        intents_push(a->model->intents, INTENT_OFFERS, object_ref_text(&object, text), 0, 0);
        engine_show(a, "actions");
    }
}

static void do_query(struct app *a)
{
    queryline_open(a, QUESTION_LOGQL, NULL);
}

static void do_query_scope(struct app *a)
{
    queryline_give_back(a);
}

static operation *const operations[ACTION_COUNT] = {
    [ACTION_BACK] = do_back,
    [ACTION_QUIT_BACK] = do_back_or_quit,
    [ACTION_QUIT] = do_quit,
    [ACTION_SUSPEND] = do_suspend,
    [ACTION_REDRAW] = do_redraw,
    [ACTION_FOCUS_NEXT] = do_focus_next,
    [ACTION_FOCUS_PREVIOUS] = do_focus_previous,
    [ACTION_ZOOM] = do_zoom,
    [ACTION_COMMAND] = do_command,
    [ACTION_SEARCH] = do_search,
    [ACTION_FILTER] = do_filter,
    [ACTION_GO_TIME] = do_go_time,
    [ACTION_ALL_NAMESPACES] = do_all_namespaces,
    [ACTION_WINDOW_BACK] = do_window_back,
    [ACTION_WINDOW_FORWARD] = do_window_forward,
    [ACTION_LIVE] = do_live,
    [ACTION_UNDO] = do_undo,
    [ACTION_REDO] = do_redo,
    [ACTION_ACTIONS] = do_actions,
    [ACTION_OWNER] = commands_owner,
    [ACTION_COPY] = export_copy,
    [ACTION_SAVE] = export_ask,
    [ACTION_QUERY] = do_query,
    [ACTION_ADDRESS] = view_copy_address,
    [ACTION_QUERY_SCOPE] = do_query_scope,
};

static void moved(struct pane *p, size_t before)
{
    const struct list *l = pane_list_of(p);
    if (p->ops->moved && list_count(l) && (list_cursor(l) != before || list_moved(l)))
        p->ops->moved(p);
}

static bool move_list(struct pane *p, enum keys_action action)
{
    struct list *l = pane_list_of(p);
    int64_t rows = keys_rows(action, p->height - p->first_row);
    if (!l || !rows)
        return false;
    size_t before = list_cursor(l);
    list_move_by(l, rows);
    moved(p, before);
    return true;
}

static void search_again(struct app *a, bool forward)
{
    struct pane *p = engine_focused(a);
    struct list *l = pane_list_of(p);
    size_t before = l ? list_cursor(l) : 0;
    bool found;
    if (!p->search.regex) {
        engine_say(a, ROLE_MESSAGE, "Nothing was searched for: / begins.");
        return;
    }
    found = l ? list_search(l, p->search.regex, forward) : p->ops->search(p, forward);
    if (!found)
        engine_say(a, ROLE_WARNING, "No other match.");
    else if (l)
        moved(p, before);
}

/* Gives the focus to the pane that this key calls. */
static bool summon(struct app *a, enum keys_action action)
{
    for (size_t i = 0; i < pane_count; i++) {
        if (pane_table[i]->summon != action)
            continue;
        if (i == a->focus && !engine_is_placed(a, i))
            engine_back(a);
        else
            engine_enter(a, i);
        return true;
    }
    return false;
}

/* The page of the object under the cursor; false: there is none, or another action. */
static bool open_page(struct app *a, enum keys_action action)
{
    struct object_ref o;
    enum page_wish_view view;
    if (action == ACTION_DESCRIBE)
        view = PAGE_WISH_DESCRIBE;
    else if (action == ACTION_YAML)
        view = PAGE_WISH_YAML;
    else if (action == ACTION_EVENTS)
        view = PAGE_WISH_EVENTS;
    else
        return false;
    if (!pane_object(engine_focused(a), &o)) {
        if (action != ACTION_EVENTS)
            engine_say(a, ROLE_MESSAGE, "No object is under the cursor.");
        return action != ACTION_EVENTS;
    }
    page_stack_open(a->host.pages, &o, view);
    engine_show(a, "page");
    return true;
}

/* The log of the pod under the cursor; false: there is none, or another action. */
static bool open_log(struct app *a, enum keys_action action)
{
    struct object_ref o;
    bool previous = action == ACTION_PREVIOUS;
    struct pane *p = engine_focused(a);
    if ((action != ACTION_LOGS && !previous) || (!previous && p->ops->summon == ACTION_LOGS))
        return false;
    bool opened = pane_object(p, &o) && log_goal_open(&a->host, &o, "", previous);
    if (!opened && previous)
        engine_say(a, ROLE_MESSAGE,
                   "Only a pod has logs of the run before: none is under the cursor.");
    return opened || previous;
}

void actions_do(struct app *a, enum keys_action action)
{
    struct pane *p = engine_focused(a);
    if (operations[action])
        operations[action](a);
    else if (action == ACTION_SEARCH_NEXT || action == ACTION_SEARCH_PREVIOUS)
        search_again(a, action == ACTION_SEARCH_NEXT);
    else if (!move_list(p, action) && !(p->ops->action && p->ops->action(p, action)) &&
             !open_page(a, action) && !open_log(a, action))
        summon(a, action);
}

static void set_search(struct app *a, const char *text)
{
    struct pane *p = engine_focused(a);
    struct err err;
    if (!text[0] && p->search.regex) { /* as in less: the last one again */
        search_again(a, true);
        return;
    }
    if (!pane_pattern_set(&p->search, text, false, &err)) {
        engine_say_err(a, &err);
        return;
    }
    struct list *l = pane_list_of(p);
    if (p->search.regex && (l || p->ops->search))
        search_again(a, true);
}

static void set_filter(struct app *a, const char *text)
{
    struct err err;
    if (!pane_filter(engine_focused(a), text, &err))
        engine_say_err(a, &err);
}

static void answer_pane(struct app *a, const char *text)
{
    struct pane *p = engine_focused(a);
    if (p->ops->answer)
        p->ops->answer(p, text);
}

void actions_prompt_key(struct app *a, uint32_t key)
{
    static void (*const accept[PROMPT_KINDS])(struct app *, const char *) = {
        [PROMPT_SEARCH] = set_search,       [PROMPT_FILTER] = set_filter,
        [PROMPT_COMMAND] = commands_run,    [PROMPT_TIME] = commands_at,
        [PROMPT_SAVE] = export_named,       [PROMPT_REPLACE] = export_confirmed,
        [PROMPT_PANE] = answer_pane,        [PROMPT_QUERY] = queryline_accept,
        [PROMPT_PROMQL] = queryline_accept, [PROMPT_COSTLY] = queryline_confirmed,
    };
    enum prompt_result result = prompt_key(a->prompt, key);
    enum prompt_kind kind = prompt_kind(a->prompt);
    if (queryline_is_prompt(kind) && result != PROMPT_ACCEPTED)
        queryline_forget(a); /* another text: what is said of the old one is of no use */
    if (result == PROMPT_MORE && kind == PROMPT_COMMAND)
        queryline_take_over(a, prompt_text(a->prompt));
    if (result == PROMPT_MORE)
        return;
    if (result == PROMPT_CANCELLED && kind == PROMPT_COSTLY) {
        queryline_confirmed(a, "");
        return;
    }
    prompt_close(a->prompt);
    if (result == PROMPT_ACCEPTED) {
        a->message_until = 0;
        engine_sync_focus(a);
        accept[kind](a, prompt_text(a->prompt));
    } else if (kind == PROMPT_PANE) {
        answer_pane(a, NULL);
    }
}

static bool is_inside(const struct draw_area *r, int x, int y)
{
    return x >= r->x && x < r->x + r->width && y >= r->y && y < r->y + r->height;
}

static void click(struct app *a, size_t pane, const struct draw_area *r, int x, int y, int wheel)
{
    engine_focus(a, pane);
    engine_sync_focus(a);
    struct pane *p = engine_focused(a);
    for (int i = 0; wheel && i < WHEEL_ROWS; i++)
        actions_do(a, wheel < 0 ? ACTION_UP : ACTION_DOWN);
    int row = y - r->y - 1 - p->first_row;
    if (!wheel && p->ops->click && row >= 0)
        p->ops->click(p, x - r->x, row);
    struct list *l = pane_list_of(p);
    if (wheel || row < 0 || !l)
        return;
    size_t before = list_cursor(l), n = list_top(l, (size_t)(r->height - 1)) + (size_t)row;
    if (n < list_count(l)) {
        list_move_to(l, n);
        moved(p, before);
    }
}

void actions_mouse(struct app *a, int x, int y, int wheel)
{
    struct draw_area body = engine_body(a);
    if (prompt_is_open(a->prompt) || engine_is_too_small(a))
        return;
    if (engine_fills(a)) {
        if (is_inside(&body, x, y))
            click(a, a->focus, &body, x, y, wheel);
        return;
    }
    for (size_t i = 0; i < a->layout.count; i++) {
        const struct layout_place *p = &a->layout.places[i];
        struct draw_area r = draw_sub(&body, p->x, p->y, p->width, p->height);
        if (is_inside(&r, x, y)) {
            click(a, engine_front(a, i), &r, x, y, wheel);
            return;
        }
    }
}
