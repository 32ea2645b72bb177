#include "ui/log/logsource.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum { SETS_MOST = 1000, PAIRS_MOST = 100 };

/* Whether a label has two values, of those lines that have it at all; *any: one has it. */
static bool differs(const struct lines *lines, const char *name, bool *any)
{
    size_t n = lines_label_slots(lines);
    const char *first = NULL;
    *any = false;
    for (size_t i = 0; name && name[0] && i < n && i < SETS_MOST; i++) {
        const struct labels *set = lines_label_set(lines, i);
        const char *value = set ? labels_value(set, name) : "";
        if (!value[0])
            continue;
        if (*any && strcmp(first, value) != 0)
            return true;
        first = value;
        *any = true;
    }
    return false;
}

/* Whether a pod has two containers among these lines: else its name says enough. */
static bool is_shared(const struct lines *lines, const struct rule_labels *names)
{
    size_t n = lines_label_slots(lines);
    n = n < PAIRS_MOST ? n : PAIRS_MOST;
    for (size_t i = 0; i < n; i++) {
        const struct labels *a = lines_label_set(lines, i);
        for (size_t k = i + 1; a && k < n; k++) {
            const struct labels *b = lines_label_set(lines, k);
            if (b &&
                strcmp(labels_value(a, names->container), labels_value(b, names->container)) != 0 &&
                strcmp(labels_value(a, names->pod), labels_value(b, names->pod)) == 0)
                return true;
        }
    }
    return false;
}

static void choose_other(struct logsource *s, const struct lines *lines)
{
    const struct labels *set = NULL;
    bool any;
    for (size_t i = 0; !set && i < lines_label_slots(lines); i++)
        set = lines_label_set(lines, i);
    for (size_t i = 0; set && i < set->count; i++) {
        if (!s->other[0] || differs(lines, set->list[i].name, &any))
            str_copy(s->other, sizeof s->other, set->list[i].name);
        if (differs(lines, s->other, &any))
            break;
    }
}

void logsource_choose(struct logsource *s, const struct lines *lines,
                      const struct rule_labels *names, bool pod_is_known)
{
    bool ns, pod, app, container;
    *s = (struct logsource){0};
    s->namespace_ = differs(lines, names->namespace_, &ns);
    differs(lines, names->pod, &pod);
    s->pod = pod && !pod_is_known;
    s->container = differs(lines, names->container, &container) && is_shared(lines, names);
    differs(lines, names->app, &app);
    if (!pod && app)
        str_copy(s->other, sizeof s->other, names->app);
    else if (!pod)
        choose_other(s, lines);
    s->columns = s->namespace_ + s->pod + s->container + (s->other[0] != '\0');
}

char *logsource_text(const struct logsource *s, const struct rule_labels *names,
                     const struct labels *labels, char out[LOGSOURCE_TEXT])
{
    const char *const parts[] = {s->namespace_ ? names->namespace_ : "", s->pod ? names->pod : "",
                                 s->other, s->container ? names->container : ""};
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof *parts && n < LOGSOURCE_TEXT; i++) {
        const char *value = parts[i][0] ? labels_value(labels, parts[i]) : "";
        if (value[0])
            n += (size_t)snprintf(out + n, LOGSOURCE_TEXT - n, "%s%s", n ? "/" : "", value);
    }
    return out;
}
