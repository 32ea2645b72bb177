#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"

static void knows_the_examples(void **state)
{
    (void)state;
    /* RFC 4648, section 10. */
    static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const encoded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                          "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t i = 0; i < 7; i++) {
        struct buf b;
        buf_init(&b, 100);
        base64_encode(&b, str_of(plain[i]));
        assert_string_equal(buf_text(&b), encoded[i]);
        buf_clear(&b);
        assert_true(base64_decode(&b, str_of(encoded[i])));
        assert_string_equal(buf_text(&b), plain[i]);
        buf_free(&b);
    }
}

static void what_was_encoded_decodes(void **state)
{
    (void)state;
    struct buf coded, back;
    buf_init(&coded, 1000);
    buf_init(&back, 1000);
    for (uint64_t round = 0; round < 5000; round++) {
        char bytes[100];
        size_t n = hash_mix(round) % sizeof bytes;
        for (size_t i = 0; i < n; i++)
            bytes[i] = (char)hash_mix(round * 128 + i);
        buf_clear(&coded);
        buf_clear(&back);
        base64_encode(&coded, (struct str){bytes, n});
        assert_int_equal(coded.n, (n + 2) / 3 * 4);
        assert_true(base64_decode(&back, buf_str(&coded)));
        assert_int_equal(back.n, n);
        if (n)
            assert_memory_equal(back.p, bytes, n);
    }
    buf_free(&coded);
    buf_free(&back);
}

static void blanks_pass_and_garbage_does_not(void **state)
{
    (void)state;
    static const struct {
        const char *text, *plain; /* NULL: refused */
    } cases[] = {
        {" Zm9v\nYmFy\r\n", "foobar"},
        {"Zm9vYmE", "fooba"},
        {"Zg= =", "f"},
        {"Zm9v!", NULL},
        {"Z", NULL},
        {"Zm9vY", NULL},
        {"Zg==Zg", NULL},
        {"Zm-_", NULL},
        {"\xff", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b;
        buf_init(&b, 100);
        assert_int_equal(base64_decode(&b, str_of(cases[i].text)), cases[i].plain != NULL);
        if (cases[i].plain)
            assert_string_equal(buf_text(&b), cases[i].plain);
        buf_free(&b);
    }
    struct buf b;
    buf_init(&b, 3);
    assert_true(base64_decode(&b, (struct str){NULL, 0}));
    assert_false(base64_decode(&b, (struct str){"Zm\0v", 4}));
    buf_clear(&b);
    assert_false(base64_decode(&b, str_of("Zm9vYmFy")));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_examples),
        cmocka_unit_test(what_was_encoded_decodes),
        cmocka_unit_test(blanks_pass_and_garbage_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
