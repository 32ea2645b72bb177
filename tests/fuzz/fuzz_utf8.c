/* Nothing that comes out of the one function for foreign text steers a terminal. */
#include "base/buf.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

static void must_be_safe(struct str text, int flags)
{
    must(utf8_valid(text));
    for (size_t i = 0; i < text.n;) {
        uint32_t code;
        i += utf8_decode(text.p + i, text.n - i, &code);
        if (code == '\n')
            must(flags & UTF8_SAFE_NEWLINES);
        else if (code == '\t')
            must(flags & UTF8_SAFE_TABS);
        else
            must(code >= 0x20 && !(code >= 0x7f && code <= 0x9f));
        must(!(code >= 0x202a && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069));
        must(!(flags & UTF8_SAFE_ASCII) || code < 0x80);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    for (int flags = 0; flags < 8; flags++) {
        struct buf out;
        buf_init(&out, 1 << 22);
        utf8_safe(&out, text, flags);
        must_be_safe(buf_str(&out), flags);
        must(utf8_width(buf_str(&out)) >= 0);
        int used;
        must(utf8_fit(buf_str(&out), 20, &used) <= out.n && used <= 20);
        buf_free(&out);
    }
    return 0;
}
