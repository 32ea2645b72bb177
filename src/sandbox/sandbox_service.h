/* The services of the sandbox, by number and by name. */
#ifndef SANDBOX_SANDBOX_SERVICE_H
#define SANDBOX_SANDBOX_SERVICE_H

enum sandbox_service {
#define SERVICE(id, name) SANDBOX_##id,
#include "sandbox/sandbox_service.def"
#undef SERVICE
    SANDBOX_SERVICES
};

const char *sandbox_service_name(enum sandbox_service service); /* "kubernetes", "loki", … */

#endif
