/* The files by which a client finds the sandbox: config.yaml, kubeconfig, aws.env. */
#ifndef SANDBOX_SANDBOX_CONFIG_H
#define SANDBOX_SANDBOX_CONFIG_H

#include <stdbool.h>

#include "base/err.h"
#include "sandbox/sandbox.h"

struct sandbox_config {
    const char *urls[SANDBOX_SERVICES];
    const char *admin_token, *restricted_token, *expired_token;
    const char *access_key, *secret_key, *region;
    const char *role, *web_token, *container_token; /* for STS and for the container credentials */
    const char *tenant;                             /* NULL: none */
};

bool sandbox_config_write(const struct sandbox_config *c, const char *dir, enum sandbox_store store,
                          struct err *err);

#endif
