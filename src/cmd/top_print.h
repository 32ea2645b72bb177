/* The rows of `kubeboard top` on standard output. */
#ifndef CMD_TOP_PRINT_H
#define CMD_TOP_PRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/top_rows.h"
#include "model/series.h"

struct top_print {
    bool nodes;          /* else pods */
    bool with_namespace; /* a column for it */
    /* Of cpu and memory by the rows' keys, a point a `step`; NULL: no history. A node's are shares
     * of it. */
    const struct series *cpu, *memory;
    int64_t step;       /* ns */
    const char *source; /* "prometheus", "metrics.k8s.io" or NULL: nobody measures */
    int64_t time;       /* wall ns of what is "now"; 0: not known */
};

void top_print_table(const struct top_print *p, const struct top_rows *rows);
/* One object a line. */
void top_print_json(const struct top_print *p, const struct top_rows *rows);

#endif
