/* UTF-8, widths on a terminal, and the one function that makes foreign text safe to show. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Decodes one code point at p (n > 0 bytes). Returns the bytes used, at least 1; an invalid byte
 * gives U+FFFD and 1. */
size_t utf8_decode(const char *p, size_t n, uint32_t *code);
size_t utf8_encode(uint32_t code, char out[4]); /* bytes written */
bool utf8_valid(struct str text);
bool utf8_is_upper(uint32_t code); /* a capital letter of any script */

/* Bytes of the grapheme cluster (what a person sees as one character) at p, its columns in *width
 * (0, 1 or 2). */
size_t utf8_cluster(const char *p, size_t n, int *width);

/* Columns of a text that is safe already. */
int utf8_width(struct str text);

/* The longest prefix, in whole clusters, that needs at most `columns`; its columns in *used (may be
 * NULL). */
size_t utf8_fit(struct str text, int columns, int *used);

enum utf8_safe_flags {
    UTF8_SAFE_DEFAULT = 0,
    UTF8_SAFE_TABS = 1, /* keep tabs; else a tab becomes spaces up to the next multiple of 8 columns
                           of the output */
    UTF8_SAFE_NEWLINES =
        2, /* keep newlines; else a newline becomes a visible ↵ (or "\n" with ASCII) */
    UTF8_SAFE_ASCII = 4, /* for LANG=C: whatever is not ASCII becomes '?', one a column */
};

/*
 * THE function for foreign text: adds `text` to `out` without anything that could steer a terminal.
 * Escape sequences (CSI, OSC, DCS and the like) are dropped whole, other C0 and C1 controls, DEL,
 * CR, bidi and invisible format controls, line and paragraph separators and unassigned or private
 * code points become a visible replacement; invalid UTF-8 becomes U+FFFD. What comes out is valid
 * UTF-8. Every byte from a server, a file or a command line passes here before it can reach a
 * terminal.
 */
void utf8_safe(struct buf *out, struct str text, int flags);

#endif
