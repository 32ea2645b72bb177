/* `kubeboard logs`: lines of a span, or on and on, or a count, or a metric query's series. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/series_print.h"
#include "cmd/wire.h"
#include "model/line_json.h"
#include "source/loki.h"
#include "source/loki_extract.h"
#include "source/loki_follow.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_RAW };
enum { LINE_ROOM = 8 << 20, STEPS = 60 };

/* The end of a span is settled once agents had this long to deliver it. */
#define SETTLED (90 * CLOCK_SECOND)

struct logs {
    struct wire *wire;
    struct loki *loki;
    const char *query;
    int64_t from, to, limit;
    int format;
    bool follow, count, backward, clean;
    struct loki_follow *following;
    struct series_print *series;
    struct buf line;
    struct err err;
};

static void stop(struct logs *l, const struct err *err)
{
    if (err->kind)
        l->err = *err;
    wire_stop(l->wire);
}

static void print_text(struct logs *l, const struct line *line)
{
    char time[CLOCK_TEXT], zone[16];
    const struct rule_labels *names = loki_labels(l->loki);
    const char *ns = labels_value(line->labels, names->namespace_);
    const char *pod = labels_value(line->labels, names->pod);
    clock_format(line->time, false, "%Y-%m-%dT%H:%M:%S", time, sizeof time);
    clock_format(line->time, false, "%z", zone, sizeof zone);
    buf_printf(&l->line, "%s.%03d%.3s:%s ", time, (int)(line->time % CLOCK_SECOND / CLOCK_MS), zone,
               zone + 3);
    int safe = output_is_utf8() ? UTF8_SAFE_DEFAULT : UTF8_SAFE_ASCII;
    if (*ns || *pod) {
        utf8_safe(&l->line, str_of(ns), safe);
        buf_addc(&l->line, '/');
        utf8_safe(&l->line, str_of(pod), safe);
        buf_addc(&l->line, ' ');
    }
    utf8_safe(&l->line, line->text, safe);
}

/* Gaps and notices are no data: raw and JSON output tells them on standard error. */
static void print_notice(const struct logs *l, const struct line *line)
{
    char text[200];
    struct err note;
    snprintf(text, sizeof text, "%.*s", (int)line->text.n, line->text.p);
    err_set(&note, ERR_AWAY, l->query, "", "%s", text);
    err_print(&note);
}

static void on_line(void *context, const struct line *line)
{
    struct logs *l = context;
    if (line->kind != LINE_LOG) {
        print_notice(l, line);
        return;
    }
    buf_clear(&l->line);
    if (l->format == FORMAT_JSON)
        line_json_write(&l->line, line);
    else if (l->format == FORMAT_TEXT)
        print_text(l, line);
    else if (l->clean)
        utf8_safe(&l->line, line->text, output_is_utf8() ? UTF8_SAFE_DEFAULT : UTF8_SAFE_ASCII);
    else
        output_write(line->text);
    output_write(buf_str(&l->line));
    output_text("\n");
}

static void on_extracted(void *context, const struct loki_extract_result *r, const struct err *err)
{
    struct logs *l = context;
    struct err end = *err;
    bool settled = l->to + SETTLED <= loki_now(l->loki);
    if (!end.kind && r->proved && !r->complete && settled)
        err_set(&end, ERR_AWAY, l->query, "run it again; lines may still be arriving",
                "incomplete: %llu lines printed, Loki counts %llu", (unsigned long long)r->lines,
                (unsigned long long)r->counted);
    stop(l, &end);
}

static void start_range(struct logs *l)
{
    struct loki_extract_conf conf = {.query = l->query,
                                     .from = l->from,
                                     .to = l->to,
                                     .backward = l->backward,
                                     .limit = l->limit,
                                     .in_flight = 3,
                                     .prove = !l->limit,
                                     .context = l,
                                     .line = on_line,
                                     .done = on_extracted};
    loki_extract_start(l->loki, &conf);
}

static void on_follow_change(void *context, const struct loki_follow_state *state)
{
    struct logs *l = context;
    /* A refusal ends it: trying again would not help. What is away comes back by itself. */
    if (state->upstream.err.kind == ERR_REFUSED || state->upstream.state == UPSTREAM_DENIED)
        stop(l, &state->upstream.err);
}

static void start_follow(struct logs *l)
{
    struct loki_follow_conf conf = {.query = l->query,
                                    .since = l->from,
                                    .context = l,
                                    .line = on_line,
                                    .changed = on_follow_change};
    l->following = loki_follow_start(l->loki, &conf);
}

static void on_count(void *context, uint64_t count, const struct err *err)
{
    struct logs *l = context;
    char text[32];
    if (!err->kind) {
        snprintf(text, sizeof text, "%llu\n", (unsigned long long)count);
        output_text(text);
    }
    stop(l, err);
}

static void on_point(void *context, const struct labels *series, int64_t time, double value)
{
    struct logs *l = context;
    series_print_add(l->series, series, time, value);
}

static void on_series(void *context, size_t count, const struct err *err)
{
    struct logs *l = context;
    (void)count;
    series_print_end(l->series, l->format == FORMAT_JSON);
    stop(l, err);
}

static void start_metric(struct logs *l)
{
    int64_t step = (l->to - l->from) / STEPS / CLOCK_SECOND * CLOCK_SECOND;
    if (step < CLOCK_SECOND)
        step = CLOCK_SECOND;
    l->series = series_print_new(l->from, step, STEPS + 1);
    loki_matrix(l->loki, l->query, l->from, l->to, step, on_point, on_series, l);
}

/* A refusal points at a column: show it below the query. */
static void point_at(const struct logs *l, struct err *err)
{
    int line, column;
    if (!loki_error_place(err, &line, &column) || line != 1)
        return;
    struct err place = *err;
    snprintf(place.where, sizeof place.where, "%.120s, column %d", l->query, column);
    *err = place;
}

static void on_checked(void *context, enum loki_query kind, const struct err *err)
{
    struct logs *l = context;
    struct err seen = *err;
    if (seen.kind) {
        point_at(l, &seen);
        stop(l, &seen);
    } else if (kind == LOKI_QUERY_METRIC) {
        start_metric(l);
    } else if (l->count) {
        loki_count(l->loki, l->query, l->from, l->to, on_count, l);
    } else if (l->follow) {
        start_follow(l);
    } else {
        start_range(l);
    }
}

static bool read_options(struct logs *l, const struct options *o, struct err *err)
{
    int direction;
    if (o->argument_count != 1)
        return err_set(err, ERR_USAGE, "logs", "kubeboard logs '{namespace=\"shop\"} |= \"error\"'",
                       o->argument_count ? "it takes one query" : "it needs a LogQL query");
    l->query = o->arguments[0];
    l->follow = options_has(o, OPTION_FOLLOW);
    l->count = options_has(o, OPTION_COUNT);
    if (!options_choice(o, OPTION_OUTPUT, "text|json|raw", &l->format, err) ||
        !options_choice(o, OPTION_DIRECTION, "forward|backward", &direction, err) ||
        !options_int(o, OPTION_LIMIT, 1, INT64_MAX, 0, &l->limit, err) ||
        !options_span(o, clock_now(), CLOCK_HOUR, &l->from, &l->to, err))
        return false;
    l->backward = direction == 1;
    l->clean = output_is_terminal();
    if (l->follow && (l->backward || options_has(o, OPTION_TO) || l->limit || l->count))
        return err_set(err, ERR_USAGE, "--follow",
                       "leave out --to, --limit, --count and --direction",
                       "following goes on for ever, forward");
    /* Loki counts spans of whole milliseconds. */
    l->from = clock_align(l->from, CLOCK_MS);
    l->to = clock_align(l->to + CLOCK_MS - 1, CLOCK_MS);
    return true;
}

int cmd_logs(const struct options *o)
{
    struct wire w = {0};
    struct logs l = {.wire = &w};
    struct err err = {0};
    buf_init(&l.line, LINE_ROOM);
    if (read_options(&l, o, &err) && wire_open(&w, o, &err) && (l.loki = wire_loki(&w, &err))) {
        wire_catch_signals(&w);
        loki_check(l.loki, l.query, on_checked, &l);
        if (wire_run(&w, &err))
            err = l.err;
    }
    loki_follow_stop(l.following);
    series_print_free(l.series);
    buf_free(&l.line);
    return wire_end(&w, &err);
}
