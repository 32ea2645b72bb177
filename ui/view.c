#include "ui/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/engine.h"
#include "ui/export.h"

static void address_of(const struct app *a, struct address *out)
{
    const struct pane *p = engine_focused(a);
    enum question_language language;
    const char *graph = moves_graph_query(a->moves, &language);
    memset(out, 0, sizeof *out);
    out->scope = a->model->scope;
    if (moves_typed_query(a->moves))
        str_copy(out->query, sizeof out->query, moves_typed_query(a->moves));
    if (graph)
        str_copy(out->graph, sizeof out->graph, graph);
    out->promql = language == QUESTION_PROMQL;
    str_copy(out->pane, sizeof out->pane, p->ops->name);
    if (p->filter.regex)
        snprintf(out->filter, sizeof out->filter, "%s%.1000s", p->filter.invert ? "!" : "",
                 p->filter.text);
}

void view_copy_address(struct app *a)
{
    struct address *address = mem_alloc(sizeof *address);
    struct buf text;
    buf_init(&text, ADDRESS_MOST);
    address_of(a, address);
    address_write(address, &text);
    if (text.over)
        engine_say(a, ROLE_ERROR, "This view is too long for an address.");
    else
        export_copy_text(a, buf_str(&text));
    buf_free(&text);
    free(address);
}

static bool is_here(const struct app *a, const struct address *address, struct err *err)
{
    const char *here = a->model->scope.cluster;
    if (strcmp(here, address->scope.cluster) != 0)
        return err_set(err, ERR_USAGE, "address", "choose its context (--context, :ctx)",
                       "the address is of the cluster \"%s\", and this is \"%s\"",
                       address->scope.cluster, here);
    if (address->pane[0] && !pane_find(address->pane))
        return err_set(err, ERR_USAGE, "address", "use a newer kubeboard",
                       "it names the pane \"%s\", which this kubeboard does not have",
                       address->pane);
    return true;
}

static void go_to(struct app *a, const struct scope *to)
{
    struct moves *v = a->moves;
    if (to->rule[0])
        moves_window(v, to->rule, to->from, to->to);
    else if (to->at)
        moves_span_to(v, to->from, to->at);
    else
        moves_live(v);
    moves_subject(v, to);
    moves_group(v, to->group);
}

bool view_open(struct app *a, const struct address *address, struct err *err)
{
    if (!is_here(a, address, err))
        return false;
    go_to(a, &address->scope);
    moves_query(a->moves, NULL);
    if (address->pane[0]) {
        engine_show(a, address->pane);
        a->touched = true; /* it is not to give way to a pane that is urgent */
    }
    struct err unreadable;
    if (!pane_filter(engine_focused(a), address->filter, &unreadable))
        engine_say_err(a, &unreadable);
    queryline_run_view(a, address->query, address->promql ? QUESTION_PROMQL : QUESTION_LOGQL,
                       address->graph);
    return true;
}
