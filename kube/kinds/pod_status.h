/* What kubectl prints of a pod: READY, STATUS and RESTARTS (printPod of
 * pkg/printers/internalversion). */
#ifndef KUBE_POD_STATUS_H
#define KUBE_POD_STATUS_H

#include <stdbool.h>
#include <stdint.h>

struct json;

enum { POD_STATUS_TEXT = 256 };

struct pod_status {
    char text[POD_STATUS_TEXT]; /* the STATUS column */
    int32_t ready, total;
    int64_t restarts;
    int64_t last_restart; /* wall ns, 0: never */
};

void pod_status_read(struct pod_status *s, const struct json *pod);

#endif
