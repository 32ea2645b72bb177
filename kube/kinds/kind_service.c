#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/load_balancer.h"
#include "kube/kinds/trouble.h"
#include "kube/kinds/workload_cells.h"

enum { TYPE, CLUSTER_IP, EXTERNAL_IP, PORTS, SELECTOR, COLUMNS };
enum { CELL_LONGEST = 4096 };

static const struct column columns[COLUMNS] = {
    [TYPE] = {.title = "TYPE", .type = CELL_TEXT},
    [CLUSTER_IP] = {.title = "CLUSTER-IP", .type = CELL_TEXT},
    [EXTERNAL_IP] = {.title = "EXTERNAL-IP", .type = CELL_TEXT},
    [PORTS] = {.title = "PORT(S)", .type = CELL_TEXT},
    [SELECTOR] = {.title = "SELECTOR", .type = CELL_TEXT, .wide = true},
};

static const char *const keep[] = {
    KINDS_METADATA,      "spec.type",  "spec.clusterIP", "spec.clusterIPs",  "spec.externalIPs",
    "spec.externalName", "spec.ports", "spec.selector",  LOAD_BALANCER_KEEP, NULL};

static void add_external(struct buf *text, const struct json *s)
{
    const struct json *ip = json_first(json_get(s, "spec.externalIPs"));
    for (; ip; ip = json_next(ip)) {
        trouble_part(text, ",");
        buf_adds(text, json_value(ip) ? json_value(ip) : "");
    }
}

static void set_external(struct object *row, const struct json *s, struct str type)
{
    struct buf text;
    buf_init(&text, CELL_LONGEST);
    if (str_is(type, "ExternalName")) {
        buf_adds(&text, json_string(s, "spec.externalName", ""));
    } else {
        if (str_is(type, "LoadBalancer"))
            load_balancer_addresses(&text, s);
        add_external(&text, s);
        if (!text.n && str_is(type, "LoadBalancer")) {
            buf_adds(&text, "<pending>");
            row->health = HEALTH_PENDING;
            object_set_trouble(row, str_of("waits for the load balancer's address"));
        }
    }
    object_set_text(row, EXTERNAL_IP, buf_str(&text));
    buf_free(&text);
}

static void set_ports(struct object *row, const struct json *s)
{
    struct buf text;
    buf_init(&text, CELL_LONGEST);
    for (const struct json *p = json_first(json_get(s, "spec.ports")); p; p = json_next(p)) {
        int64_t node = json_int(p, "nodePort", 0);
        buf_printf(&text, "%s%lld", text.n ? "," : "", (long long)json_int(p, "port", 0));
        if (node > 0)
            buf_printf(&text, ":%lld", (long long)node);
        buf_printf(&text, "/%.16s", json_string(p, "protocol", "TCP"));
    }
    object_set_text(row, PORTS, buf_str(&text));
    buf_free(&text);
}

/* clusterIPs from 1.20 on; both are "None" for a headless service. */
static const char *cluster_ip(const struct json *s)
{
    const char *first = json_value(json_first(json_get(s, "spec.clusterIPs")));
    return first ? first : json_string(s, "spec.clusterIP", "");
}

static void fill(struct object *row, const struct json *s)
{
    struct str type = str_of(json_string(s, "spec.type", "ClusterIP"));
    row->health = row->deleted ? HEALTH_PENDING : HEALTH_OK;
    object_set_text(row, TYPE, type);
    object_set_text(row, CLUSTER_IP, str_of(cluster_ip(s)));
    set_external(row, s, type);
    set_ports(row, s);
    workload_cells_labels(row, SELECTOR, json_get(s, "spec.selector"));
}

const struct kinds_row kind_service = {
    .kind = {.name = "services",
             .singular = "service",
             .short_names = "svc",
             .api = "/api/v1",
             .object_kind = "Service",
             .namespaced = true,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
};
