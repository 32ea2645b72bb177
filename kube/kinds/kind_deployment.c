/*
 * A rollout is under way while not every replica is of the newest template. It is stuck when the
 * controller says so (Progressing is False: ProgressDeadlineExceeded) or cannot make pods at all
 * (ReplicaFailure: a quota, an admission webhook).
 */
#include "base/json.h"
#include "kube/kinds/condition.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"
#include "kube/kinds/workload_cells.h"

enum { READY, UP_TO_DATE, AVAILABLE, CONTAINERS, IMAGES, SELECTOR, COLUMNS };

static const struct column columns[COLUMNS] = {
    [READY] = {.title = "READY", .type = CELL_RATIO},
    [UP_TO_DATE] = {.title = "UP-TO-DATE", .type = CELL_INT},
    [AVAILABLE] = {.title = "AVAILABLE", .type = CELL_INT},
    [CONTAINERS] = {.title = "CONTAINERS", .type = CELL_TEXT, .wide = true},
    [IMAGES] = {.title = "IMAGES", .type = CELL_TEXT, .wide = true},
    [SELECTOR] = {.title = "SELECTOR", .type = CELL_TEXT, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,
                                   WORKLOAD_CELLS_KEEP("spec.template."),
                                   "metadata.generation",
                                   "spec.replicas",
                                   "spec.paused",
                                   "spec.selector",
                                   "status.observedGeneration",
                                   "status.replicas",
                                   "status.updatedReplicas",
                                   "status.readyReplicas",
                                   "status.availableReplicas",
                                   "status.conditions",
                                   NULL};

static void explain_stuck(struct object *row, struct buf *words, const struct json *d)
{
    bool failing = condition_is(d, "ReplicaFailure", "True");
    bool late = condition_is(d, "Progressing", "False");
    if (!failing && !late)
        return;
    trouble_worsen(row, HEALTH_BAD);
    condition_words(words, condition_find(d, failing ? "ReplicaFailure" : "Progressing"));
}

static void explain_rollout(struct object *row, struct buf *words, const struct json *d,
                            int32_t wanted, int32_t updated)
{
    bool waits =
        json_int(d, "status.observedGeneration", 0) < json_int(d, "metadata.generation", 0);
    trouble_part(words, "; ");
    trouble_worsen(row, HEALTH_PENDING);
    if (waits)
        buf_adds(words, "waits for the deployment controller");
    else if (json_bool(d, "spec.paused", false))
        workload_cells_short(words, updated, wanted, "updated, paused");
    else
        workload_cells_short(words, updated, wanted, "updated");
}

static void explain_missing(struct object *row, struct buf *words, const struct json *d,
                            int32_t wanted, int32_t available)
{
    const struct json *condition = condition_find(d, "Available");
    trouble_part(words, "; ");
    trouble_worsen(row, available ? HEALTH_WARN : HEALTH_BAD);
    workload_cells_short(words, wanted - available, wanted, "unavailable");
    if (condition_is(d, "Available", "False"))
        trouble_time(words, " since", kinds_time(condition, "lastTransitionTime"));
}

static void explain(struct object *row, const struct json *d)
{
    int32_t wanted = row->cells[READY].pair.whole;
    int32_t updated = workload_cells_count(d, "status.updatedReplicas", 0),
            all = workload_cells_count(d, "status.replicas", 0),
            available = workload_cells_count(d, "status.availableReplicas", 0);
    bool rolling =
        updated < wanted || all > updated ||
        json_int(d, "status.observedGeneration", 0) < json_int(d, "metadata.generation", 0);
    struct buf words;
    trouble_init(&words);
    row->health = row->deleted ? HEALTH_PENDING : !wanted && !all ? HEALTH_DONE : HEALTH_OK;
    explain_stuck(row, &words, d);
    if (rolling)
        explain_rollout(row, &words, d, wanted, updated);
    /* A rollout takes some away on purpose: as long as the controller calls that available, it is. */
    if (available < wanted && !(rolling && condition_is(d, "Available", "True")))
        explain_missing(row, &words, d, wanted, available);
    trouble_set(row, &words);
}

static void fill(struct object *row, const struct json *d)
{
    row->cells[READY].pair.part = workload_cells_count(d, "status.readyReplicas", 0);
    row->cells[READY].pair.whole = workload_cells_count(d, "spec.replicas", 1);
    row->cells[UP_TO_DATE].number = workload_cells_count(d, "status.updatedReplicas", 0);
    row->cells[AVAILABLE].number = workload_cells_count(d, "status.availableReplicas", 0);
    workload_cells_template(row, CONTAINERS, IMAGES, json_get(d, "spec.template"));
    workload_cells_selector(row, SELECTOR, json_get(d, "spec.selector"));
    explain(row, d);
}

const struct kinds_row kind_deployment = {
    .kind = {.name = "deployments",
             .singular = "deployment",
             .short_names = "deploy",
             .api = "/apis/apps/v1",
             .object_kind = "Deployment",
             .namespaced = true,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
};
