/* What plugins of the clouds say when a login is over, and the line that is made of it. */
#include "kube/access/exec_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kube/access/kubeconfig.h"

static void test_lines(void **state)
{
    char line[60];
    (void)state;
    assert_string_equal(exec_words_line(str_of("\nError:\r\n\tno\a token\n\n"), line, sizeof line),
                        "Error: no token");
    assert_string_equal(
        exec_words_line(str_of("\033[31mred\033[0m \033[1;4mword"), line, sizeof line), "red word");
    assert_string_equal(exec_words_line(str_of(""), line, sizeof line), "");
    /* The end counts, and no character is cut. */
    assert_string_equal(exec_words_line(str_of("abc\xC3\xA9z"), line, 3), "z");
}

static void test_mends(void **state)
{
    char *args[] = {"eks", "get-token", "--profile", "prod", NULL}, *none[] = {NULL};
    char *env[] = {"AWS_PROFILE=dev", NULL}, text[200];
    struct kubeconfig_exec by_args = {.args = args, .env = none},
                           by_env = {.args = none, .env = env}, plain = {.args = none, .env = none};
    (void)state;
    assert_string_equal(
        exec_words_mend(&by_args, "Error loading SSO Token: Token for x does not exist", text, 200),
        "run aws sso login --profile prod");
    assert_string_equal(exec_words_mend(&by_env,
                                        "The SSO session associated with this profile has expired",
                                        text, 200),
                        "run aws sso login --profile dev");
    assert_string_equal(exec_words_mend(&plain, "Please run: gcloud auth login", text, 200),
                        "run gcloud auth login");
    assert_string_equal(exec_words_mend(&plain, "it rains", text, 200), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines), cmocka_unit_test(test_mends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
