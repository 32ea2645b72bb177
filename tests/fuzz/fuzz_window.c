/* Objects of the store: what is written reads back and is written the same. */
#include <string.h>

#include "base/buf.h"
#include "model/catalogue.h"
#include "model/window.h"
#include "tests/fuzz/fuzz.h"

static void must_be_equal(struct buf *first, struct buf *second)
{
    must(first->n == second->n && memcmp(buf_text(first), buf_text(second), first->n) == 0);
    buf_free(first);
    buf_free(second);
}

static void read_window(const char *text, size_t size)
{
    struct err err;
    struct buf first, second;
    struct window *w = window_from_json(text, size, "fuzz", &err);
    if (!w)
        return;
    buf_init(&first, 1 << 24);
    buf_init(&second, 1 << 24);
    window_to_json(w, &first);
    window_free(w);
    w = window_from_json(buf_text(&first), first.n, "fuzz", &err);
    must(w != NULL);
    window_to_json(w, &second);
    window_free(w);
    must_be_equal(&first, &second);
}

static void read_day(const char *text, size_t size)
{
    struct err err;
    struct buf first, second;
    struct window_day *d = window_day_from_json(text, size, "fuzz", &err);
    if (!d)
        return;
    buf_init(&first, 1 << 24);
    buf_init(&second, 1 << 24);
    window_day_to_json(d, &first);
    window_day_free(d);
    d = window_day_from_json(buf_text(&first), first.n, "fuzz", &err);
    must(d != NULL);
    window_day_to_json(d, &second);
    window_day_free(d);
    must_be_equal(&first, &second);
}

static void read_catalogue(const char *text, size_t size)
{
    struct err err;
    struct buf first, second;
    struct catalogue *c = catalogue_from_json(text, size, "fuzz", &err);
    if (!c)
        return;
    buf_init(&first, 1 << 24);
    buf_init(&second, 1 << 24);
    catalogue_to_json(c, &first);
    catalogue_free(c);
    c = catalogue_from_json(buf_text(&first), first.n, "fuzz", &err);
    must(c != NULL);
    catalogue_to_json(c, &second);
    catalogue_free(c);
    must_be_equal(&first, &second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_window((const char *)data, size);
    read_day((const char *)data, size);
    read_catalogue((const char *)data, size);
    return 0;
}
