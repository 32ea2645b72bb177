/* Secrets that a name gives away: password=…, "token": "…", --api-key …, Authorization: … */
#ifndef TRIAGE_REDACT_KEY_H
#define TRIAGE_REDACT_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "triage/redact/redact_scan.h"

/* At a = or : at line.p[at]: whether a secret's name stands before it and a value behind it, whose
 * bytes and kind *span tells. */
bool redact_key_value(struct str line, size_t at, struct redact_span *span);

/* At the first letter of an option's name, behind "--": likewise for a value behind a blank. */
bool redact_key_option(struct str line, size_t at, struct redact_span *span);

/* Whether this is the name of a secret whatever stands behind it, and of which kind. */
bool redact_key_is_secret(struct str name, int *kind);

/* Nothing, stars, true, null and the like, or redacted already. */
bool redact_key_is_no_secret(struct str value);

#endif
