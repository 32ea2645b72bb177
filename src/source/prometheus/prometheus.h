/* One Prometheus (or what speaks its API: Thanos, Mimir, VictoriaMetrics): PromQL over a span or at
 * a moment. */
#ifndef SOURCE_PROMETHEUS_H
#define SOURCE_PROMETHEUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/labels.h"
#include "model/upstream.h"
#include "net/conn.h"
#include "net/http.h"

struct prometheus;

/* Asks nothing yet. Copies conn. `h` must outlive it. */
struct prometheus *prometheus_new(struct http *h, const struct conn *c);
void prometheus_free(
    struct prometheus *p); /* queries under way are cancelled without `done`; NULL is allowed */
const struct upstream *
prometheus_upstream(const struct prometheus *p); /* changes with every answer */
struct http *prometheus_http(const struct prometheus *p);
struct http_target *prometheus_target(const struct prometheus *p);
int64_t prometheus_now(const struct prometheus *p); /* the server's wall ns (server_clock.h) */

struct prometheus_query {
    const char *promql;
    int64_t from, to; /* wall ns, both ends included; from == to: an instant query at that moment, 0
                         both: at the server's now */
    int64_t step;     /* ns; not for an instant query. At most 11,000 steps (else ERR_USAGE) */
    void *context;
    /* Each point of each series while the answer arrives: NaN and ±Inf as such, steps without a
     * value do not come. */
    void (*point)(void *context, const struct labels *series, int64_t time, double value);
    /* Once, never from inside prometheus_ask. err is never NULL: ERR_REFUSED (400, 422) with the
     * server's text, ERR_AWAY (503, time-outs), ERR_PROTOCOL where no Prometheus answers, ERR_NONE
     * else. warnings: the server's, or "". */
    void (*done)(void *context, size_t series, const char *warnings, const struct err *err);
};
struct prometheus_call;
struct prometheus_call *prometheus_ask(struct prometheus *p,
                                       const struct prometheus_query *q); /* copies; never NULL */
void prometheus_cancel(struct prometheus_call *c);                        /* NULL is allowed */

/* Where a parse error points ("1:17: parse error: …"): line and column from 1. False when it names
 * no place. */
bool prometheus_error_place(const struct err *err, int *line, int *column);

#endif
