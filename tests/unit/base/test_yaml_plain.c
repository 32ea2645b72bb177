#include "base/yaml_plain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void these_need_quotes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "~",
        "null",
        "Null",
        "true",
        "True",
        "TRUE",
        "false",
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "N",
        "<<",
        ".nan",
        ".inf",
        "-.Inf",
        "0",
        "1",
        "-1",
        "+1",
        "007",
        "1_000",
        "0x1F",
        "0o17",
        "0b101",
        "1.5",
        "1.",
        ".5",
        "-.5",
        "1e3",
        "1E-3",
        "1.5e+10",
        "12:30",
        "190:20:30.15",
        "2021-08-27",
        "2021-8-7",
        "2021-08-27T13:00:00Z",
        "2021-08-27 13:00:00",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!yaml_plain_misreads(texts[i]))
            fail_msg("'%s' would be misread", texts[i]);
}

static void these_need_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a",         "nginx",       "1.2.3",
        "10.0.0.1",  "500m",        "128Mi",
        "1e",        "e5",          "-",
        "--",        "+",           ".",
        "..",        "0x",          "0xg",
        "1a",        "yess",        "tRue",
        "v1",        "2021-08",     "2021-08-27x",
        "12:",       "a:b",         "1:2x",
        "_1",        "1-1",         "12345678-1234",
        "sha256:ab", "-x",          "nul",
        "1:60",      "1:234",       "2021-13-45",
        "2021-0-1",  "2021-10-100",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (yaml_plain_misreads(texts[i]))
            fail_msg("'%s' is plain text", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(these_need_quotes),
        cmocka_unit_test(these_need_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
