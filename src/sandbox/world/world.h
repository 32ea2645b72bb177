/*
 * The facts of the pretend cluster: nodes, workloads, pods and their lives, events. Made once from
 * a seed and never changed: what is true at a moment is a function of the moment, so that history
 * needs no storage and every reader agrees.
 */
#ifndef SANDBOX_WORLD_H
#define SANDBOX_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum world_kind { WORLD_DEPLOYMENT, WORLD_STATEFULSET, WORLD_DAEMONSET, WORLD_CRONJOB };

enum world_state {
    WORLD_PENDING,  /* not bound to a node */
    WORLD_CREATING, /* ContainerCreating */
    WORLD_STARTING, /* running, not ready */
    WORLD_RUNNING,
    WORLD_FAILED,  /* the container has ended with an error and is not yet waited for */
    WORLD_BACKOFF, /* CrashLoopBackOff */
    WORLD_COMPLETED,
    WORLD_EVICTED,
    WORLD_TERMINATING, /* running, being deleted */
    WORLD_GONE,
};

/* A stretch of a pod's life, until the next one. */
struct world_phase {
    int64_t from;
    enum world_state state;
    int restarts;
    int64_t started;    /* of the current run, or of the one before */
    int64_t ended;      /* of the run before; 0: none */
    int64_t before;     /* when the run that ended was started */
    int exit_code;      /* of the run before */
    const char *reason; /* of that end: Error, OOMKilled, Completed; NULL: none */
};

enum { WORLD_CORDONS = 32, WORLD_SPARE_PODS = 2000 };

struct world_node {
    char name[64], ip[16], instance[24];
    const char *zone, *type;
    int64_t created;
    int cpu; /* cores */
    int64_t memory;
    uint64_t id;
    int64_t pressure;               /* MemoryPressure since; 0: never */
    int64_t cordons[WORLD_CORDONS]; /* moments when clients cordoned it, uncordoned it, and so on */
    size_t cordon_count;
};

/* What clients want of a workload from a moment on. */
struct world_wish {
    int64_t from;
    int replicas, generation; /* 0: as planned; grows with every restart */
    char hash[12];            /* pod-template-hash of that generation */
    char restarted[40];       /* kubectl.kubernetes.io/restartedAt, "" when it never was */
};

struct world_workload {
    const char *ns, *name, *image, *version;
    const char *old_version; /* before the incident's rollout; NULL: there was none */
    enum world_kind kind;
    int replicas;
    const char *logs; /* name of its set of log lines; "": silent */
    double rate;      /* log lines a minute and pod at a usual hour */
    int cpu, memory;  /* requested millicores and MiB; the limits are twice that */
    int port;
    const char *sidecar; /* name of a second container, or NULL */
    int64_t created;
    uint64_t id;
    char hash[12], old_hash[12]; /* pod-template-hash */
    int revision;
    size_t first_pod, pod_count; /* its planned pods lie side by side */
    uint32_t more_pods;          /* of those that clients caused the newest, its index + 1 */
    const struct world_wish *wishes;
    size_t wish_count;
    int64_t deleted; /* by a client; 0 */
};

struct world_pod {
    char name[72], ip[16];
    uint32_t workload, node; /* indexes */
    int64_t created;
    uint64_t id;
    bool old;                         /* of the replica set before the rollout */
    int job;                          /* of a cron job: its number, else -1 */
    int restarts;                     /* long ago, for pods without phases */
    const struct world_phase *phases; /* NULL: running since created + 4 s */
    size_t phase_count;
    int generation;    /* of the workload's template: see world_wish */
    uint32_t next_pod; /* the workload's next one of those that clients caused, its index + 1 */
    bool manual;       /* of a job that a client started */
};

/* An event that recurs: its count at a moment is the number of occurrences so far. */
struct world_event {
    char name[112];
    const char *ns, *kind, *api, *object; /* what it is about; ns "default" for nodes */
    const char *field;                    /* fieldPath, "" when none */
    uint64_t object_id;
    const char *reason, *type, *component, *host; /* host "" when none */
    char *message;
    uint64_t id;
    int64_t *times; /* sorted */
    size_t count, cap;
};

/* What changes by itself, in time order. */
enum world_change_kind {
    WORLD_CHANGE_POD,
    WORLD_CHANGE_NODE,
    WORLD_CHANGE_WORKLOAD,
    WORLD_CHANGE_EVENT
};
struct world_change {
    int64_t time;
    enum world_change_kind kind;
    uint32_t index;
};

struct world {
    uint64_t seed;
    int64_t start;   /* T */
    int64_t rollout; /* T - 12 min */
    int64_t horizon; /* up to here everything is planned */
    const char **namespaces;
    size_t namespace_count;
    struct world_node *nodes;
    size_t node_count;
    struct world_workload *workloads;
    size_t workload_count;
    struct world_pod *pods;
    size_t pod_count, pod_cap;
    struct world_event **events;
    size_t event_count, event_cap;
    struct world_change *changes;
    size_t change_count, change_cap;
    struct world_memory *memory; /* strings and phases */
};

enum { WORLD_EVENT_TTL_MINUTES = 60 };

/* An empty one at its moment T (wall ns); founding.h fills it. */
struct world *world_new(uint64_t seed, int64_t start);
void world_free(struct world *w);

/* The pod at a moment. False when it does not exist then. */
bool world_pod_at(const struct world *w, const struct world_pod *p, int64_t t,
                  struct world_phase *out);
/* status.phase as Kubernetes has it: "Pending", "Running". */
const char *world_phase_name(const struct world_pod *p, const struct world_phase *ph);
bool world_is_running(enum world_state s);
/* From when to when it exists; *to is INT64_MAX when no end is planned. */
void world_pod_life(const struct world_pod *p, int64_t *from, int64_t *to);

enum { WORLD_OLD = -1 }; /* the generation before the incident's rollout */
/* How many of a workload's pods of the given generation exist and are ready at a moment. */
void world_count_pods(const struct world *w, const struct world_workload *wl, int generation,
                      int64_t t, int *pods, int *ready);
int world_pod_generation(const struct world_pod *p);
const char *world_hash(const struct world_workload *wl, int generation); /* pod-template-hash */
/* What clients want of it at a moment; where none wants anything, what was planned. */
struct world_wish world_wish_at(const struct world_workload *wl, int64_t t);
bool world_is_cordoned(const struct world_node *n, int64_t t);

/* Occurrences of an event up to a moment; 0: not seen yet, or forgotten (an hour after the last).
 */
size_t world_event_at(const struct world_event *e, int64_t t, int64_t *first, int64_t *last);

/* How busy the shop is at a moment: about 1, a wave a day. */
double world_traffic(const struct world *w, int64_t t);

/* ---- for those who build the world ---- */

uint64_t world_id(const struct world *w,
                  const char *text);                 /* of a name, the same in each run of a seed */
char *world_keep(struct world *w, const char *text); /* a copy that lives as long as the world */
void *world_keep_bytes(struct world *w, const void *bytes, size_t n); /* the same for anything */
struct world_pod *world_add_pod(struct world *w, uint32_t workload, bool old,
                                int64_t created); /* valid until the next */
/* One that a client caused, when the world stands already; NULL when WORLD_SPARE_PODS are used up. It is
 * nowhere planned yet. */
struct world_pod *world_add_spare(struct world *w, uint32_t workload, int generation,
                                  int64_t created);
/* Plans all that will change by itself. */
void world_plan_all(struct world *w);
/* Plans what the phases of a pod (NULL: none) and the events from `first_event` on say of the time
 * behind `after`, beside what is planned. */
void world_plan_more(struct world *w, const struct world_pod *p, size_t first_event, int64_t after);
void world_plan_change(struct world *w, int64_t time, enum world_change_kind kind, size_t index);
struct world_event *world_add_event(struct world *w, const char *ns, const char *kind,
                                    const char *object, uint64_t object_id, const char *type,
                                    const char *reason, const char *message);
void world_add_time(struct world_event *e, int64_t t);
struct world_workload *world_find_workload(const struct world *w, const char *ns, const char *name);

#endif
