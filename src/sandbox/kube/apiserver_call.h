/* One request to the pretend API server, what it needs to be answered, and who answers which. */
#ifndef SANDBOX_APISERVER_CALL_H
#define SANDBOX_APISERVER_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "sandbox/kube/pretend.h"
#include "sandbox/reply.h"

struct history;
struct shelf;
struct world;

struct apiserver_conf {
    struct world *world; /* written to by clients: world_edit.h */
    struct shelf *shelf;
    struct history *history;
    struct faults *faults;
    struct loop *loop;
    bool anonymous_admin;
    /* Services that the API server's proxy reaches: called with the path behind /proxy; false when
     * there is no such service. */
    bool (*proxy)(void *context, struct reply *p, const char *ns, const char *service,
                  const char *path);
    void *context;
};

struct apiserver_user {
    const char *name;
    bool admin, restricted;
};

enum apiserver_form { APISERVER_JSON, APISERVER_TABLE, APISERVER_PARTIAL };

/* One request, taken apart. Freed by whoever answers: apiserver_call_free. */
struct apiserver_watches;
struct apiserver_call {
    const struct apiserver_conf *conf;
    struct apiserver_watches *watches;
    struct reply *p;
    struct apiserver_user user;
    const char *verb; /* get list watch create update patch delete */
    char *group, *version, *ns, *resource, *name, *sub; /* "" when absent */
    int kind;                                           /* enum pretend_kinds; -1: unknown */
    enum apiserver_form form;
    bool with_object, with_metadata; /* Table rows: includeObject */
    int64_t t;
};
void apiserver_call_free(struct apiserver_call *c);
const char *apiserver_call_param(const struct apiserver_call *c,
                                 const char *name); /* "" when absent */

/* apiserver_status.c: answers with a Status and frees the call. `details` and `reason` may be NULL.
 */
void apiserver_status(struct apiserver_call *c, int code, const char *reason, const char *details,
                      const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void apiserver_status_json(struct buf *out, int code, const char *reason, const char *details,
                           const char *next, const char *message);
void apiserver_status_not_found(struct apiserver_call *c);   /* the named object */
void apiserver_status_no_resource(struct apiserver_call *c); /* the kind */
/* "resourceVersionMatch is forbidden WHERE" */
void apiserver_status_match(struct apiserver_call *c, const char *where);
void apiserver_call_answer(struct apiserver_call *c, int status,
                           struct str json); /* and frees the call */
const char *const *apiserver_call_headers(void);
void apiserver_call_resource(const struct apiserver_call *c, char *out,
                             size_t size); /* "deployments.apps" */

/* apiserver_user.c: whether the user may do it, and the answer when not. */
bool apiserver_user_may(const struct apiserver_user *u, const char *verb, const char *group,
                        const char *resource, const char *sub, const char *ns);
void apiserver_user_forbidden(struct apiserver_call *c);

/* Selectors, apiserver_selector.c. */
struct apiserver_selector;
/* What the call asks for; NULL when that is wrong, and has been answered. */
struct apiserver_selector *apiserver_selector_asked(struct apiserver_call *c);
void apiserver_selector_free(struct apiserver_selector *s);
bool apiserver_selector_empty(const struct apiserver_selector *s);
bool apiserver_selector_matches(const struct apiserver_selector *s, const struct world *w,
                                const struct pretend_object *o, int64_t t);

/* Each answers the call and frees it. */
void apiserver_discovery(
    struct apiserver_call *c);                 /* apiserver_discovery.c: /api, /apis and below */
void apiserver_list(struct apiserver_call *c); /* apiserver_list.c */
void apiserver_item_get(struct apiserver_call *c);
void apiserver_watch_start(struct apiserver_call *c); /* apiserver_watch.c */
void apiserver_write(
    struct apiserver_call *c); /* apiserver_write.c: create, update, patch, delete */
void apiserver_change(struct apiserver_call *c);  /* apiserver_change.c: of what the world plans */
void apiserver_review(struct apiserver_call *c);  /* apiserver_review.c */
void apiserver_usage(struct apiserver_call *c);   /* apiserver_usage.c: metrics.k8s.io */
void apiserver_log(struct apiserver_call *c);     /* apiserver_log.c */
void apiserver_exec(struct apiserver_call *c);    /* apiserver_exec.c */
void apiserver_forward(struct apiserver_call *c); /* apiserver_forward.c */
/* The pod that the call names, if it runs; else NULL, and the call has been answered. */
const struct world_pod *apiserver_running_pod(struct apiserver_call *c);

/* A Table's head: columnDefinitions of the kind. */
void apiserver_item_columns(struct json_out *out, int kind);
/* A row, or an object, in the form that the call asked for. */
void apiserver_item_write(const struct apiserver_call *c, const struct pretend_object *o, int64_t t,
                          bool typed, struct json_out *out);

#endif
