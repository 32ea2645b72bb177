/* The digests of RFC 1321 §A.5 and of coreutils' md5sum. */
#include "base/md5.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check(struct str bytes, const char *expected)
{
    unsigned char digest[MD5_SIZE];
    char hex[MD5_HEX];
    md5_of(bytes, digest);
    assert_string_equal(md5_hex(digest, hex), expected);
}

static void knows_the_examples(void **state)
{
    (void)state;
    check(str_of(""), "d41d8cd98f00b204e9800998ecf8427e");
    check(str_of("abc"), "900150983cd24fb0d6963f7d28e17f72");
    check(str_of("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
    check(str_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
          "d174ab98d277d9f5a5611c2c9f419d9f");
    check(str_of("1234567890123456789012345678901234567890"
                 "1234567890123456789012345678901234567890"),
          "57edf4a22be3c955ac49da2e2107b67a");
}

static void lengths_about_the_ends_of_blocks(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        const char *digest;
    } cases[] = {
        {55, "ef1772b6dff9a122358552954ad0df65"},  {56, "3b0c8ac703f828b04c6c197006d17218"},
        {63, "b06521f39153d618550606be297466d5"},  {64, "014842d480b571495a4a0363793f7367"},
        {65, "c743a45e0d2e6a95cb859adae0248435"},  {119, "8a7bd0732ed6a28ce75f6dabc90e1613"},
        {120, "5f61c0ccad4cac44c75ff505e1f1e537"}, {300, "4e5475d125a33c6190718e75adc1b704"},
    };
    char as[300];
    memset(as, 'a', sizeof as);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check((struct str){as, cases[i].n}, cases[i].digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(knows_the_examples),
                                       cmocka_unit_test(lengths_about_the_ends_of_blocks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
