/* `/infra` of the read API. Inside of service. */
#ifndef COLLECT_SERVICE_INFRA_H
#define COLLECT_SERVICE_INFRA_H

struct service_call;

void service_infra_answer(struct service_call *c);

#endif
