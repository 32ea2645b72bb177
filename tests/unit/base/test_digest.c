/* RFC 1321 §A.5, FIPS 180-4's examples, RFC 2202 and RFC 4231, and the rest by coreutils and Python's hmac. */
#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void compare(const unsigned char *digest, size_t n, const char *expected)
{
    char hex[DIGEST_HEX];
    assert_string_equal(digest_hex(digest, n, hex), expected);
}

static void check(struct str bytes, const char *md5, const char *sha1, const char *sha256)
{
    unsigned char digest[DIGEST_SHA256];
    digest_md5(bytes, digest);
    compare(digest, DIGEST_MD5, md5);
    digest_sha1(bytes, digest);
    compare(digest, DIGEST_SHA1, sha1);
    digest_sha256(bytes, digest);
    compare(digest, DIGEST_SHA256, sha256);
}

static void digests_of_known_texts(void **state)
{
    (void)state;
    check(str_of(""), "d41d8cd98f00b204e9800998ecf8427e",
          "da39a3ee5e6b4b0d3255bfef95601890afd80709",
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check((struct str){NULL, 0}, "d41d8cd98f00b204e9800998ecf8427e",
          "da39a3ee5e6b4b0d3255bfef95601890afd80709",
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check(str_of("abc"), "900150983cd24fb0d6963f7d28e17f72",
          "a9993e364706816aba3e25717850c26c9cd0d89d",
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    char *million = mem_alloc(1000000);
    memset(million, 'a', 1000000);
    check((struct str){million, 1000000}, "7707d6ae4e027c70eea2a935c2296f21",
          "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

static void check_hmac(struct str key, struct str text, const char *by_sha256, const char *by_sha1)
{
    unsigned char digest[DIGEST_SHA256];
    digest_hmac_sha256(key, text, digest);
    compare(digest, DIGEST_SHA256, by_sha256);
    digest_hmac_sha1(key, text, digest);
    compare(digest, DIGEST_SHA1, by_sha1);
}

static void signatures_of_known_texts(void **state)
{
    (void)state;
    char key[131], text[200];
    memset(key, 0x0b, 20);
    check_hmac((struct str){key, 20}, str_of("Hi There"),
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
               "b617318655057264e28bc0b6fb378c8ef146be00");
    check_hmac(str_of("Jefe"), str_of("what do ya want for nothing?"),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
               "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    check_hmac(str_of(""), str_of(""),
               "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
               "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
    memset(key, 'k', sizeof key);
    memset(text, 'x', sizeof text);
    check_hmac((struct str){key, 64}, (struct str){text, sizeof text},
               "3c469482eb841790ea999241b8c6238f7a2df12b5bf79eb6d7ab592729ed9954",
               "204a88963fa8b60e1ea667c3c2d9de00e7c235bf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(digests_of_known_texts),
                                       cmocka_unit_test(signatures_of_known_texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
