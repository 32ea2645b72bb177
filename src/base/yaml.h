/* YAML read (by libyaml) into a small tree that knows its lines, and written for `-o yaml`. */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

enum yaml_type { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
    enum yaml_type type;
    bool plain;        /* a scalar written without quotes: `true`, 5 and null mean what they say */
    int line;          /* from 1 */
    char *name;        /* in a map: its key; else NULL */
    char *text;        /* a scalar's text */
    struct yaml *kids; /* a list's elements or a map's members, in the file's order */
    struct yaml *next;
};

/*
 * Reads the first document of `text`; an empty one gives an empty map. `place` names the file in
 * errors ("FILE:LINE: …"). Refused (NULL, ERR_CONFIG): a syntax error, a key twice in one map, an alias
 * (anchors may stand, aliases that explode may not: at most 1,000 nodes are copied by aliases in
 * all), over 64 levels, over 100,000 nodes, over 16 MiB of text. JSON is YAML too. The tree is the
 * caller's: yaml_free.
 */
struct yaml *yaml_parse(const char *text, size_t n, const char *place, struct err *err);
/* The same, and a second document is refused too: in a file of ours nothing is passed over. */
struct yaml *yaml_parse_only(const char *text, size_t n, const char *place, struct err *err);
/* Hidden from the dynamic linker, as libyaml calls a function of this name of its own. */
__attribute__((visibility("hidden"))) void yaml_free(struct yaml *y);

const struct yaml *yaml_member(const struct yaml *y,
                               const char *name); /* NULL when absent, or y is no map */
const char *yaml_text(const struct yaml *y, const char *name,
                      const char *otherwise); /* a scalar member */
bool yaml_bool(const struct yaml *y, const char *name, bool otherwise);

/* A JSON value as YAML, as kubectl -o yaml prints it (keys in its order, two blanks, strings quoted
 * where they must be). False: `out` is full. */
bool yaml_print_json(struct buf *out, const struct json *value);
/* The same from JSON text, in which NUL characters (\u0000) do not end a string. False with *err:
 * ERR_PROTOCOL for what is no JSON, ERR_LIMIT where `out` is full. */
bool yaml_print_text(struct buf *out, struct str json, struct err *err);

#endif
