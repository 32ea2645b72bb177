#include "net/websocket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

static void accept_key_of_the_rfc(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 64);
    websocket_accept(&b, "dGhlIHNhbXBsZSBub25jZQ==");
    assert_string_equal(buf_text(&b), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(accept_key_of_the_rfc)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
