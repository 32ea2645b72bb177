/*
 * A page about one thing, as lines in order: what a describe or a YAML view says, without widths
 * and colours. Who draws it aligns, wraps and makes the texts safe (they are foreign bytes), and
 * finds the look of a role by its word, which is that of a theme's.
 */
#ifndef MODEL_PAGE_H
#define MODEL_PAGE_H

#include <stddef.h>

#include "base/str.h"

enum page_role {
    PAGE_TEXT,
    PAGE_DIM,
    PAGE_STRONG,
    PAGE_TITLE,
    PAGE_OK,
    PAGE_DONE,
    PAGE_UNKNOWN,
    PAGE_PENDING,
    PAGE_WARN,
    PAGE_BAD,
};
const char *page_role_word(enum page_role r); /* "text", "bad" */

enum page_kind {
    PAGE_HEAD,    /* the page's name, the first line: value */
    PAGE_SECTION, /* a section begins: value is its title */
    PAGE_FIELD,   /* key and value */
    PAGE_PLAIN,   /* value alone */
    PAGE_CODE,    /* key and value one behind the other, blanks and all: a line of YAML */
};

struct page_line {
    enum page_kind kind;
    enum page_role role; /* of the value */
    int depth;           /* levels below the section; 0: in it */
    const char *key;     /* one line, as value; "" */
    const char *value;
    /* The object that the line names, to go there; link_kind "" when there is none. */
    const char *link_kind; /* "Deployment" */
    const char *link_namespace, *link_name;
};

struct page;
struct page *page_new(void);
void page_free(struct page *p); /* NULL is allowed */

size_t page_bytes(const struct page *p);
size_t page_count(const struct page *p);
const struct page_line *page_at(const struct page *p, size_t i); /* until page_free */
/* Lines that were left out: a page holds 20,000 lines and 8 MiB of text. */
size_t page_dropped(const struct page *p);

/* Adding. Texts are copied, white space at the end is left out; values of several lines become
 * further PAGE_PLAIN lines one level deeper. NULL counts as "". */
void page_head(struct page *p, enum page_role role, const char *text);
void page_section(struct page *p, const char *title); /* and depth 0 */
void page_field(struct page *p, const char *key, enum page_role role, const char *value);
void page_fieldf(struct page *p, const char *key, enum page_role role, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void page_text(struct page *p, enum page_role role, const char *text);
void page_textf(struct page *p, enum page_role role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void page_code(struct page *p, enum page_role role, struct str key, struct str value);
/* The line added last names this object. */
void page_link(struct page *p, const char *kind, const char *ns, const char *name);
/* Lines from here on are one level deeper, or less deep again. */
void page_deeper(struct page *p);
void page_shallower(struct page *p);

#endif
