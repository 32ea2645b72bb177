/* Whether the server is still there: one cheap request for all who ask at the same time; and who waits
 * for one that is away. */
#ifndef KUBE_CLIENT_PROBE_H
#define KUBE_CLIENT_PROBE_H

#include "base/err.h"

struct client;
struct client_probe;

struct client_probe *client_probe_new(struct client *c);
void client_probe_free(
    struct client_probe *p); /* without callbacks; before the client's requests */

/* See client_probe of client.h. */
void client_probe_ask(struct client_probe *p, void (*done)(void *context, const struct err *err),
                      void *context);
void client_probe_drop(struct client_probe *p, void *context);

/* See client_await. */
void client_probe_await(struct client_probe *p, void (*back)(void *context), void *context);
void client_probe_give_up(struct client_probe *p, void *context);
void client_probe_seen(struct client_probe *p); /* the server has answered something */

#endif
