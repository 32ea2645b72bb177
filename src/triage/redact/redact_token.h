/* Secrets that are words with a known beginning. */
#ifndef TRIAGE_REDACT_TOKEN_H
#define TRIAGE_REDACT_TOKEN_H

#include <stddef.h>

#include "base/str.h"

/* All: the length of the secret at line.p[at], where a word begins; 0 when there is none. */

size_t redact_token_aws(struct str line, size_t at);

/* *none: no such token begins before this byte; 0 at first. */
size_t redact_token_jwt(struct str line, size_t at, size_t *none);

/* The secret access key, 40 characters, that stands near behind an access key's id which ends at
 * `at`: its length and, in *from, where it begins. */
size_t redact_token_aws_secret(struct str line, size_t at, size_t *from);

/* Tokens that name their maker: GitHub, GitLab, Slack, Stripe, Vault, Google, npm, Docker and more. */
size_t redact_token_known(struct str line, size_t at);

/* "Bearer abc" (RFC 6750) at `at`: the length of what stands behind the seven bytes "bearer ". */
size_t redact_token_bearer(struct str line, size_t at);

#endif
