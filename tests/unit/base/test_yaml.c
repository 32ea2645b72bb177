#include "base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"

static struct yaml *parse(const char *text)
{
    struct err err = {0};
    struct yaml *y = yaml_parse(text, strlen(text), "f.yaml", &err);
    if (!y)
        print_message("%s: %s\n", err.where, err.what);
    return y;
}

static void refused(const char *text, const char *where, const char *what)
{
    struct err err = {0};
    assert_null(yaml_parse(text, strlen(text), "f.yaml", &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    if (where)
        assert_string_equal(err.where, where);
    if (!strstr(err.what, what))
        fail_msg("'%s' does not say '%s'", err.what, what);
}

static const char config[] = "# a comment\n"
                             "cluster: prod-seoul\n"
                             "loki:\n"
                             "  url: \"https://loki\"\n"
                             "  insecure: true\n"
                             "  quoted: 'true'\n"
                             "rules:\n"
                             "  - {name: errors, namespaces: [\"*\", a]}\n"
                             "  - name: second\n"
                             "    match: |\n"
                             "      two\n"
                             "      lines\n"
                             "empty:\n";

static void reads_a_tree_with_lines(void **state)
{
    (void)state;
    struct yaml *y = parse(config);
    assert_non_null(y);
    assert_int_equal(y->type, YAML_MAP);
    assert_null(y->name);
    assert_string_equal(yaml_text(y, "cluster", ""), "prod-seoul");
    const struct yaml *loki = yaml_member(y, "loki");
    assert_int_equal(loki->line, 4); /* where its first member stands */
    assert_true(yaml_bool(loki, "insecure", false));
    assert_true(yaml_member(loki, "insecure")->plain);
    assert_false(yaml_member(loki, "quoted")->plain);
    assert_false(yaml_member(loki, "url")->plain);
    const struct yaml *rules = yaml_member(y, "rules");
    assert_int_equal(rules->type, YAML_LIST);
    const struct yaml *first = rules->kids, *second = first->next;
    assert_null(second->next);
    assert_int_equal(first->line, 8);
    assert_string_equal(yaml_member(first, "namespaces")->kids->text, "*");
    assert_null(yaml_member(first, "namespaces")->kids->name);
    assert_string_equal(yaml_text(second, "match", ""), "two\nlines\n");
    assert_int_equal(yaml_member(second, "match")->line, 10);
    const struct yaml *empty = yaml_member(y, "empty");
    assert_true(empty->type == YAML_SCALAR && empty->plain && !empty->text[0]);
    assert_string_equal(y->kids->name, "cluster");
    assert_string_equal(y->kids->next->name, "loki");
    yaml_free(y);
    yaml_free(NULL);
}

static void members_have_defaults(void **state)
{
    (void)state;
    struct yaml *y = parse("a: [1]\nb: yes\nc: {x: 1}\nd: FALSE");
    assert_null(yaml_member(y, "nope"));
    assert_null(yaml_member(NULL, "a"));
    assert_null(yaml_member(yaml_member(y, "a"), "0"));
    assert_string_equal(yaml_text(y, "a", "-"), "-");
    assert_string_equal(yaml_text(NULL, "a", "-"), "-");
    assert_true(yaml_bool(y, "b", true));
    assert_false(yaml_bool(y, "b", false));
    assert_false(yaml_bool(y, "d", true));
    assert_true(yaml_bool(y, "nope", true));
    yaml_free(y);
}

static void json_is_yaml(void **state)
{
    (void)state;
    struct yaml *y = parse("{\"a\": [1, {\"b\": null}], \"c\": \"\\u00e9\\n\"}");
    assert_string_equal(yaml_text(y, "c", ""), "é\n");
    assert_string_equal(yaml_text(yaml_member(y, "a")->kids->next, "b", ""), "null");
    yaml_free(y);
}

static void nothing_is_an_empty_map(void **state)
{
    (void)state;
    static const char *const empty[] = {"",           "\n\n", "# only a comment\n", "---\n",
                                        "---\n...\n", "~",    "%YAML 1.1\n---\n"};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        struct yaml *y = parse(empty[i]);
        assert_non_null(y);
        if (strcmp(empty[i], "~") != 0)
            assert_true(y->type == YAML_MAP && !y->kids);
        yaml_free(y);
    }
    struct yaml *y = yaml_parse(NULL, 0, "f", NULL);
    assert_int_equal(y->type, YAML_MAP);
    yaml_free(y);
}

static void only_the_first_document_counts(void **state)
{
    (void)state;
    struct yaml *y = parse("a: 1\n---\nb: [\n");
    assert_string_equal(yaml_text(y, "a", ""), "1");
    assert_null(yaml_member(y, "b"));
    yaml_free(y);
}

static void a_second_document_may_be_refused(void **state)
{
    (void)state;
    static const char *const one[] = {"", "a: 1\n", "---\na: 1\n...\n", "a: 1\n# the end\n"};
    struct err err;
    for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
        struct yaml *y = yaml_parse_only(one[i], strlen(one[i]), "f.yaml", &err);
        assert_non_null(y);
        yaml_free(y);
    }
    assert_null(yaml_parse_only("a: 1\n---\nb: 2\n", 14, "f.yaml", &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_string_equal(err.where, "f.yaml:2");
}

static void errors_name_the_line(void **state)
{
    (void)state;
    refused("a: 1\nb: [1, 2\nc: 3\n", NULL, "no YAML");
    refused("a: 1\n\tb: 2\n", "f.yaml:2", "no YAML");
    refused("a: 1\nb: 2\na: 3\n", "f.yaml:3", "'a'");
    refused("x:\n  - {k: 1, k: 2}\n", "f.yaml:2", "'k'");
    refused("a: *nope\n", "f.yaml:1", "no anchor");
    refused("a: &x [1, *x]\n", "f.yaml:1", "its own anchor");
    refused("? [1, 2]\n: x\n", "f.yaml:1", "a key must be");
    refused("a: &k v\n*k : x\n", "f.yaml:2", "a key may not be an alias");
    refused("a: \"x\\0y\"\n", "f.yaml:1", "NUL");
    refused("a: 1\nb: \xff\n", "f.yaml:2", "no YAML");
    refused("a: 1\nb: \"unended\n", NULL, "no YAML");
    refused("}", "f.yaml:1", "no YAML");
    refused("a: 'x' y\n", "f.yaml:1", "no YAML");
}

static void aliases_copy_a_little(void **state)
{
    (void)state;
    struct yaml *y =
        parse("base: &b {url: x, list: [1, 2]}\nother: *b\ntext: &t hi\nlist: [*t, *t]\n");
    const struct yaml *other = yaml_member(y, "other");
    assert_string_equal(yaml_text(other, "url", ""), "x");
    assert_string_equal(yaml_member(other, "list")->kids->next->text, "2");
    assert_string_equal(yaml_member(y, "list")->kids->next->text, "hi");
    assert_null(other->kids->next->next);
    yaml_free(y);
    /* Anchors may be given anew: the last one counts. */
    y = parse("a: &x 1\nb: &x 2\nc: *x\n");
    assert_string_equal(yaml_text(y, "c", ""), "2");
    yaml_free(y);
}

static void aliases_that_explode_are_refused(void **state)
{
    (void)state;
    refused("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c "
            "[*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
            "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
            NULL, "1,000");
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_adds(&b, "a: &a x\nl: [");
    for (int i = 0; i < 1000; i++)
        buf_adds(&b, "*a,");
    buf_adds(&b, "]\n");
    struct yaml *y = parse(b.p);
    assert_non_null(y);
    yaml_free(y);
    b.n -= 2;
    buf_adds(&b, "*a]\n");
    refused(b.p, "f.yaml:2", "1,000");
    buf_free(&b);
}

static char *nested(int levels)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < levels; i++)
        buf_adds(&b, "[");
    for (int i = 0; i < levels; i++)
        buf_adds(&b, "]");
    return buf_take(&b, NULL);
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    char *text = nested(64);
    struct yaml *y = parse(text);
    assert_non_null(y);
    yaml_free(y);
    free(text);
    text = nested(65);
    refused(text, "f.yaml:1", "64 levels");
    free(text);
    text = nested(100000);
    refused(text, "f.yaml:1", "64 levels");
    free(text);
    /* An alias may not reach deeper either. */
    struct buf b;
    buf_init(&b, 4 << 20);
    buf_adds(&b, "a: &a ");
    for (int i = 0; i < 40; i++)
        buf_adds(&b, "[");
    for (int i = 0; i < 40; i++)
        buf_adds(&b, "]");
    buf_adds(&b, "\nb: ");
    for (int i = 0; i < 40; i++)
        buf_adds(&b, "[");
    buf_adds(&b, "*a");
    for (int i = 0; i < 40; i++)
        buf_adds(&b, "]");
    refused(b.p, "f.yaml:2", "64 levels");
    buf_clear(&b);
    /* The list itself is a value too. */
    for (int i = 0; i < 99999; i++)
        buf_adds(&b, "- x\n");
    y = parse(b.p);
    assert_non_null(y);
    yaml_free(y);
    buf_adds(&b, "- x\n");
    refused(b.p, "f.yaml:100000", "100,000");
    buf_clear(&b);
    for (int i = 0; i < 99000; i++)
        buf_printf(&b, "key-%d: x\n", i);
    y = parse(b.p);
    assert_string_equal(yaml_text(y, "key-98999", ""), "x");
    yaml_free(y);
    buf_free(&b);
    struct err err;
    text = mem_alloc((16 << 20) + 1);
    memset(text, '#', (16 << 20) + 1);
    assert_null(yaml_parse(text, (16 << 20) + 1, "f.yaml", &err));
    assert_non_null(strstr(err.what, "16 MiB"));
    y = yaml_parse(text, 16 << 20, "f.yaml", &err);
    assert_non_null(y);
    yaml_free(y);
    free(text);
}

static void broken_texts_do_no_harm(void **state)
{
    (void)state;
    static const char signs[] = "[]{}:,-&*!|>'\"%@`#? \n\ta1~";
    for (uint64_t round = 0; round < 20000; round++) {
        char text[sizeof config];
        memcpy(text, config, sizeof config);
        for (uint64_t k = 0; k < 4; k++)
            text[hash_mix(round * 8 + k) % (sizeof config - 1)] =
                signs[hash_mix(round * 8 + k + 4) % (sizeof signs - 1)];
        struct err err = {0};
        struct yaml *y = yaml_parse(text, sizeof config - 1, "f.yaml", &err);
        assert_true(y || (err.kind == ERR_CONFIG && err.where[0] && err.what[0]));
        yaml_free(y);
    }
}

static void prints(const char *json, const char *expected)
{
    struct json_doc *d = json_doc_new();
    struct buf out;
    buf_init(&out, 100000);
    assert_true(yaml_print_json(&out, json_parse(d, json, strlen(json), NULL)));
    assert_string_equal(buf_text(&out), expected);
    buf_free(&out);
    json_doc_free(d);
}

/* A NUL ends no string, and a backslash before "u0000" is one. */
static void prints_text_with_nul(void **state)
{
    static const char json[] = "{\"a\\u0000b\":\"x\\u0000\\ny\",\"c\":\"\\\\u0000\"}";
    struct err err = {0};
    struct buf out;
    (void)state;
    buf_init(&out, 1000);
    assert_true(yaml_print_text(&out, str_of(json), &err));
    assert_string_equal(buf_text(&out), "\"a\\0b\": \"x\\0\\ny\"\nc: \\u0000\n");
    buf_clear(&out);
    assert_false(yaml_print_text(&out, str_of("{\"a\":\"\\"), &err));
    assert_int_equal(err.kind, ERR_PROTOCOL);
    buf_free(&out);
    buf_init(&out, 4);
    assert_false(yaml_print_text(&out, str_of(json), &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    buf_free(&out);
}

static void prints_as_kubectl_does(void **state)
{
    (void)state;
    prints("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"annotations\":{},"
           "\"creationTimestamp\":"
           "\"2021-08-27T13:00:00Z\",\"labels\":{\"app\":\"shop\",\"version\":\"1\",\"on\":"
           "\"true\"}},\"spec\":{\"containers\":"
           "[{\"args\":[\"--flag=a b\",\"*\",\"- "
           "x\",\"\"],\"image\":\"shop:1.2.3\",\"resources\":{\"limits\":{\"cpu\":\"500m\","
           "\"memory\":\"128Mi\"}}}],\"n\":3,\"f\":0.5,\"t\":true,\"z\":null,\"e\":[]}}",
           "apiVersion: v1\n"
           "kind: Pod\n"
           "metadata:\n"
           "  annotations: {}\n"
           "  creationTimestamp: \"2021-08-27T13:00:00Z\"\n"
           "  labels:\n"
           "    app: shop\n"
           "    \"on\": \"true\"\n"
           "    version: \"1\"\n"
           "spec:\n"
           "  containers:\n"
           "  - args:\n"
           "    - --flag=a b\n"
           "    - '*'\n"
           "    - '- x'\n"
           "    - \"\"\n"
           "    image: shop:1.2.3\n"
           "    resources:\n"
           "      limits:\n"
           "        cpu: 500m\n"
           "        memory: 128Mi\n"
           "  e: []\n"
           "  f: 0.5\n"
           "  \"n\": 3\n"
           "  t: true\n"
           "  z: null\n");
    prints("{\"script\":\"#!/bin/sh\\necho hi\\n\",\"short\":\"a\\nb\",\"trail\":\"a "
           "\\nb\",\"ctl\":\"a\\u001bb\"}",
           "ctl: \"a\\eb\"\n"
           "script: |\n"
           "  #!/bin/sh\n"
           "  echo hi\n"
           "short: |-\n"
           "  a\n"
           "  b\n"
           "trail: \"a \\nb\"\n");
    prints("{\"한글\":\"값\"}", "한글: 값\n");
    prints("{}", "{}\n");
    prints("[]", "[]\n");
    prints("{\"bad\":\"a\xff\"}", "bad: a\xef\xbf\xbd\n");
}

/* 400 strings, nasty ones among them, as `kubectl label --local -o yaml` 1.33 printed them. */
static void prints_byte_for_byte_what_kubectl_printed(void **state)
{
    (void)state;
    struct buf json, yaml, out;
    buf_init(&json, 1 << 20);
    buf_init(&yaml, 1 << 20);
    buf_init(&out, 1 << 20);
    assert_true(file_read(TEST_DATA "/yaml/strings.json", &json, NULL));
    assert_true(file_read(TEST_DATA "/yaml/strings-kubectl-1.33.yaml", &yaml, NULL));
    struct json_doc *d = json_doc_new();
    assert_true(yaml_print_json(&out, json_parse(d, json.p, json.n, NULL)));
    assert_string_equal(buf_text(&out), buf_text(&yaml));
    json_doc_free(d);
    buf_free(&json);
    buf_free(&yaml);
    buf_free(&out);
}

/* Keys whose order is no strcmp's, and numbers that no double holds, as kubectl 1.36 printed them. */
static void prints_keys_and_numbers_as_kubectl_printed_them(void **state)
{
    (void)state;
    struct buf json, yaml, out;
    struct err err;
    buf_init(&json, 1 << 16);
    buf_init(&yaml, 1 << 16);
    buf_init(&out, 1 << 16);
    assert_true(file_read(TEST_DATA "/yaml/keys.json", &json, NULL));
    assert_true(file_read(TEST_DATA "/yaml/keys-kubectl-1.36.yaml", &yaml, NULL));
    assert_true(yaml_print_text(&out, buf_str(&json), &err));
    assert_string_equal(buf_text(&out), buf_text(&yaml));
    buf_clear(&out);
    assert_true(yaml_print_text(
        &out, str_of("[1234567890123456,\"1234567890123456\",\"[1234567890123456\",-1]"), &err));
    assert_string_equal(buf_text(&out), "- 1234567890123456\n- \"1234567890123456\"\n"
                                        "- '[1234567890123456'\n- -1\n");
    buf_free(&json);
    buf_free(&yaml);
    buf_free(&out);
}

/* Any string, as a key or a value, reads back as the same string. */
static void printed_strings_read_back(void **state)
{
    (void)state;
    static const char *const parts[] = {"a",
                                        "1",
                                        ":",
                                        " ",
                                        "-",
                                        "#",
                                        "'",
                                        "\"",
                                        "\n",
                                        "\t",
                                        "한",
                                        "{",
                                        "]",
                                        "true",
                                        "0x",
                                        ".",
                                        "e5",
                                        "~",
                                        "null",
                                        "%",
                                        "@",
                                        "\\",
                                        "|",
                                        ">",
                                        "\x01",
                                        "2021-01-01",
                                        "\xc2\x85",
                                        "\xe2\x80\xa8",
                                        "\xef\xbb\xbf",
                                        "*",
                                        "&",
                                        "!",
                                        "?",
                                        ",",
                                        "="};
    struct json_doc *d = json_doc_new();
    struct buf json, out;
    buf_init(&json, 100000);
    buf_init(&out, 100000);
    for (uint64_t round = 0; round < 20000; round++) {
        char text[200] = "";
        for (uint64_t k = 0; k < hash_mix(round) % 8; k++)
            str_copy(text + strlen(text), sizeof text - strlen(text),
                     parts[hash_mix(round * 8 + k) % (sizeof parts / sizeof *parts)]);
        buf_clear(&json);
        buf_clear(&out);
        struct json_out o = {.b = &json};
        json_out_object(&o, NULL);
        json_out_text(&o, text, text);
        json_out_end_object(&o);
        assert_true(yaml_print_json(&out, json_parse(d, json.p, json.n, NULL)));
        struct yaml *y = yaml_parse(out.p, out.n, "f", NULL);
        assert_non_null(y);
        assert_string_equal(y->kids->name, text);
        assert_string_equal(y->kids->text, text);
        yaml_free(y);
    }
    buf_free(&json);
    buf_free(&out);
    json_doc_free(d);
}

static void a_full_buffer_fails(void **state)
{
    (void)state;
    struct json_doc *d = json_doc_new();
    struct buf out;
    buf_init(&out, 3);
    assert_false(yaml_print_json(&out, json_parse(d, "{\"abc\":\"def\"}", 13, NULL)));
    assert_true(out.over);
    buf_free(&out);
    json_doc_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_tree_with_lines),
        cmocka_unit_test(members_have_defaults),
        cmocka_unit_test(json_is_yaml),
        cmocka_unit_test(nothing_is_an_empty_map),
        cmocka_unit_test(only_the_first_document_counts),
        cmocka_unit_test(a_second_document_may_be_refused),
        cmocka_unit_test(errors_name_the_line),
        cmocka_unit_test(aliases_copy_a_little),
        cmocka_unit_test(aliases_that_explode_are_refused),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(broken_texts_do_no_harm),
        cmocka_unit_test(prints_text_with_nul),
        cmocka_unit_test(prints_as_kubectl_does),
        cmocka_unit_test(prints_byte_for_byte_what_kubectl_printed),
        cmocka_unit_test(prints_keys_and_numbers_as_kubectl_printed_them),
        cmocka_unit_test(printed_strings_read_back),
        cmocka_unit_test(a_full_buffer_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
