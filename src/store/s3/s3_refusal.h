/* What libs3 cannot do (CONTRACT.md, "S3 client"): asked for it, it is refused at the start. */
#ifndef STORE_S3_REFUSAL_H
#define STORE_S3_REFUSAL_H

#include <stdbool.h>

#include "base/err.h"

struct aws_settings;
struct s3_place;

/* False and ERR_CONFIG, naming `client: curl`, when this libs3 (2 or 4) cannot do what the place
 * asks. */
bool s3_refusal_check(const struct s3_place *p, const struct aws_settings *s, int libs3,
                      struct err *err);

/* A key and its secret, without a session token and nothing to be fetched. */
bool s3_refusal_keys_are_static(const struct aws_settings *s);

#endif
