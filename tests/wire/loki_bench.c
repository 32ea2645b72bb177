#include "tests/wire/loki_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/http.h"
#include "net/loop.h"

void loki_bench_open(struct loki_bench *b)
{
    b->loop = loop_new();
    b->http = http_new(b->loop);
    b->server = canned_new(b->loop);
    b->fake = fake_loki_new(b->server);
    struct conn c = {.name = "loki", .url = (char *)(uintptr_t)canned_url(b->server)};
    b->loki = loki_new(b->http, &c, NULL);
}

void loki_bench_fill(struct loki_bench *b, int64_t start, int lines)
{
    for (int i = 0; i < lines; i++)
        fake_loki_add(b->fake, start + i * CLOCK_SECOND, "shop", "p", "text");
}

void loki_bench_wait(struct loki_bench *b, const bool *done)
{
    int64_t until = clock_monotonic() + 30 * CLOCK_SECOND;
    while (!*done && clock_monotonic() < until)
        loop_turn(b->loop, 50);
    assert_true(*done);
}

void loki_bench_close(struct loki_bench *b)
{
    loki_free(b->loki);
    http_free(b->http);
    canned_free(b->server);
    fake_loki_free(b->fake);
    loop_free(b->loop);
}
