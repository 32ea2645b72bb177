/* Inside of describe: asks the server for what stands near an object (describe_near.h). */
#ifndef KUBE_DESCRIBE_ASK_H
#define KUBE_DESCRIBE_ASK_H

#include "kube/describe/describe_near.h"

struct client;
struct describe_ask;

/* Begins; `object` must last until describe_ask_free. `done` is told once, from the loop, when it is
 * known or could not be had. */
struct describe_ask *describe_ask_start(struct client *c, const struct describe_near *what,
                                        const struct json *object, void (*done)(void *context),
                                        void *context);
void describe_ask_free(struct describe_ask *a); /* `done` is not told any more; NULL is allowed */
bool describe_ask_ended(const struct describe_ask *a);
/* What was found: lasts until describe_ask_free. After the end only. Of nothing (`what` is NULL)
 * where there was nothing to ask, or the server has no such list. */
void describe_ask_found(struct describe_ask *a, struct describe_near_found *out);

#endif
