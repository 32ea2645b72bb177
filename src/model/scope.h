/* What the person is looking at. One value: every pane draws itself from it; moving in one pane
 * moves it for all. */
#ifndef MODEL_SCOPE_H
#define MODEL_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

enum { SCOPE_NAME = 254 };

struct scope {
    char cluster[64];
    char namespace_[SCOPE_NAME];    /* "": all */
    char node[SCOPE_NAME];          /* "": any */
    char workload[SCOPE_NAME + 64]; /* "Deployment/web", as an object's owner */
    char workload_namespace[SCOPE_NAME];
    char pod[SCOPE_NAME];
    char pod_namespace[SCOPE_NAME]; /* the chosen pod's own */
    char container[SCOPE_NAME];
    char group[17];   /* the error group's id */
    char rule[41];    /* of the chosen window */
    int64_t from, to; /* the span that logs and charts show; to 0: up to now (live) */
    int64_t at;       /* the moment: 0 live, else T */
    uint64_t changes; /* grows with every change that scope_set… made */
};

/* Each returns whether anything changed. Choosing a node forgets pod and workload; a namespace
 * forgets node, pod, workload. */
bool scope_set_namespace(struct scope *s, const char *name);
bool scope_set_node(struct scope *s, const char *name);
/* Forgets node and pod. */
bool scope_set_workload(struct scope *s, const char *ns, const char *workload);
bool scope_set_pod(struct scope *s, const char *ns, const char *name);
bool scope_set_container(struct scope *s, const char *name);
/* Namespace, node, workload, pod and container of another scope; the moment stays. */
bool scope_set_subject(struct scope *s, const struct scope *from);
/* Moves the time: at = to. */
bool scope_set_window(struct scope *s, const char *rule, int64_t from, int64_t to);
bool scope_set_group(struct scope *s, const char *id);
bool scope_set_time(struct scope *s, int64_t at, int64_t span); /* at 0: live; span before it, ns */
bool scope_is_live(const struct scope *s);

/* The past of the scope, for `u` and Ctrl-R. Push each scope that a move led to (one equal to the
 * newest is passed over); undo keeps the present one by itself when it was not pushed. */
struct scope_history;
struct scope_history *scope_history_new(void);
void scope_history_free(struct scope_history *h);
void scope_history_push(struct scope_history *h, const struct scope *s); /* bounded: 100 */
bool scope_history_undo(struct scope_history *h, struct scope *s);
bool scope_history_redo(struct scope_history *h, struct scope *s);

#endif
