/*
 * The dashboard. One turn of the loop: wait; let the sources change the model; take the screen's
 * wishes; draw once, if anything changed. Frames are capped, except after a key, so a storm of
 * lines cannot starve the keyboard.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/board_feed.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/wire.h"
#include "config/config.h"
#include "kube/client.h"
#include "kube/kubeconfig.h"
#include "net/loop.h"
#include "ui/app.h"

enum { FRAME_MS = 50, ONCE_ROUNDS = 4 };

struct board {
    struct wire wire;
    const struct options *options;
    struct model *model;
    struct app *app;
    struct keys_override *keys;
    struct board_kube *kube;
    struct board_logs *logs;
    struct board_windows *windows;
    struct board_metrics *metrics;
    bool key, hung_up;
    int64_t drawn; /* monotonic ns of the last frame */
};

/* A source that never was made: a pane shows no place, and here the place is a file that the reader
 * has to mend. */
static void mark_wrong(struct upstream *u, const struct err *err)
{
    struct err placed = *err;
    if (err->where[0]) {
        char *what = mem_printf("%s: %s", err->where, err->what);
        str_copy(placed.what, sizeof placed.what, what);
        free(what);
    }
    upstream_failed(u, &placed, 0);
}

/* A source that is not configured, or wrongly: its panes say so, the others work. */
static void mark_off(struct upstream *u, const struct err *err)
{
    bool wrong = !strstr(err->what, "is configured");
    if (wrong)
        mark_wrong(u, err);
    else
        *u = (struct upstream){.state = UPSTREAM_OFF, .err = *err};
}

static void start_kube(struct board *b)
{
    struct err err;
    struct client *c = wire_client(&b->wire, &err);
    struct model *m = b->model;
    if (!c) {
        struct resource *all[] = {&m->pods, &m->nodes, &m->namespaces, &m->events};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            mark_wrong(&all[i]->upstream, &err);
        return;
    }
    const struct conn *conn = &client_context(c)->conn;
    if (conn->insecure)
        m->insecure = mem_printf("the certificate of %s is not verified", conn->url);
    b->kube = board_kube_start(c, m, m->scope.namespace_);
}

static void start_logs(struct board *b)
{
    struct err err;
    struct loki *l = wire_loki(&b->wire, &err);
    if (l)
        b->logs = board_logs_new(l, b->model);
    else
        mark_off(&b->model->logs.upstream, &err);
}

static void start_metrics(struct board *b)
{
    struct err err;
    struct prometheus *p = wire_prometheus(&b->wire, &err);
    if (p)
        b->metrics = board_metrics_start(p, b->model);
    else
        mark_off(&b->model->metrics, &err);
}

static void start_windows(struct board *b)
{
    struct err err;
    const struct config *config = b->wire.config;
    struct board_windows_conf conf = {.loop = b->wire.loop,
                                      .store = wire_store(&b->wire, &err),
                                      .loki = b->wire.loki,
                                      .cluster = wire_cluster(&b->wire),
                                      .rules = config->collector.rules,
                                      .rule_count = config->collector.rule_count,
                                      .labels = &config->loki_labels,
                                      .width = config->collector.window};
    if (!conf.store)
        mark_off(&b->model->windows.upstream, &err);
    b->windows = board_windows_start(&conf, b->model);
}

static bool set_scope(struct board *b, struct err *err)
{
    const struct options *o = b->options;
    struct scope *s = &b->model->scope;
    int64_t at;
    snprintf(s->cluster, sizeof s->cluster, "%s", wire_cluster(&b->wire));
    const char *ns = options_text(o, OPTION_NAMESPACE, NULL);
    if (ns && !options_has(o, OPTION_ALL_NAMESPACES))
        scope_set_namespace(s, ns);
    const char *moment = options_text(o, OPTION_AT, NULL);
    if (!moment)
        return true;
    if (!clock_parse_human(str_of(moment), clock_now(), &at, err))
        return false;
    scope_set_time(s, at, CLOCK_HOUR);
    return true;
}

static bool make_app(struct board *b, struct err *err)
{
    static const enum app_choice ascii[] = {
        [CONFIG_AUTO] = APP_AUTO, [CONFIG_TRUE] = APP_ALWAYS, [CONFIG_FALSE] = APP_NEVER};
    const struct config *c = b->wire.config;
    int colour;
    if (!options_choice(b->options, OPTION_COLOR, "auto|always|never", &colour, err))
        return false;
    b->keys = mem_array(c->ui.keys.count, sizeof *b->keys);
    for (size_t i = 0; i < c->ui.keys.count; i++)
        b->keys[i] = (struct keys_override){c->ui.keys.list[i].name, c->ui.keys.list[i].value};
    struct app_conf conf = {.theme = c->ui.theme,
                            .layout = c->ui.layout,
                            .keys = b->keys,
                            .key_count = c->ui.keys.count,
                            .ascii = ascii[c->ui.ascii],
                            .colour = (enum app_choice)colour,
                            .mouse = c->ui.mouse,
                            .labels = &c->loki_labels};
    b->app = app_new(b->model, &conf, err);
    return b->app != NULL;
}

static void obey(struct board *b, const struct intent *wish)
{
    switch (wish->type) {
    case INTENT_LOGS:
        if (b->logs)
            board_logs_show(b->logs, wish->text, wish->from, wish->to);
        break;
    case INTENT_WINDOW_DAY:
        board_windows_show_day(b->windows, wish->text, wish->from);
        break;
    case INTENT_WINDOW:
        board_windows_show(b->windows, wish->text, wish->from);
        break;
    case INTENT_METRICS:
        if (b->metrics)
            board_metrics_show(b->metrics, wish->from, wish->to);
        break;
    case INTENT_CONTEXT:
        app_say(b->app, true, "start kubeboard again with --context to look at another cluster");
        break;
    case INTENT_QUIT:
        b->wire.stopped = true;
        break;
    }
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

static void on_resize(void *context, int number)
{
    struct board *b = context;
    (void)number;
    app_resize(b->app);
    b->key = true;
}

static void on_hang_up(void *context, int number)
{
    struct board *b = context;
    (void)number;
    b->hung_up = true;
}

/* How long the loop may wait: until the next frame of a changed model, or what the app has to do by
 * itself. */
static int frame_wait(const struct board *b)
{
    int64_t wait = app_next_draw_ms(b->app);
    int64_t since = (clock_monotonic() - b->drawn) / CLOCK_MS;
    if (b->model->dirty && FRAME_MS - since < wait)
        wait = FRAME_MS - since;
    return wait < 0 ? 0 : (int)wait;
}

static bool frame_due(const struct board *b)
{
    return b->key || clock_monotonic() - b->drawn >= FRAME_MS * CLOCK_MS;
}

static void run_loop(struct board *b)
{
    while (!b->wire.stopped && !b->hung_up && !app_wants_quit(b->app)) {
        take_intents(b);
        if (frame_due(b)) {
            b->key = false;
            if (app_draw(b->app))
                b->drawn = clock_monotonic();
            take_intents(b);
        }
        loop_turn(b->wire.loop, frame_wait(b));
    }
}

static bool run_screen(struct board *b, struct err *err)
{
    struct loop *l = b->wire.loop;
    wire_catch_signals(&b->wire);
    loop_signal(l, SIGHUP, on_hang_up, b);
    loop_signal(l, SIGWINCH, on_resize, b);
    if (!app_terminal_start(b->app, err))
        return false;
    loop_watch_fd(l, STDIN_FILENO, POLLIN, on_terminal, b);
    run_loop(b);
    app_terminal_stop(b->app);
    b->wire.interrupted = false;
    return true;
}

static bool settled(const struct board *b)
{
    return board_kube_settled(b->kube) && board_logs_settled(b->logs) &&
           board_windows_settled(b->windows) && board_metrics_settled(b->metrics);
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
            if (!settled(b))
                loop_turn(b->wire.loop, FRAME_MS);
        } while (!settled(b) && !late && !b->wire.stopped);
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
        live += all[i]->state == UPSTREAM_LIVE;
        failed += all[i]->state != UPSTREAM_LIVE && all[i]->state != UPSTREAM_OFF;
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
    wait_for_sources(b, (int)width, (int)height, wait / CLOCK_MS);
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
    board_metrics_free(b->metrics);
    board_windows_free(b->windows);
    board_logs_free(b->logs);
    board_kube_free(b->kube);
    model_free(b->model);
    free(b->keys);
}

int cmd_board(const struct options *o)
{
    struct board b = {.options = o, .model = model_new()};
    struct err err = {0};
    int status = 0;
    bool once = options_has(o, OPTION_ONCE) || !output_is_terminal();
    bool ok = wire_open(&b.wire, o, &err) && set_scope(&b, &err) && make_app(&b, &err);
    if (ok) {
        start_kube(&b);
        start_logs(&b);
        start_metrics(&b);
        start_windows(&b);
        ok = once ? run_once(&b, &status, &err) : run_screen(&b, &err);
    }
    close_board(&b);
    int end = wire_end(&b.wire, &err);
    return end ? end : status;
}
