#include "base/sha1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *text, size_t n, const char *expected)
{
    unsigned char digest[SHA1_BYTES];
    char hex[2 * SHA1_BYTES + 1];
    sha1_of((struct str){text, n}, digest);
    for (int i = 0; i < SHA1_BYTES; i++) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    hex[2 * SHA1_BYTES] = '\0';
    assert_string_equal(hex, expected);
}

static void known_digests(void **state)
{
    (void)state;
    char as[200];
    memset(as, 'a', sizeof as);
    check("", 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    check("abc", 3, "a9993e364706816aba3e25717850c26c9cd0d89d");
    check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
          "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    /* Lengths about the ends of blocks, by sha1sum. */
    check(as, 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a");
    check(as, 63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5");
    check(as, 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d");
    check(as, 65, "11655326c708d70319be2610e8a57d9a5b959d3b");
    check(as, 200, "e61cfffe0d9195a525fc6cf06ca2d77119c24a40");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_digests)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
