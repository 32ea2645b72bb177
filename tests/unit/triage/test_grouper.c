#include "triage/grouping/grouper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* A small window of several programs, made from numbers. */
static size_t make_line(unsigned i, char *out, size_t size)
{
    static const char *const users[] = {"alice", "bob",   "carol", "dave", "erin",    "frank",
                                        "grace", "heidi", "ivan",  "judy", "mallory", "niaj"};
    switch (i % 9) {
    case 0:
        return (size_t)snprintf(out, size,
                                "ts=%u level=error msg=\"dial tcp 10.0.%u.%u:80: refused\"", i,
                                i % 256, i % 7);
    case 1:
        return (size_t)snprintf(out, size, "E0827 13:00:%02u.1 1 sync.go:%u] sync of pod-%u failed",
                                i % 60, i % 9, i);
    case 2:
        return (size_t)snprintf(out, size, "the cart of %s could not be saved to disk",
                                users[i / 9 % 12]);
    case 3:
        return (size_t)snprintf(out, size, "ERROR cannot open %s for reading",
                                i % 2 ? "/var/lib/x" : "stdin");
    case 4:
        return (size_t)snprintf(out, size, "WARN state %s", i % 2 ? "NEW" : "DONE");
    case 5:
        return (size_t)snprintf(out, size, "{\"level\":\"error\",\"user\":\"%s\",\"msg\":\"no\"}",
                                users[i % 12]);
    case 6:
        return (size_t)snprintf(out, size, "2021-08-27 13:00:00 ERROR it broke %u times", i);
    case 7:
        return (size_t)snprintf(out, size, "\tat com.acme.Main.main(Main.java:%u)", i);
    default:
        out[0] = 0;
        return 0;
    }
}

static struct grouper *group(const struct catalogue *known, unsigned from, unsigned to,
                             uint32_t *numbers)
{
    char line[200];
    struct grouper *g = grouper_new(known);
    for (unsigned i = from; i < to; i++) {
        size_t n = make_line(i, line, sizeof line);
        uint32_t number = grouper_add(g, 0, (struct str){line, n});
        assert_true(number < grouper_provisional(g));
        if (numbers)
            numbers[i - from] = number;
    }
    grouper_finish(g);
    return g;
}

static void remember(const struct grouper *g, struct catalogue *c)
{
    for (size_t i = 0; i < grouper_count(g); i++)
        catalogue_merge_group(c, grouper_id(g, i), grouper_template(g, i), 1, 2);
}

static size_t find(const struct grouper *g, const char *template_text)
{
    for (size_t i = 0; i < grouper_count(g); i++)
        if (strcmp(grouper_template(g, i), template_text) == 0)
            return i;
    fail_msg("no group %s", template_text);
    return 0;
}

static void lines_of_one_message_are_one_group(void **state)
{
    (void)state;
    enum { LINES = 9 * 200 };
    static uint32_t numbers[LINES];
    struct grouper *g = group(NULL, 0, LINES, numbers);
    uint64_t sum = 0;
    for (size_t i = 0; i < grouper_count(g); i++)
        sum += grouper_lines(g, i);
    assert_int_equal(sum, LINES);
    assert_int_equal(grouper_overflow(g), 0);
    assert_int_equal(grouper_count(g), 9);
    assert_int_equal(grouper_lines(g, find(g, "the cart of <*> could not be saved to disk")), 200);
    assert_int_equal(grouper_lines(g, find(g, "ERROR cannot open <*> for reading")), 200);
    assert_int_equal(grouper_lines(g, find(g, "WARN state NEW")), 100);
    size_t broke = find(g, "<*> ERROR it broke <*> times");
    assert_int_equal(grouper_lines(g, broke), 400); /* with the frames behind them */
    assert_int_equal(grouper_level(g, broke), LEVEL_ERROR);
    assert_int_equal(grouper_final(g, numbers[6]), broke);
    assert_int_equal(grouper_final(g, numbers[7]), broke);
    assert_int_equal(grouper_level(g, find(g, "WARN state NEW")), LEVEL_WARN);
    assert_int_equal(grouper_lines(g, find(g, "")), 200);
    grouper_free(g);
}

static void equal_input_gives_equal_groups(void **state)
{
    (void)state;
    struct grouper *a = group(NULL, 0, 900, NULL), *b = group(NULL, 0, 900, NULL);
    assert_int_equal(grouper_count(a), grouper_count(b));
    for (size_t i = 0; i < grouper_count(a); i++) {
        assert_string_equal(grouper_id(a, i), grouper_id(b, i));
        assert_string_equal(grouper_template(a, i), grouper_template(b, i));
        assert_int_equal(grouper_lines(a, i), grouper_lines(b, i));
    }
    grouper_free(a);
    grouper_free(b);
}

/* What the store promises: the same lines with the catalogue that they made give the same groups,
 * however often, and ids of the catalogue stay whatever comes. */
static void the_catalogue_keeps_ids(void **state)
{
    (void)state;
    struct catalogue *c = catalogue_new("x");
    for (unsigned window = 0; window < 6; window++) {
        unsigned from = window * 117, to = from + 9 + window * 90;
        struct grouper *first = group(c, from, to, NULL);
        remember(first, c);
        size_t known = c->count;
        for (int again = 0; again < 2; again++) {
            struct grouper *second = group(c, from, to, NULL);
            assert_int_equal(grouper_count(first), grouper_count(second));
            for (size_t i = 0; i < grouper_count(first); i++) {
                assert_string_equal(grouper_id(first, i), grouper_id(second, i));
                assert_string_equal(grouper_template(first, i), grouper_template(second, i));
                assert_int_equal(grouper_lines(first, i), grouper_lines(second, i));
            }
            remember(second, c);
            assert_int_equal(c->count, known);
            grouper_free(second);
        }
        grouper_free(first);
    }
    catalogue_free(c);
}

static const char *id_of_only(struct grouper *g, const char *line, char id[17])
{
    grouper_add(g, 0, str_of(line));
    grouper_finish(g);
    assert_int_equal(grouper_count(g), 1);
    memcpy(id, grouper_id(g, 0), 17);
    grouper_free(g);
    return id;
}

static void a_message_keeps_its_id_when_others_are_merged(void **state)
{
    (void)state;
    char alone[17], later[17], merged[17], id[17];
    struct catalogue *c = catalogue_new("x");
    id_of_only(grouper_new(c), "the cart of alice could not be saved to disk", alone);
    catalogue_merge_group(c, alone, "the cart of alice could not be saved to disk", 1, 2);
    struct grouper *g = group(c, 0, 9 * 12, NULL);
    memcpy(merged, grouper_id(g, find(g, "the cart of <*> could not be saved to disk")), 17);
    remember(g, c);
    grouper_free(g);
    assert_string_not_equal(alone, merged);
    assert_string_equal(
        id_of_only(grouper_new(c), "the cart of alice could not be saved to disk", id), alone);
    assert_string_equal(
        id_of_only(grouper_new(c), "the cart of zoe could not be saved to disk", later), merged);
    catalogue_free(c);
}

static void a_catalogue_of_other_masks_is_matched_as_it_is(void **state)
{
    (void)state;
    char id[17];
    struct catalogue *c = catalogue_new("x");
    catalogue_merge_group(c, "00000000000000aa", "job <*> of <*> failed", 1, 2);
    assert_string_equal(id_of_only(grouper_new(c), "job sync of web failed", id),
                        "00000000000000aa");
    assert_string_not_equal(id_of_only(grouper_new(c), "job sync of web died", id),
                            "00000000000000aa");
    catalogue_free(c);
}

/* Two values at once: where one of them was seen often enough alone, that is no group of its own. */
static void a_pattern_inside_a_wider_one_is_no_group(void **state)
{
    (void)state;
    static const char *const names[] = {"alice", "bob", "carol", "dave", "erin", "frank", "grace"};
    struct grouper *g = grouper_new(NULL);
    for (size_t i = 0; i < 7; i++) {
        for (size_t k = 0; k < 7; k++) {
            char line[100];
            int n = snprintf(line, sizeof line, "owner %s took over the shares of member %s",
                             names[i], names[k]);
            if (i == 0 || i == k || (i + 1) % 7 == k)
                grouper_add(g, 0, (struct str){line, (size_t)n});
        }
    }
    grouper_finish(g);
    assert_int_equal(grouper_count(g), 1);
    assert_string_equal(grouper_template(g, 0), "owner <*> took over the shares of member <*>");
    grouper_free(g);
}

/* Reasons of one to five words are one group, in the next window too, and known ones stay so. */
static void a_value_of_several_words_keeps_its_id(void **state)
{
    (void)state;
    static const char *const reasons[] = {"connection refused",  "no route to host", "i/o timeout",
                                          "it has no name",      "broken pipe",      "EOF",
                                          "too many open files", "name not known",   "bad address",
                                          "disk is full"};
    struct catalogue *known = catalogue_new("x");
    char id[17] = "";
    for (unsigned window = 0; window < 3; window++) {
        struct grouper *g = grouper_new(known);
        for (size_t i = window ? 6 + window : 0; i < (window ? 8 + window : 8); i++) {
            char line[100];
            int n =
                snprintf(line, sizeof line, "cannot reach the peer 10.0.0.%zu: %s", i, reasons[i]);
            grouper_add(g, 0, (struct str){line, (size_t)n});
        }
        grouper_finish(g);
        assert_int_equal(grouper_count(g), 1);
        assert_string_equal(grouper_template(g, 0), "cannot reach the peer <*>: <*>");
        if (window)
            assert_string_equal(grouper_id(g, 0), id);
        snprintf(id, sizeof id, "%s", grouper_id(g, 0));
        remember(g, known);
        grouper_free(g);
    }
    assert_int_equal(known->count, 1);
    catalogue_free(known);
}

static void streams_do_not_mix(void **state)
{
    (void)state;
    struct grouper *g = grouper_new(NULL);
    uint32_t a = grouper_add(g, 1, str_of("java.lang.Error: x"));
    uint32_t b = grouper_add(g, 2, str_of("plain"));
    assert_int_equal(grouper_add(g, 1, str_of("\tat a.B.c(D.java:1)")), a);
    assert_int_not_equal(grouper_add(g, 2, str_of("  indented")), b);
    for (uint64_t stream = 3; stream < 100000; stream++) /* more than are remembered */
        grouper_add(g, stream, str_of("plain"));
    grouper_finish(g);
    assert_int_equal(grouper_lines(g, grouper_final(g, a)), 2);
    grouper_free(g);
}

/* A word that no other line has: letters for the digits of i. */
static size_t distinct(unsigned i, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "message ");
    for (int k = 0; k < 6; k++, i /= 16)
        out[n++] = "ghijklmnopqrstuv"[i % 16];
    return n + (size_t)snprintf(out + n, size - n, " of its own");
}

static void messages_beyond_the_bound_are_one_group(void **state)
{
    (void)state;
    enum { MORE = 500 };
    char line[80];
    struct grouper *g = grouper_new(NULL);
    for (unsigned i = 0; i < GROUPER_GROUPS + MORE; i++)
        grouper_add(g, 0, (struct str){line, distinct(i * 37, line, sizeof line)});
    assert_int_equal(grouper_overflow(g), MORE);
    assert_int_equal(grouper_provisional(g), GROUPER_GROUPS + 1);
    assert_true(grouper_add(g, 0, (struct str){line, distinct(0, line, sizeof line)}) <
                GROUPER_GROUPS);
    assert_true(grouper_bytes(g) < 64 * 1024 * 1024);
    grouper_finish(g);
    uint64_t sum = 0;
    for (size_t i = 0; i < grouper_count(g); i++)
        sum += grouper_lines(g, i);
    assert_int_equal(sum, GROUPER_GROUPS + MORE + 1);
    grouper_free(g);
}

static void hostile_lines_are_grouped(void **state)
{
    (void)state;
    enum { LONG = 1024 * 1024 };
    char *line = memset(mem_alloc(LONG), 'a', LONG);
    struct grouper *g = grouper_new(NULL);
    grouper_add(g, 0, (struct str){line, LONG});
    line[LONG / 2] = 0;
    line[7] = (char)0xff;
    grouper_add(g, 0, (struct str){line, LONG});
    grouper_add(g, 0, (struct str){NULL, 0});
    grouper_add(g, 0, (struct str){"\0\0", 2});
    for (unsigned i = 0; i < 1000; i++) {
        char mess[9];
        for (size_t k = 0; k < sizeof mess; k++)
            mess[k] = (char)(i * 131 + k * 977);
        grouper_add(g, i % 3, (struct str){mess, sizeof mess});
    }
    grouper_finish(g);
    assert_true(grouper_count(g) > 3);
    grouper_free(g);
    grouper_free(NULL);
    free(line);
}

static void an_empty_batch_has_no_groups(void **state)
{
    (void)state;
    struct grouper *g = grouper_new(NULL);
    grouper_finish(g);
    assert_int_equal(grouper_count(g), 0);
    grouper_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_one_message_are_one_group),
        cmocka_unit_test(equal_input_gives_equal_groups),
        cmocka_unit_test(the_catalogue_keeps_ids),
        cmocka_unit_test(a_message_keeps_its_id_when_others_are_merged),
        cmocka_unit_test(a_catalogue_of_other_masks_is_matched_as_it_is),
        cmocka_unit_test(a_pattern_inside_a_wider_one_is_no_group),
        cmocka_unit_test(a_value_of_several_words_keeps_its_id),
        cmocka_unit_test(streams_do_not_mix),
        cmocka_unit_test(messages_beyond_the_bound_are_one_group),
        cmocka_unit_test(hostile_lines_are_grouped),
        cmocka_unit_test(an_empty_batch_has_no_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
