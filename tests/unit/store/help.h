/* What the tests of this room share: a loop that is turned until an answer came. */
#ifndef TESTS_STORE_HELP_H
#define TESTS_STORE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/spool.h"
#include "store/store.h"
#include "tests/store_answer.h"
#include "tests/temporary.h"

struct help {
    struct loop *loop;
    struct http *http;
    char folder[TEMPORARY_PATH];
};

static inline void help_run_for(struct help *h, int64_t ms)
{
    int64_t end = clock_monotonic() + ms * CLOCK_MS;
    while (clock_monotonic() < end)
        loop_turn(h->loop, 10);
}

static inline void help_wait(struct help *h, const bool *came)
{
    int64_t end = clock_monotonic() + 60 * CLOCK_SECOND;
    while (!*came && clock_monotonic() < end)
        loop_turn(h->loop, 1000);
    assert_true(*came);
}

static inline enum err_kind help_put(struct help *h, struct store *s, const char *key,
                                     struct str bytes)
{
    struct answer a = {0};
    struct buf body;
    buf_init(&body, bytes.n + 1);
    buf_add(&body, bytes.p, bytes.n);
    store_put(s, key, "application/json", &body, &a, on_plain);
    assert_null(body.p);
    assert_false(a.came);
    help_wait(h, &a.came);
    if (a.err.kind)
        print_message("put %s: %s: %s: %s\n", key, a.err.where, a.err.what, a.err.mend);
    return a.err.kind;
}

static inline void help_get(struct help *h, struct store *s, const char *key, struct answer *a)
{
    *a = (struct answer){0};
    store_get(s, key, 64 << 20, a, on_bytes);
    assert_false(a->came);
    help_wait(h, &a->came);
}

static inline void help_list(struct help *h, struct store *s, const char *prefix, bool folders,
                             const char *after, size_t max, struct answer *a)
{
    *a = (struct answer){.keys = mem_dup("")};
    store_list(s, &(struct store_list){.prefix = prefix,
                                       .folders = folders,
                                       .after = after,
                                       .max = max,
                                       .context = a,
                                       .entry = on_entry,
                                       .done = on_plain});
    help_wait(h, &a->came);
}

static inline void help_expect(struct help *h, struct store *s, const char *key, struct str bytes)
{
    struct answer a;
    help_get(h, s, key, &a);
    if (a.err.kind)
        print_message("get %s: %s: %s: %s\n", key, a.err.where, a.err.what, a.err.mend);
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_int_equal(a.bytes.n, bytes.n);
    assert_memory_equal(a.bytes.n ? a.bytes.p : "", bytes.p, bytes.n);
    answer_free(&a);
}

/* The same by a spool. */
static inline void help_expect_spooled(struct help *h, struct store *s, const char *key,
                                       struct str bytes)
{
    struct answer a = {0};
    store_get_spool(s, key, 64 << 20, &a, on_spool);
    help_wait(h, &a.came);
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_int_equal(a.bytes.n, bytes.n);
    assert_memory_equal(a.bytes.n ? a.bytes.p : "", bytes.p, bytes.n);
    answer_free(&a);
}

static inline struct store *help_open_folder(struct help *h, const char *folder)
{
    struct err err;
    char *url = mem_printf("file://%s", folder);
    struct store *s = store_open(h->http, &(struct store_conf){.url = url}, &err);
    free(url);
    return s;
}

static inline int help_set_up(void **state)
{
    struct help *h = mem_alloc(sizeof *h);
    h->loop = loop_new();
    h->http = http_new(h->loop);
    *state = h;
    return temporary_make(h->folder, "store") ? 0 : -1;
}

static inline int help_tear_down(void **state)
{
    struct help *h = *state;
    /* A failed test may have left another user behind. */
    if (seteuid(getuid()) != 0)
        return -1;
    /* Jobs that were left in the pool come back and are freed. */
    help_run_for(h, 20);
    http_free(h->http);
    loop_free(h->loop);
    temporary_remove(h->folder);
    free(h);
    return 0;
}

#endif
