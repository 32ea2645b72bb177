#include "ui/errors/shown_window.h"

#include <string.h>

#include "base/clock.h"

enum { WIDTH_MINUTES = 10 };

int64_t shown_window_width(const struct model *m)
{
    return m->windows.width > 0 ? m->windows.width : WIDTH_MINUTES * CLOCK_MINUTE;
}

/* Where nobody tells of the open windows: the newest stored one of the first rule. */
static bool newest_of(const struct model_windows *w, const char **rule, int64_t *from)
{
    const struct window_day *day = w->rule_count ? w->days[0] : NULL;
    if (w->open_upstream.state != UPSTREAM_OFF || !day || !day->count)
        return false;
    *rule = w->rules[0];
    *from = day->list[day->count - 1].from;
    return true;
}

bool shown_window_of(const struct model *m, const char **rule, int64_t *from)
{
    const struct scope *s = &m->scope;
    if (s->rule[0]) {
        *rule = s->rule;
        *from = s->from;
        return true;
    }
    if (scope_is_live(s))
        return newest_of(&m->windows, rule, from);
    if (!m->windows.rule_count)
        return false;
    *rule = m->windows.rules[0];
    *from = clock_align(s->at - 1, shown_window_width(m));
    return true;
}

const struct window *shown_window_get(const struct model *m)
{
    const struct window *w = m->windows.chosen;
    const char *rule;
    int64_t from;
    if (!w || !w->rule || !shown_window_of(m, &rule, &from))
        return NULL;
    return strcmp(w->rule, rule) == 0 && w->from == from ? w : NULL;
}
