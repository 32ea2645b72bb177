#include "ui/query/logquery.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/ownership.h"
#include "ui/errors/shown_window.h"

enum { PARTS = 3, PART_LEAST = 3, PART_MOST = 200, QUERY_BYTES = 1 << 16 };

static const char errors_only[] = " |~ \"(?i)(error|fatal|panic|exception)\"";

static const struct group *group_of(const struct model *m, const char *id)
{
    const struct model_windows *all = &m->windows;
    for (size_t i = 0; i <= all->rule_count; i++) {
        const struct window *w = i ? all->open[i - 1] : all->chosen;
        for (size_t g = 0; w && g < w->group_count; g++)
            if (strcmp(w->groups[g].id, id) == 0)
                return &w->groups[g];
    }
    return NULL;
}

static void matcher(struct buf *out, const char *label, const char *value, const char *how)
{
    if (!value[0] || !label || !label[0])
        return;
    buf_printf(out, "%s%s%s", out->n ? ", " : "", label, how);
    rule_quote(out, value);
}

static void add_workload(const struct scope *s, const struct rule_labels *labels, struct buf *out)
{
    struct buf pods;
    buf_init(&pods, QUERY_BYTES);
    ownership_pods(s->workload, &pods);
    matcher(out, labels->pod, buf_text(&pods), "=~");
    buf_free(&pods);
}

/* "namespace="shop", pod="x"": empty when the scope names nothing. */
static void add_matchers(const struct scope *s, const struct rule_labels *labels, struct buf *out)
{
    const char *ns = s->pod[0] && s->pod_namespace[0] ? s->pod_namespace
                     : s->workload[0]                 ? s->workload_namespace
                                                      : s->namespace_;
    matcher(out, labels->namespace_, ns, "=");
    if (s->pod[0])
        matcher(out, labels->pod, s->pod, "=");
    else if (s->workload[0])
        add_workload(s, labels, out);
    else
        matcher(out, labels->node, s->node, "=");
    matcher(out, labels->container, s->container, "=");
}

/* Without a sample blanks are not sure of themselves. */
static bool is_held(struct str part, const struct group *g)
{
    if (!g || !g->sample_text)
        return part.n && !memchr(part.p, ' ', part.n);
    return str_find((struct str){g->sample_text, g->sample_n}, part) >= 0;
}

/* Keeps the longest ones, which are the rarest. */
static void keep(struct str parts[PARTS], struct str part)
{
    for (size_t i = 0; i < PARTS && part.n >= PART_LEAST; i++) {
        if (part.n <= parts[i].n)
            continue;
        struct str shorter = parts[i];
        parts[i] = part;
        part = shorter;
    }
}

/* Templates have one blank where a line may have several: a part that does not stand in the sample is
 * taken word by word. */
static void take_part(struct str parts[PARTS], struct str part, const struct group *g)
{
    struct str word;
    part = str_trim(part);
    if (part.n <= PART_MOST && is_held(part, g)) {
        keep(parts, part);
        return;
    }
    while (str_cut(&part, ' ', &word))
        if (word.n <= PART_MOST && is_held(word, g))
            keep(parts, word);
}

/* Takes what stands before the next value off *line; a value is also what was redacted, which Loki
 * still has. */
static bool next_part(struct str *line, struct str *part)
{
    static const char *const marks[] = {"<*>", "<redacted:"};
    size_t at = line->n, behind = line->n;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        ptrdiff_t found = str_find(*line, str_of(marks[i]));
        const char *end = found >= 0 ? memchr(line->p + found, '>', line->n - (size_t)found) : NULL;
        if (!end || (size_t)found >= at)
            continue;
        at = (size_t)found;
        behind = (size_t)(end + 1 - line->p);
    }
    *part = (struct str){line->p, at};
    bool any = line->n > 0;
    *line = (struct str){line->p + behind, line->n - behind};
    return any;
}

/* The longest literal parts of the template: what stands between its values, in each of its lines. */
static void add_parts(const char *template_text, const struct group *g, struct buf *out)
{
    struct str parts[PARTS] = {{0}}, rest = str_of(template_text), line;
    while (str_cut(&rest, '\n', &line)) {
        struct str part;
        while (next_part(&line, &part))
            take_part(parts, part, g);
    }
    for (size_t i = 0; i < PARTS && parts[i].n; i++) {
        char *text = mem_dup_n(parts[i].p, parts[i].n);
        buf_adds(out, " |= ");
        rule_quote(out, text);
        free(text);
    }
}

/* A query with matchers put into its stream selector. */
static void narrow(const char *query, const struct buf *matchers, struct buf *out)
{
    const char *open = strchr(query, '{');
    if (!open || !matchers->n) {
        buf_adds(out, query);
        return;
    }
    buf_add(out, query, (size_t)(open + 1 - query));
    buf_add(out, matchers->p, matchers->n);
    bool empty = open[1 + strspn(open + 1, " ")] == '}';
    buf_printf(out, "%s%s", empty ? "" : ", ", open + 1);
}

/* Whether the content of the chosen window is on its way. */
static bool is_coming(const struct model *m)
{
    enum upstream_state store = m->windows.upstream.state,
                        window = m->windows.chosen_upstream.state;
    return store != UPSTREAM_OFF && window != UPSTREAM_DENIED && window != UPSTREAM_FAILED;
}

bool logquery_build(const struct model *m, const struct rule_labels *labels, bool wait,
                    struct buf *out)
{
    const struct scope *s = &m->scope;
    bool window = s->rule[0] && !s->pod[0];
    const struct window *w = window ? shown_window_get(m) : NULL;
    if (window && !w && wait && is_coming(m))
        return false;
    struct buf matchers;
    buf_init(&matchers, QUERY_BYTES);
    add_matchers(s, labels, &matchers);
    if (w && w->query)
        narrow(w->query, &matchers, out);
    else if (matchers.n)
        buf_printf(out, "{%s}", buf_text(&matchers));
    else if (m->windows.query)
        buf_adds(out, m->windows.query);
    else
        buf_printf(out, "{%s=~\".+\"}%s", labels->namespace_, errors_only);
    const struct group *g = s->group[0] ? group_of(m, s->group) : NULL;
    if (g)
        add_parts(g->template_text, g, out);
    buf_free(&matchers);
    return true;
}

void logquery_of_group(const struct model *m, const struct rule_labels *labels,
                       const struct window *w, const char *template_text, const struct group *group,
                       struct buf *out)
{
    struct buf matchers;
    buf_init(&matchers, QUERY_BYTES);
    add_matchers(&m->scope, labels, &matchers);
    narrow(w->query ? w->query : "{}", &matchers, out);
    add_parts(template_text, group, out);
    buf_free(&matchers);
}
