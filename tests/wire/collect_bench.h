/* What the collector's tests share: a loop, a Loki of a few lines, a store in a folder, one rule.
 */
#ifndef TESTS_WIRE_COLLECT_BENCH_H
#define TESTS_WIRE_COLLECT_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "collect/collector.h"
#include "model/rule.h"
#include "net/loop.h"
#include "source/loki/loki.h"
#include "store/store.h"
#include "store/window_store.h"
#include "tests/temporary.h"
#include "tests/wire/fake_loki.h"
#include "triage/redact/redact.h"

struct collect_bench {
    struct loop *loop;
    struct http *http;
    struct canned *canned;
    struct fake_loki *fake;
    struct loki *loki;
    struct store *store;
    struct window_store *windows;
    struct redactor *redactor;
    struct rule rule;
    char folder[TEMPORARY_PATH];
    int64_t base; /* start of a window three windows back: what was there is over, and settled */
    /* The last round. */
    bool ended;
    struct collector_round round;
    struct err err;
    char told[4096]; /* "stored 13:00 3;" a window */
};

enum { COLLECT_BENCH_WIDTH_MINUTES = 10 };
#define COLLECT_BENCH_WIDTH (COLLECT_BENCH_WIDTH_MINUTES * CLOCK_MINUTE)

int collect_bench_set_up(void **state);
int collect_bench_tear_down(void **state);
/* A second store on the same folder, as another collector has. */
void collect_bench_reopen(struct collect_bench *b);
/* A collector's configuration of one round over what is due. */
struct collector_conf collect_bench_conf(struct collect_bench *b);
/* With the store as it is open now. */
struct collector *collect_bench_start(struct collect_bench *b, const struct collector_conf *conf);
void collect_bench_round(struct collect_bench *b, const struct collector_conf *conf);
/* The stored window; NULL when there is none. */
struct window *collect_bench_window(struct collect_bench *b, int64_t from);
/* The raw object of a window, unpacked, into out. */
void collect_bench_raw(struct collect_bench *b, int64_t from, struct buf *out);
/* Every file of the store with its bytes, in the order of the names: to compare two states. The
 * caller's. */
char *collect_bench_files(const struct collect_bench *b, const char *only);
void collect_bench_turn(struct collect_bench *b, const bool *until);
void collect_bench_empty(struct collect_bench *b);

#endif
