/* What the tests of the collector's HTTP share: a service on a store in a folder, and what is stored there. */
#ifndef TESTS_WIRE_SERVICE_BENCH_H
#define TESTS_WIRE_SERVICE_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "collect/metrics.h"
#include "collect/service.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/store.h"
#include "store/window_store.h"
#include "tests/temporary.h"

struct service_bench {
    struct loop *loop;
    struct http *http;
    struct store *store;
    struct window_store *windows;
    struct metrics *metrics;
    struct service *service;
    char folder[TEMPORARY_PATH];
    char token_file[TEMPORARY_PATH + 10], url[64]; /* of the service that listens now */
    int64_t base;                                  /* 2021-08-27T13:00:00Z */
};

/* All but the service. False: there is no folder. */
bool service_bench_set_up(struct service_bench *b);
void service_bench_tear_down(struct service_bench *b);

/* A new service in place of the last one, at b->url; it asks for b->token_file's token when `token`. */
void service_bench_open(struct service_bench *b, bool token);
struct service_conf service_bench_conf(const struct service_bench *b, bool token);

void service_bench_turn(struct service_bench *b, const bool *until);
/* For store operations whose context is the bool that service_bench_turn waits for. */
void service_bench_stored(void *context, const struct err *err);

/* `count` windows from b->base on, the n-th (from 0) of n lines, all of the namespace shop. */
void service_bench_windows(struct service_bench *b, const char *rule, int count);
/* One node and `pods` pods, p0, p2… in the namespace even, p1, p3… in odd; p1 uses `cpu` cores. */
void service_bench_snapshot(struct service_bench *b, int64_t at, int pods, double cpu);

#endif
