#include "base/gzip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

static struct str random_text(struct buf *b, uint64_t seed, size_t n)
{
    buf_clear(b);
    /* Half of it repeats, so that it packs. */
    for (size_t i = 0; i < n; i++)
        buf_addc(b, (char)(hash_mix(i % 7 < 3 ? seed + i : i % 97) & 0xff));
    return buf_str(b);
}

static void what_was_packed_unpacks(void **state)
{
    (void)state;
    struct buf plain, packed, back;
    buf_init(&plain, 1 << 24);
    buf_init(&packed, 1 << 24);
    buf_init(&back, 1 << 24);
    static const size_t sizes[] = {0, 1, 2, 100, 32767, 32768, 32769, 65536, 100000, 3000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct str text = random_text(&plain, i * 1000003, sizes[i]);
        buf_clear(&packed);
        buf_clear(&back);
        buf_adds(&back, "before ");
        assert_true(gzip_pack(&packed, text, NULL));
        assert_true(gzip_unpack(&back, buf_str(&packed), NULL));
        assert_int_equal(back.n, text.n + 7);
        if (text.n)
            assert_memory_equal(back.p + 7, text.p, text.n);
    }
    buf_free(&plain);
    buf_free(&packed);
    buf_free(&back);
}

struct source {
    struct str rest;
    size_t piece;
    bool breaks;
};

static ptrdiff_t give_piece(void *context, char *to, size_t n)
{
    struct source *s = context;
    size_t take = s->rest.n < s->piece ? s->rest.n : s->piece;
    take = take < n ? take : n;
    if (!take)
        return s->breaks ? -1 : 0;
    memcpy(to, s->rest.p, take);
    s->rest = (struct str){s->rest.p + take, s->rest.n - take};
    return (ptrdiff_t)take;
}

static ptrdiff_t unpack_from(struct source source, struct buf *out, struct err *err)
{
    struct gzip_reader *r = gzip_reader_from(give_piece, &source);
    ptrdiff_t n;
    buf_clear(out);
    while ((n = gzip_reader_read(r, buf_room(out, 1000), 1000, err)) > 0)
        buf_added(out, (size_t)n);
    gzip_reader_free(r);
    return n;
}

static void a_source_is_unpacked(void **state)
{
    (void)state;
    struct buf plain, packed, back;
    struct err err;
    buf_init(&plain, 1 << 20);
    buf_init(&packed, 1 << 20);
    buf_init(&back, 1 << 20);
    struct str text = random_text(&plain, 7, 200000);
    assert_true(gzip_pack(&packed, text, NULL));
    static const size_t pieces[] = {1, 99, 32768, 1 << 20};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(
            unpack_from((struct source){buf_str(&packed), pieces[i], false}, &back, &err), 0);
        assert_int_equal(back.n, text.n);
        assert_memory_equal(back.p, text.p, text.n);
    }
    struct str cut = {packed.p, packed.n - 9};
    assert_int_equal(unpack_from((struct source){cut, 99, false}, &back, &err), -1);
    assert_int_equal(err.kind, ERR_PROTOCOL);
    assert_int_equal(unpack_from((struct source){cut, 99, true}, &back, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    buf_free(&plain);
    buf_free(&packed);
    buf_free(&back);
}

static void equal_bytes_give_equal_objects(void **state)
{
    (void)state;
    struct buf plain, whole, pieces;
    buf_init(&plain, 1 << 20);
    buf_init(&whole, 1 << 20);
    buf_init(&pieces, 1 << 20);
    struct str text = random_text(&plain, 5, 200000);
    assert_true(gzip_pack(&whole, text, NULL));
    struct gzip *g = gzip_new(&pieces);
    for (size_t at = 0, n; at < text.n; at += n) {
        n = 1 + hash_mix(at) % 5000;
        n = n < text.n - at ? n : text.n - at;
        assert_true(gzip_add(g, (struct str){text.p + at, n}));
    }
    assert_true(gzip_add(g, (struct str){NULL, 0}));
    assert_true(gzip_finish(g));
    gzip_free(g);
    assert_int_equal(pieces.n, whole.n);
    assert_memory_equal(pieces.p, whole.p, whole.n);
    /* No name, no time; the system is always Unix. */
    assert_memory_equal(whole.p, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10);
    buf_free(&plain);
    buf_free(&whole);
    buf_free(&pieces);
}

static void a_drained_buffer_streams(void **state)
{
    (void)state;
    struct buf plain, small, all, back;
    buf_init(&plain, 1 << 22);
    buf_init(&small, 1 << 16);
    buf_init(&all, 1 << 22);
    buf_init(&back, 1 << 22);
    struct str text = random_text(&plain, 9, 1000000);
    struct gzip *g = gzip_new(&small);
    for (size_t at = 0; at < text.n; at += 1000) {
        assert_true(
            gzip_add(g, (struct str){text.p + at, text.n - at < 1000 ? text.n - at : 1000}));
        buf_add(&all, small.p, small.n);
        buf_clear(&small);
    }
    assert_true(gzip_finish(g));
    buf_add(&all, small.p, small.n);
    gzip_free(g);
    assert_true(gzip_unpack(&back, buf_str(&all), NULL));
    assert_int_equal(back.n, text.n);
    assert_memory_equal(back.p, text.p, text.n);
    buf_free(&plain);
    buf_free(&small);
    buf_free(&all);
    buf_free(&back);
}

static void a_full_buffer_fails_for_good(void **state)
{
    (void)state;
    struct buf plain, out;
    buf_init(&plain, 1 << 22);
    buf_init(&out, 1000);
    struct str text = random_text(&plain, 1, 500000);
    struct err err = {0};
    assert_false(gzip_pack(&out, text, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    buf_clear(&out);
    struct gzip *g = gzip_new(&out);
    bool ok = true;
    for (size_t at = 0; at < text.n && ok; at += 10000)
        ok = gzip_add(g, (struct str){text.p + at, 10000});
    assert_false(ok);
    buf_clear(&out);
    assert_false(gzip_add(g, str_of("x")));
    assert_false(gzip_finish(g));
    gzip_free(g);
    gzip_free(NULL);
    buf_free(&plain);
    buf_free(&out);
}

static void all_members_are_read(void **state)
{
    (void)state;
    struct buf packed, back;
    buf_init(&packed, 10000);
    buf_init(&back, 10000);
    for (int i = 0; i < 3; i++)
        assert_true(gzip_pack(&packed, str_of(i == 1 ? "" : "part "), NULL));
    assert_true(gzip_unpack(&back, buf_str(&packed), NULL));
    assert_string_equal(buf_text(&back), "part part ");
    buf_free(&packed);
    buf_free(&back);
}

static void the_room_decides_to_the_byte(void **state)
{
    (void)state;
    struct buf packed;
    buf_init(&packed, 100000);
    char text[300];
    memset(text, 'z', sizeof text);
    assert_true(gzip_pack(&packed, (struct str){text, 300}, NULL));
    for (size_t max = 0; max < 303; max++) {
        struct buf back;
        struct err err = {0};
        buf_init(&back, max);
        bool ok = gzip_unpack(&back, buf_str(&packed), &err);
        assert_int_equal(ok, max >= 300);
        assert_int_equal(back.over, !ok);
        assert_int_equal(err.kind, ok ? ERR_NONE : ERR_LIMIT);
        assert_int_equal(back.n, max < 300 ? max : 300);
        buf_free(&back);
    }
    for (size_t max = 0; max < packed.n + 2; max++) {
        struct buf again;
        buf_init(&again, max);
        assert_int_equal(gzip_pack(&again, (struct str){text, 300}, NULL), max >= packed.n);
        buf_free(&again);
    }
    buf_free(&packed);
}

static void a_bomb_stops_at_the_limit(void **state)
{
    (void)state;
    enum { SIZE = 200 << 20 };
    struct buf packed, back;
    buf_init(&packed, 1 << 22);
    struct gzip *g = gzip_new(&packed);
    char *zeros = mem_alloc(1 << 20);
    for (int i = 0; i < SIZE >> 20; i++)
        assert_true(gzip_add(g, (struct str){zeros, 1 << 20}));
    assert_true(gzip_finish(g));
    gzip_free(g);
    free(zeros);
    buf_init(&back, 1 << 20);
    struct err err = {0};
    assert_false(gzip_unpack(&back, buf_str(&packed), &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_true(back.cap <= 4 << 20);
    buf_free(&packed);
    buf_free(&back);
}

static void broken_bytes_are_told(void **state)
{
    (void)state;
    struct buf plain, packed, back;
    buf_init(&plain, 100000);
    buf_init(&packed, 100000);
    buf_init(&back, 100000);
    struct str text = random_text(&plain, 3, 2000);
    gzip_pack(&packed, text, NULL);
    struct err err;
    for (size_t n = 0; n < packed.n; n++) {
        buf_clear(&back);
        assert_false(gzip_unpack(&back, (struct str){packed.p, n}, &err));
        assert_int_equal(err.kind, ERR_PROTOCOL);
    }
    /* A flipped bit behind the header is caught by the check sum or before it. */
    for (size_t bit = 80; bit < packed.n * 8; bit += 3) {
        packed.p[bit / 8] = (char)(packed.p[bit / 8] ^ 1 << bit % 8);
        buf_clear(&back);
        /* Some bits fill up the last byte of the packed data: they stand for nothing. */
        if (gzip_unpack(&back, buf_str(&packed), &err)) {
            assert_int_equal(back.n, text.n);
            assert_memory_equal(back.p, text.p, text.n);
        }
        packed.p[bit / 8] = (char)(packed.p[bit / 8] ^ 1 << bit % 8);
    }
    buf_adds(&packed, "garbage");
    buf_clear(&back);
    assert_false(gzip_unpack(&back, buf_str(&packed), &err));
    assert_false(gzip_unpack(&back, str_of("plain text"), &err));
    assert_false(gzip_unpack(&back, (struct str){NULL, 0}, &err));
    assert_false(gzip_unpack(&back, str_of("\x1f\x8b\x08"), NULL));
    buf_free(&plain);
    buf_free(&packed);
    buf_free(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_packed_unpacks),
        cmocka_unit_test(a_source_is_unpacked),
        cmocka_unit_test(equal_bytes_give_equal_objects),
        cmocka_unit_test(a_drained_buffer_streams),
        cmocka_unit_test(a_full_buffer_fails_for_good),
        cmocka_unit_test(all_members_are_read),
        cmocka_unit_test(the_room_decides_to_the_byte),
        cmocka_unit_test(a_bomb_stops_at_the_limit),
        cmocka_unit_test(broken_bytes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
