#include "tests/wire/collect_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/gzip.h"
#include "base/mem.h"
#include "store/spool.h"

static struct store *open_store(struct collect_bench *b)
{
    struct err err;
    char url[80];
    snprintf(url, sizeof url, "file://%s", b->folder);
    struct store *s = store_open(b->http, &(struct store_conf){.url = url}, &err);
    assert_non_null(s);
    return s;
}

void collect_bench_reopen(struct collect_bench *b)
{
    window_store_free(b->windows);
    store_free(b->store);
    b->store = open_store(b);
    b->windows = window_store_new(b->store, b->store, "test");
}

int collect_bench_set_up(void **state)
{
    struct collect_bench *b = mem_alloc(sizeof *b);
    struct err err;
    b->loop = loop_new();
    b->http = http_new(b->loop);
    b->canned = canned_new(b->loop);
    b->fake = fake_loki_new(b->canned);
    struct conn conn = {.name = (char[]){"loki"}, .url = mem_dup(canned_url(b->canned))};
    b->loki = loki_new(b->http, &conn, NULL);
    free(conn.url);
    if (!temporary_make(b->folder, "collect"))
        return -1;
    collect_bench_reopen(b);
    b->redactor = redact_new(redact_kinds, NULL, NULL, &err);
    b->rule = (struct rule){.name = mem_dup("errors"), .match = mem_dup("(?i)error")};
    b->base =
        clock_align(clock_now() - CLOCK_MINUTE, COLLECT_BENCH_WIDTH) - 3 * COLLECT_BENCH_WIDTH;
    *state = b;
    return 0;
}

int collect_bench_tear_down(void **state)
{
    struct collect_bench *b = *state;
    rule_free_inner(&b->rule);
    redact_free(b->redactor);
    loki_free(b->loki);
    window_store_free(b->windows);
    store_free(b->store);
    canned_free(b->canned);
    fake_loki_free(b->fake);
    for (int i = 0; i < 5; i++)
        loop_turn(b->loop, 2);
    http_free(b->http);
    loop_free(b->loop);
    temporary_remove(b->folder);
    free(b);
    return 0;
}

void collect_bench_empty(struct collect_bench *b)
{
    temporary_remove(b->folder);
}

void collect_bench_turn(struct collect_bench *b, const bool *until)
{
    int64_t end = clock_monotonic() + 60 * CLOCK_SECOND;
    while (!*until && clock_monotonic() < end)
        loop_turn(b->loop, 1000);
    assert_true(*until);
}

static void on_window(void *context, const struct rule *rule, int64_t from,
                      enum window_job_result result, const struct window *w, const struct err *err)
{
    struct collect_bench *b = context;
    static const char *const words[] = {"stored", "kept", "failed"};
    size_t n = strlen(b->told);
    char time[16];
    (void)rule;
    (void)err;
    clock_format(from, true, "%H:%M", time, sizeof time);
    snprintf(b->told + n, sizeof b->told - n, "%s %s %lld;", words[result], time,
             w ? (long long)w->lines : -1);
}

static void on_round(void *context, const struct collector_round *round, const struct err *err)
{
    struct collect_bench *b = context;
    b->round = *round;
    b->err = *err;
    b->ended = true;
}

struct collector_conf collect_bench_conf(struct collect_bench *b)
{
    return (struct collector_conf){.loop = b->loop,
                                   .loki = b->loki,
                                   .store = b->windows,
                                   .cluster = "test",
                                   .rules = &b->rule,
                                   .rule_count = 1,
                                   .labels = &rule_labels_default,
                                   .redactor = b->redactor,
                                   .width = COLLECT_BENCH_WIDTH,
                                   .grace = 10 * CLOCK_SECOND,
                                   .catch_up = clock_now() - b->base + 5 * CLOCK_MINUTE,
                                   .once = true,
                                   .context = b,
                                   .window_done = on_window,
                                   .round_done = on_round};
}

struct collector *collect_bench_start(struct collect_bench *b, const struct collector_conf *conf)
{
    struct collector_conf now = *conf;
    now.store = b->windows;
    return collector_start(&now);
}

void collect_bench_round(struct collect_bench *b, const struct collector_conf *conf)
{
    b->ended = false;
    b->told[0] = '\0';
    struct collector *c = collect_bench_start(b, conf);
    collect_bench_turn(b, &b->ended);
    collector_free(c);
}

struct got {
    bool came;
    struct window *window;
    struct buf bytes;
};

static void on_load(void *context, struct window *yours, const struct err *err)
{
    struct got *g = context;
    (void)err;
    g->window = yours;
    g->came = true;
}

struct window *collect_bench_window(struct collect_bench *b, int64_t from)
{
    struct got g = {0};
    window_store_load(b->windows, b->rule.name, from, &g, on_load);
    collect_bench_turn(b, &g.came);
    return g.window;
}

static void on_packed(void *context, struct spool *yours, const struct err *err)
{
    struct got *g = context;
    ptrdiff_t n = 0;
    g->came = true;
    if (err->kind)
        return;
    struct gzip_reader *r = gzip_reader_from(spool_read, yours);
    while ((n = gzip_reader_read(r, buf_room(&g->bytes, 1 << 16), 1 << 16, NULL)) > 0)
        buf_added(&g->bytes, (size_t)n);
    assert_int_equal(n, 0);
    gzip_reader_free(r);
    spool_free(yours);
}

void collect_bench_raw(struct collect_bench *b, int64_t from, struct buf *out)
{
    struct got g = {0};
    buf_init(&g.bytes, 256 << 20);
    window_store_load_lines(b->windows, b->rule.name, from, &g, on_packed);
    collect_bench_turn(b, &g.came);
    *out = g.bytes;
}

char *collect_bench_files(const struct collect_bench *b, const char *only)
{
    char *command =
        mem_printf("cd '%s' && find . -type f -path '%s' | LC_ALL=C sort | xargs -r sha256sum",
                   b->folder, only ? only : "*");
    int ends[2];
    struct buf out;
    char piece[4096];
    buf_init(&out, 1 << 20);
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        execl("/bin/sh", "sh", "-c", command, NULL);
        _exit(127);
    }
    close(ends[1]);
    for (ssize_t n; (n = read(ends[0], piece, sizeof piece)) > 0;)
        buf_add(&out, piece, (size_t)n);
    close(ends[0]);
    waitpid(pid, NULL, 0);
    free(command);
    return buf_take(&out, NULL);
}
