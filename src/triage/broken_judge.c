/*
 * The kinds have said what is wrong with each object alone (health and trouble). Here it is decided
 * what of it matters: time passes, and neighbours know more. A pod that is being created is well for
 * ten minutes; the failed run of a cron job is forgotten when a later one succeeded; a lease expires
 * without a word from the server.
 */
#include "triage/broken_judge.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "triage/workload.h"

#define STARTING CLOCK_MINUTE           /* not ready yet */
#define CREATING (10 * CLOCK_MINUTE)    /* images, volumes */
#define DELETING (10 * CLOCK_MINUTE)    /* behind the grace period */
#define UNBOUND (5 * CLOCK_MINUTE)      /* a claim without a volume */
#define KILL_FORGOTTEN CLOCK_HOUR       /* killed for its memory, and well again */
#define EVICTED_FORGOTTEN CLOCK_HOUR    /* and its controller made another */
#define LEASE_FORGOTTEN CLOCK_DAY       /* whoever held it is gone for good */
#define LEASE_SLACK (10 * CLOCK_SECOND) /* clocks differ */

const char *broken_judge_text(const struct objects *t, const struct object *o, const char *title)
{
    int column = objects_column(objects_kind(t), title);
    bool is_text = column >= 0 && objects_kind(t)->columns[column].type == CELL_TEXT;
    return is_text ? o->cells[column].text : "";
}

int64_t broken_judge_number(const struct objects *t, const struct object *o, const char *title)
{
    int column = objects_column(objects_kind(t), title);
    return column >= 0 && objects_kind(t)->columns[column].type != CELL_TEXT
               ? o->cells[column].number
               : 0;
}

static bool starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* ---- what a pod's status means ---- */

static const struct {
    const char *status;
    enum broken_class class;
} statuses[] = {
    {"CrashLoopBackOff", BROKEN_CRASH_LOOP},
    {"OOMKilled", BROKEN_OOM},
    {"ImagePullBackOff", BROKEN_IMAGE},
    {"ErrImagePull", BROKEN_IMAGE},
    {"ErrImageNeverPull", BROKEN_IMAGE},
    {"InvalidImageName", BROKEN_IMAGE},
    {"ImageInspectError", BROKEN_IMAGE},
    {"RegistryUnavailable", BROKEN_IMAGE},
    {"SignatureValidationFailed", BROKEN_IMAGE},
    {"CreateContainerConfigError", BROKEN_START},
    {"CreateContainerError", BROKEN_START},
    {"RunContainerError", BROKEN_START},
    {"ContainerCannotRun", BROKEN_START},
    {"StartError", BROKEN_START},
    {"PreStartHookError", BROKEN_START},
    {"PostStartHookError", BROKEN_START},
    {"Evicted", BROKEN_EVICTED},
    {"Preempting", BROKEN_EVICTED},
    {"Shutdown", BROKEN_EVICTED},
    {"NodeShutdown", BROKEN_EVICTED},
    {"Terminated", BROKEN_EVICTED},
    {"NodeAffinity", BROKEN_EVICTED},
    {"UnexpectedAdmissionError", BROKEN_EVICTED},
    {"OutOfcpu", BROKEN_EVICTED},
    {"OutOfmemory", BROKEN_EVICTED},
    {"OutOfpods", BROKEN_EVICTED},
    {"NodeLost", BROKEN_NOT_READY},
    {"Unknown", BROKEN_NOT_READY},
};

/* BROKEN_CLASSES: nothing by itself. */
static enum broken_class class_of(const char *status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (strcmp(status, statuses[i].status) == 0)
            return statuses[i].class;
    return BROKEN_CLASSES;
}

/* ---- neighbours ---- */

static void note_success(struct broken_judge *j, const struct object *job)
{
    if (!starts(job->owner, "CronJob/") ||
        strcmp(broken_judge_text(j->jobs, job, "STATUS"), "Complete") != 0)
        return;
    char *key = mem_printf("%s/%s", job->namespace_, job->owner);
    int64_t *newest = map_get(j->succeeded, str_of(key));
    if (!newest) {
        newest = mem_alloc(sizeof *newest);
        map_put(j->succeeded, str_of(key), newest);
    }
    if (job->created > *newest)
        *newest = job->created;
    free(key);
}

/* The kubelet's events have the reason that the pod's status gets. */
static void note_eviction(struct broken_judge *j, const struct object *event)
{
    int64_t last = broken_judge_number(j->events, event, "LAST SEEN");
    if (event->health < HEALTH_WARN || j->now - last >= EVICTED_FORGOTTEN ||
        class_of(broken_judge_text(j->events, event, "REASON")) != BROKEN_EVICTED)
        return;
    char *key =
        mem_printf("%s/%s", event->namespace_, broken_judge_text(j->events, event, "OBJECT"));
    map_put(j->evicted, str_of(key), j);
    free(key);
}

void broken_judge_open(struct broken_judge *j, const struct objects *const *tables, size_t count,
                       int64_t now)
{
    *j = (struct broken_judge){.succeeded = map_new(), .evicted = map_new(), .now = now};
    struct {
        const char *name;
        const struct objects **into;
    } known[] = {{"nodes", &j->nodes},
                 {"jobs", &j->jobs},
                 {"replicasets", &j->replicasets},
                 {"events", &j->events}};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; tables[i] && k < sizeof known / sizeof *known; k++)
            if (strcmp(objects_kind(tables[i])->name, known[k].name) == 0)
                *known[k].into = tables[i];
    for (size_t i = 0; j->jobs && i < objects_count(j->jobs); i++)
        note_success(j, objects_at(j->jobs, i));
    for (size_t i = 0; j->events && i < objects_count(j->events); i++)
        note_eviction(j, objects_at(j->events, i));
}

void broken_judge_close(struct broken_judge *j)
{
    map_free(j->succeeded, free);
    map_free(j->evicted, NULL);
}

/* What its controller has replaced long ago is a record, no trouble: the pod stays until somebody
 * deletes it, and does not say when it was evicted. Its event does, as long as there is one. */
static bool is_replaced(const struct broken_judge *j, const struct object *pod)
{
    bool made = *pod->owner && !starts(pod->owner, "Node/");
    if (!j->events || !made || j->now - pod->created < EVICTED_FORGOTTEN)
        return false;
    char *key = mem_printf("%s/pod/%s", pod->namespace_, pod->name);
    bool late = map_get(j->evicted, str_of(key));
    free(key);
    return !late;
}

/* A later run of the same cron job is done. */
static bool is_superseded(const struct broken_judge *j, const struct object *job)
{
    char *key = mem_printf("%s/%s", job->namespace_, job->owner);
    int64_t *newest = map_get(j->succeeded, str_of(key));
    free(key);
    return newest && *newest > job->created;
}

static const struct object *job_of(const struct broken_judge *j, const struct object *pod)
{
    if (!j->jobs || !starts(pod->owner, "Job/"))
        return NULL;
    return objects_find(j->jobs, str_of(pod->namespace_), str_of(pod->owner + 4));
}

/* ---- owners ---- */

static void own(struct broken_judge_owner *owner, const char *kind, const char *name)
{
    owner->kind = kind;
    owner->name = name;
}

/* "Kind/name" taken apart. */
static void own_text(struct broken_judge_owner *owner, const char *text)
{
    str_copy(owner->text, sizeof owner->text, text);
    char *slash = strchr(owner->text, '/');
    if (!slash)
        return;
    *slash = '\0';
    own(owner, owner->text, slash + 1);
}

/* The workload behind a replica set or a job whose table is not there: by the pod's name. */
static void own_by_name(struct broken_judge_owner *owner, const char *kind, const char *name,
                        const char *pod)
{
    char text[400];
    workload_of(pod, "", text, sizeof text);
    if (strcmp(text, name) == 0)
        return;
    snprintf(owner->text, sizeof owner->text, "%s", text);
    own(owner, kind, owner->text);
}

void broken_judge_owner(const struct broken_judge *j, const char *kind, const struct object *o,
                        struct broken_judge_owner *owner)
{
    static const struct {
        const char *kind, *above;
    } middle[] = {{"ReplicaSet", "Deployment"}, {"Job", "CronJob"}};
    own(owner, kind, o->name);
    /* Static pods are owned by their node; that does not make them its trouble. */
    if (!*o->owner || starts(o->owner, "Node/"))
        return;
    own_text(owner, o->owner);
    for (size_t i = 0; i < sizeof middle / sizeof *middle; i++) {
        const struct objects *table = i ? j->jobs : j->replicasets;
        if (strcmp(owner->kind, middle[i].kind) != 0)
            continue;
        const struct object *row =
            table ? objects_find(table, str_of(o->namespace_), str_of(owner->name)) : NULL;
        if (row && *row->owner)
            own_text(owner, row->owner);
        else if (!row && strcmp(kind, "Pod") == 0)
            own_by_name(owner, middle[i].above, owner->name, o->name);
        return;
    }
}

/* ---- verdicts ---- */

/* `reason` NULL: the first word of the trouble, as the kinds put it. */
static bool found(struct broken_judge_verdict *v, enum broken_class class, const char *reason,
                  const char *words)
{
    size_t n = reason ? strlen(reason) : strcspn(words, ": ,");
    v->class = class;
    str_copy(v->words, sizeof v->words, words);
    str_copy(v->reason, n + 1 < sizeof v->reason ? n + 1 : sizeof v->reason,
             reason ? reason : words);
    return true;
}

/* "ContainerCreating for 25m" */
static bool found_stuck(struct broken_judge_verdict *v, const char *what, int64_t span,
                        const char *trouble)
{
    char age[CLOCK_TEXT], words[BROKEN_JUDGE_WORDS];
    snprintf(words, sizeof words, "%s for %s%s%s", what, clock_age(span, age), *trouble ? ": " : "",
             trouble);
    return found(v, BROKEN_STUCK, what, words);
}

static bool judge_evicted(const struct broken_judge *j, const struct object *pod,
                          const char *reason, const char *words, struct broken_judge_verdict *v)
{
    return !is_replaced(j, pod) && found(v, BROKEN_EVICTED, reason, words);
}

/* Its STATUS may be that of its containers: "Error". */
static bool starts_evicted(const char *words)
{
    char reason[BROKEN_JUDGE_REASON];
    size_t n = strcspn(words, ": ");
    str_copy(reason, n + 1 < sizeof reason ? n + 1 : sizeof reason, words);
    return class_of(reason) == BROKEN_EVICTED;
}

/* A pod that ended badly is its job's affair, if the job is known. */
static bool judge_ended(const struct broken_judge *j, const struct object *pod, const char *words,
                        struct broken_judge_verdict *v)
{
    const struct object *job = job_of(j, pod);
    if (job && (job->health == HEALTH_DONE || is_superseded(j, job)))
        return false;
    if (!job && starts_evicted(words))
        return judge_evicted(j, pod, NULL, words, v);
    return found(v, job ? BROKEN_JOB : BROKEN_FAILED, NULL, words);
}

static bool judge_waiting(const struct broken_judge *j, const struct object *pod,
                          const char *status, struct broken_judge_verdict *v)
{
    int64_t age = j->now - pod->created;
    if (strcmp(status, "SchedulingGated") == 0 || age < CREATING)
        return false;
    return found_stuck(v, status, age, pod->trouble);
}

static bool judge_running(const struct broken_judge *j, const struct objects *t,
                          const struct object *pod, struct broken_judge_verdict *v)
{
    int64_t restart = broken_judge_number(t, pod, "LAST RESTART");
    if (starts(pod->trouble, "OOMKilled"))
        return j->now - restart < KILL_FORGOTTEN && found(v, BROKEN_KILLED, NULL, pod->trouble);
    int64_t began = restart > pod->created ? restart : pod->created;
    return j->now - began >= STARTING && found(v, BROKEN_NOT_READY, "NotReady", pod->trouble);
}

static bool judge_pod(const struct broken_judge *j, const struct objects *t,
                      const struct object *pod, struct broken_judge_verdict *v)
{
    const char *whole = broken_judge_text(t, pod, "STATUS");
    const char *status = starts(whole, "Init:") ? whole + 5 : whole;
    const char *words = *pod->trouble ? pod->trouble : whole;
    if (pod->health == HEALTH_PENDING)
        return judge_waiting(j, pod, whole, v);
    enum broken_class class = class_of(status);
    if (class == BROKEN_CRASH_LOOP && strstr(words, "OOMKilled"))
        return found(v, BROKEN_OOM, "OOMKilled", words);
    if (class == BROKEN_EVICTED)
        return judge_evicted(j, pod, status, words, v);
    if (class != BROKEN_CLASSES)
        return found(v, class, status, words);
    if (strcmp(status, "Pending") == 0)
        /* An autoscaler may bring a node. */
        return j->now - pod->created >= STARTING && found(v, BROKEN_PENDING, NULL, words);
    if (strcmp(status, "Running") == 0 || strcmp(status, "NotReady") == 0)
        return judge_running(j, t, pod, v);
    return judge_ended(j, pod, words, v);
}

static bool judge_node(const struct broken_judge *j, const struct objects *t,
                       const struct object *node, struct broken_judge_verdict *v)
{
    (void)j;
    (void)t;
    if (node->health == HEALTH_BAD)
        return found(v, BROKEN_NODE_DOWN, NULL, node->trouble);
    /* Cordoned alone is on purpose. */
    return !starts(node->trouble, "cordoned") && found(v, BROKEN_PRESSURE, NULL, node->trouble);
}

/* Its trouble begins with a reason of the controller's, or with "2 of 3 …". */
static bool judge_workload(const struct broken_judge *j, const struct objects *t,
                           const struct object *o, struct broken_judge_verdict *v)
{
    (void)t;
    if (!isdigit((unsigned char)*o->trouble))
        return found(v, BROKEN_ROLLOUT, NULL, o->trouble);
    return j->now - o->created >= STARTING &&
           found(v, BROKEN_UNAVAILABLE, "Unavailable", o->trouble);
}

/* That its pods are not ready is told by them, or by its deployment. */
static bool judge_replicaset(const struct broken_judge *j, const struct objects *t,
                             const struct object *o, struct broken_judge_verdict *v)
{
    bool alone = !*o->owner;
    return (alone || !isdigit((unsigned char)*o->trouble)) && judge_workload(j, t, o, v);
}

static bool judge_job(const struct broken_judge *j, const struct objects *t, const struct object *o,
                      struct broken_judge_verdict *v)
{
    const char *reason = o->health == HEALTH_BAD ? NULL : "RunFailed";
    (void)t;
    return !is_superseded(j, o) && found(v, BROKEN_JOB, reason, o->trouble);
}

static bool judge_scaler(const struct broken_judge *j, const struct objects *t,
                         const struct object *o, struct broken_judge_verdict *v)
{
    (void)j;
    (void)t;
    return o->health == HEALTH_BAD ? found(v, BROKEN_SCALER, NULL, o->trouble)
                                   : found(v, BROKEN_SCALER_MAX, "AtMaximum", o->trouble);
}

static bool judge_volume(const struct broken_judge *j, const struct objects *t,
                         const struct object *o, struct broken_judge_verdict *v)
{
    bool waits = o->health == HEALTH_PENDING;
    (void)t;
    if (waits && (!*o->trouble || j->now - o->created < UNBOUND))
        return false;
    return found(v, BROKEN_VOLUME, NULL, o->trouble);
}

static bool judge_service(const struct broken_judge *j, const struct objects *t,
                          const struct object *o, struct broken_judge_verdict *v)
{
    int64_t age = j->now - o->created;
    (void)t;
    return *o->trouble && age >= CREATING && found_stuck(v, "Pending", age, o->trouble);
}

static bool judge_lease(const struct broken_judge *j, const struct objects *t,
                        const struct object *o, struct broken_judge_verdict *v)
{
    char age[CLOCK_TEXT], words[BROKEN_JUDGE_WORDS];
    int64_t renewed = broken_judge_number(t, o, "RENEWED"),
            lasts = broken_judge_number(t, o, "LASTS") * CLOCK_SECOND;
    /* Leases are listed now and then: what is renewed since is no news that we have. */
    int64_t over = (objects_taken(t) ? objects_taken(t) : j->now) - renewed;
    const char *holder = broken_judge_text(t, o, "HOLDER");
    if (!*holder || !renewed || over < 2 * lasts + LEASE_SLACK || over > LEASE_FORGOTTEN)
        return false;
    size_t named = strlen(o->name);
    bool of_node = strcmp(o->namespace_, "kube-node-lease") == 0;
    /* Not an office that somebody holds, but the mark of one process that is gone: an API server's
     * "apiserver-x" is held by "apiserver-x_…". */
    if (!of_node && strncmp(holder, o->name, named) == 0 &&
        (!holder[named] || holder[named] == '_'))
        return false;
    if (of_node && j->nodes) {
        const struct object *node = objects_find(j->nodes, str_of(""), str_of(o->name));
        /* It is gone, or says itself that it is down. */
        if (!node || node->health == HEALTH_BAD)
            return false;
    }
    snprintf(words, sizeof words, "expired: %.200s renewed it last %s ago", holder,
             clock_age(over, age));
    return found(v, BROKEN_LEASE, "Expired", words);
}

static bool judge_other(const struct broken_judge *j, const struct objects *t,
                        const struct object *o, struct broken_judge_verdict *v)
{
    (void)j;
    (void)t;
    return o->health >= HEALTH_WARN && found(v, BROKEN_OTHER, NULL, o->trouble);
}

/* From which health on a kind's objects are looked at, and by whom. */
static const struct {
    const char *kind;
    enum health least;
    bool (*judge)(const struct broken_judge *j, const struct objects *t, const struct object *o,
                  struct broken_judge_verdict *v);
} kinds[] = {{"pods", HEALTH_PENDING, judge_pod},
             {"nodes", HEALTH_WARN, judge_node},
             {"deployments", HEALTH_WARN, judge_workload},
             {"statefulsets", HEALTH_WARN, judge_workload},
             {"daemonsets", HEALTH_WARN, judge_workload},
             {"replicasets", HEALTH_WARN, judge_replicaset},
             {"jobs", HEALTH_WARN, judge_job},
             {"cronjobs", HEALTH_WARN, judge_job},
             {"horizontalpodautoscalers", HEALTH_WARN, judge_scaler},
             {"persistentvolumeclaims", HEALTH_PENDING, judge_volume},
             {"persistentvolumes", HEALTH_WARN, judge_volume},
             {"services", HEALTH_PENDING, judge_service},
             {"leases", HEALTH_OK, judge_lease},
             {"events", HEALTH_BAD, judge_other}};

bool broken_judge_object(const struct broken_judge *j, const struct objects *table,
                         const struct object *o, struct broken_judge_verdict *v)
{
    size_t i = 0, n = sizeof kinds / sizeof *kinds;
    if (o->deleted)
        return j->now - o->deleted >= DELETING &&
               found_stuck(v, "Terminating", j->now - o->deleted, o->trouble);
    while (i < n && strcmp(kinds[i].kind, objects_kind(table)->name) != 0)
        i++;
    if (i == n)
        return judge_other(j, table, o, v);
    return o->health >= kinds[i].least && kinds[i].judge(j, table, o, v);
}
