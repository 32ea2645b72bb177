#include "triage/grouping/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct pattern make(const char *text, uint64_t loose)
{
    return (struct pattern){.text = str_of(text), .loose = loose};
}

/* Stored for ever: these figures may never change. */
static void ids_are_for_ever(void **state)
{
    (void)state;
    char id[17];
    struct pattern p = make("connection from <*> refused", 0);
    pattern_id(&p, id);
    assert_string_equal(id, "940be687995c516b");
    p.loose = 4;
    pattern_id(&p, id);
    assert_string_equal(id, "294baf1c7286e5b7");
    p = make("", 0);
    pattern_id(&p, id);
    assert_string_equal(id, "9d784ce35975c4b9");
}

static void an_id_tells_where_its_template_is_loose(void **state)
{
    (void)state;
    static const char text[] = "a <*> b <*> c=<*>, d <*> (<*>) e <*> f <*> g <*>";
    static const uint64_t loose[] = {0, 1 << 1, 1 << 13, 1 << 1 | 1 << 4,
                                     1 << 3 | 1 << 6 | 1 << 11};
    char id[17];
    for (size_t i = 0; i < sizeof loose / sizeof *loose; i++) {
        struct pattern p = make(text, loose[i]), found;
        pattern_id(&p, id);
        assert_true(pattern_from_id(&found, str_of(text), id));
        assert_int_equal(found.loose, loose[i]);
    }
    struct pattern foreign;
    assert_false(pattern_from_id(&foreign, str_of(text), "0123456789abcdef"));
    assert_int_equal(foreign.loose,
                     1 << 1 | 1 << 3 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 9 | 1 << 11 | 1 << 13);
    assert_false(pattern_from_id(&foreign, str_of("no value"), "no id"));
    assert_int_equal(foreign.loose, 0);
}

static void loose_words_stand_for_any_text(void **state)
{
    (void)state;
    struct pattern p = make("user=<*>, from <*>", 1);
    assert_true(pattern_matches(&p, str_of("user=root, from <*>")));
    assert_true(pattern_matches(&p, str_of("user=<*>, from <*>")));
    assert_true(pattern_matches(&p, str_of("user=, from <*>")));
    assert_false(pattern_matches(&p, str_of("user=root from <*>")));
    assert_false(pattern_matches(&p, str_of("user=root, from here")));
    assert_false(pattern_matches(&p, str_of("user=root, from <*> now")));
    assert_false(pattern_matches(&p, str_of("user=root,")));
    assert_false(pattern_matches(&p, str_of("")));
    struct pattern middle = make("a <*> c", 2);
    assert_true(pattern_matches(&middle, str_of("a b c")));
    assert_false(pattern_matches(&middle, str_of("a b b c")));
}

static void one_place_may_stand_for_many_words(void **state)
{
    (void)state;
    struct pattern p = make("alarm <*>! on <*>", 1 << 1), found;
    assert_false(pattern_matches(&p, str_of("alarm door open! on <*>")));
    char id[17], plain[17];
    pattern_id(&p, plain);
    p.many = 1 << 1;
    pattern_id(&p, id);
    assert_string_not_equal(id, plain);
    assert_true(pattern_from_id(&found, p.text, id));
    assert_int_equal(found.many, 1 << 1);
    assert_int_equal(found.loose, 1 << 1);
    assert_true(pattern_matches(&p, str_of("alarm door open! on <*>")));
    assert_true(pattern_matches(&p, str_of("alarm fire! on <*>")));
    assert_true(pattern_matches(&p, p.text));
    assert_false(pattern_matches(&p, str_of("alarm door open on <*>")));
    assert_false(pattern_matches(&p, str_of("alarm door open! off <*>")));
    assert_false(pattern_matches(&p, str_of("alarm on <*>")));
    assert_false(pattern_matches(&p, str_of("alarm")));
    struct pattern tail = make("it failed: <*>", 1 << 2);
    tail.many = 1 << 2;
    struct pattern_index *x = pattern_index_new();
    pattern_index_add(x, &p);
    pattern_index_add(x, &tail);
    assert_ptr_equal(pattern_index_find(x, str_of("alarm a b c! on <*>"))->text.p, p.text.p);
    assert_ptr_equal(pattern_index_find(x, str_of("it failed: no such file"))->text.p, tail.text.p);
    assert_ptr_equal(pattern_index_find(x, str_of("it failed: EOF"))->text.p, tail.text.p);
    assert_null(pattern_index_find(x, str_of("it failed:")));
    pattern_index_free(x);
    struct pattern one = make("alarm <*> b c! on d", 1 << 1), other = make("it <*> b", 1 << 1);
    assert_true(pattern_overlaps(&p, &one) && pattern_overlaps(&one, &p));
    assert_false(pattern_overlaps(&p, &other) || pattern_overlaps(&other, &p));
    assert_true(pattern_precedes(&one, &p) && !pattern_precedes(&p, &one));
}

static void overlaps_are_seen(void **state)
{
    (void)state;
    struct pattern a = make("open <*> in <*>", 2), b = make("open x in <*>", 8);
    struct pattern c = make("open <*> on <*>", 2), d = make("open id=<*> in <*>", 2);
    struct pattern e = make("open key=<*> in <*>", 2), f = make("open <*>", 2);
    assert_true(pattern_overlaps(&a, &b) && pattern_overlaps(&b, &a));
    assert_false(pattern_overlaps(&a, &c));
    assert_true(pattern_overlaps(&a, &d) && pattern_overlaps(&d, &a));
    assert_false(pattern_overlaps(&d, &e) || pattern_overlaps(&e, &d));
    assert_false(pattern_overlaps(&a, &f) || pattern_overlaps(&f, &a));
    assert_true(pattern_overlaps(&a, &a));
}

static void the_index_finds_what_a_walk_finds(void **state)
{
    (void)state;
    static const char *const shapes[] = {"w%u <*> is %s", "w%u x is <*>", "w%u <*> is <*>",
                                         "<*> w%u is %s"};
    static const uint64_t loose[] = {2, 8, 2 | 8, 1};
    static char texts[400][40];
    struct pattern_index *index = pattern_index_new();
    assert_null(pattern_index_find(index, str_of("w1 y is gone")));
    for (unsigned i = 0; i < 400; i++) {
        snprintf(texts[i], sizeof texts[i], shapes[i % 4], i / 8, i % 2 ? "gone" : "here");
        struct pattern p = {.text = str_of(texts[i]), .loose = loose[i % 4], .owner = i};
        pattern_index_add(index, &p);
    }
    for (unsigned i = 0; i < 60; i++) {
        char text[64];
        const struct pattern *best = NULL;
        snprintf(text, sizeof text, "w%u x is %s", i, i % 3 ? "gone" : "here");
        for (unsigned k = 0; k < 400; k++) {
            static struct pattern all[400];
            all[k] = (struct pattern){.text = str_of(texts[k]), .loose = loose[k % 4], .owner = k};
            if (pattern_matches(&all[k], str_of(text)) &&
                (!best || pattern_precedes(&all[k], best)))
                best = &all[k];
        }
        const struct pattern *found = pattern_index_find(index, str_of(text));
        assert_true((found == NULL) == (best == NULL));
        if (found) {
            assert_int_equal(found->loose, best->loose);
            assert_true(str_eq(found->text, best->text));
        }
    }
    pattern_index_free(index);
}

static void of_patterns_that_match_first_and_widest_are_told(void **state)
{
    (void)state;
    struct pattern narrow = make("job a sent to <*>", 1 << 4);
    struct pattern wide = make("job <*> sent to <*>", 1 << 1 | 1 << 4);
    struct pattern_index *x = pattern_index_new();
    pattern_index_add(x, &narrow);
    pattern_index_add(x, &wide);
    assert_ptr_equal(pattern_index_find(x, str_of("job a sent to b"))->text.p, narrow.text.p);
    assert_ptr_equal(pattern_index_widest(x, str_of("job a sent to b"))->text.p, wide.text.p);
    assert_ptr_equal(pattern_index_widest(x, narrow.text)->text.p, wide.text.p);
    assert_ptr_equal(pattern_index_find(x, str_of("job c sent to b"))->text.p, wide.text.p);
    assert_null(pattern_index_widest(x, str_of("job c went to b")));
    pattern_index_free(x);
}

static void only_patterns_that_come_last_are_admitted(void **state)
{
    (void)state;
    struct pattern_index *index = pattern_index_new();
    struct pattern narrow = make("open <*> in home", 2), wide = make("open <*> in <*>", 2 | 8);
    struct pattern other = make("close <*> in home", 2);
    pattern_index_add(index, &narrow);
    assert_true(pattern_index_admits(index, &wide));
    assert_true(pattern_index_admits(index, &other));
    pattern_index_free(index);
    index = pattern_index_new();
    pattern_index_add(index, &wide);
    assert_false(pattern_index_admits(index, &narrow));
    pattern_index_free(index);
    pattern_index_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_for_ever),
        cmocka_unit_test(an_id_tells_where_its_template_is_loose),
        cmocka_unit_test(loose_words_stand_for_any_text),
        cmocka_unit_test(one_place_may_stand_for_many_words),
        cmocka_unit_test(overlaps_are_seen),
        cmocka_unit_test(the_index_finds_what_a_walk_finds),
        cmocka_unit_test(of_patterns_that_match_first_and_widest_are_told),
        cmocka_unit_test(only_patterns_that_come_last_are_admitted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
