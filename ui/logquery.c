#include "ui/logquery.h"

#include <string.h>

#include "base/str.h"
#include "ui/shown_window.h"

enum { WORDS = 3, WORD_LEAST = 3, QUERY_BYTES = 1 << 16 };

static const char errors_only[] = " |~ \"(?i)(error|fatal|panic|exception)\"";

const struct group *logquery_group(const struct model *m, const char *id)
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

static void matcher(struct buf *out, const char *label, const char *value)
{
    if (!value[0] || !label || !label[0])
        return;
    buf_printf(out, "%s%s=", out->n ? ", " : "", label);
    rule_quote(out, value);
}

/* "namespace="shop", pod="x"": empty when the scope names nothing. */
static void add_matchers(const struct scope *s, const struct rule_labels *labels, struct buf *out)
{
    const char *ns = s->pod[0] && s->pod_namespace[0] ? s->pod_namespace : s->namespace_;
    matcher(out, labels->namespace_, ns);
    if (s->pod[0])
        matcher(out, labels->pod, s->pod);
    else
        matcher(out, labels->node, s->node);
    matcher(out, labels->container, s->container);
}

static bool usable(struct str word)
{
    static const char awkward[] = "<>\"\\";
    for (size_t i = 0; i < word.n; i++)
        if (strchr(awkward, word.p[i]) || (unsigned char)word.p[i] < ' ')
            return false;
    return word.n >= WORD_LEAST;
}

/* The longest words of the template that stand in each of its lines. */
static void add_words(const char *template_text, struct buf *out)
{
    struct str words[WORDS] = {{0}}, rest = str_of(template_text), word;
    while (str_cut(&rest, ' ', &word)) {
        for (size_t i = 0; usable(word) && i < WORDS; i++) {
            if (word.n <= words[i].n)
                continue;
            struct str shorter = words[i];
            words[i] = word;
            word = shorter;
        }
    }
    for (size_t i = 0; i < WORDS && words[i].n; i++) {
        char text[200];
        if (words[i].n >= sizeof text)
            continue;
        memcpy(text, words[i].p, words[i].n);
        text[words[i].n] = '\0';
        buf_adds(out, " |= ");
        rule_quote(out, text);
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
    else
        buf_printf(out, "{%s=~\".+\"}%s", labels->namespace_, errors_only);
    const struct group *g = s->group[0] ? logquery_group(m, s->group) : NULL;
    if (g)
        add_words(g->template_text, out);
    buf_free(&matchers);
    return true;
}
