#include "sandbox/s3/access_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void static_pairs_never_end(void **state)
{
    (void)state;
    struct access_keys *k = access_keys_new("seed");
    access_keys_add(k, "ID", "secret");
    const struct access_key *a = access_keys_find(k, str_of("ID"));
    assert_string_equal(a->secret, "secret");
    assert_null(a->token);
    assert_int_equal(a->expires, INT64_MAX);
    assert_null(access_keys_find(k, str_of("id")));
    access_keys_free(k);
}

static void temporary_pairs_follow_the_seed(void **state)
{
    (void)state;
    struct access_keys *k = access_keys_new("seed"), *same = access_keys_new("seed");
    struct access_keys *other = access_keys_new("another");
    const struct access_key *a = access_keys_make(k, 5), *next = access_keys_make(k, 5);
    const struct access_key *b = access_keys_make(same, 5), *c = access_keys_make(other, 5);
    assert_int_equal(strlen(a->id), 20);
    assert_int_equal(strlen(a->secret), 40);
    assert_true(strlen(a->token) >= 300);
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->secret, b->secret);
    assert_string_equal(a->token, b->token);
    assert_string_not_equal(a->id, next->id);
    assert_string_not_equal(a->secret, c->secret);
    assert_ptr_equal(access_keys_find(k, str_of(a->id)), a);
    access_keys_free(k);
    access_keys_free(same);
    access_keys_free(other);
}

static void the_oldest_falls_out(void **state)
{
    (void)state;
    struct access_keys *k = access_keys_new("seed");
    access_keys_add(k, "ID", "secret");
    char *first = mem_dup(access_keys_make(k, 1)->id),
         *second = mem_dup(access_keys_make(k, 1)->id);
    for (int i = 2; i <= ACCESS_KEYS_MAX; i++)
        access_keys_make(k, 1);
    assert_int_equal(access_keys_dropped(k), 1);
    assert_null(access_keys_find(k, str_of(first)));
    assert_non_null(access_keys_find(k, str_of(second)));
    assert_non_null(access_keys_find(k, str_of("ID")));
    free(first);
    free(second);
    access_keys_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(static_pairs_never_end),
                                       cmocka_unit_test(temporary_pairs_follow_the_seed),
                                       cmocka_unit_test(the_oldest_falls_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
