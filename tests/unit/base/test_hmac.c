/* RFC 2202 (SHA-1), RFC 4231 (SHA-256), and the rest by Python's hmac. */
#include "base/hmac.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void compare(const unsigned char *digest, size_t n, const char *expected)
{
    char hex[2 * SHA256_SIZE + 1] = "";
    for (size_t i = 0; i < n; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(hex, expected);
}

static void check(struct str key, struct str text, const char *by_sha256, const char *by_sha1)
{
    unsigned char digest[SHA256_SIZE];
    hmac_sha256(key, text, digest);
    compare(digest, SHA256_SIZE, by_sha256);
    hmac_sha1(key, text, digest);
    compare(digest, SHA1_BYTES, by_sha1);
}

static void examples(void **state)
{
    (void)state;
    char key[20];
    memset(key, 0x0b, sizeof key);
    check((struct str){key, sizeof key}, str_of("Hi There"),
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
          "b617318655057264e28bc0b6fb378c8ef146be00");
    check(str_of("Jefe"), str_of("what do ya want for nothing?"),
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
          "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    check(str_of(""), str_of(""),
          "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
          "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

static void keys_as_long_as_a_block_and_longer(void **state)
{
    (void)state;
    char key[131], text[200];
    unsigned char digest[SHA256_SIZE];
    struct str larger = str_of("Test Using Larger Than Block-Size Key - Hash Key First");
    memset(key, 'k', sizeof key);
    memset(text, 'x', sizeof text);
    check((struct str){key, 64}, (struct str){text, sizeof text},
          "3c469482eb841790ea999241b8c6238f7a2df12b5bf79eb6d7ab592729ed9954",
          "204a88963fa8b60e1ea667c3c2d9de00e7c235bf");
    memset(key, 0xaa, sizeof key);
    hmac_sha256((struct str){key, 131}, larger, digest);
    compare(digest, SHA256_SIZE,
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    hmac_sha1((struct str){key, 80}, larger, digest);
    compare(digest, SHA1_BYTES, "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(examples),
                                       cmocka_unit_test(keys_as_long_as_a_block_and_longer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
