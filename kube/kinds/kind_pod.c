#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "kube/kinds/condition.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/pod_resources.h"
#include "kube/kinds/pod_status.h"
#include "kube/kinds/trouble.h"

enum {
    READY,
    STATUS,
    RESTARTS,
    LAST_RESTART,
    IP,
    NODE,
    NOMINATED,
    GATES,
    CPU_REQUEST,
    CPU_LIMIT,
    MEMORY_REQUEST,
    MEMORY_LIMIT,
    PHASE,
    QOS,
    CONTAINERS,
    APP,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [READY] = {.title = "READY", .type = CELL_RATIO},
    [STATUS] = {.title = "STATUS", .type = CELL_TEXT},
    [RESTARTS] = {.title = "RESTARTS", .type = CELL_INT},
    [LAST_RESTART] = {.title = "LAST RESTART", .type = CELL_TIME, .wide = true},
    [IP] = {.title = "IP", .type = CELL_TEXT, .wide = true},
    [NODE] = {.title = "NODE", .type = CELL_TEXT, .wide = true},
    [NOMINATED] = {.title = "NOMINATED NODE", .type = CELL_TEXT, .wide = true},
    [GATES] = {.title = "READINESS GATES", .type = CELL_TEXT, .wide = true},
    [CPU_REQUEST] = {.title = "CPU REQUEST", .type = CELL_CPU, .wide = true},
    [CPU_LIMIT] = {.title = "CPU LIMIT", .type = CELL_CPU, .wide = true},
    [MEMORY_REQUEST] = {.title = "MEMORY REQUEST", .type = CELL_BYTES, .wide = true},
    [MEMORY_LIMIT] = {.title = "MEMORY LIMIT", .type = CELL_BYTES, .wide = true},
    [PHASE] = {.title = "PHASE", .type = CELL_TEXT, .wide = true},
    [QOS] = {.title = "QOS", .type = CELL_TEXT, .wide = true},
    [CONTAINERS] = {.title = "CONTAINERS", .type = CELL_TEXT, .wide = true},
    [APP] = {.title = "APP", .type = CELL_TEXT, .wide = true},
};

#define STATUSES(list)                                                                             \
    "status." list ".name", "status." list ".state", "status." list ".lastState.terminated",       \
        "status." list ".ready", "status." list ".started", "status." list ".restartCount"

static const char *const keep[] = {KINDS_METADATA,
                                   "metadata.labels.app",
                                   "spec.nodeName",
                                   "spec.containers.name",
                                   "spec.containers.resources.requests",
                                   "spec.containers.resources.limits",
                                   "spec.initContainers.name",
                                   "spec.initContainers.restartPolicy",
                                   "spec.initContainers.resources.requests",
                                   "spec.initContainers.resources.limits",
                                   "spec.resources",
                                   "spec.overhead",
                                   "spec.readinessGates",
                                   "status.phase",
                                   "status.reason",
                                   "status.message",
                                   "status.podIP",
                                   "status.podIPs",
                                   "status.nominatedNodeName",
                                   "status.qosClass",
                                   "status.conditions",
                                   STATUSES("containerStatuses"),
                                   STATUSES("initContainerStatuses"),
                                   NULL};

enum { CONTAINERS_TEXT = 512 };

struct verdict {
    const char *status;
    enum health health;
};

/* How a STATUS is judged; "Init:" before it changes nothing. What is not here: see judge(). */
static const struct verdict verdicts[] = {
    {"Running", HEALTH_OK},
    {"Completed", HEALTH_DONE},
    {"Succeeded", HEALTH_DONE},
    {"Pending", HEALTH_PENDING},
    {"ContainerCreating", HEALTH_PENDING},
    {"PodInitializing", HEALTH_PENDING},
    {"SchedulingGated", HEALTH_PENDING},
    {"Terminating", HEALTH_PENDING},
    {"NotReady", HEALTH_WARN},
    /* Gone from its node, and replaced by its controller. */
    {"Evicted", HEALTH_WARN},
    {"Preempting", HEALTH_WARN},
    {"Shutdown", HEALTH_WARN},
    {"NodeShutdown", HEALTH_WARN},
    {"Terminated", HEALTH_WARN},
};

static enum health judge(const char *status)
{
    bool init = strncmp(status, "Init:", 5) == 0;
    const char *bare = init ? status + 5 : status;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(bare, verdicts[i].status) == 0)
            return verdicts[i].health;
    /* Init:1/2 */
    if (init && *bare >= '0' && *bare <= '9')
        return HEALTH_PENDING;
    return *status ? HEALTH_BAD : HEALTH_UNKNOWN;
}

/* What the containers left behind is not what became of the pod: one that succeeded may have
 * containers that say no reason, and of an evicted one they say Error, or Completed. */
static enum health judge_whole(const struct json *pod, const char *status)
{
    const char *phase = json_string(pod, "status.phase", ""),
               *reason = json_string(pod, "status.reason", "");
    if (strcmp(status, "Terminating") != 0 && strcmp(phase, "Succeeded") == 0)
        return HEALTH_DONE;
    return judge(strcmp(phase, "Failed") == 0 && *reason ? reason : status);
}

static void set_ip(struct object *row, const struct json *pod)
{
    const struct json *first = json_first(json_get(pod, "status.podIPs"));
    const char *ip = json_string(first, "ip", NULL);
    object_set_text(row, IP, str_of(ip ? ip : json_string(pod, "status.podIP", "")));
}

static void set_gates(struct object *row, const struct json *pod)
{
    const struct json *gates = json_get(pod, "spec.readinessGates");
    size_t met = 0, count = json_count(gates);
    if (!count)
        return;
    for (const struct json *g = json_first(gates); g; g = json_next(g)) {
        const char *type = json_string(g, "conditionType", "");
        met += condition_is(pod, type, "True");
    }
    char text[48];
    snprintf(text, sizeof text, "%zu/%zu", met, count);
    object_set_text(row, GATES, str_of(text));
}

static void set_containers(struct object *row, const struct json *pod)
{
    struct buf names;
    buf_init(&names, CONTAINERS_TEXT);
    const struct json *c = json_first(json_get(pod, "spec.containers"));
    for (; c; c = json_next(c)) {
        trouble_part(&names, " ");
        buf_adds(&names, json_string(c, "name", ""));
    }
    object_set_text(row, CONTAINERS, buf_str(&names));
    buf_free(&names);
}

/* The container that the status is about: the first that waits for a reason or ended badly, init
 * containers before others. */
static const struct json *find_culprit(const struct json *pod)
{
    static const char *const lists[] = {"status.initContainerStatuses", "status.containerStatuses"};
    for (size_t i = 0; i < 2; i++) {
        const struct json *c = json_first(json_get(pod, lists[i]));
        for (; c; c = json_next(c)) {
            const char *waiting = json_string(c, "state.waiting.reason", "");
            bool harmless = !*waiting || strcmp(waiting, "PodInitializing") == 0 ||
                            strcmp(waiting, "ContainerCreating") == 0;
            if (!harmless || json_int(c, "state.terminated.exitCode", 0) != 0 ||
                json_int(c, "state.terminated.signal", 0) != 0)
                return c;
        }
    }
    return NULL;
}

static void add_memory_limit(struct buf *words, const struct json *pod, const char *container)
{
    const struct json *c = json_first(json_get(pod, "spec.containers"));
    for (; c; c = json_next(c)) {
        const char *limit = json_string(c, "resources.limits.memory", "");
        if (strcmp(json_string(c, "name", ""), container) == 0 && *limit) {
            buf_adds(words, ", memory limit ");
            trouble_add(words, limit);
        }
    }
}

static void add_restarts(struct buf *words, const struct json *container)
{
    int64_t restarts = json_int(container, "restartCount", 0);
    if (restarts)
        buf_printf(words, ", %lld restart%s", (long long)restarts, restarts == 1 ? "" : "s");
}

/* "exit 137", "signal 9" */
static void add_exit(struct buf *words, const struct json *terminated)
{
    int64_t signal = json_int(terminated, "signal", 0);
    buf_printf(words, "%s %lld", signal ? "signal" : "exit",
               (long long)(signal ? signal : json_int(terminated, "exitCode", 0)));
}

/* What a pane cuts off is the end, so the reason stands first: "OOMKilled: api, exit 137 at …,
 * memory limit 512Mi". */
static void explain_ended(struct buf *words, const struct json *pod, const struct json *container,
                          const struct json *terminated, const char *how)
{
    const char *reason = json_string(terminated, "reason", ""),
               *name = json_string(container, "name", "");
    if (*reason)
        trouble_add(words, reason);
    else
        add_exit(words, terminated);
    buf_adds(words, ": ");
    trouble_add(words, name);
    buf_adds(words, how);
    if (*reason) {
        buf_adds(words, ", ");
        add_exit(words, terminated);
    }
    trouble_time(words, " at", kinds_time(terminated, "finishedAt"));
    if (strcmp(reason, "OOMKilled") == 0)
        add_memory_limit(words, pod, name);
    add_restarts(words, container);
}

static void add_last(struct buf *words, const struct json *last)
{
    const char *reason = json_string(last, "reason", "");
    buf_adds(words, ", last ");
    add_exit(words, last);
    if (*reason) {
        buf_adds(words, " (");
        trouble_add(words, reason);
        buf_addc(words, ')');
    }
    trouble_time(words, " at", kinds_time(last, "finishedAt"));
}

static void explain_culprit(struct buf *words, const struct json *pod, const struct json *container)
{
    const char *waiting = json_string(container, "state.waiting.reason", ""),
               *message = json_string(container, "state.waiting.message", "");
    const struct json *last = json_get(container, "lastState.terminated");
    if (!*waiting) {
        explain_ended(words, pod, container, json_get(container, "state.terminated"), "");
        return;
    }
    trouble_add(words, waiting);
    buf_adds(words, ": ");
    trouble_add(words, json_string(container, "name", ""));
    const struct json *ready = condition_find(pod, "Ready");
    trouble_time(words, " since", kinds_time(ready, "lastTransitionTime"));
    add_restarts(words, container);
    if (json_is_object(last)) {
        add_last(words, last);
    } else if (*message) {
        buf_adds(words, ": ");
        trouble_add(words, message);
    }
}

/* A container that was killed for its memory within the last hour, although all is well again. */
static const struct json *find_killed(const struct json *pod)
{
    const struct json *c = json_first(json_get(pod, "status.containerStatuses"));
    for (; c; c = json_next(c)) {
        const struct json *last = json_get(c, "lastState.terminated");
        int64_t ended = kinds_time(last, "finishedAt");
        if (strcmp(json_string(last, "reason", ""), "OOMKilled") == 0 &&
            clock_now() - ended < CLOCK_HOUR)
            return c;
    }
    return NULL;
}

static void add_not_ready(struct buf *words, const struct json *pod)
{
    const struct json *ready = condition_find(pod, "Ready");
    buf_adds(words, "not ready");
    trouble_time(words, " since", kinds_time(ready, "lastTransitionTime"));
    const char *message = json_string(ready, "message", "");
    buf_adds(words, *message ? ": " : "");
    trouble_add(words, message);
}

static void explain(struct object *row, const struct json *pod, const struct pod_status *s)
{
    struct buf words;
    trouble_init(&words);
    const char *reason = json_string(pod, "status.reason", "");
    const struct json *culprit = find_culprit(pod), *killed = NULL,
                      *scheduled = condition_find(pod, "PodScheduled");
    bool unscheduled = str_is(str_of(json_string(scheduled, "status", "")), "False") &&
                       row->health == HEALTH_PENDING && !row->deleted;
    if (row->health == HEALTH_DONE) {
        buf_free(&words);
        return;
    }
    if (*reason) {
        trouble_add(&words, reason);
        const char *message = json_string(pod, "status.message", "");
        buf_adds(&words, *message ? ": " : "");
        trouble_add(&words, message);
    } else if (unscheduled) {
        bool gated = strcmp(s->text, "SchedulingGated") == 0;
        trouble_worsen(row, gated ? HEALTH_PENDING : HEALTH_BAD);
        trouble_add(&words, json_string(scheduled, "reason", "Unschedulable"));
        buf_adds(&words, ": ");
        trouble_add(&words, json_string(scheduled, "message", "no node was found yet"));
    } else if (culprit) {
        trouble_worsen(row, HEALTH_WARN);
        explain_culprit(&words, pod, culprit);
    } else if (row->health == HEALTH_OK && s->ready < s->total) {
        trouble_worsen(row, HEALTH_WARN);
        add_not_ready(&words, pod);
    } else if (row->health == HEALTH_OK && (killed = find_killed(pod))) {
        trouble_worsen(row, HEALTH_WARN);
        explain_ended(&words, pod, killed, json_get(killed, "lastState.terminated"),
                      " (runs again)");
    } else if (row->health != HEALTH_OK && row->health != HEALTH_PENDING) {
        trouble_add(&words, s->text);
    }
    trouble_set(row, &words);
}

static void fill(struct object *row, const struct json *pod)
{
    struct pod_status s;
    struct pod_resources resources;
    pod_status_read(&s, pod);
    pod_resources_read(&resources, pod);
    row->cells[READY].pair.part = s.ready;
    row->cells[READY].pair.whole = s.total;
    object_set_text(row, STATUS, str_of(s.text));
    row->cells[RESTARTS].number = s.restarts;
    row->cells[LAST_RESTART].number = s.last_restart;
    set_ip(row, pod);
    object_set_text(row, NODE, str_of(json_string(pod, "spec.nodeName", "")));
    object_set_text(row, NOMINATED, str_of(json_string(pod, "status.nominatedNodeName", "")));
    set_gates(row, pod);
    row->cells[CPU_REQUEST].number = resources.cpu_request;
    row->cells[CPU_LIMIT].number = resources.cpu_limit;
    row->cells[MEMORY_REQUEST].number = resources.memory_request;
    row->cells[MEMORY_LIMIT].number = resources.memory_limit;
    object_set_text(row, PHASE, str_of(json_string(pod, "status.phase", "")));
    object_set_text(row, QOS, str_of(json_string(pod, "status.qosClass", "")));
    set_containers(row, pod);
    object_set_text(row, APP, str_of(json_string(pod, "metadata.labels.app", "")));
    row->health = judge_whole(pod, s.text);
    explain(row, pod, &s);
}

const struct kinds_row kind_pod = {
    .kind = {.name = "pods",
             .singular = "pod",
             .short_names = "po",
             .api = "/api/v1",
             .object_kind = "Pod",
             .namespaced = true,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
    .blank = 1u << STATUS,
};
