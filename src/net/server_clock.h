/* A server's clock, learned from the Date headers of its answers. */
#ifndef SOURCE_SERVER_CLOCK_H
#define SOURCE_SERVER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct server_clock {
    int64_t low, high; /* the server's clock less ours lies between, ns */
    int64_t base;      /* clock_base() when that was learned */
    bool known;
};

/* date: the header, wall ns of a whole second (0: none). sent_at: clock_now() when the request went
 * out; it was answered now. */
void server_clock_learn(struct server_clock *c, int64_t date, int64_t sent_at);
/* The server's clock less ours, also when ours was set since; 0 while ours fits all that was seen.
 * Good to ±0.5 s after one answer, better after several. */
int64_t server_clock_offset(const struct server_clock *c);
int64_t server_clock_now(const struct server_clock *c); /* the server's wall ns */

#endif
