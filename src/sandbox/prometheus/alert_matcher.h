/* Alertmanager's matchers: name="value", !=, =~, !~, in filters and in silences. */
#ifndef SANDBOX_ALERT_MATCHER_H
#define SANDBOX_ALERT_MATCHER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

struct regex;

struct alert_matcher {
    char *name, *value;
    bool is_regex, is_equal;
    struct regex *regex; /* ^(?:value)$ */
};

/* Copies. False, with Go's text in `error`: the expression is broken; nothing is to be freed. */
bool alert_matcher_init(struct alert_matcher *m, struct str name, struct str value, bool is_regex,
                        bool is_equal, struct buf *error);
/* From the text of a filter. */
bool alert_matcher_parse(struct alert_matcher *m, const char *text, struct buf *error);
void alert_matcher_free(struct alert_matcher *m);
void alert_matcher_free_all(struct alert_matcher *list, size_t count); /* and the list */

/* "" is the value of a label that is not there. */
bool alert_matcher_fits(const struct alert_matcher *m, const char *value);
bool alert_matcher_same(const struct alert_matcher *a, const struct alert_matcher *b);

#endif
