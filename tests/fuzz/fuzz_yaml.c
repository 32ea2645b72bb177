#include "base/yaml.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    struct yaml *y = yaml_parse((const char *)data, size, "fuzz", &err);
    must(y || err.what[0]);
    yaml_text(y, "clusters", "");
    yaml_free(y);
    return 0;
}
