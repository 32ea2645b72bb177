/* Wishes as a table: which feed each is for. A feed that is not there takes its wishes and does nothing. */
#include "cmd/board/board_feeds.h"
#include "model/intent.h"

/* One feed at a time fills the log pane. */
static bool show_pod_logs(struct board_feeds *f, const struct intent *wish)
{
    if (!f->pod_logs)
        return true;
    if (f->logs)
        board_logs_stop(f->logs);
    board_pod_logs_show(f->pod_logs, wish->text);
    return true;
}

static bool show_logs(struct board_feeds *f, const struct intent *wish)
{
    if (f->pod_logs)
        board_pod_logs_stop(f->pod_logs);
    if (f->logs)
        board_logs_show(f->logs, wish->text, wish->from, wish->to);
    return true;
}

static bool move_in_logs(struct board_feeds *f, const struct intent *wish)
{
    if (f->logs && !f->model->logs.from_pod)
        board_logs_wish(f->logs, wish->type, wish->from);
    return true;
}

static bool show_containers(struct board_feeds *f, const struct intent *wish)
{
    if (f->pod_logs)
        board_pod_logs_containers(f->pod_logs, wish->text);
    return true;
}

static bool show_day(struct board_feeds *f, const struct intent *wish)
{
    board_windows_show_day(f->windows, wish->text, wish->from);
    return true;
}

static bool show_window(struct board_feeds *f, const struct intent *wish)
{
    board_windows_show(f->windows, wish->text, wish->from);
    return true;
}

static bool show_metrics(struct board_feeds *f, const struct intent *wish)
{
    board_server_show(f->server, f->model->scope.at);
    if (f->metrics)
        board_metrics_show(f->metrics, wish->from, wish->to);
    return true;
}

static bool show_resources(struct board_feeds *f, const struct intent *wish)
{
    if (f->server)
        board_server_browse(f->server, wish->text);
    else if (f->resource)
        board_resource_show(f->resource, wish->text);
    return true;
}

static bool name_resources(struct board_feeds *f, const struct intent *wish)
{
    (void)wish;
    if (f->resource)
        board_resource_name(f->resource);
    return true;
}

static bool check_query(struct board_feeds *f, const struct intent *wish)
{
    board_query_check(f->query, wish->type == INTENT_CHECK_PROMQL, wish->text, wish->from,
                      wish->to);
    return true;
}

static bool complete_query(struct board_feeds *f, const struct intent *wish)
{
    board_query_words(f->query, wish->text, wish->from, wish->to);
    return true;
}

static bool show_volume(struct board_feeds *f, const struct intent *wish)
{
    board_volume_show(f->volume, wish->text, wish->from, wish->to,
                      wish->type == INTENT_VOLUME_WHATEVER);
    return true;
}

static bool show_graph(struct board_feeds *f, const struct intent *wish)
{
    board_graph_show(f->graph, wish->type == INTENT_GRAPH_PROMQL, wish->text, wish->from, wish->to);
    return true;
}

static bool show_page(struct board_feeds *f, const struct intent *wish)
{
    if (f->page)
        board_page_show(f->page, wish->text);
    return true;
}

static bool operate(struct board_feeds *f, const struct intent *wish)
{
    return !f->operations || board_operations_obey(f->operations, wish);
}

/* Others are the board's. */
static bool (*const obeys[])(struct board_feeds *, const struct intent *) = {
    [INTENT_LOGS] = show_logs,
    [INTENT_LOGS_OLDER] = move_in_logs,
    [INTENT_LOGS_NEWER] = move_in_logs,
    [INTENT_LOGS_AT] = move_in_logs,
    [INTENT_LOGS_LIVE] = move_in_logs,
    [INTENT_LOGS_HOLD] = move_in_logs,
    [INTENT_WINDOW_DAY] = show_day,
    [INTENT_WINDOW] = show_window,
    [INTENT_METRICS] = show_metrics,
    [INTENT_POD_LOGS] = show_pod_logs,
    [INTENT_CONTAINERS] = show_containers,
    [INTENT_PAGE] = show_page,
    [INTENT_BROWSE] = show_resources,
    [INTENT_SERVED] = name_resources,
    [INTENT_OFFERS] = operate,
    [INTENT_QUESTION] = operate,
    [INTENT_AGREED] = operate,
    [INTENT_FORGET] = operate,
    [INTENT_STOP] = operate,
    [INTENT_CHECK] = check_query,
    [INTENT_CHECK_PROMQL] = check_query,
    [INTENT_VOLUME] = show_volume,
    [INTENT_VOLUME_WHATEVER] = show_volume,
    [INTENT_GRAPH] = show_graph,
    [INTENT_GRAPH_PROMQL] = show_graph,
    [INTENT_WORDS] = complete_query,
    [INTENT_QUIT] = NULL,
};

bool board_feeds_obey(struct board_feeds *f, const struct intent *wish)
{
    return obeys[wish->type] && obeys[wish->type](f, wish);
}
