#include "ui/log/logcli.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "model/pod_log_wish.h"

enum { QUERY_BYTES = 1 << 17, LOOKED_AT = 20000 }; /* of the newest lines */

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

/* The command up to the options that say which lines. */
static void add_kubectl(struct buf *out, const char *ns, const char *pod, const char *container)
{
    buf_adds(out, "kubectl logs --namespace ");
    quote(out, ns);
    buf_addc(out, ' ');
    quote(out, pod);
    if (container[0]) {
        buf_adds(out, " --container ");
        quote(out, container);
    }
    buf_adds(out, " --timestamps");
}

static void add_containers(struct buf *out, const struct model_logs *m, int64_t from,
                           const struct rule_labels *names)
{
    struct containers c = {.names = names};
    char since[CLOCK_TEXT];
    find_containers(&c, m->lines);
    if (!c.count)
        return;
    buf_adds(out, "\n# All lines of these containers since then, as long as their nodes keep them\n"
                  "# (--previous: of the start before the last):\n");
    for (size_t i = 0; i < c.count; i++) {
        add_kubectl(out, labels_value(c.list[i], names->namespace_),
                    labels_value(c.list[i], names->pod),
                    names->container ? labels_value(c.list[i], names->container) : "");
        buf_printf(out, " --since-time=%s\n", clock_rfc3339(from, false, since));
    }
    if (c.more)
        buf_printf(out, "# and more: these are %d of them\n", LOGCLI_PODS);
}

static void add_pod(struct buf *out, const struct model_logs *m)
{
    struct pod_log_wish w;
    if (!pod_log_wish_read(m->query, &w))
        return;
    buf_adds(out, "# What the log pane shows comes from the API server:\n");
    add_kubectl(out, w.namespace_, w.pod, w.container);
    buf_adds(out, w.previous ? " --previous\n" : " --follow\n");
}

static void add_logcli(struct buf *out, int64_t from, int64_t to, const char *query)
{
    char start[CLOCK_TEXT], end[CLOCK_TEXT];
    buf_printf(out, "logcli query --from=%s --to=%s --limit=0 --forward ",
               clock_rfc3339(from, true, start), clock_rfc3339(to, true, end));
    quote(out, query);
    buf_addc(out, '\n');
}

/* What the pane keeps of the lines is kept by the server. */
static char *kept_query(const char *query, const struct pane_pattern *filter)
{
    struct buf out, text;
    buf_init(&out, QUERY_BYTES);
    buf_adds(&out, query);
    if (filter && filter->regex) {
        buf_init(&text, QUERY_BYTES);
        buf_printf(&text, "%s%s", regex_folds(filter->regex) ? "(?i)" : "", filter->text);
        buf_adds(&out, filter->invert ? " !~ " : " |~ ");
        rule_quote(&out, buf_text(&text));
        buf_free(&text);
    }
    return buf_take(&out, NULL);
}

/* From when on all lines are held. */
static int64_t held_since(const struct model_logs *m)
{
    return m->older.state != MODEL_EDGE_NONE && m->older.time > 0 ? m->older.time : m->from;
}

/* That, or the first of them: before it there may be weeks without a line, and a server refuses a span
 * that is too long. */
static int64_t first_held(const struct model_logs *m)
{
    int64_t since = held_since(m);
    for (size_t i = 0; i < lines_count(m->lines); i++) {
        struct line line = lines_at(m->lines, i);
        if (line.kind == LINE_LOG)
            return line.time > since ? line.time : since;
    }
    return since;
}

void logcli_commands(struct buf *out, const struct model_logs *m, const struct pane_pattern *filter,
                     bool choosing, const struct rule_labels *labels, int64_t now)
{
    if (!m->query || !m->query[0]) {
        buf_adds(out, "# The log pane has asked for no lines yet.\n");
        return;
    }
    if (choosing)
        buf_adds(out,
                 "# The log pane keeps or hides patterns: these give the lines of all patterns.\n");
    if (m->from_pod) {
        add_pod(out, m);
        return;
    }
    bool live = m->newer.state == MODEL_EDGE_LIVE || m->newer.state == MODEL_EDGE_NONE;
    int64_t span_to = m->to ? m->to : now;
    int64_t from = first_held(m), to = live ? span_to : m->newer.time;
    char *query = kept_query(m->query, filter);
    buf_adds(out, "# Set LOKI_ADDR to your Loki and, where it has tenants, LOKI_ORG_ID.\n");
    add_logcli(out, from, to, query);
    if (held_since(m) > m->from || to < span_to) {
        buf_adds(out, "\n# Those are the lines that are held. All of the span:\n");
        add_logcli(out, m->from, span_to, query);
    }
    if (!m->to) {
        buf_adds(out, "\n# And what comes from now on:\nlogcli query --tail ");
        quote(out, query);
        buf_addc(out, '\n');
    }
    free(query);
    add_containers(out, m, from, labels);
}
