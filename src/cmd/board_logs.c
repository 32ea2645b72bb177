/*
 * The pane opens on the newest lines, which come backward and fast however much the span holds;
 * then the follow takes over from the moment at which they were asked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/board_feed.h"
#include "source/loki.h"
#include "source/loki_extract.h"
#include "source/loki_follow.h"

enum { FIRST_LINES = 5000 };

struct board_logs {
    struct loki *loki;
    struct model *model;
    struct loki_extract *extract;
    struct loki_follow *follow;
    int64_t follow_from;
};

struct board_logs *board_logs_new(struct loki *l, struct model *m)
{
    struct board_logs *b = mem_alloc(sizeof *b);
    b->loki = l;
    b->model = m;
    upstream_connecting(&m->logs.upstream);
    return b;
}

static void stop(struct board_logs *b)
{
    loki_extract_free(b->extract);
    b->extract = NULL;
    loki_follow_stop(b->follow);
    b->follow = NULL;
}

void board_logs_free(struct board_logs *b)
{
    if (!b)
        return;
    stop(b);
    free(b);
}

static void on_line(void *context, const struct line *line)
{
    struct board_logs *b = context;
    lines_add(b->model->logs.lines, line);
    b->model->dirty = true;
}

static void on_follow(void *context, const struct loki_follow_state *state)
{
    struct board_logs *b = context;
    struct model_logs *logs = &b->model->logs;
    logs->upstream = state->upstream;
    logs->per_second = state->per_second;
    logs->lag = state->lag;
    snprintf(logs->lane, sizeof logs->lane, "%s", state->lane_name);
    b->model->dirty = true;
}

static void start_follow(struct board_logs *b)
{
    struct loki_follow_conf conf = {.query = b->model->logs.query,
                                    .since = b->follow_from,
                                    .context = b,
                                    .line = on_line,
                                    .changed = on_follow};
    b->follow = loki_follow_start(b->loki, &conf);
}

/* A limit that cut the span is said where the reader meets it: above the oldest line. */
static void note_cut(struct board_logs *b)
{
    struct lines *lines = b->model->logs.lines;
    struct line note = {
        .kind = LINE_NOTICE,
        .text = str_of("older lines of this span are not loaded: choose a narrower time")};
    note.time = lines_count(lines) ? lines_at(lines, 0).time - 1 : b->model->logs.from;
    lines_add(lines, &note);
}

static void on_loaded(void *context, const struct loki_extract_result *r, const struct err *err)
{
    struct board_logs *b = context;
    struct model_logs *logs = &b->model->logs;
    b->extract = NULL;
    logs->loading = false;
    b->model->dirty = true;
    if (r->truncated)
        note_cut(b);
    if (err->kind)
        upstream_failed(&logs->upstream, err, 0);
    else
        upstream_live(&logs->upstream);
    bool refused = err->kind == ERR_REFUSED || err->kind == ERR_USAGE;
    if (!logs->to && !refused)
        start_follow(b);
}

void board_logs_show(struct board_logs *b, const char *query, int64_t from, int64_t to)
{
    struct model_logs *logs = &b->model->logs;
    stop(b);
    lines_clear(logs->lines);
    char *copy = mem_dup(query);
    free(logs->query);
    logs->query = copy;
    logs->from = from;
    logs->to = to;
    logs->loading = true;
    logs->per_second = 0;
    logs->lag = -1;
    memset(&logs->upstream, 0, sizeof logs->upstream);
    upstream_connecting(&logs->upstream);
    snprintf(logs->lane, sizeof logs->lane, "range");
    b->follow_from = loki_now(b->loki);
    struct loki_extract_conf conf = {.query = logs->query,
                                     .from = from,
                                     .to = to ? to : b->follow_from,
                                     .backward = true,
                                     .limit = FIRST_LINES,
                                     .context = b,
                                     .line = on_line,
                                     .done = on_loaded};
    b->extract = loki_extract_start(b->loki, &conf);
    b->model->dirty = true;
}

bool board_logs_settled(const struct board_logs *b)
{
    return !b || (!b->extract && upstream_settled(&b->model->logs.upstream));
}
