/*
 * The life of the feeds: one table says how each is started, stopped and known to have settled; the
 * board starts all of it, and stops it to look at another cluster. A feed joins by a member here and
 * a row in board_feeds.c.
 */
#ifndef CMD_BOARD_FEEDS_H
#define CMD_BOARD_FEEDS_H

#include "cmd/board/board_feed.h"
#include "cmd/board/board_operations.h"
#include "cmd/options.h"
#include "cmd/wire.h"

struct board_feeds {
    struct wire *wire;
    struct model *model;
    const struct options *options;
    struct board_kube *kube;
    struct board_server *server; /* in its place with --server */
    struct board_broken *broken;
    struct board_resource *resource;
    struct board_page *page;
    struct board_pod_logs *pod_logs;
    struct board_logs *logs;
    struct board_metrics *metrics;
    struct board_windows *windows;
    struct board_operations *operations; /* NULL without --write */
    /* The screen's, for the actions: see board_operations_conf. NULL: there is none. */
    void (*say)(void *screen, bool is_error, const char *text);
    void (*shell)(void *screen, const struct shell_conf *conf, const char *title);
    void *screen;
    struct board_query *query;
    struct board_graph *graph;
    struct board_volume *volume;
};

/* In the table's order; a source that is not there is said in its part of the model. */
void board_feeds_start(struct board_feeds *f);
/* In the order turned round. The model keeps what came; none of the feeds touches it any more. */
void board_feeds_stop(struct board_feeds *f);
bool board_feeds_settled(const struct board_feeds *f);
/* Before a frame: the feeds follow the scope's namespace, and the model says how sources were found. */
void board_feeds_note(struct board_feeds *f);
/* False: the wish is not one of a feed's. */
bool board_feeds_obey(struct board_feeds *f, const struct intent *wish);

#endif
