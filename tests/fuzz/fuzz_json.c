/* What is printed reads back as the same. */
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/yaml.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    struct json_doc *d = json_doc_new(), *again = json_doc_new();
    struct buf first, second, yaml;
    buf_init(&first, 1 << 22);
    buf_init(&second, 1 << 22);
    buf_init(&yaml, 1 << 22);
    const struct json *j = json_parse(d, (const char *)data, size, &err);
    if (j) {
        json_get(j, "a.b.c");
        json_out_pretty(&first, j);
        yaml_print_json(&yaml, j);
        const struct json *back = json_parse(again, buf_text(&first), first.n, &err);
        must(back != NULL);
        json_out_pretty(&second, back);
        must(first.n == second.n && memcmp(buf_text(&first), buf_text(&second), first.n) == 0);
    }
    buf_free(&first);
    buf_free(&second);
    buf_free(&yaml);
    json_doc_free(d);
    json_doc_free(again);
    return 0;
}
