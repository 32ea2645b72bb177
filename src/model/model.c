#include "model/model.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

struct model *model_new(void)
{
    struct model *m = mem_alloc(sizeof *m);
    m->logs.lines = lines_new(MODEL_LOG_BYTES);
    m->logs.lag = -1;
    for (int i = 0; i < METRIC_COUNT; i++)
        m->series[i] = series_new(MODEL_SERIES_STEP_SECONDS * CLOCK_SECOND, MODEL_SERIES_POINTS);
    m->intents = intents_new();
    return m;
}

void model_free(struct model *m)
{
    if (!m)
        return;
    struct resource *const resources[] = {&m->nodes, &m->pods, &m->namespaces, &m->events};
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++)
        objects_free(resources[i]->table);
    lines_free(m->logs.lines);
    free(m->logs.query);
    for (int i = 0; i < MODEL_RULES; i++) {
        free(m->windows.rules[i]);
        window_day_free(m->windows.days[i]);
        window_free(m->windows.open[i]);
    }
    window_free(m->windows.chosen);
    for (int i = 0; i < METRIC_COUNT; i++)
        series_free(m->series[i]);
    intents_free(m->intents);
    free(m->insecure);
    free(m);
}
