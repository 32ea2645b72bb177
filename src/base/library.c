#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

bool library_load(const char *name, const struct library_call *calls, size_t count, void *into)
{
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library && i < count; i++) {
        void *address = dlsym(library, calls[i].symbol);
        if (!address)
            return false;
        memcpy((char *)into + calls[i].place, &address, sizeof address);
    }
    return library;
}
