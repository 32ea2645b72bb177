#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/page.h"

static void check(const struct page *p, size_t i, enum page_kind kind, int depth, const char *key,
                  const char *value)
{
    const struct page_line *l = page_at(p, i);
    assert_int_equal(l->kind, kind);
    assert_int_equal(l->depth, depth);
    assert_string_equal(l->key, key);
    assert_string_equal(l->value, value);
}

static void lines_in_order(void **state)
{
    struct page *p = page_new();
    (void)state;
    page_head(p, PAGE_TITLE, "Pod shop/web-1");
    page_text(p, PAGE_BAD, "CrashLoopBackOff: web");
    page_field(p, "Node", PAGE_TEXT, "n1");
    page_link(p, "Node", NULL, "n1");
    page_deeper(p);
    page_fieldf(p, "Restarts", PAGE_WARN, "%d", 7);
    page_shallower(p);
    page_shallower(p);
    page_deeper(p);
    page_section(p, "Events");
    page_textf(p, PAGE_DIM, "%zu more", (size_t)3);
    page_code(p, PAGE_TEXT, str_of("  name:"), str_of(" web "));
    assert_int_equal(page_count(p), 7);
    check(p, 0, PAGE_HEAD, 0, "", "Pod shop/web-1");
    check(p, 1, PAGE_PLAIN, 0, "", "CrashLoopBackOff: web");
    check(p, 2, PAGE_FIELD, 0, "Node", "n1");
    assert_string_equal(page_at(p, 2)->link_kind, "Node");
    assert_string_equal(page_at(p, 2)->link_namespace, "");
    assert_string_equal(page_at(p, 2)->link_name, "n1");
    assert_string_equal(page_at(p, 1)->link_kind, "");
    check(p, 3, PAGE_FIELD, 1, "Restarts", "7");
    assert_int_equal(page_at(p, 3)->role, PAGE_WARN);
    check(p, 4, PAGE_SECTION, 0, "", "Events");
    check(p, 5, PAGE_PLAIN, 0, "", "3 more"); /* a section begins at depth 0 */
    check(p, 6, PAGE_CODE, 0, "  name:", " web");
    assert_string_equal(page_role_word(PAGE_BAD), "bad");
    page_free(p);
}

static void values_of_several_lines(void **state)
{
    struct page *p = page_new();
    (void)state;
    page_field(p, "script", PAGE_TEXT, "one\r\n\ntwo  \n\n");
    page_text(p, PAGE_DIM, "a\nb");
    page_field(p, "none", PAGE_TEXT, NULL);
    page_field(p, "blank", PAGE_TEXT, " \n ");
    assert_int_equal(page_count(p), 8);
    check(p, 0, PAGE_FIELD, 0, "script", "");
    check(p, 1, PAGE_PLAIN, 1, "", "one");
    check(p, 2, PAGE_PLAIN, 1, "", "");
    check(p, 3, PAGE_PLAIN, 1, "", "two");
    check(p, 4, PAGE_PLAIN, 0, "", "a");
    check(p, 5, PAGE_PLAIN, 1, "", "b");
    check(p, 6, PAGE_FIELD, 0, "none", "");
    check(p, 7, PAGE_FIELD, 0, "blank", "");
    page_free(p);
}

static void bounded(void **state)
{
    enum { LONG = 3 << 20 };
    struct page *p = page_new();
    char *text = mem_alloc(LONG + 1);
    (void)state;
    for (int i = 0; i < 20100; i++)
        page_text(p, PAGE_TEXT, "x");
    assert_int_equal(page_count(p), 20000);
    assert_int_equal(page_dropped(p), 100);
    page_link(p, "Node", "", "of nothing"); /* its line fell out */
    assert_string_equal(page_at(p, 19999)->link_kind, "");
    page_free(p);
    p = page_new();
    memset(text, 'y', LONG);
    for (int i = 0; i < 4; i++)
        page_text(p, PAGE_TEXT, text);
    assert_int_equal(page_count(p), 2);
    assert_int_equal(page_dropped(p), 2);
    page_free(p);
    free(text);
    page_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_in_order),
        cmocka_unit_test(values_of_several_lines),
        cmocka_unit_test(bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
