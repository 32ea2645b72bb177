/* Numbers that a person reads: three digits or so and a unit, seven columns at most. */
#ifndef TEXT_NUMBER_H
#define TEXT_NUMBER_H

/* Bytes that any of the texts below needs. */
#define NUMBER_TEXT 24

/* All write into out (at least NUMBER_TEXT bytes) and return it; NaN is "-". */
char *number_bytes(double bytes, char *out);     /* 512, 1.2Gi: units of 1,024 */
char *number_count(double count, char *out);     /* 999, 12.3k, 4.5M: units of 1,000 */
char *number_cores(double cores, char *out);     /* 250m, 1.5, 12: thousandths below one core */
char *number_percent(double share, char *out);   /* a share of 0…1: 0.4%, 12%, 140% */
char *number_rate(double per_second, char *out); /* 0.25/s, 1.2k/s */
char *number_seconds(double seconds,
                     char *out); /* how long something took: 250us, 12ms, 1.5s, 90s */

#endif
