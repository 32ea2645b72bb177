/* The digests of FIPS 180-4's examples and of coreutils' sha256sum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/sha256.h"
#include <stdlib.h>
#include <string.h>

static void check(struct str bytes, const char *expected)
{
    unsigned char digest[SHA256_SIZE];
    char hex[SHA256_HEX];
    sha256_of(bytes, digest);
    assert_string_equal(sha256_hex(digest, hex), expected);
}

static void knows_the_examples(void **state)
{
    (void)state;
    check(str_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check(str_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check(str_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *million = mem_alloc(1000000);
    memset(million, 'a', 1000000);
    check((struct str){million, 1000000},
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

static void pieces_give_the_same(void **state)
{
    (void)state;
    unsigned char bytes[300], whole[SHA256_SIZE], pieces[SHA256_SIZE];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        sha256_of((struct str){(const char *)bytes, n}, whole);
        for (size_t step = 1; step < 130; step += 21) {
            struct sha256 s;
            sha256_start(&s);
            for (size_t at = 0; at < n; at += step)
                sha256_add(&s, bytes + at, n - at < step ? n - at : step);
            sha256_end(&s, pieces);
            assert_memory_equal(whole, pieces, SHA256_SIZE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_examples),
        cmocka_unit_test(pieces_give_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
