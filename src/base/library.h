/* Shared libraries that are loaded when they are wanted, not with the program. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct library_call {
    const char *symbol;
    size_t place; /* of its pointer, in the struct of calls */
};

/* Fills the struct `into` with the addresses of the calls; the library stays. Blocks for some milliseconds.
 * False: it is not installed, or lacks one of them. */
bool library_load(const char *name, const struct library_call *calls, size_t count, void *into);

#endif
