/* Inside of kubeconfig: the files as trees (kubeconfig_file.c), and of their entries a connection
 * (kubeconfig_read.c) and a plugin (kubeconfig_exec.c). */
#ifndef KUBE_KUBECONFIG_FILE_H
#define KUBE_KUBECONFIG_FILE_H

#include "base/yaml.h"
#include "kube/access/kubeconfig.h"

struct kubeconfig_file {
    char *path, *folder;
    struct yaml *tree;
};

struct kubeconfig {
    struct kubeconfig_file *files; /* in the order of precedence */
    size_t count, cap;
};

/* Reads and checks one more file. False with *err: ERR_NOT_FOUND, or ERR_CONFIG for what is there. */
bool kubeconfig_file_add(struct kubeconfig *k, const char *path, struct err *err);
/* The first entry of a list ("contexts", "clusters", "users"); NULL: none. */
const struct yaml *kubeconfig_file_list(const struct kubeconfig_file *f, const char *list);

/* An entry of a list ("contexts", "clusters", "users") by its name: the first file that has one
 * counts. `body` is its member "context", "cluster" or "user". */
struct kubeconfig_entry {
    const struct kubeconfig_file *file;
    const struct yaml *element, *body;
};
bool kubeconfig_file_find(const struct kubeconfig *k, const char *list, const char *name,
                          struct kubeconfig_entry *out);

/* "FILE:LINE". Returns out. */
char *kubeconfig_file_place(const struct kubeconfig_file *f, const struct yaml *y, char *out,
                            size_t size);

/* The cluster's part of a context into c->conn, and the user's. False with *err. */
bool kubeconfig_read_cluster(struct kubeconfig_context *c, const struct kubeconfig_entry *cluster,
                             struct err *err);
bool kubeconfig_read_user(struct kubeconfig_context *c, const struct kubeconfig_entry *user,
                          struct err *err);

/* The members of "exec" into a plugin. */
bool kubeconfig_exec_read(struct kubeconfig_context *c, const struct kubeconfig_entry *user,
                          const struct yaml *exec, struct err *err);
struct kubeconfig_exec *kubeconfig_exec_copy(const struct kubeconfig_exec *e);
void kubeconfig_exec_free(struct kubeconfig_exec *e); /* NULL is allowed */
/* A YAML tree as JSON. */
char *kubeconfig_exec_json(const struct yaml *y);

#endif
