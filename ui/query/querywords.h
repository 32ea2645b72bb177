/* What a query's prompt offers: words of the language, saved queries, and the labels, values and fields
 * that there are. */
#ifndef UI_QUERYWORDS_H
#define UI_QUERYWORDS_H

#include <stdint.h>

#include "model/model.h"
#include "ui/prompt.h"

struct querywords_saved {
    const char *name, *text;
};

struct querywords {
    enum question_language language;
    struct model *model; /* its vocabulary is read; what is missing there is asked for */
    int64_t now, from, to;
    const struct querywords_saved *saved; /* ends with a NULL name; may be NULL */
};

/* Offers what may stand at the cursor. Never waits: what Loki has yet to say is offered when it is asked
 * again after vocabulary_changes has grown. */
void querywords_offer(const struct querywords *w, struct prompt *p);

#endif
