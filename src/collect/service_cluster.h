/* `/cluster-info` of the read API. Inside of service. */
#ifndef COLLECT_SERVICE_CLUSTER_H
#define COLLECT_SERVICE_CLUSTER_H

struct service_call;

void service_cluster_answer(struct service_call *c);

#endif
