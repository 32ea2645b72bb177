/* The pages of the objects that were looked at last, so that the way back shows something at once.
 * Bounded: 8 objects and 24 MiB, the one looked at last is always kept. */
#ifndef MODEL_PAGES_SEEN_H
#define MODEL_PAGES_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/page.h"
#include "model/page_wish.h"

enum { PAGES_SEEN = 8, PAGES_SEEN_BYTES = 24 << 20 };

struct pages_seen_entry {
    struct object_ref object;
    struct page *pages[PAGE_WISH_VIEWS]; /* NULL: has not come */
    char uid[OBJECT_REF_UID];            /* of the object that they are of */
    char kind[OBJECT_REF_NAME];          /* of it, "Deployment"; "" until a page has come */
    int64_t loaded;                      /* wall ns */
    int64_t gone;                        /* wall ns: it was deleted; the pages are of before; 0 */
    bool replaced;                       /* another one of that name came */
};

struct pages_seen {                            /* zeroed: empty */
    struct pages_seen_entry *list[PAGES_SEEN]; /* the newest first */
};

/* Ours: freed by pages_seen_clear, or when others push it out. */
struct pages_seen_entry *pages_seen_find(const struct pages_seen *s, const struct object_ref *o);
/* Finds or makes it and puts it first. */
struct pages_seen_entry *pages_seen_keep(struct pages_seen *s, const struct object_ref *o);
/* Takes the page over in the place of the one of that view. */
void pages_seen_put(struct pages_seen *s, struct pages_seen_entry *e, enum page_wish_view view,
                    struct page *page);
void pages_seen_clear(struct pages_seen *s);

#endif
