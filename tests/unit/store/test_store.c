/* What every kind has: keys, the order of telling, cancelling, bounds. */
#include "help.h"
#include "store/store_key.h"

static void keys_are_checked(void **state)
{
    (void)state;
    static const char *const good[] = {"a",
                                       "a/b",
                                       "prod/windows/errors/2021/08/27/1300.json",
                                       "a b",
                                       "é/한글/+=?#%&",
                                       "...",
                                       "a/..b/.c",
                                       "-"};
    static const char *const bad[] = {"",
                                      "/a",
                                      "a/",
                                      "a//b",
                                      ".",
                                      "..",
                                      "a/../b",
                                      "a/./b",
                                      "a\nb",
                                      "a\x7f",
                                      "\xff\xfe",
                                      ".kubeboard-new-x",
                                      "a/.kubeboard-new-abc"};
    struct err err;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(store_key_check(good[i], &err));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(store_key_check(bad[i], &err));
        assert_int_equal(err.kind, ERR_USAGE);
    }
    char key[STORE_KEY_MAX + 2];
    memset(key, 'a', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    for (size_t i = 100; i < sizeof key - 1; i += 100)
        key[i] = '/';
    assert_false(store_key_check(key, &err));
    key[STORE_KEY_MAX] = '\0';
    key[STORE_KEY_MAX - 1] = 'a';
    assert_true(store_key_check(key, &err));
    memset(key, 'a', 256);
    key[256] = '\0';
    assert_false(store_key_check(key, &err));
    key[255] = '\0';
    assert_true(store_key_check(key, &err));
}

static void refuses_what_is_no_store(void **state)
{
    struct help *h = *state;
    static const char *const bad[] = {"",           "/tmp",  "file://tmp", "file:relative",
                                      "http://x/y", "s3://", "s3:///key",  "s3://a_bucket/../x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err = {0};
        setenv("AWS_REGION", "us-east-1", 1);
        setenv("AWS_ACCESS_KEY_ID", "a", 1);
        setenv("AWS_SECRET_ACCESS_KEY", "b", 1);
        assert_null(store_open(h->http, &(struct store_conf){.url = bad[i]}, &err));
        assert_int_equal(err.kind, ERR_CONFIG);
    }
}

static void bad_keys_are_told_later(void **state)
{
    struct help *h = *state;
    struct store *s = help_open_folder(h, h->folder);
    struct answer a;
    assert_int_equal(help_put(h, s, "../x", str_of("1")), ERR_USAGE);
    help_get(h, s, "/etc/passwd", &a);
    assert_int_equal(a.err.kind, ERR_USAGE);
    answer_free(&a);
    help_list(h, s, "../", false, NULL, 0, &a);
    assert_int_equal(a.err.kind, ERR_USAGE);
    answer_free(&a);
    store_free(s);
}

static void a_cancelled_operation_is_silent(void **state)
{
    struct help *h = *state;
    struct store *s = help_open_folder(h, h->folder);
    struct answer a[40] = {0};
    struct store_op *ops[40];
    for (int i = 0; i < 40; i++) {
        struct buf body;
        buf_init(&body, 100);
        buf_adds(&body, "x");
        char key[20];
        snprintf(key, sizeof key, "k/%d", i);
        ops[i] = store_put(s, key, NULL, &body, &a[i], on_plain);
    }
    for (int i = 20; i < 30; i++)
        store_cancel(ops[i]);
    loop_turn(h->loop, 0);
    for (int i = 0; i < 10; i++)
        if (!a[i].came) {
            store_cancel(ops[i]);
            a[i].came = true;
        }
    for (int i = 10; i < 40; i++)
        if (i < 20 || i >= 30)
            help_wait(h, &a[i].came);
    help_run_for(h, 30);
    for (int i = 10; i < 40; i++)
        assert_int_equal(a[i].times, i >= 20 && i < 30 ? 0 : 1);
    store_free(s);
}

static void closing_cancels(void **state)
{
    struct help *h = *state;
    struct store *s = help_open_folder(h, h->folder);
    struct answer a = {0};
    for (int i = 0; i < 20; i++)
        store_get(s, "x", 10, &a, on_bytes);
    loop_turn(h->loop, 0);
    int before = a.times; /* the fastest may have been told of in that turn */
    store_free(s);
    help_run_for(h, 30);
    assert_int_equal(a.times, before);
}

struct closer {
    struct store *store;
    const struct answer *others;
    bool came;
    int told; /* of the others, until the store was closed */
};

static void close_in_done(void *context, struct str bytes, const struct err *err)
{
    struct closer *c = context;
    (void)bytes;
    assert_int_equal(err->kind, ERR_NOT_FOUND);
    store_free(c->store);
    c->told = c->others->times;
    c->came = true;
}

static void may_be_closed_in_a_callback(void **state)
{
    struct help *h = *state;
    struct answer a = {0};
    struct closer c = {.store = help_open_folder(h, h->folder), .others = &a};
    store_get(c.store, "x", 10, &c, close_in_done);
    for (int i = 0; i < 20; i++)
        store_get(c.store, "y", 10, &a, on_bytes);
    help_wait(h, &c.came);
    help_run_for(h, 30);
    assert_int_equal(a.times, c.told);
    answer_free(&a);
}

static void operations_are_bounded(void **state)
{
    struct help *h = *state;
    struct store *s = help_open_folder(h, h->folder);
    struct answer *a = mem_array(STORE_OPS_MAX + 1, sizeof *a);
    for (int i = 0; i <= STORE_OPS_MAX; i++)
        store_head(s, "x", &a[i], on_head);
    for (int i = 0; i <= STORE_OPS_MAX; i++) {
        help_wait(h, &a[i].came);
        assert_int_equal(a[i].err.kind, i < STORE_OPS_MAX ? ERR_NOT_FOUND : ERR_LIMIT);
    }
    free(a);
    store_free(s);
}

static void clients_have_names(void **state)
{
    (void)state;
    assert_non_null(strstr(store_clients(), "curl (SigV4), libs3"));
}

#define WITH_HELP(test) cmocka_unit_test_setup_teardown(test, help_set_up, help_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_checked), WITH_HELP(refuses_what_is_no_store),
        WITH_HELP(bad_keys_are_told_later), WITH_HELP(a_cancelled_operation_is_silent),
        WITH_HELP(closing_cancels),         WITH_HELP(may_be_closed_in_a_callback),
        WITH_HELP(operations_are_bounded),  cmocka_unit_test(clients_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
