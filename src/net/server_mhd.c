/*
 * GnuTLS comes into every process, since libcurl needs it for a protocol that we never speak, and
 * sets itself up in each but for those that say by its hook that they will do so where it is needed:
 * libmicrohttpd and a libcurl of GnuTLS do that by themselves.
 */
#include "net/server_mhd.h"

#include <stdbool.h>

#include "base/library.h"

/* Its name is GnuTLS's. */
__attribute__((visibility("default"))) int _gnutls_global_init_skip(void);
int _gnutls_global_init_skip(void)
{
    return 1;
}

static const struct library_call table[] = {
#define CALL(name) {"MHD_" #name, offsetof(struct server_mhd, name)},
#include "net/server_mhd.def"
#undef CALL
};

const struct server_mhd *server_mhd(void)
{
    static struct server_mhd calls;
    static bool tried, loaded;
    if (!tried)
        loaded = library_load(LIBMICROHTTPD_NAME, table, sizeof table / sizeof *table, &calls);
    tried = true;
    return loaded ? &calls : NULL;
}
