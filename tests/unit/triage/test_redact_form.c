/* Secrets by their makers' prefixes and by what stands around them, and what only looks like one. */
#include "triage/redact/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define TOKEN "<redacted:bearer-tokens>"
#define PASS "<redacted:passwords>"
#define AWS "<redacted:aws-keys>"

static const struct {
    const char *line, *expected; /* NULL: nothing is replaced */
} table[] = {
    /* headers */
    {"Cookie: a=b; sid=abc123; theme=dark", "Cookie: " TOKEN},
    {"Set-Cookie: session=abc123; Path=/; HttpOnly", "Set-Cookie: " TOKEN},
    {"cookie: \"a=b; c=d\" 200", "cookie: \"" TOKEN "\" 200"},
    {"set-cookie: [ 'connect.sid=s%3Axyz; Path=/' ]", "set-cookie: [ '" TOKEN "' ]"},
    {"{\"Authorization\":[\"Bearer abc.def\"]}", "{\"Authorization\":[\"Bearer " TOKEN "\"]}"},
    {"Authorization: Digest username=\"u\", response=\"66\"", "Authorization: Digest " TOKEN},
    {"Proxy-Authorization: Basic eHl6eg== ok", "Proxy-Authorization: Basic " TOKEN " ok"},
    {"X-Vault-Token: abcdef", "X-Vault-Token: " TOKEN},
    {"vault login s.Xa9Kq2LmP0vB7nR4tYw8ZcD1 ok", "vault login " TOKEN " ok"},
    {"graph EAACEdEose0cBA0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP", "graph " TOKEN},
    {"got b.AAAAAQKr0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST", "got " TOKEN},
    {"see s.abcdefghijklmnopqrstuvwx and s.0123456789", NULL},
    {"user=7 pin=4711 ok", "user=7 pin=" PASS " ok"},
    {"{\"pin\":\"004711\"}", "{\"pin\":\"" PASS "\"}"},
    {"pincode: 4711", "pincode: " PASS},
    {"gpio pin: 17, pin=3, pin=A4, spin=4711", NULL},
    {"PASS=12 FAIL=3", NULL},
    {"PRIVATE-TOKEN: abc", "PRIVATE-TOKEN: " TOKEN},
    {"JSESSIONID=0123456789ABCDEF", "JSESSIONID=" TOKEN},
    {"cookie: none", NULL},
    {"invalid cookie: too long", NULL},
    {"sessionid:0x14f05578bd80013 closed", NULL},
    /* signed links */
    {"https://x/b?sv=2020&sig=abc1%2Fdef2ghi%3D&se=1", "https://x/b?sv=2020&sig=" TOKEN "&se=1"},
    {"?X-Amz-Signature=fe5f80f77d5fa3&x=1", "?X-Amz-Signature=" TOKEN "&x=1"},
    {"signature: invalid", NULL},
    {"method signature=(int, char)", NULL},
    /* tokens by prefix */
    {"xapp-1-A012345-0123456789abc", TOKEN},
    {"sk_test_0123456789abcdefghij", TOKEN},
    {"sk-ant-api03-0123456789abcdefghij", TOKEN},
    {"https://hooks.slack.com/services/T00000000/B00000000/0123456789abcdef", "https://" TOKEN},
    {"npm_0123456789abcdefghijABCDEFGHIJ012345", TOKEN},
    {"hf_transfer and sk-learn and npm_config_cache", NULL},
    {"shpat_short", NULL},
    /* keys of clouds */
    {"AKIAIOSFODNN7EXAMPLE, wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", AWS ", " AWS},
    {"AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY x", AWS ":" AWS " x"},
    {"AKIAIOSFODNN7EXAMPLE of user bob", AWS " of user bob"},
    {"AccountName=x;AccountKey=abcd==;EndpointSuffix=y",
     "AccountName=x;AccountKey=" PASS ";EndpointSuffix=y"},
    {"Server=db;User Id=sa;Password=x;Encrypt=yes",
     "Server=db;User Id=sa;Password=" PASS ";Encrypt=yes"},
    {"jdbc:oracle:thin:bob/hunter2@//h:1521/x", "jdbc:oracle:thin:bob/" PASS "@//h:1521/x"},
    {"amqp://bob:hunter2@h//", "amqp://bob:" PASS "@h//"},
    /* programs */
    {"mysql -uroot -phunter2 shop", "mysql -uroot -p" PASS " shop"},
    {"mysql -u root -p shop", NULL},
    {"sshpass -p hunter2 ssh x", "sshpass -p " PASS " ssh x"},
    {"curl -u bob:hunter2 https://x", "curl -u bob:" PASS " https://x"},
    {"curl -u bob https://x", NULL},
    {"redis-cli -a hunter2 ping", "redis-cli -a " PASS " ping"},
    {"docker login -u bob -p hunter2", "docker login -u bob -p " PASS},
    {"mkdir -pv x; ls -a y", NULL},
    /* words */
    {"bind with password 'hunter2' failed", "bind with password '" PASS "' failed"},
    {"password is hunter2.", "password is " PASS "."},
    {"password hunter2, user bob", "password " PASS ", user bob"},
    {"CREATE USER x IDENTIFIED BY 'hunter2';", "CREATE USER x IDENTIFIED BY '" PASS "';"},
    {"SET x = PASSWORD('hunter2')", "SET x = PASSWORD('" PASS "')"},
    {"requirepass hunter", "requirepass " PASS},
    {"password authentication failed for user \"bob\"", NULL},
    {"password sha256 is old", NULL},
    {"the field \"password\" is required", NULL},
    {"a problem identified by \"bob\"", NULL},
    /* other notations */
    {"<password>hunter2</password>", "<password>" PASS "</password>"},
    {"<w:Password Type=\"a#b\">hunter2</w:Password>",
     "<w:Password Type=\"a#b\">" PASS "</w:Password>"},
    {"<password></password><pass/>", NULL},
    {"a->password > b", NULL},
    {"?next=password%3Dhunter2%26x%3D1", "?next=password%3D" PASS "%26x%3D1"},
    {"%22password%22%3A%22hunter2%22", "%22password%22%3A%22" PASS "%22"},
    {"password := hunter2", "password := " PASS},
    {"{\"auths\":{\"x\":{\"auth\":\"dXNlcjpodW50ZXIy\"}}}",
     "{\"auths\":{\"x\":{\"auth\":\"" TOKEN "\"}}}"},
    {"{\"auth\":\"basic\",\"sig\":\"HUP\"}", NULL},
    {"{\\\\\\\"password\\\\\\\":\\\\\\\"hunter2\\\\\\\"}",
     "{\\\\\\\"password\\\\\\\":\\\\\\\"" PASS "\\\\\\\"}"},
};

static const char *replaced(struct redactor *r, struct str line, struct buf *out)
{
    buf_clear(out);
    return redact_line(r, line, out, NULL) ? buf_text(out) : NULL;
}

static void secrets_are_known_by_what_stands_around_them(void **state)
{
    (void)state;
    struct err err;
    struct buf out, again;
    struct redactor *r = redact_new(redact_kinds, NULL, NULL, &err);
    buf_init(&out, 4096);
    buf_init(&again, 4096);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *got = replaced(r, str_of(table[i].line), &out);
        if (!got != !table[i].expected || (got && strcmp(got, table[i].expected) != 0))
            fail_msg("%s -> %s", table[i].line, got ? got : "unchanged");
        if (got && replaced(r, str_of(table[i].expected), &again))
            fail_msg("%s is redacted again: %s", table[i].expected, buf_text(&again));
    }
    buf_free(&out);
    buf_free(&again);
    redact_free(r);
}

/* Lines cut anywhere: reads behind their end are seen by the sanitizers. */
static void cut_lines_are_read_to_their_end(void **state)
{
    (void)state;
    struct err err;
    struct buf out;
    struct redactor *r = redact_new(redact_kinds, NULL, NULL, &err);
    buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t length = strlen(table[i].line);
        for (size_t n = 1; n <= length; n++) {
            char *exact = mem_alloc(n);
            memcpy(exact, table[i].line, n);
            redact_line(r, (struct str){exact, n}, &out, NULL);
            free(exact);
        }
    }
    buf_free(&out);
    redact_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_known_by_what_stands_around_them),
        cmocka_unit_test(cut_lines_are_read_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
