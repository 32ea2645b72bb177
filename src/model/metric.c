#include "model/metric.h"

const char *metric_name(enum metric m)
{
    static const char *const names[METRIC_COUNT] = {"pod-cpu", "pod-memory", "node-cpu",
                                                    "node-memory"};
    return names[m];
}
