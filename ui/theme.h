/*
 * Roles to looks. Code names roles (roles.def); a theme, one YAML file, says what they look like:
 *
 *     bad: bright-red bold              # foreground, then attributes
 *     cursor: "default on #303030 | reverse"
 *
 * A colour is default, one of the 16 names (red, bright-red, …), an index 0–255 or #rrggbb (quoted:
 * YAML takes " #" for a comment). Attributes: bold dim italic underline reverse. Behind "|" stands
 * what a terminal of fewer than 256 colours gets. Without colour (NO_COLOR) the attributes remain.
 */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum theme_role {
#define ROLE(id, name, like) ROLE_##id,
#include "ui/roles.def"
#undef ROLE
    ROLE_COUNT_
};

enum { THEME_BOLD = 1, THEME_DIM = 2, THEME_ITALIC = 4, THEME_UNDERLINE = 8, THEME_REVERSE = 16 };

struct theme_style {
    int32_t fg, bg; /* as ui/terminal/colour.h has them */
    unsigned attributes;
};

struct theme_embedded {
    const char *name, *text;
};
/* Made from themes/ by packaging/embed; ends with {NULL, NULL}. */
extern const struct theme_embedded themes_embedded[];

struct theme; /* opaque */

/* Reads FOLDER/NAME.yaml when `folder` is given and has it, else the embedded theme; NAME may be a
 * path to a .yaml file too. NULL and *err (ERR_CONFIG, with file and line) when it is unknown or
 * wrong. */
struct theme *theme_load(const char *name, const char *folder, struct err *err);
void theme_free(struct theme *t); /* NULL is allowed */

const char *theme_role_name(enum theme_role role); /* as a theme's file writes it */
/* The look of a role on a terminal of that many colours (1 or less: none; over 256: direct colour).
 * Colours come back as the terminal has them: a palette index below `colours`, or COLOUR_RGB. */
struct theme_style theme_style(const struct theme *t, enum theme_role role, int colours);
/* `over` laid on `base`: its background and attributes, its foreground when it names one; a reversed
 * one covers the colours below. */
struct theme_style theme_lay(struct theme_style base, struct theme_style over);

/* Names for completion: the i-th theme that can be loaded without a path, or NULL. */
const char *theme_list(size_t i);

#endif
