#include "kube/access/well_known.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"

static const struct row {
    enum well_known_source source;
    const char *names, *labels, *ports, *whose;
} rows[] = {
#define WELL_KNOWN(source, names, labels, ports, whose)                                            \
    {WELL_KNOWN_##source, names, labels, ports, whose},
#include "kube/access/well_known.def"
#undef WELL_KNOWN
};

enum { ROWS = sizeof rows / sizeof *rows };

const char *well_known_name(enum well_known_source s)
{
    static const char *const names[] = {"loki", "prometheus", "alertmanager"};
    return names[s];
}

const char *well_known_probe(enum well_known_source s)
{
    static const char *const probes[] = {"/loki/api/v1/labels", "/api/v1/query?query=up",
                                         "/api/v2/status"};
    return probes[s];
}

const char *well_known_namespace(size_t i)
{
    static const char *const names[] = {"monitoring", "loki",    "logging", "observability",
                                        "prometheus", "grafana", NULL};
    return names[i];
}

/* The labels of a row ("a=b,c=d"), all of which must be there. */
static bool has_labels(const struct json *service, const char *labels)
{
    struct str rest = str_of(labels), pair;
    const struct json *have = json_get(service, "metadata.labels");
    char name[100];
    if (!*labels)
        return false;
    while (str_cut(&rest, ',', &pair)) {
        struct str key;
        str_cut(&pair, '=', &key);
        snprintf(name, sizeof name, "%.*s", (int)key.n, key.p);
        const char *value = json_value(json_member(have, name));
        if (!value || !str_is(pair, value))
            return false;
    }
    return true;
}

static bool has_name(const char *name, const char *globs)
{
    struct str rest = str_of(globs), glob;
    char pattern[100];
    while (str_cut(&rest, ' ', &glob)) {
        snprintf(pattern, sizeof pattern, "%.*s", (int)glob.n, glob.p);
        if (str_glob(pattern, str_of(name)))
            return true;
    }
    return false;
}

static bool is_ruled_out(const struct json *service, const char *name)
{
    struct str text = str_of(name);
    return str_ends(text, "-headless") || str_ends(text, "-memberlist") ||
           strcmp(json_string(service, "spec.type", ""), "ExternalName") == 0;
}

static bool is_grpc(const struct json *port)
{
    return strstr(json_string(port, "name", ""), "grpc") ||
           strstr(json_string(port, "appProtocol", ""), "grpc");
}

static bool is_called(const struct json *port, struct str word)
{
    int64_t number;
    if (str_to_int(word, &number))
        return json_int(port, "port", 0) == number;
    return str_is(word, json_string(port, "name", ""));
}

static const struct json *choose_port(const struct json *service, const char *wanted)
{
    const struct json *ports = json_get(service, "spec.ports"), *first = NULL;
    struct str rest = str_of(wanted), word;
    while (str_cut(&rest, ' ', &word))
        for (const struct json *p = json_first(ports); p; p = json_next(p))
            if (is_called(p, word))
                return p;
    for (const struct json *p = json_first(ports); p && !first; p = json_next(p))
        if (!is_grpc(p))
            first = p;
    return first;
}

static void take_port(const struct json *port, struct well_known_place *out)
{
    int64_t number = json_int(port, "port", 0);
    const char *name = json_string(port, "name", "");
    snprintf(out->port, sizeof out->port, "%lld", (long long)number);
    out->https = number == 443 || strncmp(name, "https", 5) == 0 ||
                 strcmp(json_string(port, "appProtocol", ""), "https") == 0;
}

bool well_known_read(enum well_known_source s, const struct json *service,
                     struct well_known_place *out)
{
    const char *name = json_string(service, "metadata.name", "");
    const char *ns = json_string(service, "metadata.namespace", "");
    if (!*name || !*ns || strlen(name) >= sizeof out->name ||
        strlen(ns) >= sizeof out->namespace_ || is_ruled_out(service, name))
        return false;
    for (int i = 0; i < ROWS; i++) {
        if (rows[i].source != s ||
            (!has_name(name, rows[i].names) && !has_labels(service, rows[i].labels)))
            continue;
        const struct json *port = choose_port(service, rows[i].ports);
        if (!port)
            return false;
        *out = (struct well_known_place){.rank = i};
        str_copy(out->namespace_, sizeof out->namespace_, ns);
        str_copy(out->name, sizeof out->name, name);
        take_port(port, out);
        return true;
    }
    return false;
}

/* Names of namespaces, Services and ports: RFC 1123 labels. */
static bool take_label(struct str text, char *out, size_t size)
{
    if (!text.n || text.n >= size || text.p[0] == '-' || text.p[text.n - 1] == '-')
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", text.p[i]))
            return false;
    snprintf(out, size, "%.*s", (int)text.n, text.p);
    return true;
}

bool well_known_parse(const char *text, struct well_known_place *out, struct err *err)
{
    struct str rest = str_of(text), ns, name;
    *out = (struct well_known_place){.rank = 0};
    if (str_starts(rest, "https:")) {
        out->https = true;
        rest = (struct str){rest.p + 6, rest.n - 6};
    }
    bool good = str_cut(&rest, '/', &ns) && str_cut(&rest, ':', &name) &&
                take_label(ns, out->namespace_, sizeof out->namespace_) &&
                take_label(name, out->name, sizeof out->name) &&
                take_label(rest, out->port, sizeof out->port);
    return good ||
           err_set(err, ERR_CONFIG, "service",
                   "write it as namespace/name:port, with https: before it where it speaks TLS",
                   "\"%.150s\" names no Service", text);
}

char *well_known_text(const struct well_known_place *p, char *out, size_t size)
{
    snprintf(out, size, "%s%s/%s:%s", p->https ? "https:" : "", p->namespace_, p->name, p->port);
    return out;
}

char *well_known_path(const struct well_known_place *p, char *out, size_t size)
{
    snprintf(out, size, "/api/v1/namespaces/%s/services/%s%s:%s/proxy", p->namespace_,
             p->https ? "https:" : "", p->name, p->port);
    return out;
}
