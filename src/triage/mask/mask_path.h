/* Values that go on behind the word they begin with: paths, URLs, numbers with a unit. */
#ifndef TRIAGE_MASK_PATH_H
#define TRIAGE_MASK_PATH_H

#include <stdbool.h>

#include "triage/mask/mask_scan.h"

/* Reads on from a word that begins a path, URL or share and writes one value; false, with nothing
 * read, when it does not. */
bool mask_path_read(struct mask_scan *s, struct str word, unsigned classes);

bool mask_path_is_drive(struct str word); /* C:\ */

/* Where reading goes on behind a number that ends at p: behind its unit, if it has one. */
const char *mask_path_skip_unit(const struct mask_scan *s, const char *p);

/* Where a list of numbers in brackets that goes on with the word at p ("node-[1-5,9]") ends; p when
 * there is none. A number alone is no list: "sshd[123]". */
const char *mask_path_skip_list(const struct mask_scan *s, const char *p);

#endif
