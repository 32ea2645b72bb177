/*
 * Keeps CPU and memory of nodes and pods in the model: the last hour once, then one instant query a
 * metric and interval, the span again after a gap; or a past span.
 */
#ifndef SOURCE_PROMETHEUS_KEEPER_H
#define SOURCE_PROMETHEUS_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/series.h"
#include "source/prometheus/prometheus.h"

struct prometheus_keeper;

struct prometheus_keeper_conf {
    struct series **series; /* METRIC_COUNT slots (model->series), NULL at first: the keeper makes,
                             * replaces and at the end frees them (leaving NULL) */
    int64_t span;           /* live: how much is kept, ns; 0: an hour */
    int64_t step;           /* ns; 0: 60 s */
    int64_t interval;       /* between instant queries, ns; 0: 30 s, at least 1 s */
    bool nodes_only;        /* no pods */
    void *context;
    void (*changed)(void *context); /* new points, or another state of the upstream; may be NULL */
};
struct prometheus_keeper *
prometheus_keeper_start(struct prometheus *p,
                        const struct prometheus_keeper_conf *conf); /* never NULL */
void prometheus_keeper_stop(struct prometheus_keeper *k);           /* frees; NULL is allowed */

/* Shows another span: the series are emptied and filled with [from, to]; to 0: live again (from is
 * not looked at). */
void prometheus_keeper_show(struct prometheus_keeper *k, int64_t from, int64_t to);
/* The first answers for the span being shown have come, or failed: `--once` waits for this. */
bool prometheus_keeper_settled(const struct prometheus_keeper *k);
/* Why a metric has no series although the server answers ("no kube-state-metrics and no
 * node_exporter…"), or "". */
const char *prometheus_keeper_missing(const struct prometheus_keeper *k, enum metric m);

/* The queries that may give a metric, the best first, for whoever asks of one moment only; NULL
 * behind the last. The series' key is the values of these labels joined by '/' (the second may be
 * NULL). */
const char *prometheus_keeper_query(enum metric m, int choice, const char *labels[2]);

#endif
