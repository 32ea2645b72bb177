/* Secrets that the form of the text around them gives away. */
#ifndef TRIAGE_REDACT_FORM_H
#define TRIAGE_REDACT_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "triage/redact/redact_scan.h"

/* All: whether a secret belongs to what stands at line.p[at], whose bytes and kind *span tells. */

/* At the > of an XML element's start: <password>…</password>. */
bool redact_form_element(struct str line, size_t at, struct redact_span *span);

/* At the % of an encoded = or colon: password%3D…, %22password%22%3A%22…. */
bool redact_form_encoded(struct str line, size_t at, struct redact_span *span);

/* At the - of an option by which a program that is named before takes a password: mysql -p…, curl
 * -u name:… */
bool redact_form_option(struct str line, size_t at, struct redact_span *span);

/* At the first letter of a word: password '…', IDENTIFIED BY '…', password is abc123. */
bool redact_form_word(struct str line, size_t at, struct redact_span *span);

#endif
