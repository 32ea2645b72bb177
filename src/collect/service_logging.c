/*
 * /logging                       {"cluster","items":[{"rule","day"}],"continue"}: the newest day
 * first, rule by rule /logging/RULE/2021-08-27       the day's index as it is stored; with limit or
 * continue a part of its windows /logging/RULE/2021-08-27/1300  the window as it is stored
 */
#include "collect/service_logging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "collect/service_call.h"
#include "store/store.h"
#include "store/window_store.h"

enum { WINDOW_MAX = 64 << 20 };

struct days {
    struct service_call *call;
    char **rules;
    size_t rule_count, at;
    struct buf body;
    struct json_out out;
    size_t seen, given;
};

/* ---- rules and days ---- */

static void free_days(void *own)
{
    struct days *d = own;
    for (size_t i = 0; i < d->rule_count; i++)
        free(d->rules[i]);
    free(d->rules);
    buf_free(&d->body);
    free(d);
}

static void put_day(struct days *d, int64_t day)
{
    const struct service_call *c = d->call;
    char text[CLOCK_TEXT];
    if (d->seen++ < c->offset || d->given == c->limit)
        return;
    d->given++;
    clock_format(day, true, "%Y-%m-%d", text, sizeof text);
    if (c->text) {
        buf_printf(&d->body, "%s\t%s\n", d->rules[d->at], text);
        return;
    }
    json_out_object(&d->out, NULL);
    json_out_text(&d->out, "rule", d->rules[d->at]);
    json_out_text(&d->out, "day", text);
    json_out_end_object(&d->out);
}

static void next_rule(struct days *d);

static void on_days(void *context, const int64_t *days, size_t count, const struct err *err)
{
    struct days *d = context;
    d->call->op = NULL;
    if (err->kind) {
        service_call_fail(d->call, err);
        return;
    }
    for (size_t i = count; i-- > 0;)
        put_day(d, days[i]);
    d->at++;
    next_rule(d);
}

static void next_rule(struct days *d)
{
    struct service_call *c = d->call;
    if (d->at < d->rule_count) {
        c->op =
            window_store_list_days(c->store, "windows", d->rules[d->at], 0, INT64_MAX, d, on_days);
        return;
    }
    if (!c->text) {
        char next[24];
        json_out_end_array(&d->out);
        snprintf(next, sizeof next, "%zu", c->offset + d->given);
        if (d->seen > c->offset + d->given)
            json_out_text(&d->out, "continue", next);
        json_out_end_object(&d->out);
    }
    service_call_reply(c, &d->body);
}

static void on_rules(void *context, const char *const *rules, size_t count, const struct err *err)
{
    struct days *d = context;
    d->call->op = NULL;
    if (err->kind) {
        service_call_fail(d->call, err);
        return;
    }
    d->rules = mem_array(count + 1, sizeof(char *));
    for (; d->rule_count < count; d->rule_count++)
        d->rules[d->rule_count] = mem_dup(rules[d->rule_count]);
    next_rule(d);
}

static void list_days(struct service_call *c)
{
    struct days *d = mem_alloc(sizeof *d);
    d->call = c;
    buf_init(&d->body, SERVICE_CALL_BODY);
    d->out.b = &d->body;
    c->own = d;
    c->free_own = free_days;
    if (!c->text) {
        json_out_object(&d->out, NULL);
        json_out_text(&d->out, "cluster", window_store_cluster(c->store));
        json_out_array(&d->out, "items");
    }
    c->op = window_store_list_rules(c->store, false, d, on_rules);
}

/* ---- a day ---- */

static void write_entry(struct buf *out, const struct window_entry *e)
{
    char from[CLOCK_TEXT];
    buf_printf(out, "%s\t%llu\t%u\t%s\n", clock_rfc3339(e->from, false, from),
               (unsigned long long)e->lines, e->groups,
               e->complete    ? "complete"
               : e->truncated ? "truncated"
                              : "incomplete");
}

/* The part that was asked for; where the next one begins, 0: it was the last. */
static size_t cut_day(const struct service_call *c, struct window_day *day)
{
    size_t from = c->offset < day->count ? c->offset : day->count;
    size_t left = day->count - from;
    memmove(day->list, day->list + from, left * sizeof *day->list);
    day->count = left < c->limit ? left : c->limit;
    return left > c->limit ? from + c->limit : 0;
}

static void on_day(void *context, struct window_day *yours, const struct err *err)
{
    struct service_call *c = context;
    struct buf body;
    c->op = NULL;
    if (err->kind) {
        service_call_fail(c, err);
        return;
    }
    buf_init(&body, SERVICE_CALL_BODY);
    size_t next = service_call_query(c, "limit") || c->offset ? cut_day(c, yours) : 0;
    for (size_t i = 0; c->text && i < yours->count; i++)
        write_entry(&body, &yours->list[i]);
    if (!c->text)
        window_day_to_json(yours, &body);
    if (!c->text)
        service_call_continue(&body, next);
    window_day_free(yours);
    service_call_reply(c, &body);
}

/* ---- a window ---- */

static void write_window(struct buf *out, const struct window *w, size_t first, size_t end)
{
    char from[CLOCK_TEXT];
    buf_printf(out, "%s %s: %llu lines, %zu groups%s\n", w->rule,
               clock_rfc3339(w->from, false, from), (unsigned long long)w->lines, w->group_count,
               w->complete    ? ""
               : w->truncated ? ", truncated"
                              : ", incomplete");
    for (size_t i = first; i < end; i++) {
        const struct group *g = &w->groups[i];
        buf_printf(out, "%llu\t%s\t%s\t", (unsigned long long)g->count, level_name(g->level),
                   g->id);
        utf8_safe(out, str_of(g->template_text), UTF8_SAFE_DEFAULT);
        buf_addc(out, '\n');
    }
}

/* All of the window, but of its groups only the part that was asked for. */
static void write_part(const struct service_call *c, const struct window *w, struct buf *out)
{
    bool paged = service_call_query(c, "limit") || c->offset;
    size_t count = w->group_count, from = c->offset < count ? c->offset : count;
    size_t end = paged && count - from > c->limit ? from + c->limit : count;
    if (c->text) {
        write_window(out, w, from, end);
        return;
    }
    struct window part = *w;
    part.groups = w->groups + from;
    part.group_count = end - from;
    window_to_json(&part, out);
    service_call_continue(out, end < count ? end : 0);
}

static void write_asked(struct service_call *c, struct str bytes, struct buf *out, struct err *err)
{
    struct window *w = window_from_json(bytes.p, bytes.n, c->path, err);
    if (w)
        write_part(c, w, out);
    window_free(w);
}

static void on_bytes(void *context, struct str bytes, const struct err *err)
{
    service_call_stored(context, bytes, err, write_asked);
}

/* ---- the path ---- */

static bool read_day(struct str text, int64_t *day)
{
    char whole[40];
    snprintf(whole, sizeof whole, "%.*sT00:00:00Z", text.n < 20 ? (int)text.n : 0, text.p);
    return text.n == 10 && clock_parse(str_of(whole), false, day);
}

static bool read_minute(struct str text, int64_t *span)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    if (text.n != 4)
        return false;
    int hour = (text.p[0] - '0') * 10 + text.p[1] - '0',
        minute = (text.p[2] - '0') * 10 + text.p[3] - '0';
    *span = hour * CLOCK_HOUR + minute * CLOCK_MINUTE;
    return hour < 24 && minute < 60;
}

void service_logging_answer(struct service_call *c)
{
    struct str rest = str_of(c->path), rule, part;
    char name[WINDOW_KEY_RULE], key[WINDOW_KEY_SIZE];
    int64_t day, minute;
    if (rest.n <= 1) {
        list_days(c);
        return;
    }
    rest = (struct str){rest.p + 1, rest.n - 1};
    str_cut(&rest, '/', &rule);
    snprintf(name, sizeof name, "%.*s", rule.n < sizeof name ? (int)rule.n : 0, rule.p);
    if (!window_key_rule_ok(name) || !str_cut(&rest, '/', &part) || !read_day(part, &day)) {
        service_call_status(c, 404, "write /logging/RULE/2021-08-27, or with /1300 behind it");
    } else if (!str_cut(&rest, '/', &part) || !part.n) {
        c->op = window_store_day_load(c->store, name, day, c, on_day);
    } else if (!read_minute(part, &minute) || rest.n) {
        service_call_status(c, 404, "a window is named by hour and minute: /1300");
    } else {
        window_key_window(key, window_store_cluster(c->store), name, day + minute);
        c->io = store_get(window_store_processed(c->store), key, WINDOW_MAX, c, on_bytes);
    }
}
