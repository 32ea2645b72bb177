/* libs3's functions, loaded when they are first wanted: with them come a second libcurl, libxml2, ICU
 * and libstdc++, two megabytes of a process that mostly has no bucket. */
#ifndef STORE_S3_LIBS3_CALLS_H
#define STORE_S3_LIBS3_CALLS_H

#include <libs3.h>

struct s3_libs3_calls {
#define CALL(name) __typeof__(S3_##name) *name;
#include "store/s3/s3_libs3_calls.def"
#undef CALL
};

/* Of the libs3 that the build found (LIBS3_NAME); NULL where that is not installed. One thread calls
 * it first: it blocks for some milliseconds then. */
const struct s3_libs3_calls *s3_libs3_calls(void);

#endif
