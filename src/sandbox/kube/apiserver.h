/* The pretend Kubernetes API server (1.20): who asks, what for, may they, and the answer. */
#ifndef SANDBOX_APISERVER_H
#define SANDBOX_APISERVER_H

#include <stdint.h>

#include "sandbox/kube/apiserver_call.h"

struct apiserver;

struct apiserver *apiserver_new(const struct apiserver_conf *conf);
void apiserver_free(struct apiserver *a); /* after the server whose requests it answers */
void apiserver_handle(struct apiserver *a, struct reply *p);
/* To be called now and then: brings watches up to date. */
void apiserver_tick(struct apiserver *a, int64_t now);

enum apiserver_user_id {
    APISERVER_ADMIN,
    APISERVER_RESTRICTED,
    APISERVER_EXPIRED,
    APISERVER_USERS
};
/* The bearer token of a user. The expired one was good once. */
const char *apiserver_token(const struct apiserver *a, enum apiserver_user_id user);

#endif
