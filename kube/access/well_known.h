/* Which Service is a Loki, a Prometheus or an Alertmanager: the table of well_known.def. */
#ifndef KUBE_WELL_KNOWN_H
#define KUBE_WELL_KNOWN_H

#include <stdbool.h>

#include "base/err.h"

struct json;

enum well_known_source {
    WELL_KNOWN_LOKI,
    WELL_KNOWN_PROMETHEUS,
    WELL_KNOWN_ALERTMANAGER,
    WELL_KNOWN_SOURCES
};

/* "loki": the key of the configuration's block. */
const char *well_known_name(enum well_known_source s);
/* What answers with 2xx when it is one: "/loki/api/v1/labels". */
const char *well_known_probe(enum well_known_source s);

struct well_known_place {
    char namespace_[64], name[64];
    char port[64]; /* its name, or its number */
    bool https;
    int rank; /* of the table's rows, 0 the best */
};

/* Reads a Service; false when it is none of the source. */
bool well_known_read(enum well_known_source s, const struct json *service,
                     struct well_known_place *out);
/* "[https:]namespace/name:port", as the configuration has it. False and *err (ERR_CONFIG). */
bool well_known_parse(const char *text, struct well_known_place *out, struct err *err);
/* The same text: "monitoring/loki-gateway:80". Returns out. */
char *well_known_text(const struct well_known_place *p, char *out, size_t size);
/* The path of its proxy: "/api/v1/namespaces/NS/services/[https:]NAME:PORT/proxy". Returns out. */
char *well_known_path(const struct well_known_place *p, char *out, size_t size);

/* The namespaces that are looked at where all of them may not be; NULL behind the last. */
const char *well_known_namespace(size_t i);

#endif
