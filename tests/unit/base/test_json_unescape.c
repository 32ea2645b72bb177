#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/utf8.h"

static void check(const char *inside, const char *expected, size_t n)
{
    struct buf out;
    buf_init(&out, 1000);
    buf_adds(&out, ">");
    assert_true(json_unescape(&out, str_of(inside)));
    assert_int_equal(out.n, n + 1);
    assert_memory_equal(out.p + 1, expected, n);
    assert_int_equal(out.p[out.n], '\0');
    buf_free(&out);
}

static void escapes_are_read(void **state)
{
    (void)state;
    check("", "", 0);
    check("plain", "plain", 5);
    check("a\\nb\\t\\r\\b\\f\\/\\\\\\\"", "a\nb\t\r\b\f/\\\"", 10);
    check("\\u0041\\u00e9\\ud55c\\uD55C", "Aé한한", 9);
    check("\\ud83d\\ude00!", "\xf0\x9f\x98\x80!", 5);
    check("a\\u0000b", "a\0b", 3);
    check("한글 \xff", "한글 \xff", 8);
}

static void lone_surrogates_are_replaced(void **state)
{
    (void)state;
    check("\\ud83d", "\xef\xbf\xbd", 3);
    check("\\ud83dx", "\xef\xbf\xbdx", 4);
    check("\\ude00\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd", 6);
    check("\\ud83d\\u0041",
          "\xef\xbf\xbd"
          "A",
          4);
    check("\\ud83d\\ud83d\\ude00", "\xef\xbf\xbd\xf0\x9f\x98\x80", 7);
    check("\\ud83d\\n", "\xef\xbf\xbd\n", 4);
}

static void broken_escapes_add_nothing(void **state)
{
    (void)state;
    static const char *const broken[] = {"\\",           "abc\\",   "\\x",          "\\u",
                                         "\\u12",        "\\u12g4", "ok\\nthen\\q", "\\U0041",
                                         "\\ud83d\\u12", "\\u-123", "\\u 123",      "\\\n"};
    struct buf out;
    buf_init(&out, 1000);
    buf_adds(&out, "before");
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_false(json_unescape(&out, str_of(broken[i])));
        assert_string_equal(buf_text(&out), "before");
        assert_false(out.over);
    }
    buf_free(&out);
    /* Must not look behind the slice. */
    buf_init(&out, 1000);
    assert_false(json_unescape(&out, (struct str){"\\n", 1}));
    assert_string_equal(buf_text(&out), "");
    assert_false(json_unescape(&out, (struct str){"\\u0041", 5}));
    buf_free(&out);
}

static void the_room_is_that_of_the_result(void **state)
{
    (void)state;
    struct buf out;
    for (size_t max = 0; max < 8; max++) {
        buf_init(&out, max);
        bool fits = json_unescape(&out, str_of("\\u0041\\u0042\\n\\u0043xyz"));
        assert_int_equal(fits, max >= 7);
        assert_int_equal(out.over, max < 7);
        assert_string_equal(buf_text(&out), max < 7 ? "" : "AB\nCxyz");
        buf_free(&out);
    }
}

/* What json_out_escape writes reads back as it was, NUL bytes too; broken UTF-8 as U+FFFD. */
static void written_text_reads_back(void **state)
{
    (void)state;
    struct buf written, back, expected;
    buf_init(&written, 10000);
    buf_init(&back, 10000);
    buf_init(&expected, 10000);
    for (uint64_t round = 0; round < 20000; round++) {
        char text[64];
        size_t n = hash_mix(round) % sizeof text;
        for (size_t i = 0; i < n; i++) {
            uint64_t dice = hash_mix(round * 64 + i + 1000000);
            text[i] = dice % 3 ? (char)(dice >> 8) : "\"\\\n\xed\x95\x9c\xc2\x9b"[(dice >> 8) % 8];
        }
        buf_clear(&written);
        buf_clear(&back);
        buf_clear(&expected);
        json_out_escape(&written, (struct str){text, n});
        assert_true(utf8_valid(buf_str(&written)));
        assert_true(json_unescape(&back, (struct str){written.p + 1, written.n - 2}));
        for (size_t i = 0; i < n;) {
            uint32_t code;
            char bytes[4];
            i += utf8_decode(text + i, n - i, &code);
            buf_add(&expected, bytes, utf8_encode(code, bytes));
        }
        assert_int_equal(back.n, expected.n);
        if (back.n)
            assert_memory_equal(back.p, expected.p, back.n);
    }
    buf_free(&written);
    buf_free(&back);
    buf_free(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_are_read),
        cmocka_unit_test(lone_surrogates_are_replaced),
        cmocka_unit_test(broken_escapes_add_nothing),
        cmocka_unit_test(the_room_is_that_of_the_result),
        cmocka_unit_test(written_text_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
