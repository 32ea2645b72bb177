/* The containers of one pod, to choose among: what model holds is of `namespace_/pod`. */
#ifndef MODEL_POD_PARTS_H
#define MODEL_POD_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include "model/scope.h"
#include "model/upstream.h"

enum { POD_PARTS_MOST = 100, POD_PARTS_STATE = 64 };

struct pod_parts_row {
    char name[SCOPE_NAME];
    const char *role;            /* static: "", "init", "ephemeral" */
    char state[POD_PARTS_STATE]; /* "running", "CrashLoopBackOff", "Completed" */
    int64_t restarts;
};

struct pod_parts {
    char namespace_[SCOPE_NAME], pod[SCOPE_NAME]; /* that were asked for; "": none */
    struct upstream upstream;
    struct pod_parts_row list[POD_PARTS_MOST];
    size_t count; /* 0: they have not come */
    uint64_t changes;
};

#endif
