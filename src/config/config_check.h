/* What no single key can say: keys that do not go together. */
#ifndef CONFIG_CONFIG_CHECK_H
#define CONFIG_CONFIG_CHECK_H

#include "config/config.h"

/* Where a key's value came from, for errors: writes "FILE:LINE: KEY" or the like. Returns out. */
struct config_check_places {
    void *context;
    char *(*place)(void *context, const char *key, char *out, size_t size);
};

bool config_check(const struct config *c, const struct config_check_places *places,
                  struct err *err);

#endif
