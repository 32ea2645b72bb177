/* Loki's and Prometheus's answers, in pieces. */
#include "source/loki/loki_page.h"
#include "source/matrix.h"
#include "tests/fuzz/fuzz.h"

static void on_point(void *context, const struct labels *series, int64_t time, double value)
{
    (void)context;
    (void)series;
    (void)time;
    (void)value;
}

static void read_lines(struct str left, bool frame)
{
    struct err err;
    struct loki_page *page = loki_page_new(1 << 20, frame);
    bool ok = true;
    while (ok && left.n)
        ok = loki_page_feed(page, fuzz_piece(&left), &err);
    if (ok && loki_page_finish(page, &err)) {
        loki_page_sort(page, false, true);
        for (size_t i = 0; i < loki_page_count(page); i++) {
            struct line line = loki_page_at(page, i);
            must(line.text.n <= loki_page_bytes(page));
        }
    }
    loki_page_free(page);
}

static void read_points(struct str left)
{
    struct err err;
    struct matrix *m = matrix_new(on_point, NULL);
    bool ok = true;
    while (ok && left.n)
        ok = matrix_feed(m, fuzz_piece(&left), &err);
    if (ok)
        matrix_finish(m, &err);
    matrix_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    read_lines(text, false);
    read_lines(text, true);
    read_points(text);
    return 0;
}
