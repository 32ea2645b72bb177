/* The collector's HTTP (CONTRACT.md): health, metrics and the read API. All of it from the store,
 * so any replica answers. */
#ifndef COLLECT_SERVICE_H
#define COLLECT_SERVICE_H

#include "base/err.h"

struct loop;
struct metrics;
struct service;
struct window_store;

enum {
    SERVICE_RUNNING = 32,    /* questions that are answered at a time; one more gets 503 */
    SERVICE_PER_SECOND = 50, /* questions a second, over a while; more get 429 */
    SERVICE_BURST = 200,
    SERVICE_CONNECTIONS = 256,
};

struct service_conf {
    struct loop *loop;
    const char *listen;     /* "0.0.0.0:8080"; port 0: a free one */
    const char *token_file; /* NULL: no token is asked for. Read again when it changes */
    struct window_store *store;
    struct metrics *metrics;
};

/* NULL and *err when it cannot listen, or the token file cannot be read or is empty. */
struct service *service_new(const struct service_conf *conf, struct err *err);
void service_free(struct service *s); /* NULL is allowed */
int service_port(const struct service *s);

/* What /healthz says: `why` NULL is well. Copied. */
void service_health(struct service *s, const char *why);

#endif
