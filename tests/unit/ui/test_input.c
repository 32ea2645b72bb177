#include "ui/terminal/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui/keys.h"

/* Feeds bytes (and special keys) and compares what comes out. */
static void check(const int32_t *in, size_t in_n, const uint32_t *out, size_t out_n)
{
    struct input input = {{0}, 0};
    uint32_t key;
    size_t n = 0;
    for (size_t i = 0; i < in_n; i++) {
        if (!input_feed(&input, in[i], &key))
            continue;
        assert_true(n < out_n);
        assert_int_equal(key, out[n++]);
    }
    assert_int_equal(n, out_n);
}

#define CHECK(in, out) check(in, sizeof in / sizeof *in, out, sizeof out / sizeof *out)

static void characters_come_whole(void **state)
{
    (void)state;
    static const int32_t in[] = {'a', 0xec, 0x83, 0x81, 0xf0, 0x9f, 0x9a, 0x80, 0xc3, 0xa9, 'z'};
    static const uint32_t out[] = {'a', 0xc0c1, 0x1f680, 0xe9, 'z'};
    CHECK(in, out);
}

static void what_breaks_off_swallows_nothing(void **state)
{
    (void)state;
    static const int32_t in[] = {0xec, 0x83, 'a', 0xf0, KEYS_UP, 0x80,
                                 'b',  0xff, 'c', 0xec, 0xc3,    0xa9};
    static const uint32_t out[] = {'a', KEYS_UP, 0xfffd, 'b', 0xfffd, 'c', 0xe9};
    CHECK(in, out);
}

static void overlong_and_surrogates_are_none(void **state)
{
    (void)state;
    static const int32_t in[] = {0xc0, 0x80, 0xed, 0xa0, 0x80, 'x'};
    static const uint32_t out[] = {0xfffd, 0xfffd, 0xfffd, 'x'};
    CHECK(in, out);
}

static void terminals_that_disagree_agree(void **state)
{
    (void)state;
    static const int32_t in[] = {'\n', '\r', '\b', 127, '\t', 27, 3};
    static const uint32_t out[] = {KEYS_ENTER, KEYS_ENTER, KEYS_BACKSPACE, KEYS_BACKSPACE, KEYS_TAB,
                                   KEYS_ESC,   3};
    CHECK(in, out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_come_whole),
        cmocka_unit_test(what_breaks_off_swallows_nothing),
        cmocka_unit_test(overlong_and_surrogates_are_none),
        cmocka_unit_test(terminals_that_disagree_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
