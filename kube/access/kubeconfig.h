/* Kubeconfig files as kubectl reads them, and the service account of a pod. */
#ifndef KUBE_KUBECONFIG_H
#define KUBE_KUBECONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "net/conn.h"

/* How to run a credential plugin (users[].user.exec). */
struct kubeconfig_exec {
    char *command;     /* a relative path with a slash is already put behind the file's folder */
    char **args;       /* NULL-terminated, without the command; never NULL */
    char **env;        /* "NAME=value", NULL-terminated; never NULL */
    char *api_version; /* "client.authentication.k8s.io/v1" */
    char *install_hint;
    bool cluster_info;   /* provideClusterInfo */
    bool needs_terminal; /* interactiveMode: Always */
    bool no_terminal;    /* interactiveMode: Never */
};

/* One context, resolved: what a client needs, copied out of the files. */
struct kubeconfig_context {
    char *name;       /* "in-cluster" for a pod's service account */
    char *cluster;    /* the cluster's name in the file */
    char *user;       /* the user's name in the file: the failing identity in messages */
    char *namespace_; /* "default" when none is named */
    char *file;       /* where the user stands: for messages */
    struct conn conn; /* URL, TLS, proxy, static credentials, Impersonate-* headers */
    struct kubeconfig_exec *exec; /* NULL: no plugin */
    char *exec_config;            /* JSON of the cluster's extension for plugins, or NULL */
};

void kubeconfig_context_free(struct kubeconfig_context *c); /* NULL is allowed */
struct kubeconfig_context *kubeconfig_context_copy(const struct kubeconfig_context *c); /* deep */

/* The merged files. */
struct kubeconfig;

/*
 * Reads `path` (--kubeconfig or the configuration's; must exist), else the files of $KUBECONFIG
 * (colons between; those that are missing are passed over), else ~/.kube/config. Of a name given in
 * several files the first counts, as kubectl has it. Blocks (small local files). NULL and
 * ERR_CONFIG with file, line and mend; ERR_NOT_FOUND when no file exists.
 */
struct kubeconfig *kubeconfig_load(const char *path, struct err *err);
void kubeconfig_free(struct kubeconfig *k); /* NULL is allowed */

size_t kubeconfig_count(const struct kubeconfig *k); /* contexts, in the files' order */
const char *kubeconfig_name(const struct kubeconfig *k, size_t i); /* a context's name */
/* What it names: its "cluster", "user" or "namespace"; "" when it does not. */
const char *kubeconfig_part(const struct kubeconfig *k, size_t i, const char *part);
const char *
kubeconfig_current(const struct kubeconfig *k); /* current-context; "" when none is set */

/* The service account of the pod that we run in: KUBERNETES_SERVICE_HOST and _PORT, token, ca.crt
 * and namespace in `folder` (NULL: /var/run/secrets/kubernetes.io/serviceaccount). ERR_NOT_FOUND
 * when we run in no pod. */
struct kubeconfig_context *kubeconfig_in_cluster(const char *folder, struct err *err);

/* What every command does: the context (NULL or "": current-context) of kubeconfig_load; the service
 * account when no file exists and neither path nor context was asked for. The caller's. NULL and
 * ERR_CONFIG, which for an unknown name tells those there are. */
struct kubeconfig_context *kubeconfig_resolve(const char *path, const char *context,
                                              struct err *err);

enum { KUBECONFIG_CLUSTER_NAME = 64 };
/* The cluster's name on screen and in the store, from a context's name: of an EKS ARN the last
 * part; characters outside [A-Za-z0-9._-] as '-'; at most 63. Returns out. */
char *kubeconfig_cluster_name(const char *context, char out[KUBECONFIG_CLUSTER_NAME]);

#endif
