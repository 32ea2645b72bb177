/* Times. Moments are int64_t nanoseconds since 1970 UTC, spans int64_t nanoseconds; a span of time
 * is [from, to). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define CLOCK_MS INT64_C(1000000)
#define CLOCK_SECOND INT64_C(1000000000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)
#define CLOCK_TEXT 48 /* bytes that any of the texts below needs */

int64_t clock_now(void);       /* wall clock; the one that clock_freeze fixed, in tests */
int64_t clock_monotonic(void); /* never goes back; counts sleep (CLOCK_BOOTTIME) */

/* What this thread has worked, not waited: the measure of a budget that a busy machine must not use up. */
int64_t clock_worked(void);

/* clock_now() less clock_monotonic(): changes when the wall clock is set, by as much. 0 while it is
 * frozen. */
int64_t clock_base(void);

/* For tests and goldens: KUBEBOARD_CLOCK=RFC3339 in the environment calls this once at start. 0
 * thaws. */
void clock_freeze(int64_t now);

/* RFC 3339 with optional fraction; a time without a zone is local when `local`, else refused. */
bool clock_parse(struct str text, bool local, int64_t *out);

/* What a person types (CONTRACT.md, Times): RFC 3339, "13:00" (the last one, local), "90m", "2d"
 * back from `now`. */
bool clock_parse_human(struct str text, int64_t now, int64_t *out, struct err *err);

/* "10m", "1h30m", "90s", "2d", "500ms": a span, not negative. */
bool clock_parse_span(struct str text, int64_t *out);

/* 2021-08-27T13:00:00Z; with_ns adds the nine digits of nanoseconds. UTC. Returns out (at least
 * CLOCK_TEXT bytes). */
char *clock_rfc3339(int64_t t, bool with_ns, char *out);

/* 2021-08-27T13:00:00.123456Z: Kubernetes' MicroTime, which insists on six digits. */
char *clock_micro(int64_t t, char *out);

/* strftime of t in the local zone, or in UTC. Returns out. A change of the machine's zone is followed
 * within a minute, as in all that is local here. */
char *clock_format(int64_t t, bool utc, const char *strftime_format, char *out, size_t size);

bool clock_same_day(int64_t a, int64_t b, bool utc); /* of the local zone, or of UTC */

/* Ages as kubectl prints them: 45s, 3m10s, 17m, 5h12m, 3d4h, 12d, 2y100d. Returns out. */
char *clock_age(int64_t span, char *out);

/* The start of the aligned window of `width` in which t lies (UTC). */
int64_t clock_align(int64_t t, int64_t width);

#endif
