/* `/logging` of the read API: rules and days, the windows of a day, a window. Inside of service. */
#ifndef COLLECT_SERVICE_LOGGING_H
#define COLLECT_SERVICE_LOGGING_H

struct service_call;

void service_logging_answer(struct service_call *c);

#endif
