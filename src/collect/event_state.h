/* Which events were told: everything before a moment, and of the while before it each one
 * (event_feed.h says how it is stored). */
#ifndef COLLECT_EVENT_STATE_H
#define COLLECT_EVENT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct event_state;
struct window_store;

enum {
    EVENT_STATE_RECENT = 20000
}; /* events that are remembered one by one; the oldest give way */
/* How far behind the newest event one may still be new. */
#define EVENT_STATE_WHILE (15 * INT64_C(60000000000))

/* `loaded` once, never from inside; err: what was stored cannot be read (nothing stored is none).
 */
struct event_state *event_state_load(struct window_store *w, void *context,
                                     void (*loaded)(void *context, const struct err *err));
void event_state_free(struct event_state *s); /* NULL is allowed */

bool event_state_knows(const struct event_state *s, int64_t time, uint64_t hash);
void event_state_told(struct event_state *s, int64_t time, uint64_t hash);
void event_state_save(struct event_state *s); /* in the background; logs when it fails */

#endif
