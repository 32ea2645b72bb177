/* Where in a LogQL or PromQL query the cursor stands, so that what may come there can be offered. */
#ifndef UI_QUERYPLACE_H
#define UI_QUERYPLACE_H

#include <stddef.h>

#include "base/str.h"

enum queryplace_kind {
    QUERYPLACE_NOTHING, /* a text or number of one's own */
    QUERYPLACE_START,   /* a selector or a function */
    QUERYPLACE_NAME,    /* of a label, in a selector */
    QUERYPLACE_MATCH,   /* = != =~ !~, in a selector */
    QUERYPLACE_VALUE,   /* of `label` */
    QUERYPLACE_NEXT,    /* , or }, in a selector */
    QUERYPLACE_STAGE,   /* a line filter or | */
    QUERYPLACE_PARSER,  /* behind |: a parser, or a label to filter by */
    QUERYPLACE_FIELD,   /* a label: behind drop, keep, unwrap, by ( */
    QUERYPLACE_COMPARE, /* = > …, in a filter by label */
    QUERYPLACE_SPAN,    /* in [ ] */
    QUERYPLACE_CALL,    /* behind an aggregation: by, without, ( */
};

enum { QUERYPLACE_LABEL = 256, QUERYPLACE_SELECTOR = 2048 };

struct queryplace {
    enum queryplace_kind kind;
    size_t word;                   /* where the word at the cursor begins (bytes) */
    char quote;                    /* VALUE: the quote that is open, or 0 */
    char metric[QUERYPLACE_LABEL]; /* NAME, VALUE, STAGE: the name before the selector, or "" */
    char label[QUERYPLACE_LABEL];  /* VALUE, MATCH, COMPARE: of which label */
    char selector
        [QUERYPLACE_SELECTOR]; /* NAME, VALUE: the finished matchers before, "{a="b"}", or "" */
};

/* `before`: the query up to the cursor. */
void queryplace_find(struct str before, struct queryplace *out);

#endif
