/*
 * The pretend STS (AssumeRoleWithWebIdentity, for IRSA) and the agent of EKS Pod Identity
 * (GET /v1/credentials): a token for temporary keys, which the pretend S3 takes until they end.
 */
#ifndef SANDBOX_STSD_H
#define SANDBOX_STSD_H

#include "sandbox/reply.h"

struct access_keys;
struct stsd;

/* The one role that may be assumed. */
#define STSD_ROLE "arn:aws:iam::111122223333:role/kubeboard-sandbox"

/* web_token is what AWS_WEB_IDENTITY_TOKEN_FILE must hold, container_token what
 * AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE must (the Authorization header); both are copied. The keys
 * and the faults are the caller's and must live longer. */
struct stsd *stsd_new(struct access_keys *k, struct faults *f, const char *web_token,
                      const char *container_token);
void stsd_free(struct stsd *d); /* NULL is allowed */

void stsd_handle(struct stsd *d, struct reply *p);

#endif
