#include "store/s3/s3_xml.h"
#include "tests/fuzz/fuzz.h"

static bool on_element(void *context, const char *path, struct str text)
{
    size_t *seen = context;
    must(path[0] && text.n <= S3_XML_TEXT);
    ++*seen;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    size_t seen = 0;
    bool ok = s3_xml_scan((struct str){(const char *)data, size}, &seen, on_element, &err);
    must(ok || err.what[0]);
    return 0;
}
