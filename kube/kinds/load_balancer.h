/* status.loadBalancer, which Services and Ingresses have. */
#ifndef KUBE_LOAD_BALANCER_H
#define KUBE_LOAD_BALANCER_H

#include "base/buf.h"

struct json;

/* What it needs of an object. */
#define LOAD_BALANCER_KEEP "status.loadBalancer.ingress.ip", "status.loadBalancer.ingress.hostname"

/* Adds the addresses (an IP before a host name), each once and in order, with commas between. Whole,
 * where kubectl without -o wide cuts them at 16 bytes. */
void load_balancer_addresses(struct buf *out, const struct json *object);

#endif
