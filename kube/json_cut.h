/* Members of a JSON object found as text, without parsing the rest: what is passed on stays byte
 * for byte as it came. */
#ifndef KUBE_JSON_CUT_H
#define KUBE_JSON_CUT_H

#include <stdbool.h>

#include "base/str.h"

/* A member of the object `json`: its value, and what must go to take it out (its comma included).
 * False when there is none; broken JSON gives false or a part of it, never bytes outside. */
struct json_cut {
    struct str value, member;
};
bool json_cut_find(struct str json, const char *name, struct json_cut *out);

#endif
