/* `kubeboard logs`: lines of a span, or on and on, or a count, or a metric query's series. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/logs_around.h"
#include "cmd/logs_range.h"
#include "cmd/output.h"
#include "cmd/series_print.h"
#include "cmd/wire.h"
#include "model/line_json.h"
#include "net/loop.h"
#include "source/loki/loki.h"
#include "source/loki/loki_follow.h"
#include "source/loki/loki_merge.h"
#include "source/loki/loki_tally.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_RAW };
enum { LINE_ROOM = 8 << 20, STEPS = 60, PROGRESS_MS = 200 };

struct logs {
    struct wire *wire;
    struct loki *loki;
    const char *const *queries;
    size_t query_count, checked; /* checked: how many are known to be log queries */
    const char *query;           /* the one that is being asked about */
    int64_t from, to, limit, around_lines;
    int format;
    bool follow, count, backward, clean;
    bool away; /* said that the server does not answer */
    struct loki_follow *following;
    struct logs_range *range;
    struct logs_around *around;
    struct loki_tally *tally;
    struct loop_timer *progress; /* NULL: nobody looks at it */
    bool told;
    uint64_t lines, counted;
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
    l->lines += !l->around;
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

static void on_printed(void *context, const struct err *err)
{
    stop(context, err);
}

static void on_match(void *context, const struct line *line)
{
    struct logs *l = context;
    logs_around_add(l->around, line);
    l->lines++;
}

static void on_matched(void *context, const struct err *err)
{
    struct logs *l = context;
    logs_around_start(l->around, err);
}

static void end_progress(struct logs *l)
{
    if (l->told)
        fputs("\r\033[K", stderr);
    l->told = false;
}

static void on_counted_again(void *context, const char *query, uint64_t lines)
{
    struct err note;
    end_progress(context);
    err_set(&note, ERR_NONE, query, "",
            "complete; Loki counts %" PRIu64 " lines more, some of them twice", lines);
    err_print(&note);
}

static void start_range(struct logs *l)
{
    bool around = l->around_lines > 0;
    if (around)
        l->around = logs_around_new(&(struct logs_around_conf){.loki = l->loki,
                                                               .from = l->from,
                                                               .to = l->to,
                                                               .lines = (int)l->around_lines,
                                                               .backward = l->backward,
                                                               .context = l,
                                                               .line = on_line,
                                                               .done = on_printed});
    l->range =
        logs_range_start(&(struct logs_range_conf){.loki = l->loki,
                                                   .queries = l->queries,
                                                   .count = l->query_count,
                                                   .from = l->from,
                                                   .to = l->to,
                                                   .limit = l->limit,
                                                   .backward = l->backward,
                                                   .context = l,
                                                   .line = around ? on_match : on_line,
                                                   .counted_again = on_counted_again,
                                                   .done = around ? on_matched : on_printed});
    if (l->progress)
        loop_timer_set(l->progress, PROGRESS_MS);
}

/* "12,345 lines, up to 13:05:12, 42 %" over itself, where a person waits and the lines go elsewhere. */
static void show_progress(void *context)
{
    struct logs *l = context;
    char time[CLOCK_TEXT];
    int64_t reached = logs_range_reached(l->range), done = reached - l->from;
    if (l->backward)
        done = l->to - reached;
    clock_format(reached, false, "%m-%d %T", time, sizeof time);
    fprintf(stderr, "\r%" PRIu64 " lines, %s %s, %.0f %%\033[K", l->lines,
            l->backward ? "back to" : "up to", time,
            100 * (double)done / (double)(l->to - l->from));
    fflush(stderr);
    l->told = true;
    loop_timer_set(l->progress, PROGRESS_MS);
}

static void on_follow_change(void *context, const struct loki_follow_state *state)
{
    struct logs *l = context;
    struct err err = state->upstream.err;
    /* A refusal ends it: trying again would not help. What is away comes back by itself, and then a
     * notice tells for how long it was. */
    if (err.kind == ERR_REFUSED || state->upstream.state == UPSTREAM_DENIED) {
        stop(l, &err);
        return;
    }
    if (err.kind && !l->away) {
        str_copy(err.mend, sizeof err.mend, "it is asked again until it answers");
        err_print(&err);
    }
    l->away = err.kind != ERR_NONE;
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

static void on_count(void *context, uint64_t count, const struct err *err);

static void start_count(struct logs *l)
{
    l->tally = loki_tally_start(l->loki, l->queries[l->checked], l->from, l->to, on_count, l);
}

static void on_count(void *context, uint64_t count, const struct err *err)
{
    struct logs *l = context;
    char text[32];
    l->tally = NULL;
    l->counted += count;
    if (!err->kind && ++l->checked < l->query_count) {
        start_count(l);
        return;
    }
    if (!err->kind) {
        snprintf(text, sizeof text, "%" PRIu64 "\n", l->counted);
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

static void on_checked(void *context, enum loki_query kind, const struct err *err);

static void check(struct logs *l)
{
    l->query = l->queries[l->checked];
    loki_check(l->loki, l->query, on_checked, l);
}

static void on_checked(void *context, enum loki_query kind, const struct err *err)
{
    struct logs *l = context;
    struct err seen = *err;
    bool alone = l->query_count == 1 && !l->around_lines && !l->follow;
    if (!seen.kind && kind == LOKI_QUERY_METRIC && !alone)
        err_set(&seen, ERR_USAGE, l->query, "ask for it without other queries, --around and -f",
                "it is a metric query, which has no lines");
    if (seen.kind) {
        point_at(l, &seen);
        stop(l, &seen);
    } else if (kind == LOKI_QUERY_METRIC) {
        start_metric(l);
    } else if (++l->checked < l->query_count) {
        check(l);
    } else if (l->count) {
        l->checked = 0;
        start_count(l);
    } else if (l->follow) {
        start_follow(l);
    } else {
        start_range(l);
    }
}

static bool read_options(struct logs *l, const struct options *o, struct err *err)
{
    int direction;
    if (!o->argument_count || o->argument_count > LOKI_MERGE_QUERIES)
        return err_set(err, ERR_USAGE, "logs", "kubeboard logs '{namespace=\"shop\"} |= \"error\"'",
                       o->argument_count ? "it takes eight queries at most"
                                         : "it needs a LogQL query");
    l->queries = o->arguments;
    l->query_count = o->argument_count;
    l->follow = options_has(o, OPTION_FOLLOW);
    l->count = options_has(o, OPTION_COUNT);
    if (!options_choice(o, OPTION_OUTPUT, "text|json|raw", &l->format, err) ||
        !options_choice(o, OPTION_DIRECTION, "forward|backward", &direction, err) ||
        !options_int(o, OPTION_LIMIT, 1, INT64_MAX, 0, &l->limit, err) ||
        !options_int(o, OPTION_AROUND, 0, LOGS_AROUND_MOST, 0, &l->around_lines, err) ||
        !options_span(o, clock_now(), CLOCK_HOUR, &l->from, &l->to, err))
        return false;
    l->backward = direction == 1;
    l->clean = output_is_terminal();
    if (l->follow && (l->backward || options_has(o, OPTION_TO) || l->limit || l->count))
        return err_set(err, ERR_USAGE, "--follow",
                       "leave out --to, --limit, --count and --direction",
                       "following goes on for ever, forward");
    if (l->follow && (l->around_lines || l->query_count > 1))
        return err_set(err, ERR_USAGE, "--follow", "ask for a span, or for one query alone",
                       "following knows one query, and no --around");
    if (l->count && l->around_lines)
        return err_set(err, ERR_USAGE, "--count", "leave out --around",
                       "it counts lines, and prints none");
    if (l->count) { /* Loki counts spans of whole milliseconds */
        l->from = clock_align(l->from, CLOCK_MS);
        l->to = clock_align(l->to + CLOCK_MS - 1, CLOCK_MS);
    }
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
        if (isatty(STDERR_FILENO) && !output_is_terminal())
            l.progress = loop_timer_new(w.loop, show_progress, &l);
        check(&l);
        if (wire_run(&w, &err))
            err = l.err;
    }
    end_progress(&l);
    loop_timer_free(l.progress);
    logs_range_free(l.range);
    logs_around_free(l.around);
    loki_tally_free(l.tally);
    loki_follow_stop(l.following);
    series_print_free(l.series);
    buf_free(&l.line);
    return wire_end(&w, &err);
}
