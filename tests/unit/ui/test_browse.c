#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "ui/table/browse.h"
#include "ui/table/trail.h"

struct browsing {
    struct model *model;
    struct browse *browse;
};

static struct browsing begin(void)
{
    struct browsing b = {.model = model_new()};
    b.browse = browse_new(b.model);
    return b;
}

static void end(struct browsing *b)
{
    browse_free(b->browse);
    model_free(b->model);
}

static void push(struct browsing *b, const char *resource, const char *selector)
{
    struct browse_view view;
    assert_true(browse_view(&view, resource));
    str_copy(view.selector, sizeof view.selector, selector);
    browse_push(b->browse, &view);
}

/* What is asked for now; "none" when nothing new is. */
static void assert_asks(struct browsing *b, const char *wanted)
{
    struct intent wish;
    browse_due(b->browse);
    if (!intents_take(b->model->intents, &wish)) {
        assert_string_equal(wanted, "none");
        return;
    }
    assert_int_equal(wish.type, INTENT_BROWSE);
    assert_string_equal(wish.text, wanted);
    free(wish.text);
}

static void test_newest_are_wanted(void **state)
{
    (void)state;
    struct browsing b = begin();
    assert_asks(&b, "none");
    push(&b, "deployments.apps", "");
    assert_asks(&b, "\ndeployments.apps");
    assert_asks(&b, "none");
    push(&b, "pods", ""); /* the model's own */
    assert_asks(&b, "none");
    push(&b, "pods", "app=web");
    assert_asks(&b, "\npods app=web\ndeployments.apps");
    push(&b, "deployments.apps", ""); /* once is enough */
    assert_asks(&b, "\ndeployments.apps\npods app=web");
    str_copy(b.model->scope.namespace_, sizeof b.model->scope.namespace_, "shop");
    assert_asks(&b, "shop\ndeployments.apps\npods app=web");
    push(&b, "a", "");
    push(&b, "b", "");
    push(&b, "c", "");
    assert_asks(&b, "shop\nc\nb\na\ndeployments.apps");
    for (int i = 0; i < 7; i++)
        browse_pop(b.browse);
    assert_asks(&b, "");
    assert_null(browse_top(b.browse));
    browse_pop(b.browse);
    end(&b);
}

static void test_depth(void **state)
{
    (void)state;
    struct browsing b = begin();
    char name[20];
    for (int i = 0; i < 3 * BROWSE_DEPTH; i++) {
        snprintf(name, sizeof name, "kind-%d", i);
        push(&b, name, "");
    }
    assert_string_equal(browse_top(b.browse)->resource, name);
    for (int i = 1; i < BROWSE_DEPTH; i++)
        browse_pop(b.browse);
    assert_string_equal(browse_top(b.browse)->resource, "kind-32");
    browse_pop(b.browse);
    assert_null(browse_top(b.browse));
    end(&b);
}

static void test_tables(void **state)
{
    (void)state;
    struct browsing b = begin();
    struct browse_view view;
    assert_true(browse_view(&view, "nodes"));
    assert_ptr_equal(browse_resource(b.browse, &view), &b.model->nodes);
    assert_true(browse_view(&view, "widgets.example.com"));
    assert_null(browse_resource(b.browse, &view));
    str_copy(b.model->browsed[2].name, sizeof b.model->browsed[2].name, "widgets.example.com");
    assert_ptr_equal(browse_resource(b.browse, &view), &b.model->browsed[2].resource);
    str_copy(view.selector, sizeof view.selector, "a=b");
    assert_null(browse_resource(b.browse, &view));
    char longest[OBJECT_REF_KIND + 1];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_false(browse_view(&view, longest));
    end(&b);
}

static void test_trail(void **state)
{
    (void)state;
    static struct trail t;
    struct trail_step step = {.from = 1, .to = 2}, out;
    assert_null(trail_newest(&t));
    assert_false(trail_pop(&t, &out));
    for (size_t i = 0; i < TRAIL_DEPTH + 3; i++) {
        step.from = i;
        trail_push(&t, &step);
    }
    assert_int_equal(trail_newest(&t)->from, TRAIL_DEPTH + 2);
    for (size_t i = TRAIL_DEPTH; i-- > 0;) {
        assert_true(trail_pop(&t, &out));
        assert_int_equal(out.from, i + 3);
    }
    assert_false(trail_pop(&t, &out));
    struct scope a = {.node = "n"}, b = {.node = "n", .pod = "p", .at = 5};
    assert_true(trail_same(&a, &b)); /* a pod follows the cursor */
    scope_set_workload(&b, "shop", "Deployment/web");
    assert_false(trail_same(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_newest_are_wanted),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_trail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
