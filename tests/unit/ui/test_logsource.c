#include "ui/log/logsource.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

static void add(struct lines *l, const char *ns, const char *pod, const char *container)
{
    struct str names[] = {str_of("namespace"), str_of("pod"), str_of("container")};
    struct str values[] = {str_of(ns), str_of(pod), str_of(container)};
    const struct labels *set = labels_get(names, values, 3);
    lines_add(l, &(struct line){.labels = set, .text = str_of("x")});
    labels_drop(set);
}

static void expect(const struct lines *l, bool pod_is_known, const char *last)
{
    struct logsource s;
    char text[LOGSOURCE_TEXT];
    logsource_choose(&s, l, &rule_labels_default, pod_is_known);
    struct line line = lines_at(l, lines_count(l) - 1);
    assert_string_equal(logsource_text(&s, &rule_labels_default, line.labels, text), last);
}

static void only_what_differs_is_shown(void **state)
{
    (void)state;
    struct lines *l = lines_new(1 << 20);
    add(l, "shop", "web-1", "app");
    expect(l, false, "web-1");
    expect(l, true, "");
    add(l, "shop", "db-1", "postgres"); /* its pod says which container it is */
    expect(l, false, "db-1");
    add(l, "shop", "web-1", "proxy");
    expect(l, false, "web-1/proxy");
    expect(l, true, "proxy");
    add(l, "payments", "web-1", "app");
    expect(l, false, "payments/web-1/app");
    lines_free(l);
}

static void other_labels_stand_in(void **state)
{
    (void)state;
    struct lines *l = lines_new(1 << 20);
    for (int i = 0; i < 2; i++) {
        struct str names[] = {str_of("job"), str_of("unit")};
        struct str values[] = {str_of("systemd"), str_of(i ? "sshd" : "cron")};
        const struct labels *set = labels_get(names, values, 2);
        lines_add(l, &(struct line){.labels = set, .text = str_of("x")});
        labels_drop(set);
    }
    expect(l, false, "sshd");
    lines_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_differs_is_shown),
        cmocka_unit_test(other_labels_stand_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
