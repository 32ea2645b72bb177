/* `/groups` of the read API: the catalogue of all groups ever seen. Inside of service. */
#ifndef COLLECT_SERVICE_GROUPS_H
#define COLLECT_SERVICE_GROUPS_H

struct service_call;

void service_groups_answer(struct service_call *c);

#endif
