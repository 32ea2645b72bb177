/* A page that someone wants to see: which object, and which side of it. As the text of an intent. */
#ifndef MODEL_PAGE_WISH_H
#define MODEL_PAGE_WISH_H

#include <stdbool.h>

#include "model/object_ref.h"

enum page_wish_view {
    PAGE_WISH_DESCRIBE,
    PAGE_WISH_YAML,
    PAGE_WISH_MANAGED, /* YAML with its managedFields */
    PAGE_WISH_EVENTS,
    PAGE_WISH_VIEWS,
};

struct page_wish {
    struct object_ref object;
    enum page_wish_view view;
};

char *page_wish_text(const struct page_wish *w); /* free() it */
bool page_wish_read(const char *text, struct page_wish *out);

#endif
