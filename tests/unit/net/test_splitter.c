#include "net/splitter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

/* Everything that came out of one run, as text: the elements a line each, then the rest, then the error's kind. */
struct run {
    struct buf out;
    size_t stop_after;
    size_t seen;
};

static bool on_element(void *context, struct str json, struct err *err)
{
    struct run *r = context;
    (void)err;
    buf_add(&r->out, json.p, json.n);
    buf_addc(&r->out, '\n');
    return ++r->seen != r->stop_after;
}

static bool on_item(void *context, struct str json, struct err *err)
{
    struct run *r = context;
    buf_addc(&r->out, '+');
    return on_element(context, json, err);
}

static char *split(const char *text, size_t chunk, struct splitter_conf conf, size_t stop_after)
{
    struct run r = {.stop_after = stop_after};
    struct err err = {0};
    buf_init(&r.out, 16 << 20);
    conf.context = &r;
    conf.element = on_element;
    conf.item = on_item;
    struct splitter *s = splitter_new(&conf);
    size_t n = strlen(text);
    bool good = true;
    for (size_t at = 0; at < n && good; at += chunk) {
        /* Its own memory of just this size: a read behind the end is seen. */
        size_t size = n - at < chunk ? n - at : chunk;
        char *piece = mem_dup_n(text + at, size);
        char *tight = malloc(size);
        memcpy(tight, piece, size);
        good = splitter_feed(s, (struct str){tight, size}, &err);
        free(tight);
        free(piece);
    }
    if (good)
        good = splitter_finish(s, &err);
    struct str rest = splitter_rest(s);
    buf_printf(&r.out, "rest %.*s\n", (int)rest.n, rest.n ? rest.p : "");
    buf_printf(&r.out, "count %zu kind %d", splitter_count(s), good ? ERR_NONE : (int)err.kind);
    splitter_free(s);
    return buf_take(&r.out, NULL);
}

static void expect(const char *text, struct splitter_conf conf, const char *expected)
{
    static const size_t chunks[] = {1, 2, 3, 7, 16, 17, 100, 4096};
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        char *got = split(text, chunks[i], conf, 0);
        if (strcmp(got, expected) != 0)
            print_error("chunks of %zu\n", chunks[i]);
        assert_string_equal(got, expected);
        free(got);
    }
}

static void elements_come_whole_and_alone(void **state)
{
    (void)state;
    expect("{\"kind\":\"List\",\"metadata\":{\"continue\":\"x\"},\"items\":[ "
           "{\"a\":[1,{\"b\":\"]}\\\"\"}]} , 7,\"s\\\\\",[[]],null],\"z\":true}\n",
           (struct splitter_conf){.array = "items"},
           "{\"a\":[1,{\"b\":\"]}\\\"\"}]}\n7\n\"s\\\\\"\n[[]]\nnull\n"
           "rest "
           "{\"kind\":\"List\",\"metadata\":{\"continue\":\"x\"},\"items\":[],\"z\":true}\n\ncount "
           "5 kind 0");
}

static void path_of_the_array_is_followed(void **state)
{
    (void)state;
    expect("{\"result\":[1],\"data\":{\"x\":{\"result\":[2]},\"result\":[{\"m\":1},{\"m\":2}],"
           "\"y\":[3]}}",
           (struct splitter_conf){.array = "data.result"},
           "{\"m\":1}\n{\"m\":2}\nrest "
           "{\"result\":[1],\"data\":{\"x\":{\"result\":[2]},\"result\":[],\"y\":[3]}}\ncount 2 "
           "kind 0");
    expect("{\"items\":null}", (struct splitter_conf){.array = "items"},
           "rest {\"items\":null}\ncount 0 kind 0");
    expect("{\"items\":[]}", (struct splitter_conf){.array = "items"},
           "rest {\"items\":[]}\ncount 0 kind 0");
    expect("{\"data\":[1,2]}", (struct splitter_conf){.array = "data.result"},
           "rest {\"data\":[1,2]}\ncount 0 kind 0");
    expect("[1,2]", (struct splitter_conf){.array = "items"}, "rest [1,2]\ncount 0 kind 0");
}

static void only_wanted_paths_are_kept(void **state)
{
    (void)state;
    static const char *const keep[] = {"metadata.name",
                                       "metadata.labels",
                                       "spec.containers.name",
                                       "spec.containers.env.k",
                                       "n",
                                       NULL};
    expect("{\"items\":[{\"metadata\":{\"name\":\"a\",\"uid\":\"u\",\"labels\":{\"x\":{\"y\":1}},"
           "\"annotations\":{\"k\":\"}]\"}},"
           "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"env\":[{\"k\":1,\"v\":2}]},"
           "[3],{\"name\":4}],\"volumes\":[[],{}]},"
           "\"status\":-1.5e3,\"n\":true,\"o\":\"\\\"\"},5,{}]}",
           (struct splitter_conf){.array = "items", .keep = keep},
           "{\"metadata\":{\"name\":\"a\",\"labels\":{\"x\":{\"y\":1}}},"
           "\"spec\":{\"containers\":[{\"name\":\"c\",\"env\":[{\"k\":1}]},[null],{\"name\":4}]},"
           "\"n\":true}\n5\n{}\nrest {\"items\":[]}\ncount 3 kind 0");
    /* Blanks between, the first and the last left out, nothing wanted in an object. */
    expect("{\"items\":[ { \"o\" : 1 , \"n\" : [ 2 ] , \"metadata\" : { \"uid\" : {} } , \"n\":3 , "
           "\"p\":4 } ] }",
           (struct splitter_conf){.array = "items", .keep = keep},
           "{\"n\":[ 2 ],\"metadata\":{},\"n\":3}\nrest {\"items\":[] }\ncount 1 kind 0");
    /* Members that are counted. */
    static const char *const count[] = {"data." SPLITTER_COUNT, NULL};
    expect("{\"items\":[{\"data\":{\"k\":\"v\",\"\":{},\"/\":[1]},\"b\":1},{\"data\":{}}]}",
           (struct splitter_conf){.array = "items", .keep = count},
           "{\"data\":{\"\":null,\"\":null,\"\":null}}\n{\"data\":{}}\n"
           "rest {\"items\":[]}\ncount 2 kind 0");
    /* An inner node of a wanted path that is no object or array. */
    expect("{\"items\":[{\"spec\":\"odd\",\"metadata\":3}]}",
           (struct splitter_conf){.array = "items", .keep = keep},
           "{}\nrest {\"items\":[]}\ncount 1 kind 0");
}

static void values_one_behind_another(void **state)
{
    (void)state;
    expect("{\"type\":\"ADDED\"}\n{\"type\":\"X\",\"o\":{}}{}\n\n 12 \"s\"\n13",
           (struct splitter_conf){0},
           "{\"type\":\"ADDED\"}\n{\"type\":\"X\",\"o\":{}}\n{}\n12\n\"s\"\n13\nrest \ncount 6 "
           "kind 0");
    static const char *const keep[] = {"type", NULL};
    expect("{\"type\":\"ADDED\",\"object\":{\"x\":[1]}}", (struct splitter_conf){.keep = keep},
           "{\"type\":\"ADDED\"}\nrest \ncount 1 kind 0");
}

static void long_keys_match_nothing(void **state)
{
    (void)state;
    static const char *const keep[] = {"a", NULL};
    struct buf text, expected;
    buf_init(&text, 4096);
    buf_init(&expected, 4096);
    buf_adds(&text, "{\"items\":[{\"");
    for (int i = 0; i < 300; i++)
        buf_addc(&text, 'a');
    buf_adds(&text, "\":1,\"a\":2,\"\":3}]}");
    buf_adds(&expected, "{\"a\":2}\nrest {\"items\":[]}\ncount 1 kind 0");
    expect(buf_text(&text), (struct splitter_conf){.array = "items", .keep = keep},
           buf_text(&expected));
    buf_free(&text);
    buf_free(&expected);
}

static void kind_of(const char *text, struct splitter_conf conf, enum err_kind kind)
{
    for (size_t chunk = 1; chunk < 64; chunk = chunk * 2 + 1) {
        char *got = split(text, chunk, conf, 0), *at = strstr(got, " kind ");
        assert_non_null(at);
        if (strtol(at + 6, NULL, 10) != (long)kind)
            print_error("%s gave %s\n", text, got);
        assert_int_equal(strtol(at + 6, NULL, 10), kind);
        free(got);
    }
}

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"<html>",
                                      "{\"items\":[{]}",
                                      "{\"items\":[}]",
                                      "{]",
                                      "{\"a\":1}}",
                                      "{\"items\":[1}",
                                      "{\"a\"1}",
                                      "{1:2}",
                                      "{\"items\":[{\"a\":[}]]}",
                                      "{\"items\":[1],,}",
                                      "404 page not found",
                                      "{\"a\":}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        kind_of(bad[i], (struct splitter_conf){.array = "items"}, ERR_PROTOCOL);
    static const char *const keep[] = {"a.b", NULL};
    kind_of("{\"items\":[{\"a\":{\"b\":[}}}]}",
            (struct splitter_conf){.array = "items", .keep = keep}, ERR_PROTOCOL);
    kind_of("{\"items\":[{\"c\":[}}}]}", (struct splitter_conf){.array = "items", .keep = keep},
            ERR_PROTOCOL);
}

static void what_ends_early_was_cut_off(void **state)
{
    (void)state;
    const char *whole = "{\"a\":\"b\",\"items\":[{\"x\":\"\\\"\"},2],\"c\":{}}";
    for (size_t n = 0; n < strlen(whole); n++) {
        char *part = mem_dup_n(whole, n);
        kind_of(part, (struct splitter_conf){.array = "items"}, ERR_AWAY);
        free(part);
    }
    kind_of("{\"type\":", (struct splitter_conf){0}, ERR_AWAY);
}

static void bounds_hold(void **state)
{
    (void)state;
    char deep[512];
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    kind_of(deep, (struct splitter_conf){.array = "items"}, ERR_PROTOCOL);
    kind_of("{\"items\":[\"0123456789\"]}",
            (struct splitter_conf){.array = "items", .max_element = 11}, ERR_LIMIT);
    kind_of("{\"items\":[\"0123456789\"]}",
            (struct splitter_conf){.array = "items", .max_element = 12}, ERR_NONE);
    kind_of("{\"x\":\"0123456789\",\"items\":[1]}",
            (struct splitter_conf){.array = "items", .max_rest = 12}, ERR_LIMIT);
    /* What is filtered out does not count. */
    static const char *const keep[] = {"a", NULL};
    kind_of("{\"items\":[{\"a\":1,\"b\":\"01234567890123456789\"}]}",
            (struct splitter_conf){.array = "items", .keep = keep, .max_element = 20}, ERR_NONE);
}

static void the_caller_may_stop(void **state)
{
    (void)state;
    char *got = split("{\"items\":[1,2,3]}", 4096, (struct splitter_conf){.array = "items"}, 2);
    assert_string_equal(got, "1\n2\nrest {\"items\":[\ncount 2 kind 11");
    assert_int_equal(ERR_CANCELLED, 11);
    free(got);
}

static void items_come_before_their_element(void **state)
{
    (void)state;
    struct splitter_conf conf = {.array = "a", .items = "values"};
    expect("{\"a\":[{\"s\":{\"values\":[1]},\"values\": [ [\"1\",\"x]\\\"\"], 2 "
           ",{\"values\":[3]}],\"z\":[4]},"
           "{\"values\":[],\"s\":1},{\"values\":5},[6],7,{}],\"b\":{\"values\":[8]}}",
           conf,
           "+[\"1\",\"x]\\\"\"]\n+2\n+{\"values\":[3]}\n"
           "{\"s\":{\"values\":[1]},\"values\": "
           "[],\"z\":[4]}\n{\"values\":[],\"s\":1}\n{\"values\":5}\n"
           "[6]\n7\n{}\nrest {\"a\":[],\"b\":{\"values\":[8]}}\ncount 6 kind 0");
    expect("{\"a\":[{\"values\":[1}]}", conf, "+1\nrest {\"a\":[\ncount 0 kind 5");
    char *got = split("{\"a\":[{\"values\":[1,2,3]}]}", 4096, conf, 2);
    assert_string_equal(got, "+1\n+2\nrest {\"a\":[\ncount 0 kind 11");
    free(got);
    conf.max_element = 10;
    got = split("{\"a\":[{\"values\":[\"0123456789\"]}]}", 4, conf, 0);
    assert_non_null(strstr(got, "count 0 kind"));
    assert_null(strstr(got, "+"));
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_come_whole_and_alone),
        cmocka_unit_test(path_of_the_array_is_followed),
        cmocka_unit_test(only_wanted_paths_are_kept),
        cmocka_unit_test(values_one_behind_another),
        cmocka_unit_test(long_keys_match_nothing),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(what_ends_early_was_cut_off),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(the_caller_may_stop),
        cmocka_unit_test(items_come_before_their_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
