/* Who asks whether the server is still there, of whom all are told by one cheap request of the client's;
 * and who waits for one that is away. */
#ifndef KUBE_CLIENT_PROBE_H
#define KUBE_CLIENT_PROBE_H

#include <stdbool.h>

#include "base/err.h"

struct client_probe;
struct loop;

struct client_probe *client_probe_new(struct loop *l);
void client_probe_free(struct client_probe *p); /* without callbacks */

/* See client_probe of client.h. True: the caller is to ask the server now, and to give its answer to
 * client_probe_told; false: that is under way, or was so lately that its answer still holds. */
bool client_probe_ask(struct client_probe *p, void (*done)(void *context, const struct err *err),
                      void *context);
void client_probe_told(struct client_probe *p, const struct err *err); /* ERR_NONE: it is there */
void client_probe_drop(struct client_probe *p, void *context);

/* See client_await. */
void client_probe_await(struct client_probe *p, void (*back)(void *context), void *context);
void client_probe_give_up(struct client_probe *p, void *context);
void client_probe_seen(struct client_probe *p); /* the server has answered something */

#endif
