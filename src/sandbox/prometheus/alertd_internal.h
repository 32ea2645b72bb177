/* Between the files of the pretend Alertmanager. */
#ifndef SANDBOX_ALERTD_INTERNAL_H
#define SANDBOX_ALERTD_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "sandbox/prometheus/alertd.h"
#include "sandbox/prometheus/silences.h"

enum { ALERTD_ANSWER_MAX = 16 << 20, ALERTD_ERROR_MAX = 2000, ALERTD_FILTERS_MAX = 50 };

struct alertd {
    const struct world *world;
    struct faults *faults;
    struct silences *silences;
    int64_t started;
};

/* The filters of one request. */
struct alertd_filters {
    struct alert_matcher list[ALERTD_FILTERS_MAX];
    size_t count;
};

/* Whole milliseconds, as its answers tell them: a start that comes back is the same. */
int64_t alertd_now(const struct alertd *d);
void alertd_answer(struct reply *p, int status, struct str json);
void alertd_refuse(struct reply *p, int status, const char *message); /* a JSON string */
void alertd_refuse_code(struct reply *p, int status, int code, const char *message);
void alertd_time(struct json_out *o, const char *name, int64_t t); /* with milliseconds */
/* False: answered. Free with alertd_free_filters. */
bool alertd_read_filters(struct reply *p, struct alertd_filters *f);
void alertd_free_filters(struct alertd_filters *f);
bool alertd_passes(const struct alertd_filters *f,
                   const char *(*value)(const void *labels, const char *name), const void *labels);

/* alertd_silences.c */
void alertd_silences_list(struct alertd *d, struct reply *p);
void alertd_silences_post(struct alertd *d, struct reply *p);
void alertd_silences_get(struct alertd *d, struct reply *p, const char *id);
void alertd_silences_delete(struct alertd *d, struct reply *p, const char *id);

#endif
