#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/clean_labels.h"
#include "model/tallies.h"
#include "triage/redact/redact.h"

static const struct labels *make(const char *owner, const char *token)
{
    const struct str names[] = {str_of("app"), str_of("owner"), str_of("token")};
    const struct str values[] = {str_of("web"), str_of(owner), str_of(token)};
    return labels_get(names, values, 3);
}

static uint64_t count_of(const struct tallies *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (str_is(str_of(t->list[i].name), name))
            return t->list[i].count;
    return 0;
}

static void what_is_replaced_is_counted_line_by_line(void **state)
{
    (void)state;
    struct err err;
    struct tallies counts = {NULL, 0, 0, NULL};
    struct redactor *r = redact_new(redact_kinds, NULL, NULL, &err);
    struct clean_labels *c = clean_labels_new(r, &rule_labels_default);
    const struct labels *secret = make("bob@example.com", "short"), *plain = make("bob", "");
    const struct labels *clean = clean_labels_of(c, secret, &counts);
    assert_string_equal(labels_value(clean, "owner"), "<redacted:emails>");
    assert_string_equal(labels_value(clean, "token"), "<redacted:bearer-tokens>");
    assert_string_equal(labels_value(clean, "app"), "web");
    assert_ptr_equal(clean_labels_of(c, plain, &counts), plain);
    clean_labels_of(c, secret, &counts);
    clean_labels_of(c, secret, NULL);
    assert_int_equal(count_of(&counts, "emails"), 2);
    assert_int_equal(count_of(&counts, "bearer-tokens"), 2);
    assert_int_equal(counts.count, 2);
    assert_null(clean_labels_of(c, NULL, &counts));
    labels_drop(secret);
    labels_drop(plain);
    clean_labels_free(c);
    redact_free(r);
    tallies_free(&counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_replaced_is_counted_line_by_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
