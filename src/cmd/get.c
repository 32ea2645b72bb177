/* `kubeboard get`: rows as kubectl prints them, whole objects, or names; once or on and on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/get_asks.h"
#include "cmd/get_table.h"
#include "cmd/get_whole.h"
#include "cmd/output.h"
#include "cmd/wire.h"
#include "kube/access/client.h"
#include "kube/discovery.h"
#include "kube/get.h"
#include "kube/watch.h"
#include "net/loop.h"

enum format { FORMAT_TABLE, FORMAT_WIDE, FORMAT_JSON, FORMAT_YAML, FORMAT_NAME };
enum { OUT_ROOM = 64 << 20 };
/* Rows wait so long for others that tell how wide the columns are: from the request on, and at least. */
enum { SHOW_MS = 80, GATHER_MS = 10 };

struct get_cmd {
    struct wire *wire;
    struct client *client;
    struct discovery *discovery;
    const struct options *options;
    struct get_asks asks;
    size_t at;              /* the one that is found, or asked */
    bool namespaces;        /* a table had them */
    const char *namespace_; /* "": all */
    int format;
    const struct kind *kind, *shown; /* that is asked; whose table is open */
    struct get_table *table;
    struct loop_timer *show; /* what the table holds */
    int64_t asked_at;        /* monotonic */
    struct buf out;
    struct resource resource;
    struct watch *watch;
    size_t printed;
    bool apart; /* the next table stands behind another */
    struct err err;
};

static void find(struct get_cmd *g);
static void ask(struct get_cmd *g);

static struct get_asks_one *asked(struct get_cmd *g)
{
    return &g->asks.list[g->at];
}

static void stop(struct get_cmd *g, const struct err *err)
{
    if (err->kind)
        g->err = *err;
    wire_stop(g->wire);
}

/* On to what is asked next, whatever became of this one. The last failure is told at the end. */
static void go_on(struct get_cmd *g, const struct err *err)
{
    if (err->kind && g->err.kind)
        err_print(&g->err);
    if (err->kind)
        g->err = *err;
    if (++g->at == g->asks.count || err->kind == ERR_AWAY)
        wire_stop(g->wire);
    else
        ask(g);
}

static void hand_over(struct get_cmd *g)
{
    output_write(buf_str(&g->out));
    buf_clear(&g->out);
}

static void show(void *context)
{
    struct get_cmd *g = context;
    get_table_finish(g->table);
    hand_over(g);
}

static void show_soon(struct get_cmd *g)
{
    int64_t left = SHOW_MS - (clock_monotonic() - g->asked_at) / CLOCK_MS;
    loop_timer_set(g->show, left > GATHER_MS ? left : GATHER_MS);
}

static void close_table(struct get_cmd *g)
{
    if (!g->table)
        return;
    loop_timer_stop(g->show);
    show(g);
    get_table_free(g->table);
    g->table = NULL;
}

/* Behind rows that have a namespace kubectl leaves its column to those that have none. */
static void on_columns(void *context, const struct kind *kind)
{
    struct get_cmd *g = context;
    if (g->table && g->shown == kind)
        return;
    bool titles = !options_has(g->options, OPTION_NO_HEADERS);
    g->apart = titles && (g->apart || (g->table && g->printed));
    close_table(g);
    g->kind = g->shown = kind;
    g->namespaces = g->namespaces || (kind->namespaced && !*g->namespace_);
    g->table = get_table_new(&g->out, kind,
                             &(struct get_table_conf){.wide = g->format == FORMAT_WIDE,
                                                      .namespace = g->namespaces,
                                                      .prefix = get_asks_mixed(&g->asks),
                                                      .no_titles = !titles});
    show_soon(g);
}

static void print_row(struct get_cmd *g, const struct object *row)
{
    if (g->apart)
        output_text("\n");
    g->apart = false;
    get_table_add(g->table, row);
    g->printed++;
    hand_over(g);
}

static void print_name(struct get_cmd *g, const struct object *row)
{
    char *name = get_name(g->kind, row->name);
    output_safe(str_of(name));
    output_text("\n");
    free(name);
    g->printed++;
}

static bool on_row(void *context, const struct object *row)
{
    struct get_cmd *g = context;
    if (g->format == FORMAT_NAME)
        print_name(g, row);
    else
        print_row(g, row);
    return true;
}

static bool is_whole(const struct get_cmd *g)
{
    return g->format == FORMAT_JSON || g->format == FORMAT_YAML;
}

static enum get_whole_as whole_as(const struct get_cmd *g)
{
    if (g->format == FORMAT_JSON)
        return GET_WHOLE_JSON;
    if (options_has(g->options, OPTION_WATCH))
        return GET_WHOLE_DOCUMENTS;
    return g->asks.count == 1 && g->asks.list[0].name ? GET_WHOLE_ONE : GET_WHOLE_LIST;
}

static bool on_object(void *context, struct str json)
{
    struct get_cmd *g = context;
    return get_whole_print(whole_as(g), g->printed++, json, &g->err);
}

static void say_that_nothing_was_found(const struct get_cmd *g)
{
    struct err none;
    const char *where = *g->namespace_ ? g->namespace_ : "all namespaces";
    if (!g->kind || g->printed || g->err.kind || g->format > FORMAT_WIDE)
        return;
    err_set(&none, ERR_NOT_FOUND, g->kind->name, "", "none found in %s", where);
    err_print(&none);
}

static void on_done(void *context, size_t count, const struct err *err)
{
    struct get_cmd *g = context;
    (void)count;
    if (g->at + 1 == g->asks.count && !err->kind)
        say_that_nothing_was_found(g);
    go_on(g, err);
}

/* What is gone is told as it was last, as kubectl does. */
static void on_event(void *context, enum watch_event event, const struct object *row,
                     struct str json)
{
    struct get_cmd *g = context;
    (void)event;
    if (is_whole(g)) {
        on_object(g, json);
        return;
    }
    if (!g->table && g->format != FORMAT_NAME)
        on_columns(g, objects_kind(g->resource.table));
    on_row(g, row);
}

static void on_change(void *context)
{
    struct get_cmd *g = context;
    const struct upstream *u = &g->resource.upstream;
    if (u->state == UPSTREAM_DENIED || (u->state == UPSTREAM_FAILED && !g->printed)) {
        stop(g, &u->err);
        return;
    }
    /* Rows wait for their columns' widths only until the list is whole. */
    if (g->table && !g->resource.loading)
        show(g);
}

static void start_watch(struct get_cmd *g)
{
    struct watch_conf conf = {.label_selector = options_text(g->options, OPTION_SELECTOR, NULL),
                              .raw = is_whole(g),
                              .context = g,
                              .changed = on_change,
                              .event = on_event};
    const char *name = asked(g)->name;
    const char *fields = options_text(g->options, OPTION_FIELD_SELECTOR, "");
    char *field = name ? mem_printf("metadata.name=%s%s%s", name, *fields ? "," : "", fields)
                       : mem_dup(*fields ? fields : NULL);
    conf.field_selector = field;
    g->watch = watch_new(g->client, g->kind, g->namespace_, &conf, &g->resource);
    free(field);
}

/* "all" is no resource, but stands for several. They are not watched together. */
static bool expand(struct get_cmd *g)
{
    const struct kind *kinds[GET_ASKS_MOST];
    size_t count =
        discovery_category(g->discovery, asked(g)->word, kinds, sizeof kinds / sizeof *kinds);
    return !options_has(g->options, OPTION_WATCH) && get_asks_expand(&g->asks, g->at, kinds, count);
}

static void ask(struct get_cmd *g)
{
    bool printed = g->format <= FORMAT_WIDE;
    const struct kind *kind = asked(g)->kind;
    if (printed)
        kind = discovery_printed(g->discovery, kind, g->format == FORMAT_WIDE);
    g->kind = kind;
    g->asked_at = clock_monotonic();
    if (options_has(g->options, OPTION_WATCH)) {
        start_watch(g);
        return;
    }
    bool whole = is_whole(g);
    struct get_conf conf = {.kind = kind,
                            .namespace_ = g->namespace_,
                            .name = asked(g)->name,
                            .label_selector = options_text(g->options, OPTION_SELECTOR, NULL),
                            .field_selector = options_text(g->options, OPTION_FIELD_SELECTOR, NULL),
                            .context = g,
                            .columns = printed ? on_columns : NULL,
                            .row = whole ? NULL : on_row,
                            .object = whole ? on_object : NULL,
                            .done = on_done};
    get_start(g->client, &conf);
}

/* A word that is no resource ends it before anything is asked for, as with kubectl. */
static void on_found(void *context, const struct kind *kind, const struct err *err)
{
    struct get_cmd *g = context;
    if (err->kind == ERR_NOT_FOUND && expand(g)) {
        find(g);
        return;
    }
    if (err->kind) {
        stop(g, err);
        return;
    }
    g->at += get_asks_found(&g->asks, g->at, kind);
    if (g->at < g->asks.count) {
        find(g);
        return;
    }
    g->at = 0;
    ask(g);
}

static void find(struct get_cmd *g)
{
    discovery_find(g->discovery, asked(g)->word, on_found, g);
}

static bool check(struct get_cmd *g, const struct options *o, struct err *err)
{
    if (!get_asks_read(&g->asks, o->arguments, o->argument_count, err))
        return false;
    if (g->asks.count > 1 && options_has(o, OPTION_WATCH))
        return err_set(err, ERR_USAGE, "get", "kubeboard get pods -w",
                       "one resource, or one of them, can be watched");
    return options_choice(o, OPTION_OUTPUT, "table|wide|json|yaml|name", &g->format, err);
}

int cmd_get(const struct options *o)
{
    struct wire w = {0};
    struct get_cmd g = {.wire = &w, .options = o};
    struct err err = {0};
    buf_init(&g.out, OUT_ROOM);
    if (check(&g, o, &err) && wire_open(&w, o, &err) && (g.discovery = wire_discovery(&w, &err))) {
        g.client = wire_client(&w, &err);
        g.show = loop_timer_new(w.loop, show, &g);
        const struct kubeconfig_context *c = client_context(g.client);
        g.namespace_ = options_has(o, OPTION_ALL_NAMESPACES)
                           ? ""
                           : options_text(o, OPTION_NAMESPACE, c->namespace_);
        wire_catch_signals(&w);
        find(&g);
        if (wire_run(&w, &err))
            err = g.err;
        if (is_whole(&g) && (g.printed || !err.kind))
            get_whole_end(whole_as(&g), g.printed);
    }
    close_table(&g);
    watch_free(g.watch);
    objects_free(g.resource.table);
    loop_timer_free(g.show);
    buf_free(&g.out);
    get_asks_free(&g.asks);
    return wire_end(&w, &err);
}
