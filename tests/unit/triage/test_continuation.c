#include "triage/grouping/continuation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Lines of one stream; '+' before those that continue, '!' before heads that are errors. */
static void follow(const char *const *lines)
{
    struct continuation c = {0};
    for (; *lines; lines++) {
        bool joins = continuation_add(&c, str_of(*lines + 1));
        if (joins != (**lines == '+'))
            fail_msg("%s: %s", *lines + 1, joins ? "joined" : "is a head");
        if (!joins)
            c.bad = **lines == '!';
    }
}

static void traces_of_the_jvm_join(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "!2021-08-27 13:00:00,123 ERROR [main] c.a.Shop : order failed",
        "+java.lang.IllegalStateException: no stock for 12",
        "+\tat com.acme.shop.Stock.take(Stock.java:42)",
        "+\tat java.base/java.lang.Thread.run(Thread.java:829)",
        "+Caused by: java.sql.SQLException: Connection refused",
        "+\tat org.postgresql.Driver.connect(Driver.java:1) ~[postgresql.jar:42]",
        "+\t... 23 more",
        "+\tSuppressed: java.io.IOException: x",
        " 2021-08-27 13:00:01,000 INFO [main] c.a.Shop : fine",
        " java.lang.IllegalStateException: out of nowhere",
        "+\tat com.acme.Main.main(Main.java:1)",
        " Exception in thread \"main\" java.lang.Error",
        "+        at com.acme.Main.main(Main.java:1)",
        " another line",
        " Caused by: a joke",
        NULL};
    follow(lines);
}

static void traces_of_other_languages_join(void **state)
{
    (void)state;
    static const char *const lines[] = {
        " Error: connect ECONNREFUSED 10.0.0.1:5432",
        "+    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1494:16)",
        "+    at /app/server.js:12:7 {",
        "+  code: 'ECONNREFUSED'",
        "+}",
        " Unhandled exception. System.NullReferenceException: Object reference",
        "+   at App.Program.Main(String[] args) in /src/Program.cs:line 12",
        "+   --- End of inner exception stack trace ---",
        " next",
        NULL};
    follow(lines);
}

static void tracebacks_join(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "!2021-08-27 13:00:02,000 ERROR root it broke",
        "+Traceback (most recent call last):",
        "+  File \"/app/x.py\", line 3, in <module>",
        "+    main()",
        "+ValueError: bad thing",
        "+",
        "+During handling of the above exception, another exception occurred:",
        "+",
        "+Traceback (most recent call last):",
        "+  File \"/app/x.py\", line 9, in f",
        "+KeyError: 'x'",
        " a new line",
        " 2021-08-27 13:00:03,000 INFO root fine",
        " Traceback (most recent call last):",
        "+  File \"/app/x.py\", line 3, in <module>",
        "+ValueError: bad thing",
        " Traceback (most recent call last):",
        " which no frame follows",
        NULL};
    follow(lines);
}

static void what_only_says_that_it_is_an_error_joins_nothing(void **state)
{
    (void)state;
    static const char *const lines[] = {"!ERROR: Received message with invalid authcode!",
                                        " Error: Select returned nothing",
                                        "!WARNING: the disk is nearly full",
                                        " Warning: IPv6 is not supported",
                                        "!ERROR: cannot load the module",
                                        "+ImportError: no module named x",
                                        NULL};
    follow(lines);
}

static void dumps_of_goroutines_join(void **state)
{
    (void)state;
    static const char *const lines[] = {
        " panic: runtime error: index out of range [3] with length 3",
        "+",
        "+goroutine 1 [running]:",
        "+main.(*server).handle(0xc000012345, 0x1)",
        "+\t/app/main.go:12 +0x1d",
        "+created by main.main",
        "+\t/app/main.go:5 +0x20",
        "+exit status 2",
        " plain text",
        NULL};
    static const char *const dump[] = {" goroutine 7 [select, 3 minutes]:", "+main.f(0x1)",
                                       "+\t/app/main.go:1 +0x1", " 2021-08-27T13:00:00Z up", NULL};
    follow(lines);
    follow(dump);
}

static void in_doubt_a_line_is_a_head(void **state)
{
    (void)state;
    static const char *const lines[] = {"     indented at the very start",
                                        " a plain line",
                                        "     indented behind a plain line",
                                        " 2021-08-27 13:00:00 a whole log line",
                                        "+    indented behind it",
                                        "+\tand more",
                                        " not indented",
                                        " values are:",
                                        "+  a=1",
                                        " 2021-08-27 13:00:00 INFO one",
                                        " 2021-08-27 13:00:00 INFO two",
                                        " {\"level\":\"error\"}",
                                        " {\"level\":\"error\"}",
                                        " E0827 13:00:00.1 1 x.go:1] a",
                                        " java.lang.Error: x",
                                        " at the end",
                                        " ",
                                        " ",
                                        " [ERROR] x",
                                        "!E0827 13:00:00.1 1 x.go:1] a",
                                        "!panic: out of bounds",
                                        "+goroutine 1 [running]:",
                                        " 10.0.0.1:80 took long:",
                                        " [4326] worker booted:",
                                        " done",
                                        " Aug 27 13:00:00 host app: x",
                                        NULL};
    follow(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traces_of_the_jvm_join),
        cmocka_unit_test(traces_of_other_languages_join),
        cmocka_unit_test(tracebacks_join),
        cmocka_unit_test(what_only_says_that_it_is_an_error_joins_nothing),
        cmocka_unit_test(dumps_of_goroutines_join),
        cmocka_unit_test(in_doubt_a_line_is_a_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
