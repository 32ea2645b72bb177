/* A bench for the Loki client: loop, HTTP client, and a client of a fake_loki.h. */
#ifndef TESTS_WIRE_LOKI_BENCH_H
#define TESTS_WIRE_LOKI_BENCH_H

#include "source/loki/loki.h"
#include "tests/wire/fake_loki.h"

struct loki_bench {
    struct loop *loop;
    struct http *http;
    struct canned *server;
    struct fake_loki *fake;
    struct loki *loki;
};

void loki_bench_open(struct loki_bench *b);
/* A line a second of one stream, {namespace="shop"}, from `start` on. */
void loki_bench_fill(struct loki_bench *b, int64_t start, int lines);
/* Runs the loop until it is done; fails after 30 s. */
void loki_bench_wait(struct loki_bench *b, const bool *done);
void loki_bench_close(struct loki_bench *b); /* after all that stands on its client */

#endif
