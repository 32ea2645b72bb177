/* The log pane's feed against the sandbox's Loki: what is held is always all of a span, once. */
#include "tests/unit/sandbox/serving.h"

#include "cmd/board/board_feed.h"
#include "sandbox/loki/lokid.h"
#include "sandbox/world/founding.h"
#include "sandbox/world/history.h"
#include "sandbox/world/world.h"
#include "source/loki/loki.h"

enum { LINES = 40000, CROWD = 12000, ROUNDS = 4000, BATCH = 4000 };

struct bench {
    struct serving s;
    struct world *world;
    struct history *history;
    struct lokid *lokid;
    struct loki *loki;
    struct model *model;
    struct board_logs *logs;
    int64_t *times; /* of the lines pushed, by number */
    size_t count;
    bool broken;
};

static void handle(void *service, struct reply *p)
{
    struct bench *b = service;
    if (b->broken)
        reply_text(p, 500, "out of order");
    else
        lokid_handle(b->lokid, p);
}

static void push(struct bench *b, size_t from, size_t to)
{
    struct buf body;
    buf_init(&body, 8 << 20);
    buf_adds(&body, "{\"streams\":[");
    for (size_t pod = 0; pod < 4; pod++) {
        bool first = true;
        buf_printf(&body, "%s{\"stream\":{\"namespace\":\"test\",\"pod\":\"p-%zu\"},\"values\":[",
                   pod ? "," : "", pod);
        for (size_t i = from; i < to; i++) {
            if (i % 4 != pod)
                continue;
            buf_printf(&body, "%s[\"%lld\",\"line %zu of many\"]", first ? "" : ",",
                       (long long)b->times[i], i);
            first = false;
        }
        buf_adds(&body, "]}");
    }
    buf_adds(&body, "]}");
    serving_ask(&b->s, &(struct serving_ask){.method = "POST",
                                             .path = "/loki/api/v1/push",
                                             .body = buf_str(&body),
                                             .content_type = "application/json"});
    assert_true(b->s.status < 300);
    buf_free(&body);
}

/* 40,000 lines over half an hour that ended a minute ago, 12,000 of them in one nanosecond. */
static int setup(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    int64_t now = clock_now(), from = now - 31 * CLOCK_MINUTE;
    b->world = founding_world(1, now, 0, 0);
    b->history = history_new(b->world);
    serving_open(&b->s, SANDBOX_LOKI, handle, NULL);
    b->lokid = lokid_new(b->s.loop, b->history, &b->s.faults, NULL);
    b->s.handler = b;
    b->times = mem_array(LINES + 100, sizeof *b->times);
    for (size_t i = 0; i < LINES; i++) {
        size_t place = i < 14000 ? i : i < 14000 + CROWD ? 14000 : i - CROWD + 1;
        b->times[i] = from + (int64_t)place * (30 * CLOCK_MINUTE / (LINES - CROWD));
    }
    for (size_t i = 0; i < LINES; i += BATCH)
        push(b, i, i + BATCH);
    b->count = LINES;
    char *url = mem_printf("http://127.0.0.1:%d", server_port(b->s.server));
    struct conn conn = {.name = "loki", .url = url, .proxy = ""};
    b->loki = loki_new(b->s.http, &conn, NULL);
    free(url);
    b->model = model_new();
    b->logs = board_logs_new(b->loki, b->model);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    board_logs_free(b->logs);
    model_free(b->model);
    loki_free(b->loki);
    lokid_tail_free_all(b->lokid);
    serving_close(&b->s);
    lokid_free(b->lokid);
    history_free(b->history);
    world_free(b->world);
    free(b->times);
    free(b);
    return 0;
}

static bool is_busy(const struct bench *b)
{
    const struct model_logs *m = &b->model->logs;
    return !board_logs_settled(b->logs) || m->older.state == MODEL_EDGE_LOADING ||
           m->newer.state == MODEL_EDGE_LOADING;
}

static void settle(struct bench *b)
{
    for (int i = 0; i < ROUNDS && is_busy(b); i++)
        loop_turn(b->s.loop, 10);
    assert_false(is_busy(b));
}

static void wish(struct bench *b, enum intent_type type, int64_t time)
{
    board_logs_wish(b->logs, type, time);
    settle(b);
}

/* All lines between the edges, each once, in the order of their times. */
static void assert_whole(struct bench *b)
{
    const struct model_logs *m = &b->model->logs;
    char *seen = mem_alloc(b->count);
    size_t held = 0, expected = 0;
    int64_t last = 0;
    for (size_t i = 0; i < lines_count(m->lines); i++) {
        struct line line = lines_at(m->lines, i);
        size_t number = strtoull(line.text.p + 5, NULL, 10);
        assert_true(line.kind == LINE_LOG && number < b->count && !seen[number]);
        assert_true(line.time >= last && line.time == b->times[number]);
        seen[number] = 1;
        last = line.time;
        held++;
    }
    for (size_t i = 0; i < b->count; i++)
        expected += b->times[i] >= m->older.time && b->times[i] < m->newer.time;
    assert_int_equal(held, expected);
    free(seen);
}

static void show(struct bench *b, size_t bytes, int64_t to)
{
    lines_free(b->model->logs.lines);
    b->model->logs.lines = lines_new(bytes);
    board_logs_show(b->logs, "{namespace=\"test\"}", clock_now() - 3 * CLOCK_HOUR, to);
    settle(b);
}

static void pages_go_back_without_loss(void **state)
{
    struct bench *b = *state;
    show(b, 64 << 20, 0);
    assert_whole(b);
    assert_int_equal(b->model->logs.newer.state, MODEL_EDGE_LIVE);
    size_t opened = lines_count(b->model->logs.lines);
    assert_true(opened >= 4000 && opened < 6000);
    for (int i = 0; i < 20 && b->model->logs.older.state == MODEL_EDGE_MORE; i++) {
        wish(b, INTENT_LOGS_OLDER, 0);
        assert_whole(b);
    }
    assert_int_equal(lines_count(b->model->logs.lines), LINES);
    assert_int_equal(b->model->logs.older.state, MODEL_EDGE_END);
    assert_true(b->model->logs.older.searched < clock_now() - 30 * CLOCK_DAY);
}

static void what_gives_way_comes_back(void **state)
{
    struct bench *b = *state;
    struct model_logs *m = &b->model->logs;
    show(b, 1000 << 10, 0);
    int64_t looked_at = m->older.time;
    for (int i = 0; i < 30 && m->older.state == MODEL_EDGE_MORE; i++) {
        wish(b, INTENT_LOGS_HOLD, looked_at);
        wish(b, INTENT_LOGS_OLDER, 0);
        assert_whole(b);
        looked_at = m->older.time;
    }
    assert_int_equal(m->older.state, MODEL_EDGE_END);
    assert_int_equal(m->newer.state, MODEL_EDGE_MORE);
    assert_int_equal(m->newer.let_go + lines_count(m->lines), LINES);
    assert_true(lines_bytes(m->lines) <= 1000 << 10);
    for (int i = 0; i < 30 && m->newer.state == MODEL_EDGE_MORE; i++) {
        wish(b, INTENT_LOGS_HOLD, m->newer.time - 1);
        wish(b, INTENT_LOGS_NEWER, 0);
        assert_whole(b);
    }
    assert_int_equal(m->newer.state, MODEL_EDGE_LIVE);
    assert_int_equal(m->older.let_go + lines_count(m->lines), LINES);
    /* Live again: what comes now is put behind. */
    b->times[b->count++] = clock_now();
    push(b, LINES, LINES + 1);
    size_t before = lines_count(m->lines);
    for (int i = 0; i < ROUNDS && lines_count(m->lines) == before; i++)
        loop_turn(b->s.loop, 10);
    assert_whole(b);
    assert_int_equal(lines_count(m->lines), before + 1);
}

static void a_time_is_gone_to(void **state)
{
    struct bench *b = *state;
    struct model_logs *m = &b->model->logs;
    show(b, 64 << 20, 0);
    int64_t crowd = b->times[14000];
    wish(b, INTENT_LOGS_AT, crowd);
    assert_whole(b);
    assert_int_equal(m->at, crowd);
    size_t i = lines_find_time(m->lines, crowd);
    assert_int_equal(lines_at(m->lines, i).time, crowd);
    assert_int_equal(lines_find_time(m->lines, crowd + 1) - i, CROWD);
    assert_true(i >= 3000);
    wish(b, INTENT_LOGS_LIVE, 0);
    assert_whole(b);
    assert_int_equal(m->newer.state, MODEL_EDGE_LIVE);
    assert_true(m->older.time > crowd);
}

static void an_error_is_of_the_edge(void **state)
{
    struct bench *b = *state;
    struct model_logs *m = &b->model->logs;
    show(b, 64 << 20, clock_now() - 5 * CLOCK_MINUTE);
    assert_whole(b);
    assert_int_equal(m->newer.state, MODEL_EDGE_MORE);
    size_t before = lines_count(m->lines);
    b->broken = true;
    wish(b, INTENT_LOGS_OLDER, 0);
    assert_int_equal(m->older.state, MODEL_EDGE_FAILED);
    assert_int_equal(m->upstream.state, UPSTREAM_LIVE);
    assert_int_equal(lines_count(m->lines), before);
    b->broken = false;
    wish(b, INTENT_LOGS_OLDER, 0);
    assert_whole(b);
    assert_true(lines_count(m->lines) > before + 3000);
    wish(b, INTENT_LOGS_NEWER, 0);
    assert_whole(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pages_go_back_without_loss, setup, teardown),
        cmocka_unit_test_setup_teardown(what_gives_way_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_time_is_gone_to, setup, teardown),
        cmocka_unit_test_setup_teardown(an_error_is_of_the_edge, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
