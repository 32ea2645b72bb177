#include "triage/level_detect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static const struct {
    enum level level;
    const char *line;
} table[] = {
    {LEVEL_ERROR, "{\"level\":\"error\",\"msg\":\"x\"}"},
    {LEVEL_WARN, "{\"ts\":1,\"severity\": \"WARNING\",\"msg\":\"error\"}"},
    {LEVEL_INFO, "{\"msg\":\"an error\",\"lvl\":\"info\"}"},
    {LEVEL_ERROR, "{\"level\":50,\"msg\":\"pino\"}"},
    {LEVEL_FATAL, "{\"level\":60,\"msg\":\"bunyan\"}"},
    {LEVEL_WARN, "{\"PRIORITY\":\"4\",\"MESSAGE\":\"journald\"}"},
    {LEVEL_WARN, "{\"t\":{\"$date\":\"2021\"},\"s\":\"W\",\"c\":\"COMMAND\"}"},
    {LEVEL_UNKNOWN, "{\"msg\":\"nothing\"}"},
    {LEVEL_ERROR, "ts=2021-08-27T13:00:00Z level=error msg=x"},
    {LEVEL_WARN, "time=\"2021\" level=\"warning\" msg=\"x\""},
    {LEVEL_DEBUG, "lvl=dbug msg=x"},
    {LEVEL_UNKNOWN, "sealevel=error"},
    {LEVEL_ERROR, "E0827 13:00:00.123456       1 reflector.go:138] failed"},
    {LEVEL_WARN, "W0827 13:00:00.123456       1 reflector.go:138] failed"},
    {LEVEL_INFO, "I0827 13:00:00.123456       1 main.go:1] an ERROR"},
    {LEVEL_FATAL, "F0827 13:00:00.123456       1 main.go:1] gone"},
    {LEVEL_ERROR, "<11>Aug 27 13:00:00 host app: x"},
    {LEVEL_INFO, "<134>Aug 27 13:00:00 host app: x"},
    {LEVEL_FATAL, "<0>Aug 27 13:00:00 host kernel: x"},
    {LEVEL_WARN, "1:M 27 Aug 2021 13:00:00.123 # cannot save"},
    {LEVEL_INFO, "1:S 27 Aug 2021 13:00:00.123 * synced"},
    {LEVEL_ERROR, "E/ActivityManager( 1234): ANR in com.example"},
    {LEVEL_WARN, "08-27 13:00:00.123  1234  5678 W PackageManager: x"},
    {LEVEL_TRACE, "V/Tag(1): x"},
    {LEVEL_ERROR, "2021/08/27 13:00:00 [error] 12#12: *1 connect() failed"},
    {LEVEL_FATAL, "2021/08/27 13:00:00 [crit] 12#12: *1 x"},
    {LEVEL_INFO, "2021/08/27 13:00:00 [notice] 12#12: signal process started"},
    {LEVEL_ERROR, "[Fri Aug 27 13:00:00 2021] [core:error] [pid 1] AH00094"},
    {LEVEL_ERROR, "2021-08-27 13:00:00,123 ERROR [main] c.a.Shop : x"},
    {LEVEL_WARN, "[2021-08-27 13:00:00,123] WARN no error (kafka.Log)"},
    {LEVEL_INFO, "2021-08-27 13:00:00,123 INFO  [main] retry after ERROR"},
    {LEVEL_WARN, "[WARN ][o.e.m.j.JvmGcMonitorService] overhead"},
    {LEVEL_ERROR, "2021-08-27 13:00:00 UTC [17] ERROR:  deadlock detected"},
    {LEVEL_FATAL, "2021-08-27 13:00:00 UTC [17] FATAL:  no slots"},
    {LEVEL_INFO, "2021-08-27 13:00:00 UTC [17] LOG:  checkpoint starting: time"},
    {LEVEL_INFO, "2021-08-27T13:00:00Z 7 [Note] Aborted connection"},
    {LEVEL_WARN, "2021-08-27T13:00:00Z 7 [Warning] x"},
    {LEVEL_FATAL, "CRITICAL:root:x"},
    {LEVEL_ERROR, "ERROR:root:x"},
    {LEVEL_ERROR, "      fail: Microsoft.Hosting.Lifetime[0]"},
    {LEVEL_WARN, "warn: Microsoft.Hosting.Lifetime[0]"},
    {LEVEL_ERROR, "error: connect_to 10.0.0.1 port 22: failed."},
    {LEVEL_FATAL, "panic: runtime error: index out of range"},
    {LEVEL_ERROR, "Traceback (most recent call last):"},
    {LEVEL_ERROR, "java.lang.IllegalStateException: x"},
    {LEVEL_ERROR, "Exception in thread \"main\" java.lang.Error"},
    {LEVEL_ERROR, "ValueError: x"},
    {LEVEL_ERROR, "KeyError: 'x'"},
    {LEVEL_ERROR, "TypeError: Cannot read properties of undefined (reading 'id')"},
    {LEVEL_FATAL, "thread 'main' panicked at 'index out of bounds', src/main.rs:4:5"},
    {LEVEL_UNKNOWN, "thread 'main' parked"},
    {LEVEL_WARN, "PHP Warning:  Undefined index"},
    {LEVEL_INFO, "[0.12s][info][gc] GC(1) Pause Young"},
    {LEVEL_ERROR, "\033[31mERROR\033[0m it broke"},
    {LEVEL_INFO, "2021-08-27 13:00:00 | INFO     | app.main:run:12 - up"},
    {LEVEL_UNKNOWN, "the error was small"},
    {LEVEL_UNKNOWN, "no information here"},
    {LEVEL_UNKNOWN, "GET /error HTTP/1.1"},
    {LEVEL_UNKNOWN, ""},
    {LEVEL_UNKNOWN, "    "},
};

static void levels_of_many_programs_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (level_detect(str_of(table[i].line)) != table[i].level)
            fail_msg("%s: %s, not %s", table[i].line,
                     level_name(level_detect(str_of(table[i].line))), level_name(table[i].level));
}

static void labels_come_first_and_the_guess_of_loki_last(void **state)
{
    (void)state;
    const struct str names[] = {str_of("level"), str_of("detected_level")};
    const struct str values[] = {str_of("warning"), str_of("error")};
    const struct labels *both = labels_get(names, values, 2),
                        *guess = labels_get(names + 1, values + 1, 1);
    assert_int_equal(level_detect_line(both, str_of("ERROR x")), LEVEL_WARN);
    assert_int_equal(level_detect_line(guess, str_of("INFO x")), LEVEL_INFO);
    assert_int_equal(level_detect_line(guess, str_of("x")), LEVEL_ERROR);
    assert_int_equal(level_detect_line(NULL, str_of("FATAL x")), LEVEL_FATAL);
    assert_int_equal(level_detect_line(NULL, str_of("x")), LEVEL_UNKNOWN);
    labels_drop(both);
    labels_drop(guess);
}

static void any_prefix_of_a_line_may_be_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t n = strlen(table[i].line);
        for (size_t cut = 0; cut < n; cut++) {
            char *exact = memcpy(mem_alloc(cut + 1), table[i].line, cut);
            exact = realloc(exact, cut ? cut : 1);
            assert_in_range(level_detect((struct str){exact, cut}), 0, LEVEL_COUNT - 1);
            free(exact);
        }
    }
    char hostile[] = {'{', '"', 0, '"', ':', (char)0xff, '=', '<', '[', 27};
    assert_int_equal(level_detect((struct str){hostile, sizeof hostile}), LEVEL_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_of_many_programs_are_read),
        cmocka_unit_test(labels_come_first_and_the_guess_of_loki_last),
        cmocka_unit_test(any_prefix_of_a_line_may_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
