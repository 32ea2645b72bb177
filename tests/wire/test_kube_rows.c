/* Rows of ours from recorded answers of the oldest and the newest API server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kube/get.h"
#include "kube/kinds/kinds.h"
#include "tests/wire/kube_bench.h"

struct test {
    struct kube_bench *bench;
    const char *version;
    const struct kind *kind;
    size_t wanted; /* a recorded page names another one, which there is not */
    char rows[4096];
    bool done;
};

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    bool events = strcmp(server_path(r), "/api/v1/events") == 0;
    char file[64];
    snprintf(file, sizeof file, "%s/%s.http", t->version,
             events ? "events" : "pods-limit-continue");
    kube_bench_replay(r, file, 0);
}

/* Cells of the narrow table, with bars between. */
static bool on_row(void *context, const struct object *row)
{
    struct test *t = context;
    size_t n = strlen(t->rows);
    char cell[256];
    n += (size_t)snprintf(t->rows + n, sizeof t->rows - n, "%s/%s", row->namespace_, row->name);
    for (size_t i = 0; i < t->kind->column_count; i++)
        if (!t->kind->columns[i].wide || t->kind->columns[i].type == CELL_TIME)
            n +=
                (size_t)snprintf(t->rows + n, sizeof t->rows - n, " | %s",
                                 object_cell_text(t->kind, row, i, clock_now(), cell, sizeof cell));
    snprintf(t->rows + n, sizeof t->rows - n, "\n");
    return --t->wanted;
}

static void on_done(void *context, size_t count, const struct err *err)
{
    struct test *t = context;
    (void)count;
    assert_int_equal(err->kind, ERR_CANCELLED);
    t->done = true;
}

static void rows(struct test *t, const char *version, const char *kind, size_t wanted,
                 const char *expected)
{
    t->version = version;
    t->kind = kinds_find(kind);
    t->wanted = wanted;
    t->rows[0] = '\0';
    t->done = false;
    get_start(t->bench->client,
              &(struct get_conf){
                  .kind = t->kind, .namespace_ = "", .context = t, .row = on_row, .done = on_done});
    assert_true(kube_bench_until(t->bench, &t->done, 5000));
    assert_string_equal(t->rows, expected);
}

/* Both shapes of events in one list: of core/v1, and of events.k8s.io without and with a series. */
static void events_of_either_shape(void **state)
{
    struct test *t = *state;
    rows(t, "v1.36", "events", 3,
         "shop/api-w4dc94m8bw-qt6j4.4b436f726ab38d5b | 12m | Warning | BackOff | "
         "pod/api-w4dc94m8bw-qt6j4 | Back-off restarting failed container | 72m\n"
         "shop/api-w4dc94m8bw-qt6j4.353a565ab2a855d3 | 12m | Warning | BackOff | "
         "pod/api-w4dc94m8bw-qt6j4 | Back-off restarting failed container | 12m\n"
         "shop/api-w4dc94m8bw-tt8rd.bf4d724f50ed6c52 | 11m | Normal | Scheduled | "
         "pod/api-w4dc94m8bw-tt8rd | Successfully assigned shop/api-w4dc94m8bw-tt8rd to "
         "node-0000.eu-west-1a.compute.internal | 11m\n");
    rows(t, "v1.20", "events", 3,
         "shop/api-cbgchffgx8-qt6j4.4b436f726ab38d5b | 9m58s | Warning | BackOff | "
         "pod/api-cbgchffgx8-qt6j4 | Back-off restarting failed container | 69m\n"
         "shop/api-cbgchffgx8-qt6j4.cc31b88a06f729c5 | 9m57s | Warning | BackOff | "
         "pod/api-cbgchffgx8-qt6j4 | Back-off restarting failed container | 9m57s\n"
         "shop/api-cbgchffgx8-tt8rd.ff69452b48258886 | 9m23s | Normal | Scheduled | "
         "pod/api-cbgchffgx8-tt8rd | Successfully assigned shop/api-cbgchffgx8-tt8rd to "
         "node-0000.eu-west-1a.compute.internal | 9m23s\n");
}

static void pods_of_either_version(void **state)
{
    struct test *t = *state;
    rows(t, "v1.36", "pods", 2,
         "data/api-cgqxbbkdft-bh7zm | 1/1 | Running | 0 | -\n"
         "data/api-cgqxbbkdft-bqt4j | 0/1 | CrashLoopBackOff | 54 | 13m\n");
    rows(t, "v1.20", "pods", 2,
         "data/api-8wc2fdh9cv-bh7zm | 1/1 | Running | 0 | -\n"
         "data/api-8wc2fdh9cv-bqt4j | 0/1 | CrashLoopBackOff | 54 | 11m\n");
}

static int set_up(void **state)
{
    struct test *t = mem_alloc(sizeof *t);
    int64_t now;
    setenv("TZ", "UTC", 1);
    assert_true(clock_parse(str_of("2026-11-22T16:10:00Z"), false, &now));
    clock_freeze(now);
    t->bench = kube_bench_new(t, handle);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    clock_freeze(0);
    kube_bench_free(t->bench);
    free(t);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(events_of_either_shape, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pods_of_either_version, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
