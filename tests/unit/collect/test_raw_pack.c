#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/gzip.h"
#include "collect/raw_pack.h"
#include "model/line_json.h"
#include "store/spool.h"

static const struct labels *labels_of(int number)
{
    char text[32];
    snprintf(text, sizeof text, "pod-%d", number);
    struct str names[] = {str_of("namespace"), str_of("pod")},
               values[] = {str_of("shop"), str_of(text)};
    return labels_get(names, values, 2);
}

static void unpack(struct spool *spool, struct buf *plain)
{
    struct buf packed;
    char piece[4096];
    buf_init(&packed, 64 << 20);
    buf_init(plain, 256 << 20);
    spool_rewind(spool);
    for (ptrdiff_t n; (n = spool_read(spool, piece, sizeof piece)) > 0;)
        buf_add(&packed, piece, (size_t)n);
    assert_true(gzip_unpack(plain, buf_str(&packed), NULL));
    buf_free(&packed);
}

/* More label sets than are kept, in turns. */
static void a_line_is_as_line_json_writes_it(void **state)
{
    (void)state;
    struct raw_pack *p = raw_pack_new(64 << 20);
    struct buf wanted, plain;
    struct err err;
    buf_init(&wanted, 64 << 20);
    for (int i = 0; i < 20000; i++) {
        char text[100];
        const struct labels *labels = labels_of(i % 3000);
        snprintf(text, sizeof text, "line %d \"quoted\" \x1b[31m \xed\x95\x9c", i);
        struct line line = {
            .time = INT64_C(1630069200000000000) + i, .labels = labels, .text = str_of(text)};
        assert_true(raw_pack_add(p, &line, false, &err));
        line_json_write(&wanted, &line);
        buf_addc(&wanted, '\n');
        labels_drop(labels);
    }
    struct line bare = {.time = 1, .text = {"a\0b", 3}};
    assert_true(raw_pack_add(p, &bare, true, &err));
    line_json_write(&wanted, &bare);
    wanted.n--;
    buf_adds(&wanted, ",\"around\":true}\n");
    struct spool *spool = raw_pack_finish(p, &err);
    assert_non_null(spool);
    unpack(spool, &plain);
    assert_int_equal(plain.n, wanted.n);
    assert_memory_equal(plain.p, wanted.p, wanted.n);
    buf_free(&plain);
    buf_free(&wanted);
    spool_free(spool);
    raw_pack_free(p);
}

static void what_does_not_fit_is_refused_and_the_rest_stays_whole(void **state)
{
    (void)state;
    struct raw_pack *p = raw_pack_new(100000);
    struct err err = {0};
    struct buf plain;
    size_t lines = 0, found = 0;
    uint64_t seed = 1;
    for (; lines < 100000; lines++) {
        char text[200];
        for (size_t i = 0; i < sizeof text - 1; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[i] = (char)('!' + (seed >> 40) % 90);
        }
        text[sizeof text - 1] = '\0';
        struct line line = {.time = (int64_t)lines, .text = str_of(text)};
        if (!raw_pack_add(p, &line, false, &err))
            break;
    }
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_true(lines > 400 && lines < 100000);
    struct spool *spool = raw_pack_finish(p, &err);
    assert_non_null(spool);
    unpack(spool, &plain);
    for (size_t i = 0; i < plain.n; i++)
        found += plain.p[i] == '\n';
    assert_int_equal(found, lines);
    buf_free(&plain);
    spool_free(spool);
    raw_pack_free(p);
}

static void equal_lines_give_equal_bytes(void **state)
{
    (void)state;
    struct buf bytes[2];
    struct err err;
    for (int k = 0; k < 2; k++) {
        char piece[4096];
        struct raw_pack *p = raw_pack_new(64 << 20);
        for (int i = 0; i < 5000; i++) {
            struct line line = {.time = i, .text = str_of("the same")};
            assert_true(raw_pack_add(p, &line, false, &err));
        }
        struct spool *spool = raw_pack_finish(p, &err);
        buf_init(&bytes[k], 1 << 20);
        spool_rewind(spool);
        for (ptrdiff_t n; (n = spool_read(spool, piece, sizeof piece)) > 0;)
            buf_add(&bytes[k], piece, (size_t)n);
        spool_free(spool);
        raw_pack_free(p);
    }
    assert_int_equal(bytes[0].n, bytes[1].n);
    assert_memory_equal(bytes[0].p, bytes[1].p, bytes[0].n);
    buf_free(&bytes[0]);
    buf_free(&bytes[1]);
}

static void a_full_disk_is_an_error(void **state)
{
    (void)state;
    setenv("TMPDIR", "/nonexistent", 1);
    struct raw_pack *p = raw_pack_new(64 << 20);
    struct err err = {0};
    uint64_t seed = 1;
    for (int lines = 0; lines < 100000 && !err.kind; lines++) {
        char text[200];
        for (size_t i = 0; i < sizeof text - 1; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[i] = (char)('!' + (seed >> 40) % 90);
        }
        text[sizeof text - 1] = '\0';
        struct line line = {.time = lines, .text = str_of(text)};
        raw_pack_add(p, &line, false, &err);
    }
    assert_true(err.kind != ERR_NONE && err.kind != ERR_LIMIT);
    assert_null(raw_pack_finish(p, &err));
    raw_pack_free(p);
    unsetenv("TMPDIR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_as_line_json_writes_it),
        cmocka_unit_test(what_does_not_fit_is_refused_and_the_rest_stays_whole),
        cmocka_unit_test(equal_lines_give_equal_bytes),
        cmocka_unit_test(a_full_disk_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
