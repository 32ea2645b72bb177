/*
 * Reads JSON that lies whole in memory from front to back, without a tree: for the two answers that
 * are large, pages of lines and matrices. A broken text sets `bad`, and everything after that reads
 * as absent.
 */
#ifndef SOURCE_SCAN_H
#define SOURCE_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/labels.h"

struct scan {
    const char *p, *end;
    bool bad;
};

bool scan_next_is(struct scan *s, char c); /* whether c comes next; not consumed */
void scan_need(struct scan *s, char c);    /* consumes c; bad when another comes */

/* The members of an object: scan_need(s, '{'), then while (scan_member(s, &name)) read or skip its
 * value. Names are as they stand, not unescaped. It consumes the closing brace. The same for
 * arrays: scan_need(s, '['), while (scan_element(s)) …. */
bool scan_member(struct scan *s, struct str *name);
bool scan_element(struct scan *s);

/* The inside of a string, as it stands. */
struct str scan_string(struct scan *s);
/* A string, unescaped and appended to `out`, NUL bytes kept. False when it did not fit or is broken
 * (`bad`). */
bool scan_text(struct scan *s, struct buf *out);
/* A number, or a string that holds one, as it stands: "12", "1.5e3", "NaN", "+Inf". */
struct str scan_number(struct scan *s);
void scan_skip(struct scan *s); /* one value of any kind */

/* An object of strings as a label set (one reference, the caller's; never NULL): labels whose names
 * `without` lists (NULL-terminated; may be NULL) are left out. At most 256 labels are taken. */
const struct labels *scan_labels(struct scan *s, const char *const *without);

/* "1795363236.335" seconds as ns, exactly; false when it is no such number. */
bool scan_seconds(struct str text, int64_t *ns);

#endif
