/*
 * A small pretend cluster behind the real protocols on loopback: the Kubernetes API, Loki,
 * Prometheus, Alertmanager, S3 and STS, one process, one loop. Where it differs from the real
 * thing, it is wrong.
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sandbox/sandbox_service.h"

struct loop;
struct sandbox;

struct sandbox_conf {
    uint64_t seed; /* the same seed and start give the same cluster, logs and metrics; 0: 1 */
    int64_t
        start; /* wall ns: the moment T of the incident (its rollout is at T - 12 min); 0: now */
    int nodes, pods;  /* at least so many; 0: the small cluster (6 nodes, about 60 pods) */
    const char *host; /* to listen on; NULL: 127.0.0.1 */
    int first_port;   /* services listen on it and the ports behind it; 0: free ports */
    const char *const
        *faults; /* "NAME" or "NAME=ARG" as for --fault; NULL-terminated; may be NULL */
    bool
        /* requests without a token are the admin's: kubectl sends none over plain http */
        anonymous_admin;
    const char *
        /* Loki asks for this X-Scope-OrgID, as with auth_enabled; NULL: none is asked for */
        tenant;
};

struct sandbox *sandbox_new(struct loop *l, const struct sandbox_conf *conf, struct err *err);
void sandbox_free(struct sandbox *s); /* NULL is allowed */

/* "http://127.0.0.1:1234", valid as long as the sandbox. */
const char *sandbox_url(const struct sandbox *s, enum sandbox_service service);

/* Where kubeboard keeps windows and snapshots that the configuration names. */
enum sandbox_store {
    /* s3://kubeboard-raw/errors and s3://kubeboard-errors/errors in the sandbox's own S3 */
    SANDBOX_STORE_S3,
    SANDBOX_STORE_FOLDER, /* file://DIR/store */
};

/* Writes config.yaml, kubeconfig (contexts sandbox, sandbox-restricted, sandbox-expired, sandbox-
 * stranger) and aws.env (the static keys of the S3 store, to be put into the environment; in
 * comments what a role or the container's agent needs), 0600, into the folder, which is made.
 * Blocks. */
bool sandbox_write_config(struct sandbox *s, const char *dir, enum sandbox_store store,
                          struct err *err);

/* Static keys of the S3, for a caller that needs no file. */
const char *sandbox_secret_key(const struct sandbox *s);
const char *sandbox_admin_token(const struct sandbox *s);

/* Switches a fault on at run time; "clear=NAME" and "clear=all" switch off. ERR_USAGE lists the
 * names. */
bool sandbox_fault(struct sandbox *s, const char *fault, struct err *err);

/* The table of faults for --help: name, argument ("" when it takes none) and what it does; false
 * behind the last. */
bool sandbox_fault_row(int i, const char **name, const char **argument, const char **help);

#endif
