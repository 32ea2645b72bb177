/* The words of a Prometheus: names of metrics and labels, values of a label; for completing queries. */
#ifndef SOURCE_PROMETHEUS_WORDS_H
#define SOURCE_PROMETHEUS_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "source/prometheus/prometheus.h"

struct prometheus_words; /* one question */

/*
 * Values of a label ("__name__": the metrics; NULL: the names of all labels) in [from, to) wall ns, among
 * the series that `selector` picks (NULL: all). `done` comes once, never from inside this: sorted values,
 * valid until it returns; err is never NULL. The question is gone then. `p` must outlive it.
 */
struct prometheus_words *prometheus_words_ask(struct prometheus *p, const char *label,
                                              const char *selector, int64_t from, int64_t to,
                                              void (*done)(void *context, const char *const *values,
                                                           size_t count, const struct err *err),
                                              void *context);
void prometheus_words_cancel(struct prometheus_words *w); /* without `done`; NULL is allowed */

#endif
