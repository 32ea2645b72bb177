#include "model/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void a_key_has_three_parts(void **state)
{
    (void)state;
    char key[VOCABULARY_KEY];
    assert_true(vocabulary_key(QUESTION_LOGQL, "pod", "{a=\"b c\"}", key));
    struct vocabulary_parts of = vocabulary_parts(key);
    assert_int_equal(of.language, QUESTION_LOGQL);
    assert_true(str_is(of.label, "pod"));
    assert_string_equal(of.selector, "{a=\"b c\"}");
    assert_true(vocabulary_key(QUESTION_PROMQL, "__name__", "", key));
    of = vocabulary_parts(key);
    assert_int_equal(of.language, QUESTION_PROMQL);
    assert_true(str_is(of.label, "__name__"));
    assert_string_equal(of.selector, "");
    assert_true(vocabulary_key(QUESTION_LOGQL, "", "", key));
    assert_int_equal(vocabulary_parts(key).label.n, 0);
    char *long_text = mem_alloc(VOCABULARY_KEY + 1);
    memset(long_text, 'a', VOCABULARY_KEY);
    assert_false(vocabulary_key(QUESTION_LOGQL, "pod", long_text, key));
    free(long_text);
}

static void words_stay_while_they_are_asked_for_again(void **state)
{
    (void)state;
    static const char *const words[] = {"a", "b"};
    struct vocabulary *v = vocabulary_new();
    assert_int_equal(vocabulary_get(v, "x ")->state, VOCABULARY_UNKNOWN);
    vocabulary_asked(v, "x ", 1);
    assert_int_equal(vocabulary_get(v, "x ")->state, VOCABULARY_ASKED);
    vocabulary_set(v, "x ", words, 2, 2);
    vocabulary_asked(v, "x ", 3);
    assert_int_equal(vocabulary_get(v, "x ")->count, 2);
    vocabulary_set(v, "x ", NULL, 0, 4);
    assert_int_equal(vocabulary_get(v, "x ")->state, VOCABULARY_FAILED);
    assert_string_equal(vocabulary_get(v, "x ")->words[1], "b");
    assert_int_equal(vocabulary_changes(v), 2);
    vocabulary_free(v);
}

static void it_has_an_end(void **state)
{
    (void)state;
    const char **many = mem_array(VOCABULARY_WORDS + 7, sizeof *many);
    struct vocabulary *v = vocabulary_new();
    char key[40];
    for (size_t i = 0; i < VOCABULARY_WORDS + 7; i++)
        many[i] = "word";
    vocabulary_set(v, "many ", many, VOCABULARY_WORDS + 7, 1);
    assert_int_equal(vocabulary_get(v, "many ")->count, VOCABULARY_WORDS);
    assert_true(vocabulary_get(v, "many ")->more);
    for (int i = 0; i < 3 * VOCABULARY_LISTS; i++) {
        snprintf(key, sizeof key, "label%d ", i);
        vocabulary_set(v, key, many, 1, 1);
        assert_int_equal(vocabulary_get(v, "many ")->count, VOCABULARY_WORDS); /* is looked at */
    }
    assert_int_equal(vocabulary_get(v, "label0 ")->state, VOCABULARY_UNKNOWN);
    assert_int_equal(vocabulary_get(v, key)->state, VOCABULARY_KNOWN);
    vocabulary_free(v);
    free(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_has_three_parts),
        cmocka_unit_test(words_stay_while_they_are_asked_for_again),
        cmocka_unit_test(it_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
