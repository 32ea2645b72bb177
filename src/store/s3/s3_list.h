/* A page of keys as ListObjectsV2 answers it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
#ifndef STORE_S3_LIST_H
#define STORE_S3_LIST_H

#include "base/arena.h"
#include "base/err.h"
#include "store/s3/s3_place.h"

/* A key as it stands in an answer, undone of encoding-type=url ('+' is a blank there). False at a
 * broken escape or NUL. */
bool s3_list_decode(struct arena *a, struct str text, char **out);

struct s3_list_page {
    struct arena arena;
    struct store_entry *entries; /* sorted by key; keys relative to the root */
    size_t count, cap;
    bool truncated;
    char *token; /* continues the list; in the arena */
};
void s3_list_page_free(struct s3_list_page *page);

/* Fills an empty page. Keys that a store would not take (a console's empty folders) stay out. */
bool s3_list_read(struct s3_list_page *page, const struct s3_place *p, struct str xml,
                  struct err *err);

#endif
