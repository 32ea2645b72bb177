/*
 * The log streams of the pretend cluster. What a stream holds is computed from seed and time
 * whenever it is asked for, never stored: a day of it costs no memory, and every reader sees the
 * same lines.
 */
#ifndef SANDBOX_HISTORY_H
#define SANDBOX_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct world;
struct history;

struct history_label {
    const char *name, *value;
};

struct history_stream {
    const struct history_label *labels; /* by name */
    size_t label_count;
    int64_t from, to; /* no line outside [from, to) */
    uint32_t pod;
    bool sidecar;
};

enum { HISTORY_DAYS = 1 }; /* nothing is older than T less so many days (and an hour) */

struct history *history_new(const struct world *w);
void history_free(struct history *h);

size_t history_count(struct history *h);
const struct history_stream *history_at(const struct history *h, size_t i);
/* The stream of a pod's container (sidecar: its second one); NULL when it writes nothing. */
const struct history_stream *history_of_pod(struct history *h, size_t pod, bool sidecar);

/* Calls back with each line of [from, to) in time order, until `each` returns false. The text is
 * valid for the call. */
void history_read(struct history *h, const struct history_stream *s, int64_t from, int64_t to,
                  bool (*each)(void *context, int64_t time, struct str text), void *context);

#endif
