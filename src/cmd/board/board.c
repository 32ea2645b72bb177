/*
 * The dashboard. One turn of the loop: wait; let the sources change the model; take the screen's
 * wishes; draw once, if anything changed. Frames are capped, so a storm of lines cannot starve the
 * keyboard, except after a key and for the first rows of a list, which a person waits for.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/board/board_feeds.h"
#include "cmd/board/board_shell.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/wire.h"
#include "config/config.h"
#include "kube/access/client.h"
#include "kube/access/exec_plugin.h"
#include "kube/access/kubeconfig.h"
#include "net/loop.h"
#include "ui/app.h"
#include "ui/query/querypast.h"

enum { FRAME_MS = 50, ONCE_ROUNDS = 4 };

struct board {
    struct wire wire;
    const struct options *options;
    struct model *model;
    struct app *app;
    struct keys_override *keys;
    struct board_feeds feeds;
    struct loop_watch *terminal; /* NULL while a shell or a login has it */
    struct board_shell *shell;
    struct kubeconfig_context *next; /* on the way to it */
    struct querywords_saved *queries;
    char *state_folder;
    bool key, hung_up;
    int64_t drawn; /* monotonic ns of the last frame */
    size_t filled; /* lists that had rows in it */
};

static void name_cluster(struct board *b)
{
    struct scope *s = &b->model->scope;
    snprintf(s->cluster, sizeof s->cluster, "%s", wire_cluster(&b->wire));
}

static bool set_scope(struct board *b, struct err *err)
{
    const struct options *o = b->options;
    struct scope *s = &b->model->scope;
    int64_t at;
    name_cluster(b);
    const char *ns = options_text(o, OPTION_NAMESPACE, NULL);
    if (ns && !options_has(o, OPTION_ALL_NAMESPACES))
        scope_set_namespace(s, ns);
    if (!options_moment(o, OPTION_AT, clock_now(), &at, err))
        return false;
    if (at)
        scope_set_time(s, at, CLOCK_HOUR);
    return true;
}

/* What the log pane shows where nothing is chosen: the lines that the first rule counts. */
static void set_query(struct board *b)
{
    const struct config *config = b->wire.config;
    struct buf query;
    buf_init(&query, 1 << 16);
    if (config->collector.rule_count)
        rule_query(config->collector.rules, &config->loki_labels, &query);
    if (query.n && !query.over)
        b->model->windows.query = buf_take(&query, NULL);
    buf_free(&query);
}

static bool make_app(struct board *b, struct err *err)
{
    static const enum app_choice ascii[] = {
        [CONFIG_AUTO] = APP_AUTO, [CONFIG_TRUE] = APP_ALWAYS, [CONFIG_FALSE] = APP_NEVER};
    const struct config *c = b->wire.config;
    int colour;
    set_query(b);
    if (!options_choice(b->options, OPTION_COLOR, OPTIONS_COLORS, &colour, err))
        return false;
    b->keys = mem_array(c->ui.keys.count, sizeof *b->keys);
    for (size_t i = 0; i < c->ui.keys.count; i++)
        b->keys[i] = (struct keys_override){c->ui.keys.list[i].name, c->ui.keys.list[i].value};
    wire_contexts(&b->wire, &b->model->contexts);
    b->queries = mem_array(c->loki_queries.count + 1, sizeof *b->queries);
    for (size_t i = 0; i < c->loki_queries.count; i++)
        b->queries[i] =
            (struct querywords_saved){c->loki_queries.list[i].name, c->loki_queries.list[i].value};
    struct app_conf conf = {.theme = c->ui.theme,
                            .layout = c->ui.layout,
                            .keys = b->keys,
                            .key_count = c->ui.keys.count,
                            .ascii = ascii[c->ui.ascii],
                            .colour = (enum app_choice)colour,
                            .mouse = c->ui.mouse,
                            .write = options_has(b->options, OPTION_WRITE),
                            .labels = &c->loki_labels,
                            .state_folder = b->state_folder = querypast_folder(),
                            .queries = b->queries};
    b->app = app_new(b->model, &conf, err);
    if (!b->app)
        config_place(c, err);
    return b->app != NULL;
}

static bool open_address(struct board *b, struct err *err)
{
    const char *text = options_text(b->options, OPTION_OPEN, NULL);
    struct address *address = mem_alloc(sizeof *address);
    bool ok = !text || (address_read(str_of(text), address, err) && app_open(b->app, address, err));
    if (!ok)
        str_copy(err->where, sizeof err->where, "--open");
    free(address);
    return ok;
}

static void lend_terminal(struct board *b);

/* The old cluster's rows are never seen as the new one's: all that came from it goes first. */
static void change_cluster(void *context)
{
    struct board *b = context;
    board_feeds_stop(&b->feeds);
    model_clear(b->model);
    set_query(b);
    wire_switch(&b->wire, b->next);
    b->next = NULL;
    wire_contexts(&b->wire, &b->model->contexts);
    lend_terminal(b);
    name_cluster(b);
    board_feeds_start(&b->feeds);
}

static void change_context(struct board *b, const char *name)
{
    struct err err;
    char text[sizeof err.where + sizeof err.what + sizeof err.mend];
    b->next = wire_find_context(&b->wire, name, &err);
    if (b->next)
        app_change(b->app, change_cluster, b);
    else
        app_say(b->app, true, err_line(&err, text, sizeof text));
}

static void log_in(struct board *b)
{
    struct err err;
    struct client *c = wire_client(&b->wire, &err);
    if (!c || !client_log_in(c))
        app_say(b->app, true, "the kubeconfig's credentials are files or fixed: there is no login");
}

static void obey(struct board *b, const struct intent *wish)
{
    if (board_feeds_obey(&b->feeds, wish))
        return;
    if (wish->type == INTENT_CONTEXT)
        change_context(b, wish->text);
    else if (wish->type == INTENT_LOGIN)
        log_in(b);
    else if (wish->type == INTENT_QUIT)
        b->wire.stopped = true;
}

static void take_intents(struct board *b)
{
    struct intent wish;
    while (intents_take(b->model->intents, &wish)) {
        obey(b, &wish);
        free(wish.text);
    }
}

static void on_terminal(void *context, short revents)
{
    struct board *b = context;
    if (revents & (POLLHUP | POLLERR | POLLNVAL) && !(revents & POLLIN))
        b->hung_up = true;
    app_input(b->app);
    b->key = true;
}

static bool take_terminal(struct board *b, struct err *err)
{
    if (!app_terminal_start(b->app, err))
        return false;
    b->terminal = loop_watch_fd(b->wire.loop, STDIN_FILENO, POLLIN, on_terminal, b);
    b->key = true;
    return true;
}

static void give_terminal(struct board *b)
{
    loop_unwatch(b->terminal);
    b->terminal = NULL;
    app_terminal_stop(b->app);
}

static void say(void *context, bool is_error, const char *text)
{
    struct board *b = context;
    app_say(b->app, is_error, text);
}

static void on_shell_ended(void *context, int status, const struct err *err)
{
    struct board *b = context;
    struct err lost;
    b->shell = NULL;
    b->hung_up = !take_terminal(b, &lost);
    board_operations_shell_ended(b->feeds.operations, status, err);
}

/* The feeds go on meanwhile; nothing is drawn. */
static void open_shell(void *context, const struct shell_conf *conf, const char *title)
{
    struct board *b = context;
    struct err err;
    give_terminal(b);
    b->shell = board_shell_open(b->wire.loop, wire_client(&b->wire, &err), conf, title,
                                on_shell_ended, b, &err);
    if (!b->shell)
        on_shell_ended(b, -1, &err);
}

/* A login that asks has the terminal; the feeds go on, nothing is drawn. */
static void on_login_begins(void *context)
{
    give_terminal(context);
}

static void on_login_ends(void *context)
{
    struct board *b = context;
    struct err lost;
    b->hung_up = b->hung_up || (!b->shell && !take_terminal(b, &lost));
}

static void on_resize(void *context, int number)
{
    struct board *b = context;
    (void)number;
    if (b->shell) {
        board_shell_resize(b->shell);
        return;
    }
    if (!b->terminal)
        return;
    app_resize(b->app);
    b->key = true;
}

static void on_hang_up(void *context, int number)
{
    struct board *b = context;
    (void)number;
    b->hung_up = true;
}

/* What is left of the pause behind the last frame, in ms. */
static int64_t frame_pause(const struct board *b)
{
    int64_t since = (clock_monotonic() - b->drawn) / CLOCK_MS;
    if (b->key || model_lists_filled(b->model) > b->filled || since >= FRAME_MS)
        return 0;
    return FRAME_MS - since;
}

/* How long the loop may wait: until the next frame of a changed model, or what the app has to do by
 * itself. */
static int frame_wait(const struct board *b)
{
    if (!b->terminal)
        return 1000;
    int64_t wait = app_next_draw_ms(b->app), pause = frame_pause(b);
    return (int)(wait > pause ? wait : pause);
}

static void draw(struct board *b)
{
    b->key = false;
    board_feeds_note(&b->feeds);
    if (app_draw(b->app))
        b->drawn = clock_monotonic();
    b->filled = model_lists_filled(b->model);
}

static void run_loop(struct board *b)
{
    while (!b->wire.stopped && !b->hung_up && !app_wants_quit(b->app)) {
        take_intents(b);
        if (b->terminal && !frame_pause(b)) {
            draw(b);
            take_intents(b);
        }
        bool more = app_work(b->app);
        loop_turn(b->wire.loop, more ? 0 : frame_wait(b));
    }
}

/* To logins of this context that ask. */
static void lend_terminal(struct board *b)
{
    struct err ignored;
    struct client *c = wire_client(&b->wire, &ignored);
    struct exec_plugin_terminal t = {b, on_login_begins, on_login_ends};
    if (c)
        client_lend(c, &t);
}

static bool run_screen(struct board *b, struct err *err)
{
    struct loop *l = b->wire.loop;
    wire_catch_signals(&b->wire);
    loop_signal(l, SIGHUP, on_hang_up, b);
    loop_signal(l, SIGWINCH, on_resize, b);
    if (!take_terminal(b, err))
        return false;
    lend_terminal(b);
    board_feeds_start(&b->feeds);
    run_loop(b);
    board_shell_close(b->shell);
    give_terminal(b);
    b->wire.interrupted = false;
    return true;
}

static void on_deadline(void *context)
{
    bool *late = context;
    *late = true;
}

/* What has come may make the screen ask for more (the first pod's logs), so it is asked a few
 * times. */
static void wait_for_sources(struct board *b, int width, int height, int64_t ms)
{
    bool late = false;
    struct buf frame;
    buf_init(&frame, 1 << 20);
    struct loop_timer *deadline = loop_timer_new(b->wire.loop, on_deadline, &late);
    loop_timer_set(deadline, ms);
    for (int round = 0; round < ONCE_ROUNDS && !late && !b->wire.stopped; round++) {
        do {
            take_intents(b);
            if (!board_feeds_settled(&b->feeds))
                loop_turn(b->wire.loop, FRAME_MS);
        } while (!board_feeds_settled(&b->feeds) && !late && !b->wire.stopped);
        buf_clear(&frame);
        app_frame(b->app, width, height, &frame);
        take_intents(b);
        loop_turn(b->wire.loop, 0);
    }
    loop_timer_free(deadline);
    buf_free(&frame);
}

/* 0: all sources answered; 3: some; 1: none. A source that is not configured does not count. */
static int status_of(const struct model *m)
{
    const struct upstream *all[] = {&m->pods.upstream, &m->nodes.upstream, &m->logs.upstream,
                                    &m->windows.upstream, &m->metrics};
    size_t live = 0, failed = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        bool here = all[i]->state == UPSTREAM_LIVE || all[i]->state == UPSTREAM_SNAPSHOT;
        live += here;
        failed += !here && all[i]->state != UPSTREAM_OFF;
    }
    return !failed ? 0 : live ? 3 : 1;
}

static bool run_once(struct board *b, int *status, struct err *err)
{
    const struct options *o = b->options;
    int64_t width, height, wait = 10 * CLOCK_SECOND;
    struct buf frame;
    if (!options_int(o, OPTION_WIDTH, 20, 1000, 120, &width, err) ||
        !options_int(o, OPTION_HEIGHT, 5, 1000, 40, &height, err))
        return false;
    const char *span = options_text(o, OPTION_TIMEOUT, NULL);
    if (span && !clock_parse_span(str_of(span), &wait))
        return err_set(err, ERR_USAGE, "--timeout", "write a span as 10s", "this is no span");
    wire_catch_signals(&b->wire);
    board_feeds_start(&b->feeds);
    wait_for_sources(b, (int)width, (int)height, wait / CLOCK_MS);
    if (app_needs_person(b->app, err))
        return false; /* other lines than the address names would be shown */
    buf_init(&frame, 1 << 20);
    app_frame(b->app, (int)width, (int)height, &frame);
    output_write(buf_str(&frame));
    buf_free(&frame);
    *status = status_of(b->model);
    return true;
}

static void close_board(struct board *b)
{
    app_free(b->app);
    board_feeds_stop(&b->feeds);
    model_free(b->model);
    free(b->keys);
    free(b->queries);
    free(b->state_folder);
}

int cmd_board(const struct options *o)
{
    struct board b = {.options = o, .model = model_new()};
    b.feeds = (struct board_feeds){.wire = &b.wire,
                                   .model = b.model,
                                   .options = o,
                                   .say = say,
                                   .shell = open_shell,
                                   .screen = &b};
    struct err err = {0};
    int status = 0;
    bool once = options_has(o, OPTION_ONCE) || !output_is_terminal();
    bool ok = wire_open(&b.wire, o, &err) && set_scope(&b, &err) && make_app(&b, &err) &&
              open_address(&b, &err);
    if (ok)
        ok = once ? run_once(&b, &status, &err) : run_screen(&b, &err);
    close_board(&b);
    int end = wire_end(&b.wire, &err);
    return end ? end : status;
}
