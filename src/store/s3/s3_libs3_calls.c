#include "store/s3/s3_libs3_calls.h"

#include "base/library.h"

static const struct library_call table[] = {
#define CALL(name) {"S3_" #name, offsetof(struct s3_libs3_calls, name)},
#include "store/s3/s3_libs3_calls.def"
#undef CALL
};

const struct s3_libs3_calls *s3_libs3_calls(void)
{
    static struct s3_libs3_calls calls;
    static bool tried, loaded;
    if (!tried)
        loaded = library_load(LIBS3_NAME, table, sizeof table / sizeof *table, &calls);
    tried = true;
    return loaded ? &calls : NULL;
}
