#include "triage/grouping/family.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const names[] = {
    "alice",   "bob",  "carol",  "dave",  "erin",   "frank", "grace", "heidi",  "ivan",  "judy",
    "mallory", "niaj", "olivia", "peggy", "rupert", "sybil", "trent", "victor", "wendy", "zoe"};

enum { MOST = 512 };
static struct family_member members[MOST];
static char texts[MOST][120];
static size_t member_count;

static void clear(void)
{
    member_count = 0;
}

static void add(bool known, const char *text)
{
    snprintf(texts[member_count], sizeof texts[0], "%s", text);
    members[member_count] = (struct family_member){str_of(texts[member_count]), known};
    member_count++;
}

/* `format` with each of the first n names. */
static void add_names(bool known, const char *before, size_t n, const char *behind)
{
    for (size_t i = 0; i < n; i++) {
        char text[120];
        snprintf(text, sizeof text, "%s%s%s", before, names[i], behind);
        add(known, text);
    }
}

/* The only pattern found, or "" for none; fails for more. */
static const char *found(uint64_t *loose)
{
    static char text[200];
    struct arena memory;
    size_t count;
    arena_init(&memory);
    struct pattern *p = family_find(members, member_count, &memory, &count);
    assert_true(count <= 1);
    snprintf(text, sizeof text, "%.*s", count ? (int)p->text.n : 0, count ? p->text.p : "");
    *loose = count ? p->loose : 0;
    free(p);
    arena_free(&memory);
    return text;
}

static void many_names_in_one_place_are_values(void **state)
{
    (void)state;
    uint64_t loose;
    clear();
    add_names(false, "the cart of ", 12, " could not be saved");
    assert_string_equal(found(&loose), "the cart of <*> could not be saved");
    assert_int_equal(loose, 8);
    clear();
    add_names(false, "cannot charge customer=", 6, ", card declined");
    assert_string_equal(found(&loose), "cannot charge customer=<*>, card declined");
    assert_int_equal(loose, 4);
}

static void few_names_are_not_enough(void **state)
{
    (void)state;
    uint64_t loose;
    clear();
    add_names(false, "the cart of ", 2, " could not be saved");
    assert_string_equal(found(&loose), "");
    clear();
    add_names(false, "login failed user=", 3, "");
    assert_string_equal(found(&loose), "");
    clear();
    add_names(false, "", 12, " succeeded");
    assert_string_equal(found(&loose), "");
    clear();
    add_names(false, "", 20, "");
    assert_string_equal(found(&loose), "");
}

static void states_need_more_than_names(void **state)
{
    (void)state;
    static const char *const states[] = {"NEW", "READY", "RUNNING", "FAILED", "KILLED", "DONE"};
    uint64_t loose;
    clear();
    for (size_t i = 0; i < 6; i++) {
        char text[120];
        snprintf(text, sizeof text, "job <*> of the batch went from START to %s", states[i]);
        add(false, text);
    }
    assert_string_equal(found(&loose), "");
}

static void two_are_enough_where_a_state_or_a_bracket_stands(void **state)
{
    (void)state;
    uint64_t loose;
    clear();
    add(false, "session <*> closed in state ESTABLISHED by its peer");
    add(false, "session <*> closed in state SYN_SENT by its peer");
    assert_string_equal(found(&loose), "session <*> closed in state <*> by its peer");
    clear();
    add(false, "sending the notice (primary) to <*>");
    add(false, "sending the notice (standby) to <*>");
    assert_string_equal(found(&loose), "sending the notice (<*>) to <*>");
    clear();
    add(false, "the reset command failed for <*>");
    add(false, "the reset command succeeded for <*>");
    assert_string_equal(found(&loose), "");
    clear();
    add(false, "mode READ");
    add(false, "mode WRITE");
    assert_string_equal(found(&loose), "");
}

static void a_value_by_its_form_speaks_for_its_place(void **state)
{
    (void)state;
    uint64_t loose;
    clear();
    add(false, "cannot open <*> for reading");
    add(false, "cannot open stdin for reading");
    assert_string_equal(found(&loose), "cannot open <*> for reading");
    assert_int_equal(loose, 4);
    clear();
    add(false, "cannot connect to <*> any more");
    add(false, "cannot connect to gw:<*> any more");
    assert_string_equal(found(&loose), "cannot connect to <*> any more");
    assert_int_equal(loose, 8);
    clear();
    add(false, "cannot connect to <*>: no route to host");
    add(false, "cannot connect to gw:<*>: no route to host");
    assert_string_equal(found(&loose), "cannot connect to <*>: no route to host");
}

static void a_name_seen_elsewhere_is_a_name(void **state)
{
    (void)state;
    struct arena memory;
    size_t count;
    clear();
    add_names(false, "the disk of ", 8, " is nearly full");
    add_names(false, "the watcher gave up on ", 2, " today");
    arena_init(&memory);
    struct pattern *p = family_find(members, member_count, &memory, &count);
    assert_int_equal(count, 2);
    free(p);
    clear();
    add_names(false, "the watcher gave up on ", 2, " today");
    p = family_find(members, member_count, &memory, &count);
    assert_int_equal(count, 0);
    free(p);
    arena_free(&memory);
}

static void a_lone_word_behind_a_label_is_a_value(void **state)
{
    (void)state;
    uint64_t loose;
    clear();
    add_names(false, "the address has changed, new: ", 2, "");
    assert_string_equal(found(&loose), "the address has changed, new: <*>");
    assert_int_equal(loose, 32);
    clear();
    add_names(false, "storage: ", 2, "");
    assert_string_equal(found(&loose), "");
    clear();
    add(false, "the new state of it: READY");
    add(false, "the new state of it: FAILED");
    assert_string_equal(found(&loose), "");
}

static void many_pairs_of_names_need_fewer_words_around(void **state)
{
    (void)state;
    uint64_t loose;
    for (size_t n = 6; n <= 19; n += 13) {
        clear();
        for (size_t i = 0; i < n; i++) {
            char text[120];
            snprintf(text, sizeof text, "copied block %s to %s", names[i], names[19 - i]);
            add(false, text);
        }
        assert_string_equal(found(&loose), n == 6 ? "" : "copied block <*> to <*>");
    }
}

static void the_text_of_a_message_is_no_name(void **state)
{
    (void)state;
    static const char *const texts_of[] = {"connected", "idle", "gone", "reset", "timeout", "full"};
    static const char *const formats[] = {
        "level=info peer=<*> id=<*> msg=%s", "{\"level\":\"info\",\"peer\":<*>,\"msg\":\"%s\"}",
        "<*> sync.go:<*>] \"%s\" pod=\"<*>\" node=\"<*>\" uid=<*>"};
    uint64_t loose;
    for (size_t f = 0; f < 3; f++) {
        clear();
        for (size_t i = 0; i < 6; i++) {
            char text[120];
            snprintf(text, sizeof text, formats[f], texts_of[i]);
            add(false, text);
        }
        assert_string_equal(found(&loose), "");
    }
}

static void a_quoted_text_is_one_word(void **state)
{
    (void)state;
    uint64_t loose;
    clear();
    add(false, "cannot reach host \"<*>\" any more");
    add(false, "cannot reach host \"the old server\" any more");
    assert_string_equal(found(&loose), "cannot reach host \"<*>\" any more");
    assert_int_equal(loose, 8);
}

static void two_names_at_once_are_found(void **state)
{
    (void)state;
    uint64_t loose;
    clear();
    for (size_t i = 0; i < 20; i++) {
        char text[120];
        snprintf(text, sizeof text, "%s could not send a message to her friend %s today",
                 names[i * 7 % 20], names[i]);
        add(false, text);
    }
    assert_string_equal(found(&loose), "<*> could not send a message to her friend <*> today");
    assert_int_equal(loose, 1 | 1 << 9);
}

static void what_is_known_is_evidence_but_is_not_merged(void **state)
{
    (void)state;
    uint64_t loose;
    clear();
    add_names(true, "the cart of ", 12, " could not be saved");
    assert_string_equal(found(&loose), "");
    add(false, "the cart of zoe could not be saved");
    assert_string_equal(found(&loose), "the cart of <*> could not be saved");
}

static void what_is_found_does_not_depend_on_the_order(void **state)
{
    (void)state;
    uint64_t loose, reversed;
    char text[200];
    clear();
    add_names(false, "the cart of ", 12, " could not be saved by anyone");
    add(false, "the cart of <*> could not be saved by anyone");
    add(false, "something else that happened");
    snprintf(text, sizeof text, "%s", found(&loose));
    for (size_t i = 0; i < member_count / 2; i++) {
        struct family_member m = members[i];
        members[i] = members[member_count - 1 - i];
        members[member_count - 1 - i] = m;
    }
    assert_string_equal(found(&reversed), text);
    assert_int_equal(loose, reversed);
}

static void a_title_is_one_word(void **state)
{
    (void)state;
    uint64_t loose;
    clear();
    add(false, "The Print Spooler service did not answer the request in time");
    add(false, "The Background Intelligent Transfer service did not answer the request in time");
    add(false, "The Themes service did not answer the request in time");
    assert_string_equal(found(&loose), "The <*> service did not answer the request in time");
    clear();
    add(false, "the unit Print Spooler did not answer the request in time");
    add(false, "the unit Background Transfer Service did not answer the request in time");
    add(false, "the unit Themes did not answer the request in time");
    assert_string_equal(found(&loose), "the unit <*> did not answer the request in time");
    assert_int_equal(loose, 4);
}

static void the_kind_of_a_thing_is_a_value(void **state)
{
    (void)state;
    uint64_t loose;
    clear();
    add(false, "segment of the night type=deep");
    add(false, "segment of the night type=light");
    add(false, "segment of the night type=dream");
    add(false, "segment of the night type=awake");
    assert_string_equal(found(&loose), "segment of the night type=<*>");
}

static void nothing_gives_nothing(void **state)
{
    (void)state;
    uint64_t loose;
    clear();
    assert_string_equal(found(&loose), "");
    add(false, "");
    add(false, "one");
    assert_string_equal(found(&loose), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_names_in_one_place_are_values),
        cmocka_unit_test(few_names_are_not_enough),
        cmocka_unit_test(states_need_more_than_names),
        cmocka_unit_test(two_are_enough_where_a_state_or_a_bracket_stands),
        cmocka_unit_test(a_value_by_its_form_speaks_for_its_place),
        cmocka_unit_test(a_name_seen_elsewhere_is_a_name),
        cmocka_unit_test(a_lone_word_behind_a_label_is_a_value),
        cmocka_unit_test(many_pairs_of_names_need_fewer_words_around),
        cmocka_unit_test(the_text_of_a_message_is_no_name),
        cmocka_unit_test(a_quoted_text_is_one_word),
        cmocka_unit_test(two_names_at_once_are_found),
        cmocka_unit_test(what_is_known_is_evidence_but_is_not_merged),
        cmocka_unit_test(what_is_found_does_not_depend_on_the_order),
        cmocka_unit_test(a_title_is_one_word),
        cmocka_unit_test(the_kind_of_a_thing_is_a_value),
        cmocka_unit_test(nothing_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
