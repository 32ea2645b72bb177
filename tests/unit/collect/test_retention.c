#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "collect/retention.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/store.h"
#include "store/window_store.h"
#include "tests/temporary.h"

struct bench {
    struct loop *loop;
    struct http *http;
    struct store *raw, *processed;
    struct window_store *windows;
    char folder[TEMPORARY_PATH];
    bool came;
    int64_t (*now)(void *context);
    struct err err;
    size_t removed[RETENTION_KINDS], left;
};

static struct store *open_store(struct bench *b, const char *name)
{
    struct err err;
    char url[100];
    snprintf(url, sizeof url, "file://%s/%s", b->folder, name);
    return store_open(b->http, &(struct store_conf){.url = url}, &err);
}

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    int64_t now;
    b->loop = loop_new();
    b->http = http_new(b->loop);
    if (!temporary_make(b->folder, "retain"))
        return -1;
    b->raw = open_store(b, "raw");
    b->processed = open_store(b, "processed");
    b->windows = window_store_new(b->raw, b->processed, "test");
    clock_parse(str_of("2021-08-27T13:00:00Z"), false, &now);
    clock_freeze(now);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    clock_freeze(0);
    window_store_free(b->windows);
    store_free(b->raw);
    store_free(b->processed);
    for (int i = 0; i < 5; i++)
        loop_turn(b->loop, 2);
    http_free(b->http);
    loop_free(b->loop);
    temporary_remove(b->folder);
    free(b);
    return 0;
}

static void put(const struct bench *b, const char *key)
{
    struct err err;
    char path[300];
    snprintf(path, sizeof path, "%s/%s", b->folder, key);
    assert_true(file_write_atomic(path, "x", 1, 0600, &err));
}

static bool there(const struct bench *b, const char *key)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", b->folder, key);
    return access(path, F_OK) == 0;
}

static void on_done(void *context, const size_t removed[RETENTION_KINDS], size_t left,
                    const struct err *err)
{
    struct bench *b = context;
    memcpy(b->removed, removed, sizeof b->removed);
    b->left = left;
    b->err = *err;
    b->came = true;
}

static void run(struct bench *b, int64_t raw, int64_t processed, int64_t snapshots)
{
    struct retention_conf conf = {.loop = b->loop,
                                  .store = b->windows,
                                  .keep = {raw, processed, snapshots},
                                  .now = b->now,
                                  .context = b,
                                  .done = on_done};
    b->came = false;
    struct retention *r = retention_start(&conf);
    int64_t end = clock_monotonic() + 20 * CLOCK_SECOND;
    while (!b->came && clock_monotonic() < end)
        loop_turn(b->loop, 1000);
    assert_true(b->came);
    retention_free(r);
}

static void whole_days_go_by_their_age(void **state)
{
    struct bench *b = *state;
    put(b, "raw/test/lines/errors/2021/08/24/2350.log.gz");
    put(b, "raw/test/lines/errors/2021/08/25/0000.log.gz");
    put(b, "raw/test/lines/gone-rule/2020/01/01/0000.log.gz");
    put(b, "processed/test/windows/errors/2021/08/24/2350.json");
    put(b, "processed/test/windows/errors/2021/08/24/index.json");
    put(b, "processed/test/windows/errors/2021/07/24/2350.json");
    put(b, "processed/test/snapshots/2021/08/26/2350.json.gz");
    put(b, "processed/test/snapshots/2021/08/25/2350.json.gz");
    put(b, "processed/test/groups.json");
    put(b, "processed/other/windows/errors/2020/08/24/2350.json");
    run(b, 2 * CLOCK_DAY, 30 * CLOCK_DAY, CLOCK_DAY);
    assert_int_equal(b->err.kind, ERR_NONE);
    /* On the 27th, 13:00, the last moment of the 24th is older than two days, that of the 25th is
     * not. */
    assert_false(there(b, "raw/test/lines/errors/2021/08/24/2350.log.gz"));
    assert_true(there(b, "raw/test/lines/errors/2021/08/25/0000.log.gz"));
    assert_false(there(b, "raw/test/lines/gone-rule/2020/01/01/0000.log.gz"));
    assert_true(there(b, "processed/test/windows/errors/2021/08/24/2350.json"));
    assert_true(there(b, "processed/test/windows/errors/2021/08/24/index.json"));
    assert_false(there(b, "processed/test/windows/errors/2021/07/24/2350.json"));
    assert_true(there(b, "processed/test/snapshots/2021/08/26/2350.json.gz"));
    assert_false(there(b, "processed/test/snapshots/2021/08/25/2350.json.gz"));
    assert_true(there(b, "processed/test/groups.json"));
    assert_true(there(b, "processed/other/windows/errors/2020/08/24/2350.json"));
    assert_int_equal(b->removed[RETENTION_RAW], 2);
    assert_int_equal(b->removed[RETENTION_PROCESSED], 1);
    assert_int_equal(b->removed[RETENTION_SNAPSHOTS], 1);
}

static int64_t a_week_before(void *context)
{
    (void)context;
    return clock_now() - 7 * CLOCK_DAY;
}

/* A clock of ours that jumped ahead deletes nothing. */
static void the_clock_that_is_given_decides(void **state)
{
    struct bench *b = *state;
    put(b, "raw/test/lines/errors/2021/08/24/2350.log.gz");
    b->now = a_week_before;
    run(b, 2 * CLOCK_DAY, 30 * CLOCK_DAY, CLOCK_DAY);
    assert_true(there(b, "raw/test/lines/errors/2021/08/24/2350.log.gz"));
    assert_int_equal(b->removed[RETENTION_RAW], 0);
}

static void without_a_bound_all_stays(void **state)
{
    struct bench *b = *state;
    put(b, "raw/test/lines/errors/1999/08/24/2350.log.gz");
    run(b, 0, 0, 0);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_true(there(b, "raw/test/lines/errors/1999/08/24/2350.log.gz"));
}

static void what_killed_writers_left_goes(void **state)
{
    struct bench *b = *state;
    char path[300];
    clock_freeze(0);
    put(b, "raw/test/lines/errors/2021/08/24/"
           "old");
    snprintf(path, sizeof path, "%s/raw/test/lines/errors/2021/08/24/" FILE_TEMPORARY "abcdef",
             b->folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fclose(f);
    struct utimbuf old = {.actime = 1000, .modtime = 1000};
    assert_int_equal(utime(path, &old), 0);
    run(b, 0, 0, 0);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->left, 1);
    assert_int_equal(access(path, F_OK), -1);
    assert_true(there(b, "raw/test/lines/errors/2021/08/24/old"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(whole_days_go_by_their_age),
        TEST(the_clock_that_is_given_decides),
        TEST(without_a_bound_all_stays),
        TEST(what_killed_writers_left_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
