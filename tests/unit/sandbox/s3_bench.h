/* The pretend S3 with one static pair of keys, for its tests. */
#ifndef TESTS_UNIT_SANDBOX_S3_BENCH_H
#define TESTS_UNIT_SANDBOX_S3_BENCH_H

#include "sandbox/s3/access_keys.h"
#include "sandbox/s3/s3d_internal.h"
#include "serving.h"

#define S3_BENCH_ID "AKIDSANDBOX"
#define S3_BENCH_SECRET "secret/of+the=bench"

struct s3_bench {
    struct serving serving; /* first */
    struct access_keys *keys;
    struct s3d *s3d;
};

static inline void s3_bench_handle(void *context, struct reply *p)
{
    s3d_handle(context, p);
}

static inline int s3_bench_setup(void **state)
{
    struct s3_bench *b = mem_alloc(sizeof *b);
    b->keys = access_keys_new("seed");
    access_keys_add(b->keys, S3_BENCH_ID, S3_BENCH_SECRET);
    b->s3d = s3d_new(b->keys, &b->serving.faults);
    serving_open(&b->serving, SANDBOX_S3, s3_bench_handle, b->s3d);
    *state = b;
    return 0;
}

static inline int s3_bench_teardown(void **state)
{
    struct s3_bench *b = *state;
    serving_close(&b->serving);
    s3d_free(b->s3d);
    access_keys_free(b->keys);
    free(b);
    return 0;
}

/* Signed with version 4 and the static pair. Returns the status. */
static inline int s3_bench_ask(struct s3_bench *b, const char *method, const char *path,
                               const char *body, const char *header)
{
    struct serving_ask a = {.method = method,
                            .path = path,
                            .body = str_of(body),
                            .content_type = body ? "text/plain" : NULL,
                            .headers = {header},
                            .id = S3_BENCH_ID,
                            .secret = S3_BENCH_SECRET};
    return serving_ask(&b->serving, &a);
}

static inline void s3_bench_put(struct s3_bench *b, const char *path, const char *body)
{
    assert_int_equal(s3_bench_ask(b, "PUT", path, body, NULL), 200);
}

/* Whether the answer is this error. */
static inline bool s3_bench_is_error(struct s3_bench *b, int status, const char *code)
{
    char text[100];
    snprintf(text, sizeof text, "<Error><Code>%s</Code><Message>", code);
    return b->serving.status == status && serving_has(&b->serving, text);
}

static inline void s3_bench_expect(struct s3_bench *b, int status, const char *code)
{
    if (!s3_bench_is_error(b, status, code))
        fail_msg("not %d %s but %d %s", status, code, b->serving.status,
                 buf_text(&b->serving.body));
}

#endif
