/*
 * A container's log through the API server, also where there is no Loki: the last lines, the run
 * before, and on and on. The kubelet keeps one or two files of it (10 MiB by default); what was
 * rotated away is gone.
 */
#ifndef KUBE_POD_LOGS_H
#define KUBE_POD_LOGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/line.h"
#include "model/upstream.h"

struct client;
struct pod_logs;

struct pod_logs_conf {
    const char *namespace_, *pod;
    const char *container; /* NULL: the only one (several: ERR_REFUSED, the server names them) */
    bool previous;         /* of the run before; never followed */
    bool follow;           /* until pod_logs_free; goes on after restarts, rotation and cuts */
    int64_t tail;          /* lines from the end; 0: 1,000; -1: all there are */
    int64_t since;         /* wall ns; 0: no bound */
    void *context;
    /* Each line, in the log's order: its time is the runtime's (where there is none, that of the
     * line before), labels namespace, pod and container. Valid during the call. A line longer than
     * 256 KiB is cut there. May not free. */
    void (*line)(void *context, const struct line *line);
    /* Lines came, or the state changed: once a read. May be NULL; may not free. */
    void (*changed)(void *context);
    /* The end, once, never from inside pod_logs_start: all lines came, or they will not. While
     * following only for what does not mend itself: the pod is gone, the container has no such
     * name, logs are not allowed. */
    void (*done)(void *context, const struct err *err);
    int silent_ms; /* a log silent for so long asks whether the server is there (10 s) */
};

struct pod_logs *pod_logs_start(struct client *c, const struct pod_logs_conf *conf); /* copies */
void pod_logs_free(struct pod_logs *l); /* also after done; NULL is allowed; not from `line` */

const struct upstream *pod_logs_upstream(const struct pod_logs *l);
uint64_t pod_logs_count(const struct pod_logs *l); /* lines handed out */

#endif
