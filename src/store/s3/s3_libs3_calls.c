#include "store/s3/s3_libs3_calls.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *symbol;
    size_t place;
} table[] = {
#define CALL(name) {"S3_" #name, offsetof(struct s3_libs3_calls, name)},
#include "store/s3/s3_libs3_calls.def"
#undef CALL
};

static bool load(struct s3_libs3_calls *into)
{
    void *library = dlopen(LIBS3_NAME, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library && i < sizeof table / sizeof *table; i++) {
        void *address = dlsym(library, table[i].symbol);
        if (!address)
            return false;
        memcpy((char *)into + table[i].place, &address, sizeof address);
    }
    return library;
}

const struct s3_libs3_calls *s3_libs3_calls(void)
{
    static struct s3_libs3_calls calls;
    static bool tried, loaded;
    if (!tried)
        loaded = load(&calls);
    tried = true;
    return loaded ? &calls : NULL;
}
