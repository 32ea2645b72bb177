/* Reading JSON: values, paths, bounds, threads. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"

static const char pod[] = "{\"metadata\":{\"name\":\"shop-api\",\"labels\":{\"app.kubernetes.io/"
                          "name\":\"shop\"},\"generation\":3},"
                          "\"spec\":{\"containers\":[{\"name\":\"api\",\"ready\":true},{\"name\":"
                          "\"side\",\"ready\":false}]},"
                          "\"n\":\"42\",\"rate\":\"+Inf\",\"nan\":\"NaN\",\"half\":0.5,\"minus\":-"
                          "7,\"huge\":1e300,\"none\":null,"
                          "\"text\":\"a\\u00e9\\ud55c\\n\",\"empty\":{},\"list\":[],\"\":1}";

static const struct json *parse(struct json_doc *d, const char *text)
{
    struct err err;
    return json_parse(d, text, strlen(text), &err);
}

static void reads_values_by_path(void **state)
{
    (void)state;
    struct json_doc *d = json_doc_new();
    const struct json *j = parse(d, pod);
    assert_non_null(j);
    assert_string_equal(json_string(j, "metadata.name", ""), "shop-api");
    assert_string_equal(json_string(j, "spec.containers.1.name", ""), "side");
    assert_string_equal(json_string(j, "text", ""), "aé한\n");
    assert_true(json_bool(j, "spec.containers.0.ready", false));
    assert_false(json_bool(j, "spec.containers.1.ready", true));
    assert_int_equal(json_int(j, "metadata.generation", 0), 3);
    assert_int_equal(json_int(j, "n", 0), 42);
    assert_int_equal(json_int(j, "minus", 0), -7);
    assert_true(json_number(j, "half", 0) == 0.5);
    assert_true(json_number(j, "n", 0) == 42);
    assert_true(isinf(json_number(j, "rate", 0)));
    assert_true(isnan(json_number(j, "nan", 0)));
    const struct json *labels = json_get(j, "metadata.labels");
    assert_string_equal(json_value(json_member(labels, "app.kubernetes.io/name")), "shop");
    assert_ptr_equal(json_get(j, ""), j);
    json_doc_free(d);
}

static void absent_and_wrong_types_give_the_default(void **state)
{
    (void)state;
    struct json_doc *d = json_doc_new();
    const struct json *j = parse(d, pod);
    static const char *const absent[] = {"nope",
                                         "metadata.nope",
                                         "metadata.name.x",
                                         "spec.containers.2",
                                         "spec.containers.-1",
                                         "spec.containers.x",
                                         "metadata.",
                                         "Metadata",
                                         "metadat",
                                         "metadata.nam",
                                         "none.x",
                                         "empty.x",
                                         "list.0",
                                         "..",
                                         "spec.containers.0x"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        assert_string_equal(json_string(j, absent[i], "-"), "-");
        assert_int_equal(json_int(j, absent[i], 9), 9);
        assert_true(json_bool(j, absent[i], true));
    }
    assert_int_equal(json_int(j, "metadata.name", 5), 5);
    assert_int_equal(json_int(j, "huge", 5), 5);
    assert_int_equal(json_int(j, "none", 5), 5);
    assert_true(json_number(j, "metadata", 2.5) == 2.5);
    assert_string_equal(json_string(j, "half", "-"), "-");
    assert_true(json_bool(j, "n", true));
    assert_null(json_get(NULL, "x"));
    assert_null(json_member(NULL, "x"));
    assert_null(json_member(json_get(j, "list"), "0"));
    assert_null(json_first(NULL));
    assert_null(json_next(NULL));
    assert_null(json_name(NULL));
    assert_null(json_value(NULL));
    assert_int_equal(json_count(NULL), 0);
    assert_false(json_is_object(NULL) || json_is_array(NULL) || json_is_null(NULL) ||
                 json_is_true(NULL) || json_is_number(NULL));
    assert_true(json_as_number(NULL, 1.5) == 1.5);
    json_doc_free(d);
    json_doc_free(NULL);
}

/* A double holds whole numbers up to 2^53: what a server sends beyond it is not rounded. */
static void whole_numbers_of_64_bits_stay_exact(void **state)
{
    static const struct {
        const char *digits; /* NULL: as the double */
        const char *text;
    } numbers[] = {{"9007199254740993", "9007199254740993"},
                   {"-9007199254740993", "-9007199254740993"},
                   {"9223372036854775807", "9223372036854775807"},
                   {"-9223372036854775808", "-9223372036854775808"},
                   {NULL, "9007199254740991"},
                   {NULL, "1.8446744073709552e+19"},
                   {NULL, "1e+21"},
                   {NULL, "0.5"}};
    char out[SHORTEST_TEXT];
    (void)state;
    struct json_doc *d = json_doc_new();
    const struct json *j =
        parse(d, "{\"12\\\"34\":\"56\\\\\",\"n\":[9007199254740993,-9007199254740993,{\"7\":"
                 "9223372036854775807},[-9223372036854775808],9007199254740991,"
                 "18446744073709551615,1e21,0.5]}");
    const struct json *n = json_first(json_get(j, "n"));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++, n = json_next(n)) {
        const struct json *number = json_first(n) ? json_first(n) : n;
        if (numbers[i].digits)
            assert_string_equal(json_digits(number), numbers[i].digits);
        else
            assert_null(json_digits(number));
        assert_string_equal(json_number_text(number, out), numbers[i].text);
    }
    assert_true(json_int(j, "n.0", 0) == 9007199254740993);
    assert_true(json_int(j, "n.3.0", 0) == INT64_MIN);
    struct buf written;
    buf_init(&written, 1024);
    json_out_json(&(struct json_out){.b = &written}, NULL, json_get(j, "n.0"));
    assert_string_equal(buf_text(&written), "9007199254740993");
    buf_free(&written);
    json_doc_free(d);
}

static void walks_in_order(void **state)
{
    (void)state;
    struct json_doc *d = json_doc_new();
    const struct json *j = parse(d, "{\"b\":1,\"a\":[true,null,\"x\",{}],\"c\":false}");
    char names[8] = "";
    size_t n = 0;
    for (const struct json *e = json_first(j); e; e = json_next(e))
        names[n++] = json_name(e)[0];
    assert_string_equal(names, "bac");
    assert_int_equal(json_count(j), 3);
    const struct json *e = json_first(json_get(j, "a"));
    assert_true(json_is_true(e));
    assert_null(json_name(e));
    assert_true(json_is_null(e = json_next(e)));
    assert_string_equal(json_value(e = json_next(e)), "x");
    assert_true(json_is_object(e = json_next(e)));
    assert_null(json_next(e));
    assert_true(json_is_number(json_get(j, "b")));
    assert_true(json_is_array(json_get(j, "a")));
    json_doc_free(d);
}

static void refuses_what_is_no_json(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",       " ",         "{",       "[1,]", "{\"a\":}", "{\"a\":1,}",  "{a:1}",
        "[1 2]",  "nul",       "\"abc",   "{}x",  "[1] [2]",  "{\"a\":1,",   "'a'",
        "{\"a\"", "\"\\u12\"", "\"\\x\"", "[1,2", "<html>",   "\"\\ud800\"", "truex"};
    struct json_doc *d = json_doc_new();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err = {0};
        assert_null(json_parse(d, bad[i], strlen(bad[i]), &err));
        assert_int_equal(err.kind, ERR_PROTOCOL);
        assert_null(json_parse(d, bad[i], strlen(bad[i]), NULL));
    }
    struct err err;
    assert_null(json_parse(d, "{\"a\":1,}", 8, &err));
    assert_non_null(strstr(err.what, "byte 7 of 8"));
    assert_null(json_parse(d, NULL, 0, &err));
    assert_non_null(parse(d, " {\"a\" : 1 }\r\n\t "));
    assert_non_null(parse(d, "3"));
    json_doc_free(d);
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    struct json_doc *d = json_doc_new();
    for (int depth = 199; depth <= 1200; depth += depth < 202 ? 1 : 499) {
        struct buf b;
        buf_init(&b, 1 << 20);
        for (int i = 0; i < depth; i++)
            buf_adds(&b, i % 2 ? "[1," : "{\"a\":");
        buf_adds(&b, "1");
        for (int i = depth; i-- > 0;)
            buf_adds(&b, i % 2 ? "]" : "}");
        struct err err = {0};
        const struct json *j = json_parse(d, b.p, b.n, &err);
        if (depth <= 200)
            assert_non_null(j);
        else
            assert_null(j);
        assert_int_equal(err.kind, depth <= 200 ? ERR_NONE : ERR_PROTOCOL);
        buf_free(&b);
    }
    /* Far more opening brackets than any stack would bear. */
    char *brackets = mem_alloc(1 << 20);
    memset(brackets, '[', 1 << 20);
    assert_null(json_parse(d, brackets, 1 << 20, NULL));
    free(brackets);
    json_doc_free(d);
}

/* The text ends where a page ends that may not be touched: reading on would be a crash. */
static void never_reads_behind_the_text(void **state)
{
    (void)state;
    long page = sysconf(_SC_PAGESIZE);
    char *two =
        mmap(NULL, (size_t)page * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(two != MAP_FAILED);
    assert_int_equal(mprotect(two + page, (size_t)page, PROT_NONE), 0);
    struct json_doc *d = json_doc_new();
    for (size_t n = 0; n <= strlen(pod); n++) {
        char *at = two + page - n;
        memcpy(at, pod, n);
        const struct json *j = json_parse(d, at, n, NULL);
        assert_true(n == strlen(pod) ? j != NULL : j == NULL);
    }
    static const char *const ends[] = {"{\"1\":1,", "[1,",     "{\"a\":\"\\", "tru",         "-",
                                       "1e",        "\"\\u00", "12",          "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t n = strlen(ends[i]);
        memcpy(two + page - n, ends[i], n);
        json_parse(d, two + page - n, n, NULL);
    }
    json_doc_free(d);
    munmap(two, (size_t)page * 2);
}

static void broken_documents_do_no_harm(void **state)
{
    (void)state;
    struct json_doc *d = json_doc_new();
    char text[sizeof pod];
    for (uint64_t round = 0; round < 20000; round++) {
        memcpy(text, pod, sizeof pod);
        for (int k = 0; k < 3; k++)
            text[hash_mix(round * 6 + (uint64_t)k) % (sizeof pod - 1)] =
                (char)hash_mix(round * 6 + 3 + (uint64_t)k);
        const struct json *j = json_parse(d, text, sizeof pod - 1, NULL);
        json_string(j, "metadata.name", NULL);
        json_int(j, "spec.containers.1.ready", 0);
        for (const struct json *e = json_first(j); e; e = json_next(e))
            json_number(e, "", 0);
    }
    json_doc_free(d);
}

static void a_large_document_is_given_back(void **state)
{
    (void)state;
    struct json_doc *d = json_doc_new();
    struct buf b;
    buf_init(&b, 64 << 20);
    buf_addc(&b, '[');
    for (int i = 0; i < 100000; i++)
        buf_printf(&b, "%s{\"name\":\"pod-%d\"}", i ? "," : "", i);
    buf_addc(&b, ']');
    const struct json *j = json_parse(d, b.p, b.n, NULL);
    assert_int_equal(json_count(j), 100000);
    assert_string_equal(json_string(j, "99999.name", ""), "pod-99999");
    buf_clear(&b);
    /* One string that is larger than any block of an arena. */
    buf_addc(&b, '"');
    for (int i = 0; i < 6 << 20; i++)
        buf_addc(&b, 'x');
    buf_addc(&b, '"');
    assert_int_equal(strlen(json_value(json_parse(d, b.p, b.n, NULL))), 6 << 20);
    buf_free(&b);
    for (int i = 0; i < 1000; i++)
        assert_string_equal(json_string(parse(d, pod), "metadata.name", ""), "shop-api");
    json_doc_free(d);
}

static void *parse_many(void *wrong)
{
    struct json_doc *d = json_doc_new();
    for (int i = 0; i < 2000; i++) {
        const struct json *j = parse(d, pod);
        if (strcmp(json_string(j, "spec.containers.1.name", ""), "side") != 0)
            *(int *)wrong += 1;
        if (parse(d, "{\"a\":[1,2,{\"b\":\"c\"},"))
            *(int *)wrong += 1;
    }
    json_doc_free(d);
    return NULL;
}

static void threads_parse_side_by_side(void **state)
{
    (void)state;
    pthread_t threads[4];
    int wrong[4] = {0};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, parse_many, &wrong[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(wrong[i], 0);
    }
}

static void documents_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct json_doc *a = json_doc_new(), *b = json_doc_new();
    const struct json *kept = parse(a, pod);
    for (int i = 0; i < 100; i++) {
        parse(b, "{\"x\":[1,2,3]}");
        assert_null(parse(b, "{\"x\":[1,2,"));
    }
    assert_string_equal(json_string(kept, "metadata.name", ""), "shop-api");
    json_doc_free(b);
    assert_string_equal(json_string(kept, "text", ""), "aé한\n");
    json_doc_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_values_by_path),
        cmocka_unit_test(absent_and_wrong_types_give_the_default),
        cmocka_unit_test(whole_numbers_of_64_bits_stay_exact),
        cmocka_unit_test(walks_in_order),
        cmocka_unit_test(refuses_what_is_no_json),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(never_reads_behind_the_text),
        cmocka_unit_test(broken_documents_do_no_harm),
        cmocka_unit_test(a_large_document_is_given_back),
        cmocka_unit_test(threads_parse_side_by_side),
        cmocka_unit_test(documents_do_not_disturb_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
