/* The colours that a log brought along (ECMA-48 SGR, and nothing else of escapes) as roles. */
#ifndef UI_SGR_H
#define UI_SGR_H

#include "base/buf.h"
#include "ui/theme.h"

enum { SGR_SPANS = 128 };

struct sgr {
    struct {
        size_t at; /* byte of the safe text where the role begins */
        enum theme_role role;
    } spans[SGR_SPANS];
    size_t count; /* 0: no colours. More than SGR_SPANS changes: the last one stays */
};

/* Appends the text made safe by utf8_safe(flags) and says where which role begins, counted from the
 * buffer's start; ROLE_TEXT: the text's own. */
void sgr_safe(struct buf *out, struct str text, int flags, struct sgr *s);

#endif
