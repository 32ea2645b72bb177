#include "sandbox/prometheus/promd.h"

#include "base/clock.h"
#include "sandbox/world/incident.h"

size_t promd_alerts(const struct world *w, int64_t t, struct promd_alert out[PROMD_ALERTS])
{
    size_t n = 0;
    int64_t errors = incident_errors_begin(w), pressure = incident_pressure(w);
    if (t >= errors + 2 * CLOCK_MINUTE)
        out[n++] = (struct promd_alert){"HighErrorRate",
                                        "critical",
                                        "shop",
                                        "more than 5 % of checkout's requests fail",
                                        errors + 2 * CLOCK_MINUTE,
                                        true};
    if (t >= pressure + CLOCK_MINUTE)
        out[n++] = (struct promd_alert){
            "NodeMemoryPressure",    "warning", "", "a node is short of memory",
            pressure + CLOCK_MINUTE, false};
    return n;
}
