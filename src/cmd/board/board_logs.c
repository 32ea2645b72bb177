/*
 * What is held is one span of the query's time. Its newer edge is the present as long as the follow
 * puts lines there; its older edge moves back page by page as the reader comes there. Both begin a
 * little before the present (SETTLE): what was before is read backward, the newest lines first, and
 * what is later, with all that agents bring late, is the follow's. Where an edge gave way and comes
 * back, pages read what the follow had given already; a late line for such a place is held against
 * what is there. Pages end between two nanoseconds, so the next begins where nothing is held.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/board/board_feed.h"
#include "source/loki/loki.h"
#include "source/loki/loki_extract.h"
#include "source/loki/loki_follow.h"

enum { PAGE_LINES = 4000, PAGE_BYTES = 4 << 20, CHOOSE_EVERY = 1024, RETRIES = 1 };
#define SETTLE (6 * CLOCK_SECOND)
#define SPAN_FIRST CLOCK_HOUR /* that a page looks at; twice as much when it found few */
#define SPAN_MOST CLOCK_DAY
#define LOOK_MOST (30 * CLOCK_DAY) /* that one wish looks back when there is nothing */

/* A page being read at one of the edges. */
struct page {
    struct loki_extract *extract;
    int64_t from, to, began; /* began: the edge when it was asked for */
    int64_t last;            /* time of the newest line read */
    int64_t span;
    size_t lines, bytes;
};

struct board_logs {
    struct loki *loki;
    struct model *model;
    struct loki_call *check; /* the query waits for the server's clock */
    struct page older, newer;
    struct loki_follow *follow;
    int64_t floor, until; /* what the follow gives between them no page has read */
    int64_t hold;         /* looked at; 0: the newest */
    bool newest_gives_way, opening;
    double line_bytes; /* hints of the last page for the next */
    int64_t slowest;
};

struct board_logs *board_logs_new(struct loki *l, struct model *m)
{
    struct board_logs *b = mem_alloc(sizeof *b);
    b->loki = l;
    b->model = m;
    upstream_connecting(&m->logs.upstream);
    return b;
}

static void end_page(struct page *p)
{
    loki_extract_free(p->extract);
    p->extract = NULL;
}

static void stop(struct board_logs *b)
{
    loki_cancel(b->check);
    b->check = NULL;
    end_page(&b->older);
    end_page(&b->newer);
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

/* ---- which end gives way ---- */

static void choose_end(struct board_logs *b)
{
    struct lines *lines = b->model->logs.lines;
    bool newest = b->hold && lines_find_time(lines, b->hold) < lines_count(lines) / 2;
    if (b->older.extract || b->newer.extract)
        newest = b->older.extract != NULL && !b->opening;
    if (newest != b->newest_gives_way)
        lines_drop_oldest(lines, !newest);
    b->newest_gives_way = newest;
}

static void set_newer(struct board_logs *b, int64_t time, uint64_t let_go)
{
    struct model_edge *e = &b->model->logs.newer;
    e->time = time;
    e->let_go += let_go;
    if (e->state == MODEL_EDGE_LIVE)
        e->state = MODEL_EDGE_MORE;
    if (time < b->until)
        b->until = time;
}

static void set_older(struct board_logs *b, int64_t time, uint64_t let_go)
{
    struct model_edge *e = &b->model->logs.older;
    e->time = time;
    e->let_go += let_go;
    if (e->state == MODEL_EDGE_END)
        e->state = MODEL_EDGE_MORE;
    if (time > b->floor)
        b->floor = time;
}

/* Adds a line, and moves the edge when lines gave way for it. */
static void add(struct board_logs *b, const struct line *line, bool before)
{
    struct lines *lines = b->model->logs.lines;
    uint64_t dropped = lines_dropped(lines);
    if (before)
        lines_add_before(lines, line);
    else
        lines_add(lines, line);
    uint64_t gone = lines_dropped(lines) - dropped;
    size_t count = lines_count(lines);
    b->model->dirty = true;
    if (!gone || !count)
        return;
    if (b->newest_gives_way)
        set_newer(b, lines_at(lines, count - 1).time + 1, gone);
    else
        set_older(b, lines_at(lines, 0).time, gone);
}

/* ---- following ---- */

static void on_line(void *context, const struct line *line)
{
    struct board_logs *b = context;
    struct model_logs *logs = &b->model->logs;
    bool log = line->kind == LINE_LOG;
    struct line copy = *line;
    logs->arrived += log;
    if (logs->arrived % CHOOSE_EVERY == 0)
        choose_end(b);
    if (!log && copy.time < logs->older.time) /* what happened is told where it can be read */
        copy.time = logs->older.time;
    if (copy.time < logs->older.time)
        logs->older.let_go++;
    else if (logs->newer.state != MODEL_EDGE_LIVE && copy.time >= logs->newer.time)
        logs->newer.let_go += log;
    else if ((copy.time >= b->floor && copy.time < b->until) || !log ||
             !lines_holds(logs->lines, &copy))
        add(b, &copy, false);
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

static void start_follow(struct board_logs *b, int64_t since)
{
    struct loki_follow_conf conf = {.query = b->model->logs.query,
                                    .since = since,
                                    .context = b,
                                    .line = on_line,
                                    .changed = on_follow};
    loki_follow_stop(b->follow);
    b->follow = loki_follow_start(b->loki, &conf);
    b->floor = since;
    b->until = INT64_MAX;
}

/* ---- pages ---- */

static void read_older(struct board_logs *b);
static void read_newer(struct board_logs *b);

static bool is_page_full(const struct page *p, int64_t time)
{
    return (p->lines >= PAGE_LINES || p->bytes >= PAGE_BYTES) && time != p->last;
}

static void count_line(struct page *p, const struct line *line, struct model_edge *e)
{
    p->lines++;
    p->bytes += line->text.n;
    p->last = line->time;
    e->let_go -= e->let_go != 0;
}

static void take_hints(struct board_logs *b, const struct loki_extract_result *r)
{
    if (r->line_bytes > 0)
        b->line_bytes = r->line_bytes;
    b->slowest = r->slowest;
}

/* The first page of a query tells how it goes; later ones tell it at their edge. */
static void tell_opened(struct board_logs *b, const struct err *err)
{
    struct model_logs *logs = &b->model->logs;
    if (!b->opening)
        return;
    b->opening = false;
    logs->loading = false;
    if (b->follow && err->kind != ERR_REFUSED && err->kind != ERR_USAGE)
        return;
    loki_follow_stop(b->follow);
    b->follow = NULL;
    if (err->kind)
        upstream_failed(&logs->upstream, err, 0);
    else
        upstream_live(&logs->upstream);
}

static void finish(struct board_logs *b, struct page *p, struct model_edge *e,
                   const struct err *err, int64_t edge)
{
    p->extract = NULL;
    e->time = edge;
    e->state = err->kind ? MODEL_EDGE_FAILED : MODEL_EDGE_MORE;
    e->err = *err;
    if (p->lines < PAGE_LINES / 4 && p->span < SPAN_MOST)
        p->span *= 2;
    tell_opened(b, err);
    choose_end(b);
    b->model->dirty = true;
}

static void on_older_line(void *context, const struct line *line)
{
    struct board_logs *b = context;
    struct page *p = &b->older;
    struct err none = {0};
    if (is_page_full(p, line->time)) {
        end_page(p);
        finish(b, p, &b->model->logs.older, &none, p->last);
        return;
    }
    add(b, line, true);
    count_line(p, line, &b->model->logs.older);
}

static void on_older_done(void *context, const struct loki_extract_result *r, const struct err *err)
{
    struct board_logs *b = context;
    struct page *p = &b->older;
    struct model_edge *e = &b->model->logs.older;
    bool opening = b->opening;
    take_hints(b, r);
    finish(b, p, e, err, err->kind ? r->reached : p->from);
    if (err->kind || p->lines || opening)
        return;
    e->let_go = 0;
    if (p->from <= p->began - LOOK_MOST || p->from <= 0) {
        e->state = MODEL_EDGE_END;
        e->searched = p->from;
    } else {
        read_older(b);
    }
}

static void on_newer_line(void *context, const struct line *line)
{
    struct board_logs *b = context;
    struct page *p = &b->newer;
    struct err none = {0};
    if (is_page_full(p, line->time)) {
        end_page(p);
        finish(b, p, &b->model->logs.newer, &none, line->time);
        return;
    }
    add(b, line, false);
    count_line(p, line, &b->model->logs.newer);
}

/* The page came to the present: from here on the follow puts lines there. */
static void join(struct board_logs *b)
{
    struct model_edge *e = &b->model->logs.newer;
    int64_t since = e->time;
    e->let_go = 0;
    if (b->model->logs.to) {
        e->state = MODEL_EDGE_END;
        e->searched = since;
        return;
    }
    e->state = MODEL_EDGE_LIVE;
    e->time = INT64_MAX;
    start_follow(b, since);
}

static void on_newer_done(void *context, const struct loki_extract_result *r, const struct err *err)
{
    struct board_logs *b = context;
    struct page *p = &b->newer;
    take_hints(b, r);
    finish(b, p, &b->model->logs.newer, err, err->kind ? r->reached : p->to);
    if (!err->kind && p->to >= p->began)
        join(b);
    else if (!err->kind && !p->lines)
        read_newer(b);
}

static void read_page(struct board_logs *b, struct page *p, bool backward)
{
    p->lines = p->bytes = 0;
    struct loki_extract_conf conf = {.query = b->model->logs.query,
                                     .from = p->from,
                                     .to = p->to,
                                     .backward = backward,
                                     .in_flight = 1,
                                     .retries = RETRIES,
                                     .expect_bytes = b->line_bytes,
                                     .expect_slowest = b->slowest,
                                     .context = b};
    conf.line = backward ? on_older_line : on_newer_line;
    conf.done = backward ? on_older_done : on_newer_done;
    p->extract = loki_extract_start(b->loki, &conf);
    choose_end(b);
    b->model->dirty = true;
}

static void read_older(struct board_logs *b)
{
    struct model_edge *e = &b->model->logs.older;
    struct page *p = &b->older;
    p->to = e->time;
    p->from = p->to > p->span ? p->to - p->span : 0;
    e->state = MODEL_EDGE_LOADING;
    if (p->from < p->to)
        read_page(b, p, true);
    else
        e->state = MODEL_EDGE_END;
}

static void read_newer(struct board_logs *b)
{
    struct model_edge *e = &b->model->logs.newer;
    struct page *p = &b->newer;
    int64_t present = loki_now(b->loki) - SETTLE;
    p->began = present;
    p->from = e->time;
    p->to = present - p->from > p->span ? p->from + p->span : present;
    e->state = MODEL_EDGE_LOADING;
    if (p->from < p->to) {
        read_page(b, p, false);
    } else {
        e->state = MODEL_EDGE_MORE;
        join(b);
    }
}

/* ---- wishes ---- */

static void forget(struct board_logs *b, int64_t edge)
{
    struct model_logs *logs = &b->model->logs;
    end_page(&b->older);
    end_page(&b->newer);
    b->older.span = b->newer.span = SPAN_FIRST;
    b->older.began = edge;
    b->newest_gives_way = b->opening = false;
    b->hold = 0;
    lines_clear(logs->lines);
    lines_drop_oldest(logs->lines, true);
    logs->older = (struct model_edge){.state = MODEL_EDGE_MORE, .time = edge};
    logs->newer = logs->older;
    b->model->dirty = true;
}

/* From the newest lines of the span, and on with those that come. */
static void open_query(struct board_logs *b)
{
    struct model_logs *logs = &b->model->logs;
    int64_t edge = logs->to ? logs->to : loki_now(b->loki) - SETTLE;
    forget(b, edge);
    logs->at = 0;
    b->opening = true;
    if (!logs->to) {
        logs->newer.state = MODEL_EDGE_LIVE;
        logs->newer.time = INT64_MAX;
        start_follow(b, edge);
    }
    b->older.span = edge > logs->from ? edge - logs->from : CLOCK_SECOND;
    read_older(b);
    b->older.span = SPAN_FIRST;
}

static void on_check(void *context, enum loki_query kind, const struct err *err)
{
    struct board_logs *b = context;
    (void)kind;
    (void)err;
    b->check = NULL;
    open_query(b);
}

void board_logs_show(struct board_logs *b, const char *query, int64_t from, int64_t to)
{
    struct model_logs *logs = &b->model->logs;
    stop(b);
    char *copy = mem_dup(query);
    free(logs->query);
    logs->query = copy;
    logs->from = from;
    logs->to = to;
    logs->loading = true;
    logs->arrived = 0;
    logs->per_second = 0;
    logs->lag = -1;
    memset(&logs->upstream, 0, sizeof logs->upstream);
    upstream_connecting(&logs->upstream);
    snprintf(logs->lane, sizeof logs->lane, "range");
    b->line_bytes = 0;
    forget(b, 0);
    /* Where the present is only the server knows: the first answer has its clock. */
    if (loki_upstream(b->loki)->state == UPSTREAM_LIVE)
        open_query(b);
    else
        b->check = loki_check(b->loki, query, on_check, b);
}

static void go_to(struct board_logs *b, int64_t time)
{
    forget(b, time);
    b->model->logs.at = b->hold = time;
    b->floor = INT64_MAX; /* all that is held comes by pages */
    read_newer(b);
    read_older(b);
}

void board_logs_wish(struct board_logs *b, enum intent_type wish, int64_t time)
{
    struct model_logs *logs = &b->model->logs;
    enum model_edge_state older = logs->older.state, newer = logs->newer.state;
    if (b->check || !logs->query)
        return;
    if (wish == INTENT_LOGS_HOLD) {
        b->hold = time;
        choose_end(b);
    } else if (wish == INTENT_LOGS_AT) {
        go_to(b, time);
    } else if (wish == INTENT_LOGS_LIVE && newer != MODEL_EDGE_LIVE) {
        logs->loading = true;
        open_query(b);
    } else if (wish == INTENT_LOGS_OLDER && older != MODEL_EDGE_LOADING) {
        b->older.began = logs->older.time;
        read_older(b);
    } else if (wish == INTENT_LOGS_NEWER && newer != MODEL_EDGE_LOADING &&
               newer != MODEL_EDGE_LIVE) {
        read_newer(b);
    }
}

void board_logs_stop(struct board_logs *b)
{
    stop(b);
    b->opening = false;
}

bool board_logs_settled(const struct board_logs *b)
{
    return !b || (!b->check && !b->opening && upstream_settled(&b->model->logs.upstream));
}
