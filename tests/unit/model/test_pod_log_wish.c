#include "model/pod_log_wish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void texts_are_read_as_written(void **state)
{
    struct pod_log_wish w = {.namespace_ = "shop", .pod = "web-1", .container = "app"}, back;
    char text[POD_LOG_WISH_TEXT];
    (void)state;
    assert_string_equal(pod_log_wish_text(&w, text), "container app of shop/web-1");
    assert_true(pod_log_wish_read(text, &back));
    assert_false(back.previous);
    w.previous = true;
    assert_string_equal(pod_log_wish_text(&w, text), "container app of shop/web-1, previous");
    assert_true(pod_log_wish_read(text, &back));
    assert_true(back.previous);
    assert_string_equal(back.namespace_, "shop");
    assert_string_equal(back.pod, "web-1");
    assert_string_equal(back.container, "app");
}

static void others_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "{app=\"x\"}",
        "container app",
        "container  of shop/web-1",
        "container app of web-1",
        "container app at shop/web-1",
        "container app of shop/",
        ", previous",
    };
    struct pod_log_wish w;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(pod_log_wish_read(wrong[i], &w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts_are_read_as_written),
                                       cmocka_unit_test(others_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
