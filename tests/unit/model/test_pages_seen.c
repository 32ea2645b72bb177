#include "model/pages_seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static struct object_ref ref(const char *name)
{
    struct object_ref o;
    assert_true(object_ref_set(&o, "pods", "shop", name, "u"));
    return o;
}

static void wishes_are_read_as_written(void **state)
{
    struct page_wish w = {.object = ref("a"), .view = PAGE_WISH_EVENTS}, back;
    (void)state;
    char *text = page_wish_text(&w);
    assert_true(page_wish_read(text, &back));
    assert_true(object_ref_same(&w.object, &back.object));
    assert_string_equal(back.object.uid, "u");
    assert_int_equal(back.view, PAGE_WISH_EVENTS);
    free(text);
    w.object.uid[0] = w.object.namespace_[0] = '\0';
    text = page_wish_text(&w);
    assert_true(page_wish_read(text, &back));
    assert_string_equal(back.object.uid, "");
    free(text);
    static const char *const wrong[] = {"", "0", "9\npods\n\nx\n", "x\npods\n\nx\n",
                                        "0\npods\nshop\nx\nu\nmore"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(page_wish_read(wrong[i], &back));
}

static void the_newest_are_kept(void **state)
{
    struct pages_seen s = {0};
    char name[16];
    (void)state;
    for (int i = 0; i < PAGES_SEEN + 3; i++) {
        snprintf(name, sizeof name, "o-%d", i);
        struct object_ref o = ref(name);
        pages_seen_put(&s, pages_seen_keep(&s, &o), PAGE_WISH_DESCRIBE, page_new());
        o = ref("o-0");
        if (i)
            assert_non_null(pages_seen_keep(&s, &o)); /* looked at again and again */
    }
    struct object_ref first = ref("o-0"), second = ref("o-1"), last = ref("o-10");
    assert_non_null(pages_seen_find(&s, &first)->pages[PAGE_WISH_DESCRIBE]);
    assert_null(pages_seen_find(&s, &second));
    assert_non_null(pages_seen_find(&s, &last));
    pages_seen_clear(&s);
    assert_null(pages_seen_find(&s, &first));
}

static void large_ones_push_others_out(void **state)
{
    struct pages_seen s = {0};
    char *text = mem_alloc(7 << 20), name[16];
    (void)state;
    memset(text, 'x', (7 << 20) - 1);
    for (int i = 0; i < 6; i++) {
        snprintf(name, sizeof name, "o-%d", i);
        struct object_ref o = ref(name);
        struct page *p = page_new();
        page_text(p, PAGE_TEXT, text);
        pages_seen_put(&s, pages_seen_keep(&s, &o), PAGE_WISH_YAML, p);
    }
    size_t kept = 0;
    while (kept < PAGES_SEEN && s.list[kept])
        kept++;
    assert_true(kept >= 1 && kept <= 3);
    struct object_ref last = ref("o-5"), first = ref("o-0");
    assert_non_null(pages_seen_find(&s, &last));
    assert_null(pages_seen_find(&s, &first));
    pages_seen_clear(&s);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(wishes_are_read_as_written),
                                       cmocka_unit_test(the_newest_are_kept),
                                       cmocka_unit_test(large_ones_push_others_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
