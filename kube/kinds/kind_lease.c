/*
 * A lease that nobody renews any more stays as it is: what was judged when it came says nothing
 * later. Whoever looks later judges by RENEWED and LASTS.
 */
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"
#include "kube/kinds/workload_cells.h"

enum { HOLDER, RENEWED, LASTS, TRANSITIONS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [HOLDER] = {.title = "HOLDER", .type = CELL_TEXT},
    [RENEWED] = {.title = "RENEWED", .type = CELL_TIME, .wide = true},
    [LASTS] = {.title = "LASTS", .type = CELL_INT, .wide = true},
    [TRANSITIONS] = {.title = "TRANSITIONS", .type = CELL_INT, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,          "spec.holderIdentity",
                                   "spec.renewTime",        "spec.leaseDurationSeconds",
                                   "spec.leaseTransitions", NULL};

static void explain(struct object *row, const char *holder)
{
    int64_t renewed = row->cells[RENEWED].number, lasts = row->cells[LASTS].number;
    struct buf words;
    trouble_init(&words);
    row->health = HEALTH_OK;
    /* One that was given back names nobody. */
    if (*holder && renewed && clock_now() - renewed > lasts * CLOCK_SECOND) {
        row->health = HEALTH_WARN;
        buf_adds(&words, "expired");
        trouble_time(&words, ": renewed last", renewed);
        buf_printf(&words, ", lasts %lld s", (long long)lasts);
    }
    trouble_set(row, &words);
}

static void fill(struct object *row, const struct json *l)
{
    const char *holder = json_string(l, "spec.holderIdentity", "");
    object_set_text(row, HOLDER, str_of(holder));
    row->cells[RENEWED].number = kinds_time(l, "spec.renewTime");
    row->cells[LASTS].number = workload_cells_count(l, "spec.leaseDurationSeconds", 0);
    row->cells[TRANSITIONS].number = workload_cells_count(l, "spec.leaseTransitions", 0);
    explain(row, holder);
}

const struct kinds_row kind_lease = {
    .kind = {.name = "leases",
             .singular = "lease",
             .short_names = "",
             .api = "/apis/coordination.k8s.io/v1",
             .object_kind = "Lease",
             .namespaced = true,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
    .blank = 1u << HOLDER,
};
