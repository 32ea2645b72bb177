#include "tests/wire/service_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/gzip.h"
#include "base/mem.h"

struct service_conf service_bench_conf(const struct service_bench *b, bool token)
{
    return (struct service_conf){.loop = b->loop,
                                 .listen = "127.0.0.1:0",
                                 .token_file = token ? b->token_file : NULL,
                                 .store = b->windows,
                                 .metrics = b->metrics};
}

void service_bench_open(struct service_bench *b, bool token)
{
    struct err err;
    struct service_conf conf = service_bench_conf(b, token);
    service_free(b->service);
    b->service = service_new(&conf, &err);
    assert_non_null(b->service);
    snprintf(b->url, sizeof b->url, "http://127.0.0.1:%d", service_port(b->service));
}

bool service_bench_set_up(struct service_bench *b)
{
    struct err err;
    char url[80];
    b->loop = loop_new();
    b->http = http_new(b->loop);
    if (!temporary_make(b->folder, "service"))
        return false;
    snprintf(url, sizeof url, "file://%s/store", b->folder);
    snprintf(b->token_file, sizeof b->token_file, "%s/token", b->folder);
    b->store = store_open(b->http, &(struct store_conf){.url = url}, &err);
    b->windows = window_store_new(b->store, b->store, "test");
    b->metrics = metrics_new();
    return clock_parse(str_of("2021-08-27T13:00:00Z"), false, &b->base);
}

void service_bench_tear_down(struct service_bench *b)
{
    service_free(b->service);
    window_store_free(b->windows);
    store_free(b->store);
    metrics_free(b->metrics);
    for (int i = 0; i < 5; i++)
        loop_turn(b->loop, 2);
    http_free(b->http);
    loop_free(b->loop);
    temporary_remove(b->folder);
}

void service_bench_stored(void *context, const struct err *err)
{
    assert_int_equal(err->kind, ERR_NONE);
    *(bool *)context = true;
}

void service_bench_turn(struct service_bench *b, const bool *until)
{
    int64_t end = clock_monotonic() + 20 * CLOCK_SECOND;
    while (!*until && clock_monotonic() < end)
        loop_turn(b->loop, 100);
    assert_true(*until);
}

void service_bench_windows(struct service_bench *b, const char *rule, int count)
{
    for (int i = 0; i < count; i++) {
        bool saved = false, indexed = false;
        struct window *w = mem_alloc(sizeof *w);
        w->cluster = mem_dup("test");
        w->rule = mem_dup(rule);
        w->query = mem_dup("{a=\"b\"}");
        w->from = b->base + i * 10 * CLOCK_MINUTE;
        w->to = w->from + 10 * CLOCK_MINUTE;
        w->lines = w->counted = (uint64_t)i;
        w->complete = true;
        tallies_add(&w->namespaces, str_of("shop"), (uint64_t)i);
        window_store_save(b->windows, w, &saved, service_bench_stored);
        service_bench_turn(b, &saved);
        window_store_day_index(b->windows, w, &indexed, service_bench_stored);
        service_bench_turn(b, &indexed);
        window_free(w);
    }
}

void service_bench_snapshot(struct service_bench *b, int64_t at, int pods, double cpu)
{
    char key[WINDOW_KEY_SIZE];
    struct buf plain, packed;
    bool saved = false;
    buf_init(&plain, 16 << 20);
    buf_init(&packed, 16 << 20);
    buf_adds(&plain, "{\"schema\":1,\"cluster\":\"test\",\"nodes\":[{\"metadata\":{\"name\":\"n1\"}"
                     "}],\"pods\":[");
    for (int i = 0; i < pods; i++)
        buf_printf(&plain,
                   "%s{\"metadata\":{\"name\":\"p%d\",\"namespace\":\"%s\"},\"status\":{\"phase\":"
                   "\"Running\"}}",
                   i ? "," : "", i, i % 2 ? "odd" : "even");
    buf_printf(&plain,
               "],\"usage\":{\"nodes\":[{\"name\":\"n1\",\"cpu\":0.5,\"memory\":0.25}],\"pods\":[{"
               "\"namespace\":"
               "\"odd\",\"name\":\"p1\",\"cpu\":%g,\"memory\":1000}]},\"missing\":[]}",
               cpu);
    assert_true(gzip_pack(&packed, buf_str(&plain), NULL));
    store_put(b->store, window_key_snapshot(key, "test", at), "application/gzip", &packed, &saved,
              service_bench_stored);
    service_bench_turn(b, &saved);
    buf_free(&plain);
}
