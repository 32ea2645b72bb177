#include "cmd/version.h"

#include "net/http.h"
#include "store/store.h"

void version_text(struct buf *out)
{
    buf_adds(out, "kubeboard " KUBEBOARD_VERSION "\n");
    buf_printf(out, "HTTP and TLS: %s\n", http_version());
    buf_printf(out, "S3 clients: %s\n", store_clients());
#ifdef KUBEBOARD_HEADLESS
    buf_adds(out, "headless: without the dashboard, demo and sandbox\n");
#endif
}
