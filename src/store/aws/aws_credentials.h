/*
 * Keys to sign with, from the source that aws_settings found. They are renewed before they end:
 * tried from 15 minutes before, needed from 10 minutes before (botocore's rule); one refresh serves
 * all who wait. On the loop.
 */
#ifndef STORE_AWS_CREDENTIALS_H
#define STORE_AWS_CREDENTIALS_H

#include "base/err.h"
#include "store/aws/aws_keys.h"
#include "store/aws/aws_settings.h"

struct http;

/* The credentials of this process: all stores of one http share them. NULL and ERR_CONFIG as
 * aws_settings_read, and when there is no source at all. */
struct aws_credentials;
struct aws_credentials *aws_credentials_open(struct http *h, struct err *err);
/* The last one cancels what is under way; NULL is allowed. */
void aws_credentials_close(struct aws_credentials *c);

const struct aws_settings *aws_credentials_settings(const struct aws_credentials *c);

/* The keys, valid until the loop turns; NULL when they must be waited for. Renews them in the
 * background in time. */
const struct aws_keys *aws_credentials_now(struct aws_credentials *c);

/* Waits for keys: `done` on the loop, never from inside the call; afterwards aws_credentials_now
 * has them, or err says why not. */
struct aws_credentials_wait;
struct aws_credentials_wait *aws_credentials_wait(struct aws_credentials *c, void *context,
                                                  void (*done)(void *context,
                                                               const struct err *err));
void aws_credentials_cancel(struct aws_credentials_wait *w); /* NULL is allowed */

/* A server called the keys of that serial expired: they are not given out again. */
void aws_credentials_expired(struct aws_credentials *c, unsigned serial);

#endif
