#include "ui/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui/pane.h"

static void names_are_read(void **state)
{
    (void)state;
    static const char *const good[] = {
        "g",    "G",  "C-a",  "C-r", "C-z", "Tab", "S-Tab", "Enter",  "Esc", "Space",    "PgUp",
        "PgDn", "Up", "Home", "F1",  "F12", "?",   "&",     "Delete", "상",  "Backspace"};
    static const char *const bad[] = {"",    "gg",     "C-",  "C-1",  "C-ab", "F0",
                                      "F13", "PgDown", "c-r", "\x01", "M-x"};
    char name[KEYS_NAME];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_not_equal(keys_parse(good[i]), KEYS_NONE);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(keys_parse(bad[i]), KEYS_NONE);
    assert_int_equal(keys_parse("C-r"), 18);
    assert_string_equal(keys_label(18, name), "Ctrl-R");
    assert_string_equal(keys_label(KEYS_BACKTAB, name), "Shift-Tab");
}

static void every_default_can_be_bound(void **state)
{
    (void)state;
    struct err err;
    struct keys *k = keys_new(NULL, 0, &err);
    assert_non_null(k);
    for (size_t i = 1; i < ACTION_COUNT; i++) {
        assert_true(keys_table[i].name[0]);
        assert_true(keys_table[i].help[0]);
        assert_int_not_equal(keys_of(k, (enum keys_action)i, 0), KEYS_NONE);
        for (size_t j = 1; j < i; j++)
            assert_string_not_equal(keys_table[i].name, keys_table[j].name);
    }
    keys_free(k);
}

/* No control letter may ever change anything in the cluster (CONTRACT.md): those that are bound only
 * move, quit, stop, draw or redo. */
static void control_letters_are_harmless(void **state)
{
    (void)state;
    struct keys *k = keys_new(NULL, 0, NULL);
    static const enum keys_action harmless[] = {ACTION_NONE,   ACTION_QUIT,       ACTION_SUSPEND,
                                                ACTION_REDRAW, ACTION_HALF_UP,    ACTION_HALF_DOWN,
                                                ACTION_REDO,   ACTION_FOCUS_NEXT, ACTION_ENTER};
    for (uint32_t key = 1; key <= 26; key++) {
        enum keys_action a = keys_action(k, key, ~0u);
        bool fine = false;
        for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
            fine |= a == harmless[i];
        assert_true(fine);
    }
    keys_free(k);
}

static void actions_depend_on_the_pane(void **state)
{
    (void)state;
    struct keys *k = keys_new(NULL, 0, NULL);
    assert_int_equal(keys_action(k, 's', PANE_ROWS | PANE_SORT), ACTION_SORT);
    assert_int_equal(keys_action(k, 's', PANE_ROWS), ACTION_NONE);
    assert_int_equal(keys_action(k, 'F', PANE_STREAM), ACTION_FOLLOW);
    assert_int_equal(keys_action(k, 'F', PANE_SORT), ACTION_NONE);
    assert_int_equal(keys_action(k, 'Q', 0), ACTION_QUIT);
    assert_int_equal(keys_action(k, 3, 0), ACTION_QUIT);
    keys_free(k);
}

static void overrides_replace(void **state)
{
    (void)state;
    static const struct keys_override change[] = {{"follow", "f C-f"}, {"metrics", ""}};
    struct err err;
    struct keys *k = keys_new(change, 2, &err);
    assert_non_null(k);
    assert_int_equal(keys_action(k, 'f', PANE_STREAM), ACTION_FOLLOW);
    assert_int_equal(keys_action(k, 6, PANE_STREAM), ACTION_FOLLOW);
    assert_int_equal(keys_action(k, 'F', PANE_STREAM), ACTION_NONE);
    assert_int_equal(keys_action(k, 'm', 0), ACTION_NONE);
    keys_free(k);
}

static void wrong_overrides_say_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        struct keys_override change;
        const char *where, *what;
    } wrong[] = {
        {{"folow", "f"}, "ui.keys", "there is no action \"folow\""},
        {{"follow", "ff"}, "ui.keys.follow", "\"ff\" is no key"},
        {{"follow", "q"}, "ui.keys.follow", "\"q\" is the key of back-or-quit already"},
        {{"quit", "e"}, "ui.keys.error-next", "\"e\" is the key of quit already"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err err;
        assert_null(keys_new(&wrong[i].change, 1, &err));
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_string_equal(err.where, wrong[i].where);
        assert_string_equal(err.what, wrong[i].what);
    }
    /* The same key in panes that never meet is no conflict. */
    static const struct keys_override apart = {"follow", "s"};
    struct keys *k = keys_new(&apart, 1, NULL);
    assert_non_null(k);
    keys_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read),
        cmocka_unit_test(every_default_can_be_bound),
        cmocka_unit_test(control_letters_are_harmless),
        cmocka_unit_test(actions_depend_on_the_pane),
        cmocka_unit_test(overrides_replace),
        cmocka_unit_test(wrong_overrides_say_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
