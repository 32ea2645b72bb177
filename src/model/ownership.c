#include "model/ownership.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/str.h"

/* What a controller puts between its own name and those of its pods (generateName of the Kubernetes
 * controllers). */
static const struct {
    const char *kind, *made; /* made: the kind that stands between, NULL: none */
    const char *behind;      /* what the pods' names have behind the workload's */
} ways[] = {
    {"Deployment", "ReplicaSet", "-[a-z0-9]{1,10}-[a-z0-9]{5}"},
    {"Rollout", "ReplicaSet", "-[a-z0-9]{1,10}-[a-z0-9]{5}"},
    {"CronJob", "Job", "-[0-9]+(-[0-9]+)?-[a-z0-9]{5}"},
    {"ReplicaSet", NULL, "-[a-z0-9]{5}"},
    {"DaemonSet", NULL, "-[a-z0-9]{5}"},
    {"ReplicationController", NULL, "-[a-z0-9]{5}"},
    {"Job", NULL, "(-[0-9]+)?-[a-z0-9]{5}"},
    {"StatefulSet", NULL, "-[0-9]+"},
};
enum { WAYS = sizeof ways / sizeof *ways };

static bool same(struct str a, const char *b)
{
    return a.n == strlen(b) && strncasecmp(a.p, b, a.n) == 0;
}

static size_t way_of(struct str kind)
{
    size_t i = 0;
    while (i < WAYS && !same(kind, ways[i].kind))
        i++;
    return i;
}

bool ownership_covers(const char *workload, const char *owner)
{
    struct str name = str_of(workload), its = str_of(owner), kind, made;
    if (strcasecmp(workload, owner) == 0)
        return true;
    if (!str_cut(&name, '/', &kind) || !str_cut(&its, '/', &made))
        return false;
    size_t way = way_of(kind);
    if (way == WAYS || !ways[way].made || !same(made, ways[way].made))
        return false;
    /* "web-7d9f8c6b5" is made by "web", not "web-api-7d9f8c6b5". */
    return its.n > name.n + 1 && memcmp(its.p, name.p, name.n) == 0 && its.p[name.n] == '-' &&
           !memchr(its.p + name.n + 1, '-', its.n - name.n - 1);
}

void ownership_pods(const char *workload, struct buf *out)
{
    struct str name = str_of(workload), kind;
    if (!str_cut(&name, '/', &kind) || !name.n)
        return;
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '.')
            buf_addc(out, '\\');
        buf_addc(out, name.p[i]);
    }
    size_t way = way_of(kind);
    buf_adds(out, way < WAYS ? ways[way].behind : "(-.+)?");
}
