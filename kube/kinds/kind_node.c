/* Nodes, printed as printNode does; health from every condition that the node reports, ours or a
 * node problem detector's. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "kube/kinds/condition.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/quantity.h"
#include "kube/kinds/trouble.h"

enum {
    STATUS,
    ROLES,
    VERSION,
    INTERNAL_IP,
    EXTERNAL_IP,
    OS_IMAGE,
    KERNEL,
    RUNTIME,
    CPU,
    MEMORY,
    PODS,
    CPU_CAPACITY,
    MEMORY_CAPACITY,
    ZONE,
    INSTANCE,
    TAINTS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [STATUS] = {.title = "STATUS", .type = CELL_TEXT},
    [ROLES] = {.title = "ROLES", .type = CELL_TEXT},
    [VERSION] = {.title = "VERSION", .type = CELL_TEXT},
    [INTERNAL_IP] = {.title = "INTERNAL-IP", .type = CELL_TEXT, .wide = true},
    [EXTERNAL_IP] = {.title = "EXTERNAL-IP", .type = CELL_TEXT, .wide = true},
    [OS_IMAGE] = {.title = "OS-IMAGE", .type = CELL_TEXT, .wide = true},
    [KERNEL] = {.title = "KERNEL-VERSION", .type = CELL_TEXT, .wide = true},
    [RUNTIME] = {.title = "CONTAINER-RUNTIME", .type = CELL_TEXT, .wide = true},
    [CPU] = {.title = "CPU", .type = CELL_CPU, .wide = true},
    [MEMORY] = {.title = "MEMORY", .type = CELL_BYTES, .wide = true},
    [PODS] = {.title = "PODS", .type = CELL_INT, .wide = true},
    [CPU_CAPACITY] = {.title = "CPU CAPACITY", .type = CELL_CPU, .wide = true},
    [MEMORY_CAPACITY] = {.title = "MEMORY CAPACITY", .type = CELL_BYTES, .wide = true},
    [ZONE] = {.title = "ZONE", .type = CELL_TEXT, .wide = true},
    [INSTANCE] = {.title = "INSTANCE", .type = CELL_TEXT, .wide = true},
    [TAINTS] = {.title = "TAINTS", .type = CELL_INT, .wide = true},
};

static const char *const keep[] = {KINDS_METADATA,
                                   "metadata.labels",
                                   "spec.unschedulable",
                                   "spec.taints.key",
                                   "status.conditions",
                                   "status.addresses",
                                   "status.allocatable.cpu",
                                   "status.allocatable.memory",
                                   "status.allocatable.pods",
                                   "status.capacity.cpu",
                                   "status.capacity.memory",
                                   "status.nodeInfo.kubeletVersion",
                                   "status.nodeInfo.osImage",
                                   "status.nodeInfo.kernelVersion",
                                   "status.nodeInfo.containerRuntimeVersion",
                                   NULL};

enum { ROLES_MAX = 32, ROLES_TEXT = 256 };

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The roles are in labels: node-role.kubernetes.io/ROLE and kubernetes.io/role=ROLE; sorted, each
 * once. */
static void set_roles(struct object *row, const struct json *labels)
{
    static const char prefix[] = "node-role.kubernetes.io/";
    const char *roles[ROLES_MAX];
    size_t count = 0;
    for (const struct json *label = json_first(labels); label; label = json_next(label)) {
        const char *name = json_name(label), *role = NULL;
        if (name && strncmp(name, prefix, sizeof prefix - 1) == 0)
            role = name + sizeof prefix - 1;
        else if (name && strcmp(name, "kubernetes.io/role") == 0)
            role = json_value(label);
        if (role && *role && count < ROLES_MAX)
            roles[count++] = role;
    }
    qsort(roles, count, sizeof *roles, by_text);
    struct buf text;
    buf_init(&text, ROLES_TEXT);
    for (size_t i = 0; i < count; i++) {
        if (i && strcmp(roles[i], roles[i - 1]) == 0)
            continue;
        if (text.n)
            buf_addc(&text, ',');
        buf_adds(&text, roles[i]);
    }
    object_set_text(row, ROLES, buf_str(&text));
    buf_free(&text);
}

static void set_label(struct object *row, size_t column, const struct json *labels,
                      const char *name, const char *older)
{
    const char *value = json_value(json_member(labels, name));
    if (!value)
        value = json_value(json_member(labels, older));
    object_set_text(row, column, str_of(value));
}

static void set_addresses(struct object *row, const struct json *addresses)
{
    for (const struct json *a = json_first(addresses); a; a = json_next(a)) {
        struct str type = str_of(json_string(a, "type", ""));
        size_t column = str_is(type, "InternalIP")   ? INTERNAL_IP
                        : str_is(type, "ExternalIP") ? EXTERNAL_IP
                                                     : COLUMNS;
        if (column < COLUMNS && !*row->cells[column].text)
            object_set_text(row, column, str_of(json_string(a, "address", "")));
    }
}

/* -1: not set. */
static int64_t amount(const struct json *list, const char *name,
                      bool (*read)(struct str text, int64_t *out))
{
    int64_t value;
    return read(str_of(json_string(list, name, "")), &value) ? value : -1;
}

static void set_amounts(struct object *row, const struct json *status)
{
    const struct json *allocatable = json_member(status, "allocatable"),
                      *capacity = json_member(status, "capacity");
    row->cells[CPU].number = amount(allocatable, "cpu", quantity_milli);
    row->cells[MEMORY].number = amount(allocatable, "memory", quantity_value);
    row->cells[PODS].number = amount(allocatable, "pods", quantity_value);
    row->cells[CPU_CAPACITY].number = amount(capacity, "cpu", quantity_milli);
    row->cells[MEMORY_CAPACITY].number = amount(capacity, "memory", quantity_value);
}

static void set_status(struct object *row, const struct json *node, bool cordoned)
{
    const struct json *ready = condition_find(node, "Ready");
    bool is_ready = condition_is(node, "Ready", "True");
    struct buf text;
    buf_init(&text, 64);
    buf_adds(&text, !ready ? "Unknown" : is_ready ? "Ready" : "NotReady");
    buf_adds(&text, cordoned ? ",SchedulingDisabled" : "");
    object_set_text(row, STATUS, buf_str(&text));
    buf_free(&text);
    row->health = !ready ? HEALTH_UNKNOWN : HEALTH_OK;
}

/* Adds one condition that is not as it should be: "MemoryPressure since …: reason: message". */
static void explain_condition(struct object *row, struct buf *words, const struct json *condition)
{
    const char *type = json_string(condition, "type", ""),
               *status = json_string(condition, "status", "");
    /* "Ready" and those that detectors name after it (KernelReady, NetworkingReady) are good when
     * true; all others report a problem. */
    bool good_when_true = str_ends(str_of(type), "Ready");
    bool is_true = strcmp(status, "True") == 0, is_false = strcmp(status, "False") == 0;
    if (good_when_true ? is_true : !is_true)
        return;
    bool whole_node = strcmp(type, "Ready") == 0 || strcmp(type, "NetworkUnavailable") == 0;
    trouble_worsen(row, whole_node ? HEALTH_BAD : HEALTH_WARN);
    trouble_part(words, "; ");
    if (good_when_true)
        buf_adds(words, is_false ? "Not" : "Unknown whether ");
    trouble_add(words, type);
    trouble_time(words, " since", kinds_time(condition, "lastTransitionTime"));
    const char *message = json_string(condition, "message", "");
    if (!*message)
        message = json_string(condition, "reason", "");
    buf_adds(words, *message ? ": " : "");
    trouble_add(words, message);
}

static void explain(struct object *row, const struct json *node, bool cordoned)
{
    struct buf words;
    trouble_init(&words);
    const struct json *ready = condition_find(node, "Ready");
    if (ready)
        explain_condition(row, &words, ready);
    const struct json *c = json_first(json_get(node, "status.conditions"));
    for (; c; c = json_next(c))
        if (strcmp(json_string(c, "type", ""), "Ready") != 0)
            explain_condition(row, &words, c);
    if (cordoned) {
        trouble_worsen(row, HEALTH_WARN);
        trouble_part(&words, "; ");
        buf_adds(&words, "cordoned: takes no new pods");
    }
    trouble_set(row, &words);
}

/* What a node that never reported has is not nothing. */
static void set_known(struct object *row, size_t column, const char *text)
{
    object_set_text(row, column, str_of(*text ? text : "<unknown>"));
}

static void fill(struct object *row, const struct json *element)
{
    const struct json *status = json_member(element, "status"),
                      *info = json_member(status, "nodeInfo"),
                      *labels = json_get(element, "metadata.labels");
    bool cordoned = json_bool(element, "spec.unschedulable", false);
    set_status(row, element, cordoned);
    set_roles(row, labels);
    object_set_text(row, VERSION, str_of(json_string(info, "kubeletVersion", "")));
    set_known(row, OS_IMAGE, json_string(info, "osImage", ""));
    set_known(row, KERNEL, json_string(info, "kernelVersion", ""));
    set_known(row, RUNTIME, json_string(info, "containerRuntimeVersion", ""));
    set_addresses(row, json_member(status, "addresses"));
    set_amounts(row, status);
    set_label(row, ZONE, labels, "topology.kubernetes.io/zone",
              "failure-domain.beta.kubernetes.io/zone");
    set_label(row, INSTANCE, labels, "node.kubernetes.io/instance-type",
              "beta.kubernetes.io/instance-type");
    row->cells[TAINTS].number = (int64_t)json_count(json_get(element, "spec.taints"));
    explain(row, element, cordoned);
}

const struct kinds_row kind_node = {
    .kind = {.name = "nodes",
             .singular = "node",
             .short_names = "no",
             .api = "/api/v1",
             .object_kind = "Node",
             .namespaced = false,
             .columns = columns,
             .column_count = COLUMNS},
    .keep = keep,
    .fill = fill,
    .blank = 1u << VERSION,
};
