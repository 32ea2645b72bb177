/* networking.k8s.io/v1 from 1.19 on, v1beta1 before: what is shown is the same in both. */
#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/load_balancer.h"

#include <stdio.h>

enum { CLASS, HOSTS, ADDRESS, PORTS, COLUMNS };
enum { CELL_LONGEST = 4096, HOSTS_SHOWN = 3 };

static const struct column columns[COLUMNS] = {
    [CLASS] = {.title = "CLASS", .type = CELL_TEXT},
    [HOSTS] = {.title = "HOSTS", .type = CELL_TEXT},
    [ADDRESS] = {.title = "ADDRESS", .type = CELL_TEXT},
    [PORTS] = {.title = "PORTS", .type = CELL_TEXT},
};

static const char *const keep[] = {KINDS_METADATA,     "spec.ingressClassName",
                                   "spec.rules.host",  "spec.tls.secretName",
                                   LOAD_BALANCER_KEEP, NULL};

static void set_hosts(struct object *row, const struct json *rules)
{
    struct buf text;
    int shown = 0;
    bool more = false;
    buf_init(&text, CELL_LONGEST);
    for (const struct json *r = json_first(rules); r; r = json_next(r)) {
        const char *host = json_string(r, "host", "");
        more |= shown == HOSTS_SHOWN;
        if (!*host || more)
            continue;
        buf_printf(&text, "%s%s", shown++ ? "," : "", host);
    }
    if (!shown)
        buf_addc(&text, '*');
    if (more)
        buf_printf(&text, " + %zu more...", json_count(rules) - HOSTS_SHOWN);
    object_set_text(row, HOSTS, buf_str(&text));
    buf_free(&text);
}

static void fill(struct object *row, const struct json *i)
{
    struct buf addresses;
    buf_init(&addresses, CELL_LONGEST);
    load_balancer_addresses(&addresses, i);
    row->health = row->deleted ? HEALTH_PENDING : HEALTH_OK;
    object_set_text(row, CLASS, str_of(json_string(i, "spec.ingressClassName", "")));
    set_hosts(row, json_get(i, "spec.rules"));
    object_set_text(row, ADDRESS, buf_str(&addresses));
    object_set_text(row, PORTS, str_of(json_count(json_get(i, "spec.tls")) ? "80, 443" : "80"));
    buf_free(&addresses);
}

#define INGRESS                                                                                    \
    .name = "ingresses", .singular = "ingress", .short_names = "ing", .object_kind = "Ingress",    \
    .namespaced = true, .columns = columns, .column_count = COLUMNS

static const struct kinds_row beta = {.kind = {INGRESS, .api = "/apis/networking.k8s.io/v1beta1"},
                                      .keep = keep,
                                      .fill = fill,
                                      .blank = 1u << ADDRESS};

const struct kinds_row kind_ingress = {.kind = {INGRESS, .api = "/apis/networking.k8s.io/v1"},
                                       .keep = keep,
                                       .fill = fill,
                                       .older = &beta,
                                       .blank = 1u << ADDRESS};
