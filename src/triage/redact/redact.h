/* Secrets and personal data taken out of lines before they leave for the store or a report. */
#ifndef TRIAGE_REDACT_H
#define TRIAGE_REDACT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "model/window.h"

struct redactor; /* opaque; for one thread at a time */

/*
 * `kinds`: a NULL-terminated list out of redact_kinds (NULL: none). `names` and `patterns`:
 * NULL-terminated lists of equal length, own regular expressions (PCRE2) and what they are called
 * (NULL: none). NULL and *err (ERR_CONFIG) for an unknown kind or a bad pattern.
 */
struct redactor *redact_new(const char *const *kinds, const char *const *names,
                            const char *const *patterns, struct err *err);
void redact_free(struct redactor *r); /* NULL is allowed */

/* aws-keys, bearer-tokens, jwts, passwords, private-keys, emails, card-numbers; NULL-terminated. */
extern const char *const redact_kinds[];

/*
 * Writes `in` with each secret replaced by <redacted:kind> into out (cleared first, whose maximum
 * should be twice the longest line) and counts each under its kind (`counts` may be NULL). False,
 * with out left empty, when nothing had to be replaced: use `in`. When out is too small the line
 * becomes "<redacted:too-long>", never half a secret. A private key that spans lines is redacted
 * line by line: call redact_line in the order of the stream, and redact_reset between streams.
 */
bool redact_line(struct redactor *r, struct str in, struct buf *out, struct tallies *counts);
void redact_reset(struct redactor *r);

/* For streams whose lines interleave: what the line before left open, to be given back before the
 * next line of its stream. 0: nothing. REDACT_UNKNOWN: the line before was not seen, so what looks
 * like the inside of a private key goes. */
enum { REDACT_UNKNOWN = -1 };
int redact_state(const struct redactor *r);
void redact_resume(struct redactor *r, int state);

#endif
