#include "ui/log/logcli.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

enum { LOOKED_AT = 20000 }; /* of the newest lines */

struct containers {
    const struct labels *list[LOGCLI_PODS];
    size_t count;
    bool more;
    const struct rule_labels *names;
};

/* Nothing inside means anything to the shell. */
static void quote(struct buf *out, const char *text)
{
    buf_addc(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            buf_adds(out, "'\\''");
        else
            buf_addc(out, *text);
    }
    buf_addc(out, '\'');
}

static int compare(const struct containers *c, const struct labels *a, const struct labels *b)
{
    const char *const names[] = {c->names->namespace_, c->names->pod, c->names->container};
    int order = 0;
    for (size_t i = 0; i < 3 && !order; i++)
        if (names[i])
            order = str_compare_natural(labels_value(a, names[i]), labels_value(b, names[i]));
    return order;
}

static void add_container(struct containers *c, const struct labels *labels)
{
    size_t at = 0;
    int order = 1;
    while (at < c->count && (order = compare(c, labels, c->list[at])) > 0)
        at++;
    if (at < c->count && order == 0)
        return;
    c->more |= c->count == LOGCLI_PODS;
    if (c->count == LOGCLI_PODS)
        return;
    memmove(c->list + at + 1, c->list + at, (c->count - at) * sizeof *c->list);
    c->list[at] = labels;
    c->count++;
}

static void find_containers(struct containers *c, const struct lines *lines)
{
    const struct labels *last = NULL;
    size_t count = lines_count(lines);
    for (size_t i = count > LOOKED_AT ? count - LOOKED_AT : 0; i < count; i++) {
        struct line line = lines_at(lines, i);
        if (line.kind != LINE_LOG || line.labels == last)
            continue;
        last = line.labels;
        if (labels_value(last, c->names->pod)[0])
            add_container(c, last);
    }
}

static void add_kubectl(struct buf *out, const struct containers *c, const struct labels *labels,
                        const char *since)
{
    const char *container = c->names->container ? labels_value(labels, c->names->container) : "";
    buf_adds(out, "kubectl logs --namespace ");
    quote(out, labels_value(labels, c->names->namespace_));
    buf_addc(out, ' ');
    quote(out, labels_value(labels, c->names->pod));
    if (container[0]) {
        buf_adds(out, " --container ");
        quote(out, container);
    }
    buf_printf(out, " --timestamps --since-time=%s\n", since);
}

void logcli_commands(struct buf *out, const struct model_logs *m, const struct rule_labels *labels,
                     int64_t now)
{
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    struct containers c = {.names = labels};
    if (!m->query || !m->query[0]) {
        buf_adds(out, "# The log pane has asked for no lines yet.\n");
        return;
    }
    clock_rfc3339(m->from, true, from);
    clock_rfc3339(m->to ? m->to : now, true, to);
    buf_adds(out, "# Set LOKI_ADDR to your Loki and, where it has tenants, LOKI_ORG_ID.\n");
    buf_printf(out, "logcli query --from=%s --to=%s --limit=0 --forward ", from, to);
    quote(out, m->query);
    buf_addc(out, '\n');
    if (!m->to) {
        buf_adds(out, "\n# And what comes from now on:\nlogcli query --tail ");
        quote(out, m->query);
        buf_addc(out, '\n');
    }
    find_containers(&c, m->lines);
    if (!c.count)
        return;
    buf_adds(out, "\n# All lines of these containers since then, as long as their nodes keep them\n"
                  "# (--previous: of the start before the last):\n");
    clock_rfc3339(m->from, false, from);
    for (size_t i = 0; i < c.count; i++)
        add_kubectl(out, &c, c.list[i], from);
    if (c.more)
        buf_printf(out, "# and more: these are %d of them\n", LOGCLI_PODS);
}
