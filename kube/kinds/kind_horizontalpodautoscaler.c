/*
 * autoscaling/v2 from 1.23 on, v2beta2 before (the same object), v1 where neither is served: there
 * is only CPU. TARGETS as printHorizontalPodAutoscaler has it; servers of v2 put the resource's name
 * before its numbers.
 */
#include "base/json.h"
#include "kube/kinds/condition.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"
#include "kube/kinds/workload_cells.h"

#include <string.h>

enum { REFERENCE, TARGETS, MINPODS, MAXPODS, REPLICAS, DESIRED, LAST_SCALE, COLUMNS };
enum { CELL_LONGEST = 1024, TARGETS_SHOWN = 2 };

static const struct column columns[COLUMNS] = {
    [REFERENCE] = {.title = "REFERENCE", .type = CELL_TEXT},
    [TARGETS] = {.title = "TARGETS", .type = CELL_TEXT},
    [MINPODS] = {.title = "MINPODS", .type = CELL_INT},
    [MAXPODS] = {.title = "MAXPODS", .type = CELL_INT},
    [REPLICAS] = {.title = "REPLICAS", .type = CELL_INT},
    [DESIRED] = {.title = "DESIRED", .type = CELL_INT, .wide = true},
    [LAST_SCALE] = {.title = "LAST SCALE", .type = CELL_TIME, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,
                                   "spec.scaleTargetRef.kind",
                                   "spec.scaleTargetRef.name",
                                   "spec.minReplicas",
                                   "spec.maxReplicas",
                                   "spec.metrics",
                                   "spec.targetCPUUtilizationPercentage",
                                   "status.currentReplicas",
                                   "status.desiredReplicas",
                                   "status.lastScaleTime",
                                   "status.currentMetrics",
                                   "status.currentCPUUtilizationPercentage",
                                   "status.conditions",
                                   NULL};

/* ---- targets ---- */

static const struct {
    const char *type, *member;
    bool resource, may_average; /* by utilization; by value or by average */
} types[] = {
    {.type = "Resource", .member = "resource", .resource = true},
    {.type = "ContainerResource", .member = "containerResource", .resource = true},
    {.type = "Pods", .member = "pods"},
    {.type = "Object", .member = "object", .may_average = true},
    {.type = "External", .member = "external", .may_average = true},
};

static const char *or_unknown(const char *text)
{
    return *text ? text : "<unknown>";
}

static void add_utilization(struct buf *text, const struct json *target, const struct json *current)
{
    const struct json *is = json_member(current, "averageUtilization"),
                      *wanted = json_member(target, "averageUtilization");
    if (json_is_number(is))
        buf_printf(text, "%.0f%%/", json_as_number(is, 0));
    else
        buf_adds(text, "<unknown>/");
    if (json_is_number(wanted))
        buf_printf(text, "%.0f%%", json_as_number(wanted, 0));
    else
        buf_adds(text, "<auto>");
}

static void add_metric(struct buf *text, const struct json *spec, const struct json *status,
                       bool named)
{
    const char *type = json_string(spec, "type", "");
    size_t i = 0, n = sizeof types / sizeof *types;
    while (i < n && strcmp(types[i].type, type) != 0)
        i++;
    if (i == n) {
        buf_adds(text, "<unknown type>");
        return;
    }
    const struct json *source = json_member(spec, types[i].member),
                      *target = json_member(source, "target"),
                      *current = json_member(json_member(status, types[i].member), "current");
    const char *average = json_string(target, "averageValue", "");
    if (named && types[i].resource)
        buf_printf(text, "%s: ", json_string(source, "name", ""));
    if (types[i].resource && !*average)
        add_utilization(text, target, current);
    else if (*average || !types[i].may_average)
        buf_printf(text, "%s/%s%s", or_unknown(json_string(current, "averageValue", "")), average,
                   types[i].may_average ? " (avg)" : "");
    else
        buf_printf(text, "%s/%s", or_unknown(json_string(current, "value", "")),
                   json_string(target, "value", ""));
}

static void set_targets(struct object *row, const struct json *h, bool named)
{
    const struct json *specs = json_get(h, "spec.metrics"),
                      *status = json_first(json_get(h, "status.currentMetrics"));
    struct buf text;
    size_t count = json_count(specs), shown = 0;
    buf_init(&text, CELL_LONGEST);
    for (const struct json *s = json_first(specs); s && shown < TARGETS_SHOWN; s = json_next(s)) {
        buf_adds(&text, shown++ ? ", " : "");
        add_metric(&text, s, status, named);
        status = json_next(status);
    }
    if (count > TARGETS_SHOWN)
        buf_printf(&text, " + %zu more...", count - TARGETS_SHOWN);
    object_set_text(row, TARGETS, buf_str(&text));
    buf_free(&text);
}

/* ---- what is wrong ---- */

static void explain_limit(struct object *row, struct buf *words, const struct json *h)
{
    const struct json *limited = condition_find(h, "ScalingLimited");
    int64_t most = row->cells[MAXPODS].number, is = row->cells[REPLICAS].number;
    bool told = condition_is(h, "ScalingLimited", "True") &&
                str_is(str_of(json_string(limited, "reason", "")), "TooManyReplicas");
    /* v1 has no conditions; and who may not scale at all is not at a limit. */
    bool reached = !limited && most && is >= most && most > row->cells[MINPODS].number;
    if (!told && !reached)
        return;
    trouble_worsen(row, HEALTH_WARN);
    trouble_part(words, "; ");
    buf_printf(words, "at its maximum of %lld", (long long)most);
    if (told)
        trouble_time(words, " since", kinds_time(limited, "lastTransitionTime"));
}

/* ScalingActive is False on purpose where the target is scaled to 0. */
static void explain(struct object *row, const struct json *h)
{
    static const char *const wanted[] = {"AbleToScale", "ScalingActive"};
    struct buf words;
    trouble_init(&words);
    row->health = row->deleted ? HEALTH_PENDING : HEALTH_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const struct json *c = condition_find(h, wanted[i]);
        if (!condition_is(h, wanted[i], "False"))
            continue;
        if (str_is(str_of(json_string(c, "reason", "")), "ScalingDisabled")) {
            trouble_worsen(row, HEALTH_DONE);
            continue;
        }
        trouble_worsen(row, HEALTH_BAD);
        trouble_part(&words, "; ");
        condition_words(&words, c);
    }
    explain_limit(row, &words, h);
    trouble_set(row, &words);
}

/* ---- rows ---- */

static void set_reference(struct object *row, const struct json *h)
{
    struct buf text;
    buf_init(&text, CELL_LONGEST);
    buf_printf(&text, "%s/%s", json_string(h, "spec.scaleTargetRef.kind", ""),
               json_string(h, "spec.scaleTargetRef.name", ""));
    object_set_text(row, REFERENCE, buf_str(&text));
    buf_free(&text);
}

static void fill_common(struct object *row, const struct json *h)
{
    set_reference(row, h);
    row->cells[MINPODS].number = workload_cells_count(h, "spec.minReplicas", 1);
    row->cells[MAXPODS].number = workload_cells_count(h, "spec.maxReplicas", 0);
    row->cells[REPLICAS].number = workload_cells_count(h, "status.currentReplicas", 0);
    row->cells[DESIRED].number = workload_cells_count(h, "status.desiredReplicas", 0);
    row->cells[LAST_SCALE].number = kinds_time(h, "status.lastScaleTime");
    explain(row, h);
}

static void fill(struct object *row, const struct json *h)
{
    set_targets(row, h, true);
    fill_common(row, h);
}

static void fill_beta(struct object *row, const struct json *h)
{
    set_targets(row, h, false);
    fill_common(row, h);
}

static void fill_v1(struct object *row, const struct json *h)
{
    const struct json *target = json_get(h, "spec.targetCPUUtilizationPercentage"),
                      *current = json_get(h, "status.currentCPUUtilizationPercentage");
    struct buf text;
    buf_init(&text, CELL_LONGEST);
    if (json_is_number(current))
        buf_printf(&text, "%.0f%%", json_as_number(current, 0));
    else
        buf_adds(&text, "<unknown>");
    if (json_is_number(target)) {
        buf_printf(&text, "/%.0f%%", json_as_number(target, 0));
        object_set_text(row, TARGETS, buf_str(&text));
    }
    buf_free(&text);
    fill_common(row, h);
}

#define AUTOSCALER                                                                                 \
    .name = "horizontalpodautoscalers", .singular = "horizontalpodautoscaler",                     \
    .short_names = "hpa", .object_kind = "HorizontalPodAutoscaler", .namespaced = true,            \
    .columns = columns, .column_count = COLUMNS

static const struct kinds_row v1 = {
    .kind = {AUTOSCALER, .api = "/apis/autoscaling/v1"}, .keep = keep, .fill = fill_v1};

static const struct kinds_row beta = {.kind = {AUTOSCALER, .api = "/apis/autoscaling/v2beta2"},
                                      .keep = keep,
                                      .fill = fill_beta,
                                      .older = &v1};

const struct kinds_row kind_horizontalpodautoscaler = {
    .kind = {AUTOSCALER, .api = "/apis/autoscaling/v2"},
    .keep = keep,
    .fill = fill,
    .older = &beta};
