/* Elements are the same however the bytes are cut. */
#include <string.h>

#include "base/buf.h"
#include "net/splitter.h"
#include "tests/fuzz/fuzz.h"

static bool keep_element(void *context, struct str json, struct err *err)
{
    struct buf *all = context;
    (void)err;
    buf_add(all, json.p, json.n);
    buf_addc(all, '\n');
    return true;
}

static bool split(struct str text, bool whole, struct buf *elements)
{
    static const char *const keep[] = {"metadata.name", "spec.containers", "a", NULL};
    struct splitter_conf conf = {
        .array = "items", .keep = keep, .context = elements, .element = keep_element};
    struct splitter *s = splitter_new(&conf);
    struct err err;
    bool ok = true;
    while (ok && text.n) {
        struct str piece = text;
        if (whole)
            text.n = 0;
        else
            piece = fuzz_piece(&text);
        ok = splitter_feed(s, piece, &err);
    }
    ok = ok && splitter_finish(s, &err);
    splitter_free(s);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct buf a, b;
    buf_init(&a, 1 << 22);
    buf_init(&b, 1 << 22);
    bool whole = split(text, true, &a), pieces = split(text, false, &b);
    must(whole == pieces);
    must(!whole || (a.n == b.n && memcmp(buf_text(&a), buf_text(&b), a.n) == 0));
    buf_free(&a);
    buf_free(&b);
    return 0;
}
