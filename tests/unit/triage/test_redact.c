#include "triage/redact/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static const struct {
    const char *line, *expected; /* NULL: nothing is replaced */
} table[] = {
    {"key AKIAIOSFODNN7EXAMPLE used", "key <redacted:aws-keys> used"},
    {"ASIAIOSFODNN7EXAMPLE", "<redacted:aws-keys>"},
    {"XAKIAIOSFODNN7EXAMPLE", NULL},
    {"AKIAIOSFODNN7EXAMPLEX", NULL},
    {"AKIAiosfodnn7example", NULL},
    {"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
     "aws_secret_access_key = <redacted:aws-keys>"},
    {"\"SecretAccessKey\": \"wJalrXUtnFEMI/K7MDENG\", \"x\": 1",
     "\"SecretAccessKey\": \"<redacted:aws-keys>\", \"x\": 1"},
    {"https://x/?X-Amz-Security-Token=IQoJb3JpZ2luX2VjE&a=b",
     "https://x/?X-Amz-Security-Token=<redacted:aws-keys>&a=b"},
    {"Authorization: Bearer abc.def-123 ok", "Authorization: Bearer <redacted:bearer-tokens> ok"},
    {"bearer 0123456789abcdef", "bearer <redacted:bearer-tokens>"},
    {"the bearer of news came", NULL},
    {"authorization=\"Basic dXNlcjpwYXNz\"", "authorization=\"Basic <redacted:bearer-tokens>\""},
    {"Authorization: Basic dXNlcjpwYXNz, x", "Authorization: Basic <redacted:bearer-tokens>, x"},
    {"token=abc123 user=bob", "token=<redacted:bearer-tokens> user=bob"},
    {"api_key: 0123456789ab", "api_key: <redacted:bearer-tokens>"},
    {"x-api-key=k", "x-api-key=<redacted:bearer-tokens>"},
    {"unexpected token: here", NULL},
    {"{\"access_token\":\"x y\",\"n\":1}",
     "{\"access_token\":\"<redacted:bearer-tokens>\",\"n\":1}"},
    {"pushed with ghp_0123456789abcdefghijABCDEFGHIJ012345",
     "pushed with <redacted:bearer-tokens>"},
    {"glpat-0123456789abcdefghij!", "<redacted:bearer-tokens>!"},
    {"jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end", "jwt <redacted:jwts> end"},
    {"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "<redacted:jwts>"},
    {"eyJust a word", NULL},
    {"password=hunter2 ok", "password=<redacted:passwords> ok"},
    {"password = 'a b' ok", "password = '<redacted:passwords>' ok"},
    {"Password: hunter2", "Password: <redacted:passwords>"},
    {"DB_PASSWORD=x;Server=y", "DB_PASSWORD=<redacted:passwords>;Server=y"},
    {"{\"password\":\"hun\\\"ter2\",\"u\":\"x\"}",
     "{\"password\":\"<redacted:passwords>\",\"u\":\"x\"}"},
    {"{\\\"password\\\":\\\"hunter2\\\",\\\"u\\\":1}",
     "{\\\"password\\\":\\\"<redacted:passwords>\\\",\\\"u\\\":1}"},
    {"{'passwd': 'x'}", "{'passwd': '<redacted:passwords>'}"},
    {"dbPassword=>\"x\"", "dbPassword=>\"<redacted:passwords>\""},
    {"Creds{user=bob, password=a,b}", "Creds{user=bob, password=<redacted:passwords>}"},
    {"run --password s3cret --user bob", "run --password <redacted:passwords> --user bob"},
    {"run --password=s3cret", "run --password=<redacted:passwords>"},
    {"PGPASSWORD=x psql", "PGPASSWORD=<redacted:passwords> psql"},
    {"Failed password for root from 10.0.0.1", NULL},
    {"password=null password=*** password=", NULL},
    {"PWD=/home/bob pwd=x", "PWD=/home/bob pwd=<redacted:passwords>"},
    {"bypass=yes compass=north", NULL},
    {"postgres://bob:hunter2@db/shop", "postgres://bob:<redacted:passwords>@db/shop"},
    {"redis://:p%40ss@cache:6379", "redis://:<redacted:passwords>@cache:6379"},
    {"https://u:a:b@c@h/x?y=z@q", "https://u:<redacted:passwords>@h/x?y=z@q"},
    {"http://host:8080/a@b", NULL},
    {"dsn root:s3:cret@tcp(10.0.0.1:3306)/shop",
     "dsn root:<redacted:passwords>@tcp(10.0.0.1:3306)/shop"},
    {"secret: my-secret-name not found", NULL},
    {"client_secret=abc", "client_secret=<redacted:passwords>"},
    {"-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\nabc=\\n-----END RSA PRIVATE KEY-----\\n x",
     "<redacted:private-keys>\\n x"},
    {"k: -----BEGIN PRIVATE KEY----- cut", "k: <redacted:private-keys>"},
    {"-----BEGIN CERTIFICATE----- MIIC", NULL},
    {"mail from bob.smith+x@mail.example.com.", "mail from <redacted:emails>."},
    {"to=<bob@example.org>, ok", "to=<<redacted:emails>>, ok"},
    {"?mail=bob%40example.org&x", "?mail=<redacted:emails>&x"},
    {"user@host without a dot", NULL},
    {"getty@tty1.service and a@10.0.0.1", NULL},
    {"\xed\x95\x9c@example.kr", "<redacted:emails>"},
    {"card 4111111111111111 ok", "card <redacted:card-numbers> ok"},
    {"card 4111 1111 1111 1111.", "card <redacted:card-numbers>."},
    {"5500-0000-0000-0004", "<redacted:card-numbers>"},
    {"340000000000009", "<redacted:card-numbers>"},
    {"4111111111111112", NULL},
    {"1630069200000000000", NULL},
    {"id-4111111111111111", NULL},
    {"0.4111111111111111", NULL},
    {"4111111111111111x", NULL},
    {"<redacted:emails> password=<redacted:passwords>", NULL},
    {"", NULL},
};

static const char *replaced(struct redactor *r, struct str line, struct tallies *counts)
{
    static struct buf out;
    buf_free(&out);
    buf_init(&out, 4 * 1024 * 1024);
    bool changed = redact_line(r, line, &out, counts);
    assert_int_equal(changed, out.n > 0);
    return changed ? buf_text(&out) : NULL;
}

static void release(void)
{
    struct err err;
    struct redactor *r = redact_new(NULL, NULL, NULL, &err);
    replaced(r, str_of(""), NULL);
    redact_free(r);
}

static struct redactor *all_kinds(void)
{
    struct err err;
    struct redactor *r = redact_new(redact_kinds, NULL, NULL, &err);
    assert_non_null(r);
    return r;
}

static void secrets_of_every_kind_are_replaced(void **state)
{
    (void)state;
    struct redactor *r = all_kinds();
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *out = replaced(r, str_of(table[i].line), NULL);
        redact_reset(r);
        if (!out != !table[i].expected || (out && strcmp(out, table[i].expected) != 0))
            fail_msg("%s -> %s", table[i].line, out ? out : "unchanged");
    }
    redact_free(r);
    release();
}

static void redacting_twice_is_redacting_once(void **state)
{
    (void)state;
    struct redactor *r = all_kinds();
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].expected && replaced(r, str_of(table[i].expected), NULL))
            fail_msg("%s is redacted again", table[i].expected);
        redact_reset(r);
    }
    redact_free(r);
    release();
}

static void only_the_kinds_asked_for_are_replaced(void **state)
{
    (void)state;
    static const char *const kinds[] = {"emails", NULL};
    struct err err;
    struct redactor *r = redact_new(kinds, NULL, NULL, &err);
    assert_string_equal(replaced(r, str_of("password=x a@b.example token=y"), NULL),
                        "password=x <redacted:emails> token=y");
    redact_free(r);
    r = redact_new(NULL, NULL, NULL, &err);
    assert_null(replaced(r, str_of("password=x a@b.example"), NULL));
    redact_free(r);
    release();
}

static void own_patterns_have_names(void **state)
{
    (void)state;
    static const char *const kinds[] = {"emails", NULL}, *const names[] = {"ticket", "all", NULL};
    static const char *const patterns[] = {"T-\\d{9}", "secret \\w+@?", NULL};
    struct err err;
    struct tallies counts = {0};
    struct redactor *r = redact_new(kinds, names, patterns, &err);
    assert_non_null(r);
    assert_string_equal(replaced(r, str_of("T-123456789 T-12 T-000000000"), &counts),
                        "<redacted:ticket> T-12 <redacted:ticket>");
    /* What overlaps is one. */
    assert_string_equal(replaced(r, str_of("my secret bob@example.org end"), &counts),
                        "my <redacted:all> end");
    tallies_sort(&counts);
    assert_int_equal(counts.count, 2);
    assert_string_equal(counts.list[0].name, "all");
    assert_int_equal(counts.list[0].count, 1);
    assert_int_equal(counts.list[1].count, 2);
    tallies_free(&counts);
    redact_free(r);
    release();
}

static void wrong_kinds_and_patterns_are_refused(void **state)
{
    (void)state;
    static const char *const kinds[] = {"email", NULL}, *const names[] = {"x", NULL};
    static const char *const bad[] = {"(", NULL};
    struct err err;
    assert_null(redact_new(kinds, NULL, NULL, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.what, "email"));
    assert_null(redact_new(NULL, names, bad, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.what, "x: "));
}

static void keys_that_span_lines_are_redacted_line_by_line(void **state)
{
    (void)state;
    struct redactor *r = all_kinds();
    assert_string_equal(replaced(r, str_of("key -----BEGIN EC PRIVATE KEY-----"), NULL),
                        "key <redacted:private-keys>");
    assert_string_equal(replaced(r, str_of("Proc-Type: 4,ENCRYPTED"), NULL),
                        "<redacted:private-keys>");
    assert_null(replaced(r, str_of(""), NULL));
    assert_string_equal(replaced(r, str_of("  MIIEabc+/=="), NULL), "<redacted:private-keys>");
    assert_string_equal(replaced(r, str_of("-----END EC PRIVATE KEY----- a@b.example"), NULL),
                        "<redacted:private-keys> <redacted:emails>");
    assert_null(replaced(r, str_of("MIIEabc"), NULL));
    /* A key that never ends does not swallow what comes. */
    assert_non_null(replaced(r, str_of("-----BEGIN PRIVATE KEY-----"), NULL));
    assert_string_equal(
        replaced(r, str_of("E1 svc: MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"), NULL),
        "<redacted:private-keys>");
    assert_null(replaced(r, str_of("2021-08-27 an ordinary line"), NULL));
    assert_null(replaced(r, str_of("MIIEabc"), NULL));
    /* Nor is one missed that is the value of a member. */
    assert_non_null(replaced(r, str_of("private_key=\"-----BEGIN PRIVATE KEY-----"), NULL));
    assert_non_null(replaced(r, str_of("MIIEabc"), NULL));
    assert_non_null(replaced(r, str_of("-----END PRIVATE KEY-----\""), NULL));
    assert_null(replaced(r, str_of("MIIEabc"), NULL));
    assert_non_null(replaced(r, str_of("-----BEGIN PRIVATE KEY-----"), NULL));
    redact_reset(r);
    assert_null(replaced(r, str_of("MIIEabc"), NULL));
    redact_free(r);
    release();
}

static void a_line_that_does_not_fit_is_dropped_whole(void **state)
{
    (void)state;
    struct redactor *r = all_kinds();
    struct buf out;
    buf_init(&out, 30);
    assert_true(redact_line(r, str_of("password=x and much more than fits into it"), &out, NULL));
    assert_string_equal(buf_text(&out), "<redacted:too-long>");
    buf_free(&out);
    redact_free(r);
}

static void hostile_lines_are_read_to_their_end(void **state)
{
    (void)state;
    static const char alphabet[] = "a1@.:=-_ \"'\\/%40BEGINpasswordtokeyJAKIA<>{}\xff\xed\0";
    struct redactor *r = all_kinds();
    uint64_t x = 88172645463325252u;
    for (int round = 0; round < 20000; round++) {
        size_t n = (size_t)(x % 71);
        char *exact = realloc(mem_alloc(n + 1), n ? n : 1);
        for (size_t i = 0; i < n; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            exact[i] = alphabet[x % (sizeof alphabet - 1)];
        }
        x += (uint64_t)round;
        replaced(r, (struct str){exact, n}, NULL);
        free(exact);
    }
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t n = strlen(table[i].line);
        for (size_t cut = 0; cut < n; cut++) {
            char *exact = realloc(memcpy(mem_alloc(cut + 1), table[i].line, cut), cut ? cut : 1);
            replaced(r, (struct str){exact, cut}, NULL);
            free(exact);
        }
    }
    redact_free(r);
    release();
}

static void long_lines_take_linear_time(void **state)
{
    (void)state;
    static const char *const fills[] = {
        "a",       "1",      "@",           "a@",
        "a.",      "=",      "password=",   "://",
        ":",       "-",      "-----BEGIN ", "-----BEGIN PRIVATE KEY-----",
        "eyJ.",    "%40",    "\\\"",        "\"password\":\"",
        "4111 ",   "://a:b", "--token ",    "token:",
        "eyJabc-", "eyJ-",   "--a-",        "ghp_-",
        "bearer ", "a@b.",   "pwd=\"",      "secret: "};
    enum { LONG = 256 * 1024 };
    struct redactor *r = all_kinds();
    char *line = mem_alloc(LONG);
    for (size_t i = 0; i < sizeof fills / sizeof *fills; i++) {
        size_t n = strlen(fills[i]);
        for (size_t at = 0; at + n <= LONG; at += n)
            memcpy(line + at, fills[i], n);
        replaced(r, (struct str){line, LONG}, NULL);
        redact_reset(r);
    }
    free(line);
    redact_free(r);
    release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_of_every_kind_are_replaced),
        cmocka_unit_test(redacting_twice_is_redacting_once),
        cmocka_unit_test(only_the_kinds_asked_for_are_replaced),
        cmocka_unit_test(own_patterns_have_names),
        cmocka_unit_test(wrong_kinds_and_patterns_are_refused),
        cmocka_unit_test(keys_that_span_lines_are_redacted_line_by_line),
        cmocka_unit_test(a_line_that_does_not_fit_is_dropped_whole),
        cmocka_unit_test(hostile_lines_are_read_to_their_end),
        cmocka_unit_test(long_lines_take_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
