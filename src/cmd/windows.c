/* `kubeboard windows`: error windows of the store, listed, or one shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/window_print.h"
#include "cmd/wire.h"
#include "source/read_api/read_api.h"
#include "store/store.h"
#include "text/table.h"

enum { TABLE_ROOM = 64 << 20, RULE_ROOM = 41 };

struct windows {
    struct wire *wire;
    struct window_source source;
    int64_t from, to;
    bool json;
    char **rules;
    size_t rule_count, rule;
    struct buf out;
    struct table *table;
    size_t shown, failed;
    struct err err;
    struct window_print *compared; /* being printed */
};

static const struct table_column columns[] = {
    {"RULE", false, false, 0},  {"WINDOW", false, false, 0}, {"LINES", true, false, 0},
    {"GROUPS", true, false, 0}, {"STATE", false, false, 0},  {"LARGEST GROUP", false, true, 20},
};

static void stop(struct windows *s, const struct err *err)
{
    if (err->kind)
        s->err = *err;
    wire_stop(s->wire);
}

static const char *state_of(const struct window_entry *e)
{
    return e->truncated ? "truncated" : e->complete ? "complete" : "incomplete";
}

static void print_entry_json(struct windows *s, const char *rule, const struct window_entry *e)
{
    char time[CLOCK_TEXT];
    struct json_out o = {&s->out, false};
    json_out_object(&o, NULL);
    json_out_text(&o, "rule", rule);
    json_out_text(&o, "from", clock_rfc3339(e->from, true, time));
    json_out_text(&o, "to", clock_rfc3339(e->to, true, time));
    json_out_int(&o, "lines", (int64_t)e->lines);
    json_out_int(&o, "counted", (int64_t)e->counted);
    json_out_int(&o, "groups", e->groups);
    json_out_bool(&o, "complete", e->complete);
    json_out_bool(&o, "truncated", e->truncated);
    json_out_object(&o, "levels");
    for (int l = 0; l < LEVEL_COUNT; l++)
        if (e->levels[l])
            json_out_int(&o, level_name((enum level)l), (int64_t)e->levels[l]);
    json_out_end_object(&o);
    json_out_text(&o, "top", e->top);
    json_out_end_object(&o);
    buf_addc(&s->out, '\n');
}

static void print_entry(struct windows *s, const char *rule, const struct window_entry *e)
{
    char text[64], from[CLOCK_TEXT], to[CLOCK_TEXT];
    table_add_safe(s->table, rule);
    clock_format(e->from, false, "%Y-%m-%d %H:%M", from, sizeof from);
    clock_format(e->to - 1, false, "%H:%M %Z", to, sizeof to);
    snprintf(text, sizeof text, "%.20s–%.20s", from, to);
    table_add_foreign(s->table, text);
    snprintf(text, sizeof text, "%llu", (unsigned long long)e->lines);
    table_add_safe(s->table, text);
    snprintf(text, sizeof text, "%u", e->groups);
    table_add_safe(s->table, text);
    table_add_safe(s->table, state_of(e));
    table_add_foreign(s->table, e->top);
}

static void hand_over(struct windows *s)
{
    output_write(buf_str(&s->out));
    buf_clear(&s->out);
}

static void next_rule(struct windows *s);

static void on_span(void *context, const struct window_entry *list, size_t count, size_t failed,
                    const struct err *err)
{
    struct windows *s = context;
    s->shown += count;
    for (size_t i = 0; i < count; i++) {
        if (s->json)
            print_entry_json(s, s->rules[s->rule], &list[i]);
        else
            print_entry(s, s->rules[s->rule], &list[i]);
        hand_over(s);
    }
    if (failed) {
        s->failed += failed;
        s->err = *err;
    }
    s->rule++;
    next_rule(s);
}

static void next_rule(struct windows *s)
{
    struct err none = {0};
    if (s->rule == s->rule_count)
        stop(s, &none);
    else
        s->source.ops->span(s->source.self, s->rules[s->rule], s->from, s->to, s, on_span);
}

static void take_rules(struct windows *s, const char *const *rules, size_t count)
{
    s->rules = mem_array(count, sizeof *s->rules);
    for (size_t i = 0; i < count; i++)
        s->rules[s->rule_count++] = mem_dup(rules[i]);
}

static void on_rules(void *context, const char *const *rules, size_t count, const struct err *err)
{
    struct windows *s = context;
    if (err->kind) {
        stop(s, err);
        return;
    }
    take_rules(s, rules, count);
    next_rule(s);
}

static void on_compared(void *context, const struct err *err)
{
    struct windows *s = context;
    s->compared = NULL;
    hand_over(s);
    stop(s, err);
}

static void on_window(void *context, struct window *w, const struct err *err)
{
    struct windows *s = context;
    s->shown += w != NULL;
    if (w && s->json) {
        window_to_json(w, &s->out);
        buf_addc(&s->out, '\n');
        hand_over(s);
    } else if (w) {
        s->compared = window_print_start(&(struct window_print_conf){.loop = s->wire->loop,
                                                                     .source = s->source,
                                                                     .window = w,
                                                                     .out = &s->out,
                                                                     .context = s,
                                                                     .done = on_compared});
        return;
    }
    window_free(w);
    stop(s, err);
}

/* "errors/2021-08-27T13:00Z" */
static bool parse_window(const char *text, char rule[RULE_ROOM], int64_t *from, struct err *err)
{
    const char *slash = strchr(text, '/');
    size_t n = slash ? (size_t)(slash - text) : 0;
    if (slash && n && n < RULE_ROOM && clock_parse(str_of(slash + 1), true, from)) {
        memcpy(rule, text, n);
        rule[n] = '\0';
        return true;
    }
    return err_set(err, ERR_USAGE, text, "kubeboard windows show errors/2021-08-27T13:00Z",
                   "this names no window");
}

static bool start(struct windows *s, const struct options *o, struct err *err)
{
    char rule[RULE_ROOM];
    int64_t from;
    bool show = o->argument_count && strcmp(o->arguments[0], "show") == 0;
    if (o->argument_count != (show ? 2 : 0))
        return err_set(err, ERR_USAGE, "windows",
                       "kubeboard windows, or kubeboard windows show errors/2021-08-27T13:00Z",
                       "these arguments are not understood");
    if (show && !parse_window(o->arguments[1], rule, &from, err))
        return false;
    s->source = wire_windows(s->wire, err);
    if (!s->source.ops)
        return false;
    if (show) {
        s->source.ops->window(s->source.self, rule, from, s, on_window);
        return true;
    }
    if (!s->json)
        s->table = table_new(&s->out, columns, 6, NULL);
    const char *only = options_text(o, OPTION_RULE, NULL);
    if (only) {
        take_rules(s, &only, 1);
        next_rule(s);
    } else {
        s->source.ops->rules(s->source.self, s, on_rules);
    }
    return true;
}

static void free_inner(struct windows *s)
{
    window_print_free(s->compared);
    for (size_t i = 0; i < s->rule_count; i++)
        free(s->rules[i]);
    free(s->rules);
    table_free(s->table);
    buf_free(&s->out);
}

/* An empty answer may be right; that it is one is said, and where it was looked for. */
static void say_empty(const struct windows *s)
{
    struct err none;
    err_set(&none, ERR_NOT_FOUND,
            s->wire->server ? read_api_place(s->wire->server) : store_url(s->wire->processed),
            "is a collector running for this cluster?", "no windows of %s in this span",
            wire_cluster(s->wire));
    err_print(&none);
}

int cmd_windows(const struct options *o)
{
    struct wire w = {0};
    struct windows s = {.wire = &w};
    struct err err = {0};
    int format = 0;
    buf_init(&s.out, TABLE_ROOM);
    bool ok = options_choice(o, OPTION_OUTPUT, "table|json", &format, &err) &&
              options_span(o, clock_now(), CLOCK_DAY, &s.from, &s.to, &err) &&
              wire_open(&w, o, &err);
    s.json = format == 1;
    if (ok && start(&s, o, &err)) {
        wire_catch_signals(&w);
        if (wire_run(&w, &err))
            err = s.err;
        if (s.table && !s.json) {
            table_finish(s.table);
            hand_over(&s);
        }
        if (!s.shown && !err.kind && !s.failed)
            say_empty(&s);
    }
    free_inner(&s);
    int status = wire_end(&w, &err);
    return s.failed && status == 1 ? 3 : status;
}
