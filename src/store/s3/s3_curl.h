/* What the files of the curl client share: each operation that runs is one of these, and knows how
 * it is stopped. */
#ifndef STORE_S3_CURL_H
#define STORE_S3_CURL_H

#include "store/s3/s3_place.h"
#include "store/s3/s3_request.h"
#include "store/store_kind.h"

enum { S3_CURL_LIST_MAX = 16 << 20 }; /* bytes of a page of 1,000 keys */

struct s3_curl_run {
    struct store_op *op;
    struct s3_place *place;
    struct s3_request *request; /* under way, or NULL */
    struct buf answer;
    void (*stop)(struct s3_curl_run *r); /* frees it; the operation is forgotten */
};

/* Frees what every run has, and the run. */
void s3_curl_free(struct s3_curl_run *r);
/* Frees the run by its stop and ends its operation. */
void s3_curl_end(struct s3_curl_run *r, const struct err *err);

/* Each begins one operation: the run of it. */
struct s3_curl_run *s3_put_begin(struct store_op *op, struct s3_place *p);
struct s3_curl_run *s3_list_begin(struct store_op *op, struct s3_place *p);
struct s3_curl_run *s3_uploads_begin(struct store_op *op, struct s3_place *p);
struct s3_curl_run *s3_probe_begin(struct store_op *op, struct s3_place *p);

#endif
