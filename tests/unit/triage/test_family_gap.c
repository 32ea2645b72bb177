#include "triage/grouping/family_gap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const reasons[] = {
    "connection refused",    "no route to host",    "i/o timeout",
    "it has no name at all", "broken pipe",         "permission denied",
    "too many open files",   "name not known",      "EOF",
    "context was cancelled", "disk quota exceeded", "bad certificate"};

enum { MOST = 64 };
static struct family_gap_item items[MOST];
static char texts[MOST][120];
static size_t item_count;

static void clear(void)
{
    item_count = 0;
}

static void add(const char *before, const char *text, const char *behind, uint64_t loose)
{
    snprintf(texts[item_count], sizeof texts[0], "%s%s%s", before, text, behind);
    items[item_count] = (struct family_gap_item){.text = str_of(texts[item_count]), .loose = loose};
    item_count++;
}

static void add_reasons(const char *before, size_t n, const char *behind)
{
    for (size_t i = 0; i < n; i++)
        add(before, reasons[i], behind, 0);
}

/* The patterns found, "text|text", sorted as they come; *p of the first. */
static const char *found(struct pattern *first)
{
    static char all[600];
    struct arena memory;
    size_t count, n = 0;
    arena_init(&memory);
    struct pattern *list = family_gap_find(items, item_count, &memory, &count);
    all[0] = 0;
    for (size_t i = 0; i < count; i++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%.*s", i ? "|" : "", (int)list[i].text.n,
                              list[i].text.p);
    if (count && first)
        *first = list[0];
    free(list);
    arena_free(&memory);
    return all;
}

static void what_ends_in_many_ways_ends_in_a_value(void **state)
{
    (void)state;
    struct pattern p;
    clear();
    add_reasons("cannot reach the peer <*>: ", 8, "");
    assert_string_equal(found(&p), "cannot reach the peer <*>: <*>");
    assert_int_equal(p.many, 1 << 5);
    assert_int_equal(p.loose, 1 << 5);
    clear();
    add_reasons("node <*> left the cluster (", 8, ")");
    assert_string_equal(found(&p), "node <*> left the cluster (<*>)");
    clear();
    for (size_t i = 0; i < 8; i++) {
        char text[80];
        snprintf(text, sizeof text, "%s (%.*s)", reasons[i], 4 + (int)i, reasons[11 - i]);
        add("cannot reach the peer <*>: ", text, "", 0);
    }
    assert_string_equal(found(&p), "cannot reach the peer <*>: <*>");
}

static void one_word_that_says_what_was_done_is_enough(void **state)
{
    (void)state;
    clear();
    add_reasons("<*> INFO Started ", 12, ".");
    assert_string_equal(found(NULL), "<*> INFO Started <*>.");
}

static void what_stands_behind_stays(void **state)
{
    (void)state;
    struct pattern p;
    clear();
    add_reasons("the alarm ", 8, " was raised on <*>");
    add_reasons("the alarm ", 9, " was cleared on <*>");
    const char *both = found(&p);
    assert_non_null(strstr(both, "the alarm <*> was cleared on <*>"));
    assert_non_null(strstr(both, "the alarm <*> was raised on <*>"));
    assert_int_equal(strlen(both), 64);
    assert_int_equal(p.many, 1 << 2);
}

static void loose_places_are_kept(void **state)
{
    (void)state;
    struct pattern p;
    clear();
    for (size_t i = 0; i < 8; i++)
        add("moved cart <*> of <*>, then ", reasons[i], " of user <*>", 1 << 4);
    items[3].loose |= 1 << (6 + 6 + 2); /* "it has no name at all": the user's name */
    items[3].loose |= 1 << 8;           /* a place between is in the gap anyway */
    assert_string_equal(found(&p), "moved cart <*> of <*>, then <*> of user <*>");
    assert_int_equal(p.loose, 1 << 4 | 1 << 6 | 1 << 9);
    assert_int_equal(p.many, 1 << 6);
}

static void messages_that_only_begin_alike_stay_apart(void **state)
{
    (void)state;
    static const char *const ends[] = {"open <*>",        "read <*> of <*>", "write",
                                       "close <*>",       "bind to <*>",     "start <*>",
                                       "stop <*> in time"};
    clear();
    for (size_t i = 0; i < 7; i++) /* they hold values of their own */
        add("the storage service failed to ", ends[i], "", 0);
    assert_string_equal(found(NULL), "");
    clear();
    add_reasons("storage: ", 12, ""); /* a component's name tells nothing */
    assert_string_equal(found(NULL), "");
    clear();
    add_reasons("ERROR storage ", 12, "");
    assert_string_equal(found(NULL), "");
    clear();
    add_reasons("Storage ", 12, ".");
    assert_string_equal(found(NULL), "");
    clear();
    for (size_t i = 0; i < 8; i++) { /* states are few, and each is a message */
        char text[40];
        snprintf(text, sizeof text, "STATE_%c to STATE_%c", (char)('A' + i), (char)('B' + i));
        add("the task <*> went from ", text, "", 0);
    }
    assert_string_equal(found(NULL), "");
    clear();
    add_reasons("cannot reach the peer <*>: ", 4, ""); /* too few */
    assert_string_equal(found(NULL), "");
    clear();
    add_reasons("cannot reach the peer <*>: ", 8, "");
    for (size_t i = 0; i < item_count; i++)
        items[i].known = true; /* all have their groups */
    assert_string_equal(found(NULL), "");
}

static void the_text_of_a_message_stays(void **state)
{
    (void)state;
    clear();
    add_reasons("level=warning msg=\"", sizeof reasons / sizeof *reasons, "\"");
    assert_string_equal(found(NULL), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_ends_in_many_ways_ends_in_a_value),
        cmocka_unit_test(one_word_that_says_what_was_done_is_enough),
        cmocka_unit_test(what_stands_behind_stays),
        cmocka_unit_test(loose_places_are_kept),
        cmocka_unit_test(messages_that_only_begin_alike_stay_apart),
        cmocka_unit_test(the_text_of_a_message_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
