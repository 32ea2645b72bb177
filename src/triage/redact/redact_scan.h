/* Finds secrets of the built-in kinds in a line. */
#ifndef TRIAGE_REDACT_SCAN_H
#define TRIAGE_REDACT_SCAN_H

#include <stddef.h>

#include "base/str.h"

enum redact_kind {
    REDACT_AWS_KEYS,
    REDACT_BEARER_TOKENS,
    REDACT_JWTS,
    REDACT_PASSWORDS,
    REDACT_PRIVATE_KEYS,
    REDACT_EMAILS,
    REDACT_CARD_NUMBERS,
    REDACT_KINDS
};

/* Bytes [from, to) of a line and what they are: a built-in kind, or REDACT_KINDS + the number of an
 * own pattern. */
struct redact_span {
    size_t from, to;
    int kind;
};

enum { REDACT_KEY_LINES = 400 }; /* of one private key at most */

struct redact_spans {
    struct redact_span *list;
    size_t count, cap;
};

void redact_scan_add(struct redact_spans *spans, size_t from, size_t to, int kind);

/* What is found in the line, in order of `to` or nearly so; spans may overlap. `kinds`: bits
 * 1 << kind. *in_key says whether the line before left a private key open, and is set for the next
 * one. */
void redact_scan(struct str line, unsigned kinds, int *in_key, struct redact_spans *spans);

#endif
