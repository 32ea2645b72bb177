/* For the conformance suite: an operation asked for and waited for, and what came of it. */
#ifndef TESTS_STORE_ANSWERS_H
#define TESTS_STORE_ANSWERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/spool.h"
#include "store/store.h"
#include "tests/store_answer.h"
#include "tests/temporary.h"

static struct loop *loop;
static struct http *http;
static char folder[TEMPORARY_PATH];
static char run[40]; /* the prefix of this run */

static inline const char *env(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

static inline bool is_case(const char *name)
{
    return !strcmp(env("KB_CASE"), name);
}

/* ---- asking and waiting ---- */

static inline void wait_for(const bool *came)
{
    int64_t end = clock_monotonic() + 300 * CLOCK_SECOND;
    while (!*came && clock_monotonic() < end)
        loop_turn(loop, 1000);
    assert_true(*came);
}

/* A server's times are about now. */
static inline bool on_recent_entry(void *context, const struct store_entry *e)
{
    assert_true(e->is_folder || llabs(clock_now() - e->modified) < 10 * CLOCK_MINUTE);
    return on_entry(context, e);
}

static inline void must(const struct err *err, const char *what)
{
    char line[1024];
    if (err->kind != ERR_NONE)
        fail_msg("%s: %s", what, err_line(err, line, sizeof line));
}

static inline struct store_op *begin_put(struct store *s, const char *key, struct str bytes,
                                         struct answer *a)
{
    struct buf body;
    buf_init(&body, bytes.n + 1);
    buf_add(&body, bytes.p, bytes.n);
    *a = (struct answer){0};
    return store_put(s, key, "application/json", &body, a, on_plain);
}

static inline struct err put(struct store *s, const char *key, struct str bytes)
{
    struct answer a;
    begin_put(s, key, bytes, &a);
    wait_for(&a.came);
    return a.err;
}

static inline void must_put(struct store *s, const char *key, struct str bytes)
{
    struct err err = put(s, key, bytes);
    must(&err, key);
}

static inline struct err get(struct store *s, const char *key, size_t max, struct buf *out)
{
    struct answer a = {0};
    store_get(s, key, max, &a, on_bytes);
    wait_for(&a.came);
    if (out)
        *out = a.bytes;
    else
        buf_free(&a.bytes);
    return a.err;
}

static inline void expect(struct store *s, const char *key, struct str bytes)
{
    struct buf got;
    struct err err = get(s, key, 64 << 20, &got);
    must(&err, key);
    assert_int_equal(got.n, bytes.n);
    if (bytes.n)
        assert_memory_equal(got.p, bytes.p, bytes.n);
    buf_free(&got);
    struct answer a = {0};
    store_get_spool(s, key, 64 << 20, &a, on_spool);
    wait_for(&a.came);
    must(&a.err, key);
    assert_int_equal(a.bytes.n, bytes.n);
    if (bytes.n)
        assert_memory_equal(a.bytes.p, bytes.p, bytes.n);
    answer_free(&a);
}

static inline void list(struct store *s, const char *prefix, bool folders, const char *after,
                        size_t max, bool keep, struct answer *a)
{
    *a = (struct answer){.keys = keep ? mem_dup("") : NULL};
    store_list(s, &(struct store_list){.prefix = prefix,
                                       .folders = folders,
                                       .after = after,
                                       .max = max,
                                       .context = a,
                                       .entry = on_recent_entry,
                                       .done = on_plain});
    wait_for(&a->came);
    must(&a->err, prefix);
    assert_false(a->disorder);
}

static inline void expect_list(struct store *s, const char *prefix, bool folders, const char *after,
                               size_t max, const char *keys)
{
    struct answer a;
    list(s, prefix, folders, after, max, true, &a);
    assert_string_equal(a.keys, keys);
    answer_free(&a);
}

static inline struct err delete (struct store *s, const char *key)
{
    struct answer a = {0};
    store_delete(s, key, &a, on_plain);
    wait_for(&a.came);
    return a.err;
}

#endif
