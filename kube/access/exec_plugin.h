/*
 * Credential plugins (client.authentication.k8s.io v1, v1beta1; v1alpha1 read too): a child on the
 * loop that prints an ExecCredential. Never blocks; the screen is never written to (its standard
 * error is captured for the message).
 */
#ifndef KUBE_EXEC_PLUGIN_H
#define KUBE_EXEC_PLUGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "kube/access/kubeconfig.h"

struct loop;
struct exec_plugin;

/* Whose terminal a plugin may have: `take` makes the screen leave it, `give_back` comes once after it. */
struct exec_plugin_terminal {
    void *context;
    void (*take)(void *context);
    void (*give_back)(void *context);
};

enum { EXEC_PLUGIN_PATIENCE_MS = 300000 }; /* for one that asks a person */
enum { EXEC_PLUGIN_TIMEOUT_MS = 30000, EXEC_PLUGIN_OUTPUT = 1 << 20, EXEC_PLUGIN_STDERR = 8192 };

struct exec_plugin_credentials {
    const char *token;              /* NULL: none */
    const char *cert_pem, *key_pem; /* both or none */
    int64_t expires;                /* wall ns; 0: until the server says 401 */
};

/* The context must outlive it. `done` is told the end of every run: credentials (valid during the
 * call; to be copied, they are overwritten afterwards) and err->kind ERR_NONE, or NULL and
 * ERR_DENIED with the plugin's own words (ERR_CONFIG when it cannot be started). Never called from
 * inside exec_plugin_run. */
struct exec_plugin *exec_plugin_new(struct loop *l, const struct kubeconfig_context *c,
                                    void (*done)(void *context,
                                                 const struct exec_plugin_credentials *credentials,
                                                 const struct err *err),
                                    void *context);
void exec_plugin_free(struct exec_plugin *p); /* kills a child that runs; NULL is allowed */

/* Starts the child unless it runs already. Time limit EXEC_PLUGIN_TIMEOUT_MS. */
void exec_plugin_run(struct exec_plugin *p);
/* The same with the terminal: the plugin may ask there and is the foreground job. Without a terminal
 * (exec_plugin_lend), or where the kubeconfig says interactiveMode: Never, as exec_plugin_run. One
 * that needs a terminal (Always) gets it by exec_plugin_run too. */
void exec_plugin_run_here(struct exec_plugin *p);
void exec_plugin_lend(struct exec_plugin *p, const struct exec_plugin_terminal *t); /* copied */
/* For tests: another time limit. */
void exec_plugin_limit(struct exec_plugin *p, int64_t timeout_ms);
bool exec_plugin_running(const struct exec_plugin *p);

/* What KUBERNETES_EXEC_INFO holds; free() it. For tests and for a login by hand. */
char *exec_plugin_info(const struct kubeconfig_context *c, bool interactive, struct err *err);

#endif
