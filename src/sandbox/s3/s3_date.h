/* The forms of a moment in S3's headers, in English whatever the locale. */
#ifndef SANDBOX_S3_DATE_H
#define SANDBOX_S3_DATE_H

#include <stdbool.h>
#include <stdint.h>

enum { S3_DATE_TEXT = 48 }; /* bytes that any of the texts below needs */

/* "Sun, 22 Nov 2026 16:01:28 GMT" (or +0000, +0900) or "20261122T160128Z"; NULL is none. */
bool s3_date_read(const char *text, int64_t *out);

/* "Sun, 22 Nov 2026 16:01:28 GMT": Last-Modified. Returns out. */
char *s3_date_http(int64_t t, char out[S3_DATE_TEXT]);
/* "20261122T160128Z": x-amz-date. Returns out. */
char *s3_date_basic(int64_t t, char out[S3_DATE_TEXT]);
/* "2026-11-22T16:01:28.000Z": in lists, where S3 knows whole seconds only. Returns out. */
char *s3_date_listed(int64_t t, char out[S3_DATE_TEXT]);

#endif
