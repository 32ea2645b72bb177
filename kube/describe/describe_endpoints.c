/* Endpoint slices, and the Endpoints that were before them, as one flat list. */
#include "kube/describe/describe_endpoints.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "kube/kinds/trouble.h"

enum { MOST = 5000, SHOWN = 200, TEXT_LONGEST = 1024 };

struct endpoint {
    const char *address, *node;
    const struct json *target, *ports;
    bool ready, leaving;
};

struct endpoints {
    struct endpoint *list;
    size_t count, cap, ready;
};

static void put(struct endpoints *all, const struct endpoint *e)
{
    if (all->count >= MOST)
        return;
    mem_grow(&all->list, &all->cap, all->count + 1, sizeof *all->list);
    all->list[all->count++] = *e;
    all->ready += e->ready;
}

/* v1beta1 has the node in the topology. */
static const char *node_of(const struct json *endpoint)
{
    const struct json *topology = json_member(endpoint, "topology");
    const char *host = json_value(json_member(topology, "kubernetes.io/hostname"));
    return json_string(endpoint, "nodeName", host ? host : "");
}

/* An endpoint that does not say is ready (discovery.k8s.io: null is to be read as true). */
static void read_slice(struct endpoints *all, const struct json *slice)
{
    const struct json *e = json_first(json_member(slice, "endpoints"));
    for (; e; e = json_next(e))
        put(all, &(struct endpoint){.address = json_value(json_first(json_member(e, "addresses"))),
                                    .node = node_of(e),
                                    .target = json_member(e, "targetRef"),
                                    .ports = json_member(slice, "ports"),
                                    .ready = json_bool(e, "conditions.ready", true),
                                    .leaving = json_bool(e, "conditions.terminating", false)});
}

static void read_addresses(struct endpoints *all, const struct json *subset, const char *name,
                           bool ready)
{
    const struct json *a = json_first(json_member(subset, name));
    for (; a; a = json_next(a))
        put(all, &(struct endpoint){.address = json_string(a, "ip", ""),
                                    .node = json_string(a, "nodeName", ""),
                                    .target = json_member(a, "targetRef"),
                                    .ports = json_member(subset, "ports"),
                                    .ready = ready});
}

static struct endpoints read_all(const struct json *list)
{
    struct endpoints all = {0};
    for (const struct json *l = json_first(list); l; l = json_next(l)) {
        const struct json *s = json_first(json_member(l, "subsets"));
        read_slice(&all, l);
        for (; s; s = json_next(s)) {
            read_addresses(&all, s, "addresses", true);
            read_addresses(&all, s, "notReadyAddresses", false);
        }
    }
    return all;
}

static void add_endpoint(struct page *p, const struct endpoint *e)
{
    const char *name = json_string(e->target, "name", ""),
               *kind = json_string(e->target, "kind", "");
    struct buf key, text;
    buf_init(&key, TEXT_LONGEST);
    buf_init(&text, TEXT_LONGEST);
    buf_printf(&key, "%.253s", e->address ? e->address : "");
    const char *before = ":";
    const struct json *port = json_first(e->ports);
    for (; port && key.n < TEXT_LONGEST / 2; port = json_next(port)) {
        if (!json_is_number(json_member(port, "port")))
            continue;
        buf_printf(&key, "%s%lld", before, (long long)json_int(port, "port", 0));
        before = ",";
    }
    buf_adds(&text, e->leaving ? "terminating" : e->ready ? "ready" : "not ready");
    if (*name)
        buf_printf(&text, ", %.63s %.253s", kind, name);
    if (*e->node)
        buf_printf(&text, " on %.253s", e->node);
    page_field(p, buf_text(&key),
               e->ready     ? PAGE_OK
               : e->leaving ? PAGE_PENDING
                            : PAGE_WARN,
               buf_text(&text));
    if (*name && *kind)
        page_link(p, kind, json_string(e->target, "namespace", ""), name);
    buf_free(&key);
    buf_free(&text);
}

void describe_endpoints_draw(struct page *p, const struct json *service, const struct json *list,
                             int64_t now)
{
    struct endpoints all = read_all(list);
    size_t shown = 0;
    (void)service;
    (void)now;
    page_textf(p, PAGE_TEXT, "%zu ready, %zu not ready", all.ready, all.count - all.ready);
    for (int ready = 1; ready >= 0; ready--)
        for (size_t i = 0; i < all.count; i++)
            if (all.list[i].ready == ready && shown++ < SHOWN)
                add_endpoint(p, &all.list[i]);
    if (shown > SHOWN)
        page_textf(p, PAGE_DIM, "and %zu more", shown - SHOWN);
    free(all.list);
}

enum health describe_endpoints_judge(struct buf *words, enum health health,
                                     const struct json *service, const struct json *list)
{
    struct endpoints all = read_all(list);
    free(all.list);
    if (!json_count(json_get(service, "spec.selector")) || all.ready)
        return health;
    trouble_part(words, "; ");
    if (all.count)
        buf_printf(words, "nobody answers: none of its %zu endpoint%s is ready", all.count,
                   all.count == 1 ? "" : "s");
    else
        buf_adds(words, "nobody answers: no pod is behind its selector");
    return health < HEALTH_WARN ? HEALTH_WARN : health;
}
