/* Times as people write them, and as servers do. */
#include "base/clock.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct err err;
    char out[CLOCK_TEXT];
    int64_t t, back;
    must(clock_parse_human(text, INT64_C(1700000000) * CLOCK_SECOND, &t, &err) || err.what[0]);
    clock_parse_span(text, &t);
    if (clock_parse(text, false, &t)) {
        clock_rfc3339(t, true, out);
        must(clock_parse(str_of(out), false, &back) && back == t);
    }
    return 0;
}
