#include "sandbox/sandbox_seed.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/str.h"
#include "sandbox/kube/shelf.h"
#include "sandbox/world/world.h"

/* The config map that came with the release holds the wrong port: whoever compares finds the cause.
 */
static void config_maps(struct shelf *s)
{
    const struct world *w = shelf_world(s);
    struct str none = {"", 0};
    for (size_t i = 0; i < w->workload_count; i++) {
        const struct world_workload *wl = &w->workloads[i];
        char name[128], rest[600], labels[160];
        if (wl->kind != WORLD_DEPLOYMENT || !*wl->logs)
            continue;
        bool rolled = wl->old_version != NULL;
        snprintf(name, sizeof name, "%s-config", wl->name);
        snprintf(labels, sizeof labels, "{\"app\":\"%s\"}", wl->name);
        snprintf(rest, sizeof rest, "\"data\":{\"LOG_LEVEL\":\"info\",\"PORT\":\"%d\"%s}", wl->port,
                 rolled ? ",\"PAYMENTS_DB_HOST\":\"payments-db.payments.svc\",\"PAYMENTS_DB_PORT\":"
                          "\"5433\",\"RETRY_QUEUE_MAX\":\"0\""
                        : "");
        shelf_put(s, PRETEND_CONFIGMAPS, wl->ns, name,
                  rolled ? w->rollout - 5 * CLOCK_SECOND : wl->created, str_of(labels), none,
                  str_of(rest));
    }
}

/* A custom resource: one whose certificate cannot be issued. */
static void certificates(struct shelf *s)
{
    static const struct {
        const char *ns, *name, *ready, *reason, *message;
    } list[] = {
        {"shop", "shop-example-com", "True", "Ready",
         "Certificate is up to date and has not expired"},
        {"edge", "gateway-example-com", "True", "Ready",
         "Certificate is up to date and has not expired"},
        {"payments", "pay-example-com", "False", "DoesNotExist",
         "Issuing certificate as Secret does not exist"},
    };
    const struct world *w = shelf_world(s);
    struct str none = {"", 0};
    char rest[800];
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        snprintf(
            rest, sizeof rest,
            "\"spec\":{\"secretName\":\"%s-tls\",\"dnsNames\":[\"%s\"],\"issuerRef\":{\"kind\":"
            "\"ClusterIssuer\",\"name\":\"letsencrypt\"}},\"status\":{\"conditions\":[{\"type\":"
            "\"Ready\",\"status\":\"%s\",\"reason\":\"%s\",\"message\":\"%s\"}]}",
            list[i].name, list[i].name, list[i].ready, list[i].reason, list[i].message);
        shelf_put(s, PRETEND_CERTIFICATES, list[i].ns, list[i].name, w->start - 40 * CLOCK_DAY,
                  none, none, str_of(rest));
    }
}

void sandbox_seed_objects(struct shelf *s)
{
    const struct world *w = shelf_world(s);
    struct str none = {"", 0};
    config_maps(s);
    certificates(s);
    for (size_t i = 0; i < w->namespace_count; i++)
        shelf_put(s, PRETEND_SERVICEACCOUNTS, w->namespaces[i], "default",
                  w->start - 400 * CLOCK_DAY, none, none, none);
    shelf_put(s, PRETEND_PDBS, "edge", "gateway", w->start - 90 * CLOCK_DAY, none, none,
              str_of("\"spec\":{\"minAvailable\":2,\"selector\":{\"matchLabels\":{\"app\":"
                     "\"gateway\"}}},\"status\":{\"currentHealthy\":4,"
                     "\"desiredHealthy\":2,\"disruptionsAllowed\":2,\"expectedPods\":4}"));
}
