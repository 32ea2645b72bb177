/* What the board reads of Kubernetes, right by right: in all namespaces, else in one. */
#ifndef CMD_DOCTOR_RIGHTS_H
#define CMD_DOCTOR_RIGHTS_H

#include "base/err.h"

struct client;
struct doctor_rights;

struct doctor_rights_conf {
    struct client *client;
    const char
        *namespace_; /* the one that is asked about where not all are allowed; kept by the caller */
    void *context;
    /* Each right's line: err->kind ERR_NONE, or what is missing. */
    void (*told)(void *context, const char *name, const char *text, const struct err *err);
    void (*done)(void *context); /* once, behind the last; frees nothing */
};

/* Neither callback comes from inside. */
struct doctor_rights *doctor_rights_start(const struct doctor_rights_conf *conf);
void doctor_rights_free(struct doctor_rights *r); /* NULL is allowed; before the client */

#endif
