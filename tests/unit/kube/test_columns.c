#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/intern.h"
#include "base/json.h"
#include "kube/kinds/columns.h"

static const char definitions[] =
    "[{\"name\":\"Name\",\"type\":\"string\",\"format\":\"name\",\"priority\":0},{\"name\":"
    "\"Size\",\"type\":\"integer\",\"priority\":0},"
    "{\"name\":\"Age\",\"type\":\"date\",\"priority\":0},{\"name\":\"Selector\",\"type\":"
    "\"string\",\"priority\":1}]";

static const struct json *parse(struct json_doc *doc, const char *text)
{
    struct err err;
    return json_parse(doc, text, strlen(text), &err);
}

static void columns_without_age(void **state)
{
    struct columns c;
    (void)state;
    struct json_doc *doc = json_doc_new();
    assert_true(columns_read(&c, parse(doc, definitions), COLUMNS_PANE, NULL));
    assert_int_equal(c.count, 3);
    assert_true(c.list[0].renames);
    assert_string_equal(c.list[1].title, "SIZE");
    assert_false(c.list[1].wide || c.list[1].renames);
    assert_string_equal(c.list[2].title, "SELECTOR");
    assert_true(c.list[2].wide);
    assert_int_equal(c.age, 2);
    assert_false(c.age_wide);
    assert_true(columns_are(&c, parse(doc, definitions), COLUMNS_PANE));
    assert_false(
        columns_are(&c, parse(doc, "[{\"name\":\"Name\"},{\"name\":\"Size\"}]"), COLUMNS_PANE));
    columns_free(&c);
    assert_false(columns_read(&c, parse(doc, "null"), COLUMNS_PANE, NULL));
    assert_false(columns_read(&c, parse(doc, "[]"), COLUMNS_PANE, NULL));
    assert_true(columns_read(&c, parse(doc, "[null,7,{},{\"name\":null}]"), COLUMNS_PANE, NULL));
    columns_free(&c);
    json_doc_free(doc);
}

/* Columns that a definition of resources, or the server itself, calls as those that every row has. */
static void names_and_ages_of_something_else(void **state)
{
    struct columns c;
    (void)state;
    struct json_doc *doc = json_doc_new();
    assert_true(columns_read(
        &c,
        parse(doc, "[{\"name\":\"Name\",\"format\":\"name\"},"
                   "{\"name\":\"Attacher\",\"format\":\"name\"},{\"name\":\"NAME\"},"
                   "{\"name\":\"Age\",\"description\":\"Custom resource definition column (in "
                   "JSONPath format): .spec.age\"},{\"name\":\"AGE\",\"description\":\"Custom "
                   "resource definition column (in JSONPath format): "
                   ".metadata.creationTimestamp\"}]"),
        COLUMNS_PANE, NULL));
    assert_int_equal(c.count, 4);
    assert_true(c.list[0].renames);
    assert_string_equal(c.list[1].title, "ATTACHER");
    assert_false(c.list[1].renames || c.list[2].renames);
    assert_string_equal(c.list[3].title, "AGE");
    assert_int_equal(c.cell[3], 3);
    columns_free(&c);
    json_doc_free(doc);
}

/* Where the server puts them: an event's name comes last, and an age may be for wide output only. */
static void names_and_ages_in_their_places(void **state)
{
    static const char event[] =
        "[{\"name\":\"Last Seen\"},{\"name\":\"Object\"},{\"name\":\"Source\",\"priority\":1},"
        "{\"name\":\"Message\"},{\"name\":\"Name\",\"format\":\"name\",\"priority\":1}]";
    static const char late[] = "[{\"name\":\"Name\",\"format\":\"name\"},{\"name\":\"First\"},"
                               "{\"name\":\"Age\",\"priority\":1},{\"name\":\"Last\"}]";
    struct columns c;
    (void)state;
    struct json_doc *doc = json_doc_new();
    assert_true(columns_read(&c, parse(doc, event), COLUMNS_PANE, NULL));
    assert_int_equal(c.age, COLUMNS_NO_AGE);
    assert_true(c.list[4].renames && c.list[4].wide);
    columns_free(&c);
    assert_true(columns_read(&c, parse(doc, late), COLUMNS_PANE, NULL));
    assert_int_equal(c.age, 2);
    assert_true(c.age_wide);
    columns_free(&c);
    json_doc_free(doc);
}

/* What nobody will see is not read; what is printed says nothing of the object's health. */
static void printed_are_the_columns_asked_for(void **state)
{
    static const char four[] =
        "[{\"name\":\"Name\",\"format\":\"name\",\"priority\":0},{\"name\":\"IP\",\"priority\":1},"
        "{\"name\":\"Status\",\"priority\":0},{\"name\":\"Age\",\"priority\":0}]";
    struct columns c;
    (void)state;
    struct json_doc *doc = json_doc_new();
    assert_true(columns_read(&c, parse(doc, four), COLUMNS_PRINT, NULL));
    assert_int_equal(c.count, 2);
    assert_int_equal(c.age, 2);
    struct kind kind = {.name = "things", .columns = c.list, .column_count = c.count};
    struct objects *table = objects_new(&kind);
    struct object *row = columns_make(
        &c, table,
        parse(doc, "{\"cells\":[\"a\",\"10.0.0.1\",\"Failed\",\"1h\"],\"object\":{\"metadata\":{"
                   "\"name\":\"a\"}}}"));
    assert_string_equal(row->cells[1].text, "Failed");
    assert_int_equal(row->health, HEALTH_OK);
    objects_discard(table, row);
    objects_free(table);
    columns_free(&c);
    assert_true(columns_read(&c, parse(doc, four), COLUMNS_PRINT_WIDE, NULL));
    assert_int_equal(c.count, 3);
    assert_true(c.list[1].wide);
    columns_free(&c);
    json_doc_free(doc);
}

static void more_columns_than_we_hold(void **state)
{
    struct columns c;
    struct buf text;
    (void)state;
    struct json_doc *doc = json_doc_new();
    buf_init(&text, 1 << 16);
    buf_addc(&text, '[');
    for (int i = 0; i < 400; i++)
        buf_printf(&text, "%s{\"name\":\"c%d\"}", i ? "," : "", i);
    buf_addc(&text, ']');
    assert_true(columns_read(&c, parse(doc, buf_text(&text)), COLUMNS_PANE, NULL));
    assert_int_equal(c.count, COLUMNS_MAX);
    columns_free(&c);
    buf_free(&text);
    json_doc_free(doc);
}

static void rows_of_a_table(void **state)
{
    static const struct {
        const char *row, *name, *first, *second;
    } cases[] = {
        {"{\"cells\":[\"a\",3,\"5d\",\"app=x\"],\"object\":{\"metadata\":{\"name\":\"a\","
         "\"namespace\":\"n\"}}}",
         "a", "3", "app=x"},
        {"{\"cells\":[\"a\",\"3 (5m ago)\",null,null],\"object\":{\"metadata\":{\"name\":\"a\"}}}",
         "a", "3 (5m ago)", ""},
        {"{\"cells\":[\"a\",true],\"object\":{\"metadata\":{\"name\":\"a\"}}}", "a", "true", ""},
        {"{\"cells\":[\"a\",{\"x\":1},2,[1,2],5,6,7],\"object\":{\"metadata\":{\"name\":\"a\"}}}",
         "a", "{\"x\":1}", "[1,2]"},
        {"{\"cells\":[\"a\",1000000000000000,2,12345678.9],\"object\":{\"metadata\":{\"name\":"
         "\"a\"}}}",
         "a", "1000000000000000", "1.23456789e+07"},
        {"{\"cells\":[\"a\",1e21,2,-0.1],\"object\":{\"metadata\":{\"name\":\"a\"}}}", "a", "1e+21",
         "-0.1"},
        {"{\"cells\":[\"a\",123456.5,2,0.00001],\"object\":{\"metadata\":{\"name\":\"a\"}}}", "a",
         "123456.5", "1e-05"},
        {"{\"cells\":[\"a\",9007199254740993,2,-9223372036854775808],\"object\":{\"metadata\":{"
         "\"name\":"
         "\"a\"}}}",
         "a", "9007199254740993", "-9223372036854775808"},
        {"{\"cells\":null,\"object\":{\"metadata\":{\"name\":\"a\"}}}", "a", "", ""},
        /* an item of a plain list */
        {"{\"metadata\":{\"name\":\"b\"}}", "b", "", ""},
        /* a bookmark: no object */
        {"{\"cells\":[\"\",\"\"],\"object\":{\"metadata\":{\"resourceVersion\":\"7\"}}}", NULL,
         NULL, NULL},
        {"{\"cells\":[\"x\"],\"object\":null}", NULL, NULL, NULL},
        {"null", NULL, NULL, NULL},
    };
    struct columns c;
    (void)state;
    struct json_doc *doc = json_doc_new();
    size_t held = intern_count();
    columns_read(&c, parse(doc, definitions), COLUMNS_PANE, NULL);
    struct kind kind = {.name = "things", .columns = c.list, .column_count = c.count};
    struct objects *table = objects_new(&kind);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct object *row = columns_make(&c, table, parse(doc, cases[i].row));
        if (!cases[i].name) {
            assert_null(row);
            continue;
        }
        assert_string_equal(row->name, cases[i].name);
        assert_string_equal(row->cells[1].text, cases[i].first);
        assert_string_equal(row->cells[2].text, cases[i].second);
        objects_discard(table, row);
    }
    objects_free(table);
    columns_free(&c);
    json_doc_free(doc);
    assert_int_equal(intern_count(), held);
}

static void health_by_the_columns(void **state)
{
    static const struct {
        const char *cells;
        enum health health;
    } cases[] = {
        {"\"a\",\"True\",\"Bound\"", HEALTH_OK},
        {"\"a\",\"False\",\"Bound\"", HEALTH_WARN},
        {"\"a\",\"False (ServiceNotFound)\",\"\"", HEALTH_WARN},
        {"\"a\",\"Unknown\",\"\"", HEALTH_UNKNOWN},
        {"\"a\",\"1/3\",\"\"", HEALTH_WARN},
        {"\"a\",\"3/3\",\"\"", HEALTH_OK},
        {"\"a\",\"1/3x\",\"\"", HEALTH_OK},
        {"\"a\",\"True\",\"Failed\"", HEALTH_BAD},
        {"\"a\",\"False\",\"Pending\"", HEALTH_WARN},
        {"\"a\",\"Failed\",\"False\"", HEALTH_OK}, /* words of other columns */
        {"\"False\",\"\",\"F\"", HEALTH_OK},
    };
    static const char three[] = "[{\"name\":\"Name\"},{\"name\":\"Ready\"},{\"name\":\"Phase\"}]";
    struct columns c;
    char text[200];
    (void)state;
    struct json_doc *doc = json_doc_new();
    columns_read(&c, parse(doc, three), COLUMNS_PANE, NULL);
    struct kind kind = {.name = "things", .columns = c.list, .column_count = c.count};
    struct objects *table = objects_new(&kind);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(text, sizeof text, "{\"cells\":[%s],\"object\":{\"metadata\":{\"name\":\"a\"}}}",
                 cases[i].cells);
        struct object *row = columns_make(&c, table, parse(doc, text));
        if (row->health != cases[i].health)
            fail_msg("%s: %d", cases[i].cells, row->health);
        objects_discard(table, row);
    }
    objects_free(table);
    columns_free(&c);
    json_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_without_age),
        cmocka_unit_test(names_and_ages_of_something_else),
        cmocka_unit_test(names_and_ages_in_their_places),
        cmocka_unit_test(printed_are_the_columns_asked_for),
        cmocka_unit_test(more_columns_than_we_hold),
        cmocka_unit_test(rows_of_a_table),
        cmocka_unit_test(health_by_the_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
