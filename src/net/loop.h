/*
 * The one event loop. Everything that waits, waits here: descriptors, timers, transfers (through
 * the waiter that http installs), jobs of the worker pool. One thread.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct pool;

struct loop *loop_new(void);
void loop_free(struct loop *l); /* after everything that uses it */

/* One turn: waits until something happens or `longest_ms` passed (-1: no bound), then runs what is
 * due: descriptors, timers by time, ended jobs. Callbacks change the model and mark it, nothing
 * else; drawing is the caller's. */
void loop_turn(struct loop *l, int longest_ms);

/* Wall ns when the loop last began to wait: what was whole then is known to have been so, however long
 * the machine slept since. */
int64_t loop_waited(const struct loop *l);

/* Turns until loop_stop. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

/* Descriptors. `events` are poll's (POLLIN, POLLOUT); the callback gets revents. A watch may be
 * removed in its own callback. */
struct loop_watch;
struct loop_watch *loop_watch_fd(struct loop *l, int fd, short events,
                                 void (*ready)(void *context, short revents), void *context);
void loop_watch_events(struct loop_watch *w, short events);
void loop_unwatch(struct loop_watch *w); /* NULL is allowed; does not close the descriptor */

/* Timers, monotonic. A timer may be set again, stopped or freed in its own callback. */
struct loop_timer;
struct loop_timer *loop_timer_new(struct loop *l, void (*fire)(void *context), void *context);
void loop_timer_set(struct loop_timer *t,
                    int64_t in_ms); /* once, from now; replaces an earlier setting */
void loop_timer_stop(struct loop_timer *t);
bool loop_timer_is_set(const struct loop_timer *t);
int64_t loop_timer_due(const struct loop_timer *t); /* monotonic ns; 0 when not set */
void loop_timer_free(struct loop_timer *t);         /* NULL is allowed */

/* The worker pool of this loop (two threads, made at the first call). */
struct pool *loop_pool(struct loop *l);

/* Child processes: `ended` gets waitpid's status on the loop. */
void loop_child(struct loop *l, int pid, void (*ended)(void *context, int status), void *context);
void loop_child_forget(struct loop *l,
                       int pid); /* `ended` is not called any more; the child is still reaped */

/* Signals as events (signalfd: blocks them for the process; call before threads start). Repeats
 * merge. Callbacks per number. */
void loop_signal(struct loop *l, int number, void (*arrived)(void *context, int number),
                 void *context);

/* For http: replaces poll(2). `wait` waits for fds or `timeout_ms` or its own events; `after` runs
 * before the callbacks. */
struct loop_waiter {
    void (*wait)(void *context, struct pollfd *fds, size_t count, int timeout_ms);
    void (*after)(void *context);
    void *context;
};
void loop_set_waiter(struct loop *l, const struct loop_waiter *waiter); /* NULL: poll(2) again */

#endif
