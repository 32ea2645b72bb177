/* `kubeboard get`: rows as kubectl prints them, whole objects, or names; once or on and on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/yaml.h"
#include "cmd/cmd.h"
#include "cmd/get_asks.h"
#include "cmd/output.h"
#include "cmd/wire.h"
#include "kube/access/client.h"
#include "kube/discovery.h"
#include "kube/get.h"
#include "kube/kinds/kinds.h"
#include "kube/watch.h"
#include "text/table.h"

enum format { FORMAT_TABLE, FORMAT_WIDE, FORMAT_JSON, FORMAT_YAML, FORMAT_NAME };
enum { COLUMNS_MAX_SHOWN = 70, OUT_ROOM = 64 << 20, CELL_ROOM = 4096 };

struct get_cmd {
    struct wire *wire;
    struct client *client;
    struct discovery *discovery;
    const struct options *options;
    struct get_asks asks;
    size_t at;              /* the one that is asked */
    const char *namespace_; /* "": all */
    int format;
    const struct kind *kind, *shown; /* that is asked; whose table is open */
    struct table_column titles[COLUMNS_MAX_SHOWN];
    struct table *table;
    struct buf out;
    struct resource resource;
    struct watch *watch;
    size_t printed;
    bool apart; /* the next table stands behind another */
    struct err err;
};

static void ask(struct get_cmd *g);

static const struct get_asks_one *asked(const struct get_cmd *g)
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

static bool with_namespace(const struct get_cmd *g)
{
    return g->kind->namespaced && !*g->namespace_;
}

static bool shows(const struct get_cmd *g, size_t column)
{
    const struct column *c = &g->kind->columns[column];
    return (g->format == FORMAT_WIDE || !c->wide) && !c->renames;
}

/* Events carry their own time and are known by their object: their names come last, where there is
 * room for everything. */
static bool is_event(const struct get_cmd *g)
{
    return strcmp(g->kind->object_kind, kind_event.kind.object_kind) == 0 &&
           objects_column(g->kind, "LAST SEEN") >= 0;
}

/* A column of the server's called so tells another time: as with kubectl it is the only one. */
static bool with_age(const struct get_cmd *g)
{
    return !is_event(g) && objects_column(g->kind, "AGE") < 0;
}

static bool name_is_last(const struct get_cmd *g)
{
    return is_event(g) && g->format == FORMAT_WIDE;
}

static void close_table(struct get_cmd *g)
{
    if (!g->table)
        return;
    table_finish(g->table);
    hand_over(g);
    table_free(g->table);
    g->table = NULL;
}

static void on_columns(void *context, const struct kind *kind)
{
    struct get_cmd *g = context;
    size_t n = 0;
    if (g->table && g->shown == kind)
        return;
    if (g->table && g->printed)
        g->apart = true;
    close_table(g);
    g->kind = g->shown = kind;
    if (with_namespace(g))
        g->titles[n++] = (struct table_column){.title = "NAMESPACE"};
    if (!is_event(g))
        g->titles[n++] = (struct table_column){.title = "NAME"};
    for (size_t i = 0; i < kind->column_count && n < COLUMNS_MAX_SHOWN - 1; i++)
        if (shows(g, i) && !kind->columns[i].wide)
            g->titles[n++] = (struct table_column){.title = kind->columns[i].title};
    if (with_age(g))
        g->titles[n++] = (struct table_column){.title = "AGE"};
    for (size_t i = 0; i < kind->column_count && n < COLUMNS_MAX_SHOWN - 1; i++)
        if (shows(g, i) && kind->columns[i].wide)
            g->titles[n++] = (struct table_column){.title = kind->columns[i].title};
    if (name_is_last(g))
        g->titles[n++] = (struct table_column){.title = "NAME"};
    struct table_options options = {.ascii = !output_is_utf8()};
    g->table = table_new(&g->out, g->titles, n, &options);
}

/* As kubectl has it: what goes on behind a line's end is left out, and that is said. */
static void first_line(char *text)
{
    size_t n = strcspn(text, "\n\r\f");
    if (text[n])
        memcpy(text + n, "...", sizeof "...");
}

/* A cell without anything, as kubectl prints it. */
static const char *nothing(const struct get_cmd *g, size_t column)
{
    if (is_event(g) && g->kind->columns[column].type == CELL_TIME)
        return "<unknown>";
    return discovery_is_blank(g->kind, column) ? "" : "<none>";
}

/* Of a time in the future kubectl says that it is invalid, where a pane says that it is now. */
static const char *cell_text(const struct get_cmd *g, const struct object *row, size_t i,
                             char text[CELL_ROOM])
{
    int64_t time = g->kind->columns[i].type == CELL_TIME ? row->cells[i].number : 0;
    if (time)
        return clock_age(clock_now() - time, text);
    object_cell_text(g->kind, row, i, 0, text, CELL_ROOM - sizeof "...");
    first_line(text);
    return *text && g->kind->columns[i].type != CELL_TIME ? text : nothing(g, i);
}

static void add_cells(struct get_cmd *g, const struct object *row, bool wide)
{
    char text[CELL_ROOM];
    for (size_t i = 0; i < g->kind->column_count; i++) {
        const struct column *c = &g->kind->columns[i];
        if (!shows(g, i) || c->wide != wide)
            continue;
        table_add_foreign(g->table, cell_text(g, row, i, text));
    }
}

static void add_name(struct get_cmd *g, const struct object *row)
{
    const char *title = object_title(g->kind, row);
    char *name = g->asks.mixed ? get_name(g->kind, title) : NULL;
    table_add_foreign(g->table, name ? name : title);
    free(name);
}

static void print_row(struct get_cmd *g, const struct object *row)
{
    char age[CLOCK_TEXT];
    if (g->apart)
        output_text("\n");
    g->apart = false;
    if (with_namespace(g))
        table_add_foreign(g->table, row->namespace_);
    if (!is_event(g))
        add_name(g, row);
    add_cells(g, row, false);
    if (with_age(g))
        table_add_safe(g->table,
                       row->created ? clock_age(clock_now() - row->created, age) : "<unknown>");
    add_cells(g, row, true);
    if (name_is_last(g))
        table_add_foreign(g->table, row->name);
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

/* A list is one object a line; one that was asked for by name, and YAML, are for eyes. */
static bool on_object(void *context, struct str json)
{
    struct get_cmd *g = context;
    buf_clear(&g->out);
    if (g->format == FORMAT_YAML) {
        if (!yaml_print_text(&g->out, json, &g->err))
            return false;
        output_text(g->printed ? "---\n" : "");
    } else {
        buf_add(&g->out, json.p, json.n);
        buf_addc(&g->out, '\n');
    }
    if (output_is_terminal())
        output_safe_lines(buf_str(&g->out));
    else
        output_write(buf_str(&g->out));
    buf_clear(&g->out);
    g->printed++;
    return true;
}

static void say_that_nothing_was_found(const struct get_cmd *g)
{
    struct err none;
    const char *where = *g->namespace_ ? g->namespace_ : "all namespaces";
    if (!g->kind || g->printed || g->err.kind || g->format == FORMAT_NAME ||
        g->format == FORMAT_JSON)
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

static void on_event(void *context, enum watch_event event, const struct object *row,
                     struct str json)
{
    struct get_cmd *g = context;
    if (event == WATCH_DELETED && g->format <= FORMAT_WIDE)
        return;
    if (g->format == FORMAT_JSON || g->format == FORMAT_YAML) {
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
    if (g->table && !g->resource.loading) {
        table_finish(g->table);
        hand_over(g);
    }
}

static void start_watch(struct get_cmd *g)
{
    struct watch_conf conf = {.label_selector = options_text(g->options, OPTION_SELECTOR, NULL),
                              .raw = g->format == FORMAT_JSON || g->format == FORMAT_YAML,
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

static void on_found(void *context, const struct kind *kind, const struct err *err)
{
    struct get_cmd *g = context;
    if (err->kind == ERR_NOT_FOUND && expand(g)) {
        ask(g);
        return;
    }
    if (err->kind) {
        go_on(g, err);
        return;
    }
    bool printed = g->format <= FORMAT_WIDE;
    if (printed)
        kind = discovery_printed(g->discovery, kind, g->format == FORMAT_WIDE);
    g->kind = kind;
    if (options_has(g->options, OPTION_WATCH)) {
        start_watch(g);
        return;
    }
    bool whole = g->format == FORMAT_JSON || g->format == FORMAT_YAML;
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

static void ask(struct get_cmd *g)
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
    if (check(&g, o, &err) && wire_open(&w, o, &err) && (g.client = wire_client(&w, &err))) {
        const struct kubeconfig_context *c = client_context(g.client);
        g.namespace_ = options_has(o, OPTION_ALL_NAMESPACES)
                           ? ""
                           : options_text(o, OPTION_NAMESPACE, c->namespace_);
        g.discovery = discovery_new(g.client);
        wire_catch_signals(&w);
        ask(&g);
        if (wire_run(&w, &err))
            err = g.err;
    }
    close_table(&g);
    watch_free(g.watch);
    objects_free(g.resource.table);
    discovery_free(g.discovery);
    buf_free(&g.out);
    get_asks_free(&g.asks);
    return wire_end(&w, &err);
}
