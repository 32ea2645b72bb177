#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

static void fill(struct model *m)
{
    m->broken.rows = broken_rows_new();
    m->logs.lines = lines_new(MODEL_LOG_BYTES);
    m->logs.lag = -1;
    m->served = served_new();
    m->marks = marks_new();
    for (int i = 0; i < METRIC_COUNT; i++)
        m->series[i] = series_new(MODEL_SERIES_STEP_SECONDS * CLOCK_SECOND, MODEL_SERIES_POINTS);
    m->windows.pasts = pasts_new();
    m->vocabulary = vocabulary_new();
}

struct model *model_new(void)
{
    struct model *m = mem_alloc(sizeof *m);
    fill(m);
    m->intents = intents_new();
    return m;
}

/* All but the intents. */
static void empty(struct model *m)
{
    struct resource *const resources[] = {&m->nodes, &m->pods, &m->namespaces, &m->events};
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++)
        objects_free(resources[i]->table);
    contexts_clear(&m->contexts);
    broken_rows_free(m->broken.rows);
    for (size_t i = 0; i < MODEL_BROWSED; i++)
        objects_free(m->browsed[i].resource.table);
    served_free(m->served);
    pages_seen_clear(&m->page.seen);
    lines_free(m->logs.lines);
    marks_free(m->marks);
    free(m->logs.query);
    free(m->windows.query);
    for (int i = 0; i < MODEL_RULES; i++) {
        free(m->windows.rules[i]);
        window_day_free(m->windows.days[i]);
        window_free(m->windows.open[i]);
    }
    window_free(m->windows.chosen);
    pasts_free(m->windows.pasts);
    catalogue_free(m->windows.catalogue);
    for (int i = 0; i < METRIC_COUNT; i++)
        series_free(m->series[i]);
    volume_clear(&m->volume);
    graph_clear(&m->graph);
    question_clear(&m->question);
    vocabulary_free(m->vocabulary);
    free(m->insecure);
}

void model_free(struct model *m)
{
    if (!m)
        return;
    empty(m);
    intents_free(m->intents);
    free(m);
}

void model_clear(struct model *m)
{
    struct intents *intents = m->intents;
    struct intent wish;
    empty(m);
    while (intents_take(intents, &wish))
        free(wish.text);
    *m = (struct model){.intents = intents, .dirty = true};
    fill(m);
}

size_t model_lists_filled(const struct model *m)
{
    const struct resource *all[] = {&m->nodes, &m->pods, &m->namespaces, &m->events};
    size_t filled = (lines_count(m->logs.lines) > 0) + (broken_rows_count(m->broken.rows) > 0);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        filled += all[i]->table && objects_count(all[i]->table) > 0;
    for (size_t i = 0; i < MODEL_BROWSED; i++)
        filled += m->browsed[i].resource.table && objects_count(m->browsed[i].resource.table) > 0;
    return filled;
}

const struct model_browsed *model_browsed_find(const struct model *m, const char *name)
{
    for (size_t i = 0; name[0] && i < MODEL_BROWSED; i++)
        if (strcmp(m->browsed[i].name, name) == 0)
            return &m->browsed[i];
    return NULL;
}
