#include "ui/prompt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/keys.h"

/* Types "ab<C-a>x": names between < and > are keys. The last result. */
static enum prompt_result type(struct prompt *p, const char *text)
{
    enum prompt_result result = PROMPT_MORE;
    char name[KEYS_NAME];
    for (size_t i = 0, n = strlen(text); i < n;) {
        uint32_t key;
        if (text[i] == '<') {
            size_t end = strcspn(text + i, ">");
            memcpy(name, text + i + 1, end - 1);
            name[end - 1] = '\0';
            key = keys_parse(name);
            assert_int_not_equal(key, KEYS_NONE);
            i += end + 1;
        } else {
            i += utf8_decode(text + i, n - i, &key);
        }
        result = prompt_key(p, key);
    }
    return result;
}

static struct prompt *fresh(const char *text)
{
    struct prompt *p = prompt_new();
    prompt_open(p, PROMPT_COMMAND, ":", text, NULL, NULL);
    return p;
}

static void lines_are_edited(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *text;
    } cases[] = {
        {"abc", "abc"},
        {"abc<C-a>x", "xabc"},
        {"abc<Left><Left>x", "axbc"},
        {"abc<Home><Right>x<End>y", "axbcy"},
        {"abc<Backspace>", "ab"},
        {"abc<Home><Delete>", "bc"},
        {"ns shop<C-w>", "ns "},
        {"ns shop<C-w><C-w>", ""},
        {"ns shop<Left><Left><C-k>", "ns sh"},
        {"ns shop<Left><Left><C-u>", "op"},
        {"상점<Left><Backspace>x", "x점"},
        {"e\xcc\x81x<Left><Backspace>", "x"}, /* a letter and its accent are one */
        {"a<C-g>b", "ab"},
        {"a<F5>b<PgUp>", "ab"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prompt *p = fresh("");
        assert_int_equal(type(p, cases[i].typed), PROMPT_MORE);
        assert_string_equal(prompt_text(p), cases[i].text);
        prompt_free(p);
    }
}

static void it_ends_as_people_expect(void **state)
{
    (void)state;
    struct prompt *p = fresh("");
    assert_int_equal(type(p, "ab<Enter>"), PROMPT_ACCEPTED);
    assert_string_equal(prompt_text(p), "ab");
    assert_int_equal(type(p, "<Esc>"), PROMPT_CANCELLED);
    assert_int_equal(type(p, "<C-c>"), PROMPT_CANCELLED);
    assert_int_equal(type(p, "<C-u><Backspace>"), PROMPT_CANCELLED);
    prompt_close(p);
    assert_false(prompt_is_open(p));
    prompt_free(p);
}

static void history_is_kept_by_kind(void **state)
{
    (void)state;
    struct prompt *p = fresh("");
    type(p, "one<Enter>");
    prompt_open(p, PROMPT_COMMAND, ":", "", NULL, NULL);
    type(p, "two<Enter>");
    prompt_open(p, PROMPT_COMMAND, ":", "", NULL, NULL);
    type(p, "two<Enter>"); /* twice is once */
    prompt_open(p, PROMPT_COMMAND, ":", "", NULL, NULL);
    type(p, "dra<Up>");
    assert_string_equal(prompt_text(p), "two");
    type(p, "<Up>");
    assert_string_equal(prompt_text(p), "one");
    type(p, "<Up>");
    assert_string_equal(prompt_text(p), "one");
    type(p, "<Down><Down>");
    assert_string_equal(prompt_text(p), "dra");
    prompt_open(p, PROMPT_SEARCH, "/", "", NULL, NULL);
    type(p, "<Up>");
    assert_string_equal(prompt_text(p), "");
    prompt_free(p);
}

static void offers(void *context, struct prompt *p, struct str before)
{
    (void)context;
    static const char *const words[] = {"shop", "shipping", "staging"};
    assert_string_equal(str_is(before, "ns ") ? "ns " : "", "ns ");
    for (size_t i = 0; i < 3; i++)
        prompt_offer(p, words[i]);
}

static void tab_completes(void **state)
{
    (void)state;
    struct prompt *p = prompt_new();
    prompt_open(p, PROMPT_COMMAND, ":", "", offers, NULL);
    type(p, "ns sh<Tab>");
    assert_string_equal(prompt_text(p), "ns shop");
    type(p, "<Tab>");
    assert_string_equal(prompt_text(p), "ns shipping");
    type(p, "<Tab>");
    assert_string_equal(prompt_text(p), "ns shop");
    type(p, "x<Tab>");
    assert_string_equal(prompt_text(p), "ns shopx");
    prompt_open(p, PROMPT_COMMAND, ":", "ns st", offers, NULL);
    type(p, "<Tab>"); /* the only one is finished by a blank */
    assert_string_equal(prompt_text(p), "ns staging ");
    prompt_free(p);
}

static void it_has_an_end(void **state)
{
    (void)state;
    struct prompt *p = fresh("");
    for (int i = 0; i < 10000; i++)
        prompt_key(p, 0xc0c1);
    assert_true(strlen(prompt_text(p)) <= 4096);
    assert_true(utf8_valid(str_of(prompt_text(p))));
    prompt_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_edited),        cmocka_unit_test(it_ends_as_people_expect),
        cmocka_unit_test(history_is_kept_by_kind), cmocka_unit_test(tab_completes),
        cmocka_unit_test(it_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
