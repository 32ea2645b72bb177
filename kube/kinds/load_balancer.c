#include "kube/kinds/load_balancer.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { ADDRESSES = 64 };

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void load_balancer_addresses(struct buf *out, const struct json *object)
{
    const char *list[ADDRESSES];
    size_t n = 0;
    const struct json *i = json_first(json_get(object, "status.loadBalancer.ingress"));
    for (; i && n < ADDRESSES; i = json_next(i)) {
        const char *ip = json_string(i, "ip", ""), *name = json_string(i, "hostname", "");
        if (*ip || *name)
            list[n++] = *ip ? ip : name;
    }
    qsort(list, n, sizeof *list, by_text);
    for (size_t k = 0; k < n; k++) {
        if (k && strcmp(list[k], list[k - 1]) == 0)
            continue;
        buf_adds(out, out->n ? "," : "");
        buf_adds(out, list[k]);
    }
}
