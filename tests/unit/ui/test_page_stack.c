#include "ui/page/page_stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static struct object_ref ref(const char *name)
{
    struct object_ref o;
    assert_true(object_ref_set(&o, "pods", "shop", name, ""));
    return o;
}

/* What the newest intent asks for: "" when it closes, "-" when there is none. */
static void asked(struct model *m, char out[64])
{
    struct intent wish;
    struct page_wish w;
    str_copy(out, 64, "-");
    while (intents_take(m->intents, &wish)) {
        assert_int_equal(wish.type, INTENT_PAGE);
        out[0] = '\0';
        if (wish.text && page_wish_read(wish.text, &w))
            snprintf(out, 64, "%.20s %d", w.object.name, (int)w.view);
        free(wish.text);
    }
}

static void there_and_back(void **state)
{
    struct model *m = model_new();
    struct page_stack *s = page_stack_new(m);
    struct object_ref a = ref("a"), b = ref("b"), c = ref("c");
    char text[64];
    (void)state;
    assert_null(page_stack_top(s));
    page_stack_open(s, &a, PAGE_WISH_YAML);
    asked(m, text);
    assert_string_equal(text, "a 1");
    page_stack_top(s)->cursors[PAGE_WISH_YAML] = 7;
    page_stack_follow(s, &b);
    asked(m, text);
    assert_string_equal(text, "b 0");
    page_stack_turn(s, PAGE_WISH_EVENTS);
    asked(m, text);
    assert_string_equal(text, "b 3");
    page_stack_turn(s, PAGE_WISH_EVENTS);
    asked(m, text);
    assert_string_equal(text, "-");
    assert_true(page_stack_back(s));
    asked(m, text);
    assert_string_equal(text, "a 1");
    assert_int_equal(page_stack_top(s)->cursors[PAGE_WISH_YAML], 7);
    page_stack_follow(s, &b);
    page_stack_open(s, &c, PAGE_WISH_DESCRIBE);
    assert_int_equal(page_stack_depth(s), 1);
    assert_false(page_stack_back(s));
    asked(m, text);
    assert_string_equal(text, "");
    page_stack_free(s);
    model_free(m);
}

static void the_oldest_falls_out(void **state)
{
    struct model *m = model_new();
    struct page_stack *s = page_stack_new(m);
    struct object_ref o = ref("first");
    char name[16];
    (void)state;
    page_stack_open(s, &o, PAGE_WISH_DESCRIBE);
    for (int i = 0; i < PAGE_STACK_MOST + 5; i++) {
        snprintf(name, sizeof name, "o-%d", i);
        o = ref(name);
        page_stack_follow(s, &o);
    }
    assert_int_equal(page_stack_depth(s), PAGE_STACK_MOST);
    while (page_stack_depth(s) > 1)
        assert_true(page_stack_back(s));
    assert_string_equal(page_stack_top(s)->wish.object.name, "o-5");
    page_stack_free(s);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back),
                                       cmocka_unit_test(the_oldest_falls_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
