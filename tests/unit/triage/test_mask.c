#include "triage/mask/mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>

static const struct {
    const char *line, *template_text;
} table[] = {
    {"took 12 ms", "took <*>"},
    {"took 1.5s", "took <*>"},
    {"took 300 milliseconds to do it", "took <*> to do it"},
    {"wrote 5.2 KB, free 281.6 MB", "wrote <*>, free <*>"},
    {"memory at 93 % of limit", "memory at <*> of limit"},
    {"memory at 93% of limit", "memory at <*> of limit"},
    {"balance -17 and +4", "balance <*> and <*>"},
    {"load 1.5e-07", "load <*>"},
    {"at 0xffffffff81060e3c", "at <*>"},
    {"flags 00b35148 set", "flags <*> set"},
    {"id 7f3a9c21 seen", "id <*> seen"},
    {"request 123e4567-e89b-12d3-a456-426614174000 done", "request <*> done"},
    {"from 10.0.0.1 to 10.0.0.2:8080", "from <*> to <*>"},
    {"peer [2001:db8::1]:443 gone", "peer [<*>]:<*> gone"},
    {"peer fe80::1%eth0 gone", "peer <*> gone"},
    {"link 00:1a:2b:3c:4d:5e up", "link <*> up"},
    {"open /var/lib/data/x.db: no such file", "open <*>: no such file"},
    {"open ./run/me failed", "open <*> failed"},
    {"open ~/x failed", "open <*> failed"},
    {"load C:\\Windows\\System32\\x.dll failed", "load <*> failed"},
    {"load C:\\Program Files\\Acme\\a.dll failed", "load <*> failed"},
    {"share \\\\server\\public gone", "share <*> gone"},
    {"get https://api.example.com/v1/x?y=1&z=a,b failed", "get <*> failed"},
    {"jdbc:postgresql://db.local:5432/shop refused", "<*> refused"},
    {"mail to bob@example.com bounced", "mail to <*> bounced"},
    {"lookup db.example.com failed", "lookup <*> failed"},
    {"connect to localhost:5432 refused", "connect to <*> refused"},
    {"connect to cache.internal:6379 refused", "connect to <*> refused"},
    {"node ip-10-0-3-17.ec2.internal lost", "node <*> lost"},
    {"started at 2021-08-27 13:00:00,123", "started at <*>"},
    {"started at 2021-08-27T13:00:00.123456Z", "started at <*>"},
    {"started at Fri Aug 27 13:00:00 2021", "started at <*>"},
    {"started at Fri Aug 27 13:00:00 UTC 2021", "started at <*>"},
    {"started at 27/Aug/2021:13:00:00 +0900", "started at <*>"},
    {"started on Friday, August 27, 2021 1:00 PM", "started on <*>"},
    {"since Aug 3 today", "since <*> today"},
    {"lifetime <1 sec", "lifetime <*>"},
    {"lifetime 00:17", "lifetime <*>"},
    {"lifetime 1:02:03", "lifetime <*>"},
    {"sent 451 bytes, received 18990 bytes (18.5 KB)", "sent <*>, received <*>"},
    {"user=root uid=0", "user=root uid=<*>"},
    {"peer cb128ffe (49be0d32) gone", "peer <*> (<*>) gone"},
    {"peer cb128ffe () gone", "peer <*> (<*>) gone"},
    {"args map[a:b c:map[d:1]] given", "args <*> given"},
    {"pods=[a/b c/d] x=[]", "pods=[<*>] x=[<*>]"},
    {"hosts alice,bob,carol failed", "hosts <*> failed"},
    {"connection lost,giving up", "connection lost,giving up"},
    {"Hello, world", "Hello, world"},
    {"one,two=3", "one,two=<*>"},
    {"size 1,234,567 bytes", "size <*>"},
    {"12 rows/s and 5 MB/min, 2 KB/s", "<*> and <*>"},
    {"y=-2 z=+3", "y=<*> z=<*>"},
    {"arn:aws:s3:::foo/x denied", "<*> denied"},
    {"\"-\" \"Mozilla/5.0 (X11; Linux x86_64) Gecko/2\" 3", "\"<*>\" \"<*>\" <*>"},
    {"\"alice\" logged in", "\"<*>\" logged in"},
    {"[] given", "[<*>] given"},
    {"IN=eth0 OUT= MAC=00:1a a=", "IN=<*> OUT=<*> MAC=<*> a="},
    {"session opened for user bob(uid=1) by x", "session opened for user <*>(uid=<*>) by x"},
    {"mode=fast level=warn status=sent", "mode=<*> level=warn status=sent"},
    {"session=<ngzMto+h3MFC6Ai=> ok", "session=<<*>> ok"},
    {"hash nwmoEKeKbI+mPEKEsdijxy== differs", "hash <*> differs"},
    {"x == y and z=", "x == y and z="},
    {"partitions [] revoked", "partitions [<*>] revoked"},
    {"connect from gw[10.0.0.1]", "connect from <*>[<*>]"},
    {"nginx.service: Succeeded.", "<*>: Succeeded."},
    {"\"Pod killed\" pod=\"a/b\"", "\"Pod killed\" pod=\"<*>\""},
    {"level=error msg=\"dial tcp 10.0.0.1:80: refused\" pod=web-7d9f8c-abcde ok=true",
     "level=error msg=\"dial tcp <*>: refused\" pod=<*> ok=<*>"},
    {"{\"level\":\"error\",\"msg\":\"cannot reach "
     "10.0.0.1\",\"user\":\"alice\",\"n\":5,\"ok\":false,\"tags\":[\"a\",\"b\"]}",
     "{\"level\":\"error\",\"msg\":\"cannot reach "
     "<*>\",\"user\":<*>,\"n\":<*>,\"ok\":<*>,\"tags\":[<*>]}"},
    {"{\"a\":1, \"message\":\"order 17 failed\", \"ctx\":{\"id\":\"x-1\",\"note\":null}}",
     "{\"a\":<*>, \"message\":\"order <*> failed\", \"ctx\":{\"id\":<*>,\"note\":<*>}}"},
    {"container=web pod=shop-cart namespace=shop", "container=<*> pod=<*> namespace=<*>"},
    {"name: x, state: none, ok: false.", "name: x, state: <*>, ok: <*>."},
    {"a=[] b=[1, 2, 3] c=[x, y]", "a=[<*>] b=[<*>] c=[<*>]"},
    {"signals [TERM, HUP, INT]", "signals [<*>]"},
    {"user 'alice' has no role \"admin\"", "user '<*>' has no role \"<*>\""},
    {"he said \"two words\" today", "he said \"<*>\" today"},
    {"got \"GET /a HTTP/1.1\" today", "got \"GET <*> <*>\" today"},
    {"got '' from it", "got '<*>' from it"},
    {"unknown option `--colour', try `--help'", "unknown option `<*>', try `<*>'"},
    {"the columns \"id, name,price\" are not in \"[orders carts]\"",
     "the columns \"<*>\" are not in \"<*>\""},
    {"sent '{\"id\":1}' to it", "sent '<*>' to it"},
    {"he said \"yes, of course\" and left", "he said \"yes, of course\" and left"},
    {"orphans:[web db] removed", "orphans:[<*>] removed"},
    {"cannot stat `lost+found': it's gone", "cannot stat `<*>': it's gone"},
    {"lock tag=\"View Lock\" held", "lock tag=\"<*>\" held"},
    {"x msg=\"two words\" n=1", "x msg=\"two words\" n=<*>"},
    {"invalid user two words from 10.0.0.1 port 1", "invalid user <*> from <*> port <*>"},
    {"Invalid user  from 10.0.0.1", "Invalid user <*> from <*>"},
    {"Invalid user !@ from 10.0.0.1", "Invalid user <*> from <*>"},
    {"Failed password for invalid user a b from 10.0.0.1",
     "Failed password for invalid user <*> from <*>"},
    {"Failed password for x y from 10.0.0.1", "Failed password for <*> from <*>"},
    {"closed by authenticating user root 10.0.0.1 port 2",
     "closed by authenticating user <*> <*> port <*>"},
    {"user not found from 10.0.0.1", "user not found from <*>"},
    {"(root) CMD (cd / && run-parts --report /etc/cron.hourly)", "(root) CMD (<*>)"},
    {"USER=root ; COMMAND=/bin/cat /etc/x y", "USER=root ; COMMAND=<*>"},
    {"mail to a@example.com, b@example.org (5 ms)", "mail to <*> (<*>)"},
    {"connect to acme.io:443 failed", "connect to <*> failed"},
    {"audit comm= exe=x y", "audit comm=<*> exe=<*> y"},
    {"Displayed com.acme.app/com.acme.ui.Main: ok", "Displayed <*>: ok"},
    {"image \"nginx:1.21\" not found", "image \"<*>\" not found"},
    {"image registry.example.com/app:v1.2 not found", "image <*> not found"},
    {"session opened for user alice by (uid=0)", "session opened for user <*> by (uid=<*>)"},
    {"session closed for user bob", "session closed for user <*>"},
    {"Failed login for carol from 10.1.2.3 port 22", "Failed login for <*> from <*> port <*>"},
    {"user not found", "user not found"},
    {"user unknown", "user unknown"},
    {"user agent is old", "user agent is old"},
    {"for example from here", "for example from here"},
    {"loading org.apache.kafka.Foo$Bar now", "loading <*> now"},
    {"java.lang.IllegalStateException: bad state", "java.lang.IllegalStateException: bad state"},
    {"org.acme.web.Server : started", "org.acme.web.Server : started"},
    {"sys.argv is empty", "sys.argv is empty"},
    {"app.properties loaded", "<*> loaded"},
    {"file config.yaml is broken", "file <*> is broken"},
    {"reflector.go:138] failed", "reflector.go:<*>] failed"},
    {"at foo.py:12", "at foo.py:<*>"},
    {"sizes [1, 2, 3] and (4, 5)", "sizes [<*>] and (<*>)"},
    {"host (10.0.0.1) is up", "host (<*>) is up"},
    {"db.example.com (10.0.0.1) is up", "<*> (<*>) is up"},
    {"10.0.0.1 () is up", "<*> (<*>) is up"},
    {"a...b", "a...b"},
    {"x509: certificate signed by unknown authority",
     "x509: certificate signed by unknown authority"},
    {"sha256 of it", "sha256 of it"},
    {"HTTP/1.1\" 200", "<*>\" <*>"},
    {"GET /a/b HTTP/1.1", "GET <*> <*>"},
    {"web-7d9f8c6b5-x2x4z restarted", "<*> restarted"},
    {"api-bcdfg-hjklm restarted", "<*> restarted"},
    {"node-[1-5,9] down", "<*> down"},
    {"sshd[123]: ok", "sshd[<*>]: ok"},
    {"unknown[10.0.0.1] said", "<*>[<*>] said"},
    {"%d items", "%d items"},
    {"é ü 한글 17", "é ü 한글 <*>"},
    {"tab\tand   blanks  ", "tab and blanks"},
    {"(null) pointer", "(null) pointer"},
    {"100,000 rows", "<*> rows"},
    {"3/5 nodes", "<*> nodes"},
    {"v1.2.3-rc1 released", "<*> released"},
    {"1.1.1.1#53", "<*>"},
    {"key:value and key:17", "key:<*> and key:<*>"},
    {"path:/a/b/c is", "path:<*> is"},
    {"12abc", "<*>"},
    {"peer [::1]:443 gone", "peer [<*>]:<*> gone"},
    {"x tags=[a] y tags=[]", "x tags=[<*>] y tags=[<*>]"},
    {"{\"tags\":[\"a\"],\"msg\":\"m\"}", "{\"tags\":[<*>],\"msg\":\"m\"}"},
    {"postfix/smtpd[17]: connect from mail.example.it[10.0.0.1]",
     "postfix/smtpd[<*>]: connect from <*>[<*>]"},
    {"copied 1190 bytes (1.2 KB) out", "copied <*> out"},
    {"chrome.exe - db.example.com:443 close", "<*> - <*> close"},
    {"EventMemberJoin: web01 10.0.0.3", "EventMemberJoin: <*> <*>"},
    {"Error: code = 0x80004005 - E_FAIL", "Error: code = <*> - E_FAIL"},
    {"\"resource_name\"=\"web-1\" \"type\"=\"HTTP-01\"", "\"resource_name\"=<*> \"type\"=\"<*>\""},
    {"back-off 5m0s restarting failed container=web "
     "pod=web-7d9f8_shop(123e4567-e89b-12d3-a456-426614174000)",
     "back-off <*> restarting failed container=<*> pod=<*>(<*>)"},
    {"action:android.intent.action.SCREEN_ON", "action:<*>"},
    {"Displayed com.example.app/.MainActivity: +512ms", "Displayed <*>: <*>"},
    {"Rect(0, 0 - 1080, 1920)", "Rect(<*> - <*>)"},
    {"Interface GigabitEthernet0/1, changed state to up", "Interface <*>, changed state to up"},
    {"10.0.0.1->10.0.0.2:53: i/o timeout", "<*>-><*>: i/o timeout"},
    {"from /10.0.0.42:50010", "from <*>"},
    {"regs r24=0x0 R0=1f", "regs r24=<*> R0=<*>"},
    {"tasks task_1 task_2 task_-3 of 9", "tasks <*> of <*>"},
    {"retry......0", "retry......<*>"},
    {"10.0.0.1:50010:Read failed", "<*>:Read failed"},
    {"attempt_1630069200_0020_m_000000_0: done", "<*>: done"},
    {"failed to \\\"Start\\\" for \\\"web-1\\\" with \\\"two words 12\\\" at \\\"/var/x\\\" ok",
     "failed to \\\"<*>\\\" for \\\"<*>\\\" with \\\"<*>\\\" at \\\"<*>\\\" ok"},
    {"{\"log\":\"{\\\"level\\\":\\\"error\\\",\\\"user\\\":\\\"bob\\\",\\\"msg\\\":\\\"no "
     "10.0.0.1\\\"}\\n\"}",
     "{\"log\":\"{\\\"level\\\":\\\"error\\\",\\\"user\\\":<*>,\\\"msg\\\":\\\"no <*>\\\"}\\n\"}"},
    {"E0827 13:00:00.123456       1 sync.go:12] \"Sync failed\" pod=\"shop/web-1\" err=\"no x "
     "\\\"a\\\"\"",
     "<*> sync.go:<*>] \"Sync failed\" pod=\"<*>\" err=\"no x \\\"<*>\\\"\""},
    {"I0827 13:00:00.123456       1 sync.go:12] \"Removed\" id=17",
     "<*> sync.go:<*>] \"Removed\" id=<*>"},
};

static void values_of_many_programs_are_masked(void **state)
{
    (void)state;
    char out[MASK_SIZE];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t n = mask_line(str_of(table[i].line), out);
        assert_string_equal(out, table[i].template_text);
        assert_int_equal(n, strlen(out));
    }
}

static void a_template_is_its_own_template_where_no_value_hides(void **state)
{
    (void)state;
    static const char *const lines[] = {"connection refused by <*>", "a  b", "user <*> not found"};
    char once[MASK_SIZE], twice[MASK_SIZE];
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        mask_line(str_of(lines[i]), once);
        mask_line(str_of(once), twice);
        assert_string_equal(once, twice);
    }
}

/* The same message with other values has the same template. */
static void values_do_not_matter(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"took 12 ms", "took 1.5 seconds"},
        {"from 10.0.0.1 to 2001:db8::1", "from db1.example.com to /10.2.3.4:80"},
        {"ids 1, 2, 3 of web", "ids 17 of web"},
        {"at Fri Aug 27 13:00:00 2021 ok", "at 2021-08-28T01:02:03Z ok"},
        {"targets: [10.0.0.1:80, 10.0.0.2:81]", "targets: [10.0.0.1:80]"},
        {"x=true, y=null", "x=false, y=12"},
        {"a \033[31mb\033[0m c", "a b c"},
        {"{\"user\":\"alice\",\"msg\":\"hi\"}", "{\"user\":null,\"msg\":\"hi\"}"},
        {"sent 17 bytes", "sent 1190 bytes (1.16 KB)"},
        {"10.1.1.1,10.1.1.2 \"GET /a HTTP/1.1\" 200", "10.1.1.1 \"GET /b/c HTTP/1.0\" 404"},
    };
    char a[MASK_SIZE], b[MASK_SIZE];
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        mask_line(str_of(pairs[i][0]), a);
        mask_line(str_of(pairs[i][1]), b);
        assert_string_equal(a, b);
    }
}

static void different_messages_stay_apart(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"user 12 logged in", "user 12 not logged in"},
        {"state NEW", "state RUNNING"},
        {"GET /a", "POST /a"},
        {"java.io.IOException: x", "java.io.EOFException: x"},
        {"disk full", "disk failed"},
        {"user unknown", "user disabled"},
        {"level=error msg=x", "level=warn msg=x"},
    };
    char a[MASK_SIZE], b[MASK_SIZE];
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        mask_line(str_of(pairs[i][0]), a);
        mask_line(str_of(pairs[i][1]), b);
        assert_string_not_equal(a, b);
    }
}

static void hostile_lines_give_clean_templates(void **state)
{
    (void)state;
    static const struct {
        const char *p;
        size_t n;
        const char *expected;
    } lines[] = {
        {NULL, 0, ""},
        {"   ", 3, ""},
        {"\0", 1, ""},
        {"a\0b", 3, "a b"},
        {"\xff\xfe z", 4, "\xef\xbf\xbd\xef\xbf\xbd z"},
        {"x\xc3", 2, "x\xef\xbf\xbd"},
        {"\"", 1, "\""},
        {"'unclosed", 9, "'unclosed"},
        {"[a, b", 5, "[a, b"},
        {"{\"k\":\"v", 7, "{\"k\":<*>"},
        {"/", 1, "/"},
        {":::", 3, ":::"},
        {"\\", 1, "\\"},
        {"C:\\", 3, "<*>"},
        {"\x1b[", 2, ""},
        {"\x1b", 1, ""},
        {"a=", 2, "a="},
        {"(", 1, "("},
        {"<*>", 3, "<*>"},
        {"\r\n", 2, ""},
    };
    char out[MASK_SIZE];
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        mask_line((struct str){lines[i].p, lines[i].n}, out);
        assert_string_equal(out, lines[i].expected);
    }
}

/* Every byte that is not given is on no page that may be read: asan and the copy to the end of an
 * allocation see reads behind the line. */
static void any_bytes_are_bounded_and_valid(void **state)
{
    (void)state;
    static const char alphabet[] = "a1 /\\:.\"'[](){}<>=,;|-_@#%$*?!\xc3\xa9\xff\x1b\0"
                                   "eforuser";
    uint64_t x = 88172645463325252u;
    char out[MASK_SIZE];
    for (int round = 0; round < 20000; round++) {
        size_t n = (size_t)(x % 97);
        char *line = mem_alloc(n + 1);
        char *exact = realloc(line, n ? n : 1);
        for (size_t i = 0; i < n; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            exact[i] = alphabet[x % (sizeof alphabet - 1)];
        }
        x += (uint64_t)round;
        size_t length = mask_line((struct str){exact, n}, out);
        assert_true(length < MASK_SIZE && out[length] == 0 && strlen(out) == length);
        assert_true(utf8_valid((struct str){out, length}));
        for (size_t i = 0; i < length; i++)
            assert_true((unsigned char)out[i] >= ' ' && out[i] != 127);
        assert_null(strstr(out, "  "));
        free(exact);
    }
}

static size_t count_words(const char *text)
{
    size_t n = *text != 0;
    for (; *text; text++)
        n += *text == ' ';
    return n;
}

static void long_lines_end_in_a_value(void **state)
{
    (void)state;
    static const char *const fills[] = {"a ",   "word17 ",      "x",    "1 ",   "\"",
                                        "[",    "[a,",          "/x",   "..",   "C:\\a b",
                                        "\xff", "\xed\x95\x9c", "k=v ", "(1) ", ":"};
    enum { LONG = 1024 * 1024 };
    char *line = mem_alloc(LONG), out[MASK_SIZE];
    for (size_t i = 0; i < sizeof fills / sizeof *fills; i++) {
        size_t n = strlen(fills[i]);
        for (size_t at = 0; at + n <= LONG; at += n)
            memcpy(line + at, fills[i], n);
        size_t length = mask_line((struct str){line, LONG}, out);
        assert_true(length < MASK_SIZE && utf8_valid((struct str){out, length}));
        assert_true(count_words(out) <= MASK_TOKENS);
        assert_true(length >= 3 && strstr(out, "<*>"));
    }
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_many_programs_are_masked),
        cmocka_unit_test(a_template_is_its_own_template_where_no_value_hides),
        cmocka_unit_test(values_do_not_matter),
        cmocka_unit_test(different_messages_stay_apart),
        cmocka_unit_test(hostile_lines_give_clean_templates),
        cmocka_unit_test(any_bytes_are_bounded_and_valid),
        cmocka_unit_test(long_lines_end_in_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
