/* Words that are values because of where they stand. */
#ifndef TRIAGE_MASK_PLACE_H
#define TRIAGE_MASK_PLACE_H

#include <stdbool.h>

#include "triage/mask/mask_scan.h"

/* Whether the word is a value by what stands around it, though not by its form. */
bool mask_place_is_value(const struct mask_scan *s, const struct mask_token *t);

/* Reads the name behind "user" or "password for" and before an address, whatever it is made of; false
 * when none is here. */
bool mask_place_read_name(struct mask_scan *s);

/* Reads the command line of "CMD (…)" and "COMMAND=/…"; false when none is here. */
bool mask_place_read_command(struct mask_scan *s);

/* Whether a word with digits is the name of a member, not a value: r24=, md5_init(). */
bool mask_place_is_name(const struct mask_scan *s, struct str word);

#endif
