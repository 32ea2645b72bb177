/* The metrics that the board keeps as series. */
#ifndef MODEL_METRIC_H
#define MODEL_METRIC_H

enum metric {
    METRIC_POD_CPU,     /* cores; keys "namespace/pod" */
    METRIC_POD_MEMORY,  /* bytes */
    METRIC_NODE_CPU,    /* 0…1 of the node; keys are node names */
    METRIC_NODE_MEMORY, /* 0…1 */
    METRIC_COUNT
};

#endif
