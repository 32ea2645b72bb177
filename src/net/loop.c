#include "net/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/pool.h"

struct loop_watch {
    struct loop_watch *next;
    struct loop *loop;
    int fd;
    short events;
    bool dead; /* freed at the end of the turn, as the list may be walked at this moment */
    void (*ready)(void *context, short revents);
    void *context;
};

struct loop_timer {
    struct loop_timer *next;
    struct loop *loop;
    int64_t due; /* monotonic ns, 0: not set */
    bool dead;
    void (*fire)(void *context);
    void *context;
};

struct child {
    struct child *next;
    int pid;
    void (*ended)(void *context, int status);
    void *context;
};

struct signal_handler {
    struct signal_handler *next;
    int number;
    void (*arrived)(void *context, int number);
    void *context;
};

struct loop {
    struct loop_watch *watches;
    size_t watch_count;
    struct loop_timer *timers;
    struct child *children;
    struct signal_handler *handlers;
    struct loop_waiter waiter;
    struct pollfd *fds;
    size_t fds_cap;
    struct pool *pool;
    int wake_fd, signal_fd;
    sigset_t signals;
    bool stop, sweep;
    int64_t waited; /* wall ns */
};

static void wait_by_poll(void *context, struct pollfd *fds, size_t count, int timeout_ms)
{
    (void)context;
    if (poll(fds, count, timeout_ms) < 0)
        for (size_t i = 0; i < count; i++)
            fds[i].revents = 0;
}

static void collect_jobs(void *context, short revents)
{
    struct loop *l = context;
    uint64_t count;
    (void)revents;
    if (read(l->wake_fd, &count, sizeof count) < 0 && errno != EAGAIN)
        return;
    if (l->pool)
        pool_collect(l->pool);
}

struct loop *loop_new(void)
{
    struct loop *l = mem_alloc(sizeof *l);
    l->signal_fd = -1;
    sigemptyset(&l->signals);
    l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    l->waiter.wait = wait_by_poll;
    loop_watch_fd(l, l->wake_fd, POLLIN, collect_jobs, l);
    return l;
}

static void sweep(struct loop *l)
{
    l->sweep = false;
    for (struct loop_watch **link = &l->watches; *link;) {
        struct loop_watch *w = *link;
        if (w->dead) {
            *link = w->next;
            free(w);
        } else {
            link = &w->next;
        }
    }
    for (struct loop_timer **link = &l->timers; *link;) {
        struct loop_timer *t = *link;
        if (t->dead) {
            *link = t->next;
            free(t);
        } else {
            link = &t->next;
        }
    }
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    pool_free(l->pool);
    for (struct loop_watch *w = l->watches; w; w = w->next)
        w->dead = true;
    for (struct loop_timer *t = l->timers; t; t = t->next)
        t->dead = true;
    sweep(l);
    while (l->children) {
        struct child *c = l->children;
        l->children = c->next;
        free(c);
    }
    while (l->handlers) {
        struct signal_handler *h = l->handlers;
        l->handlers = h->next;
        free(h);
    }
    if (l->signal_fd >= 0)
        close(l->signal_fd);
    close(l->wake_fd);
    free(l->fds);
    free(l);
}

static int next_timeout(const struct loop *l, int longest_ms)
{
    int64_t now = clock_monotonic(), timeout = longest_ms;
    for (const struct loop_timer *t = l->timers; t; t = t->next) {
        if (t->dead || !t->due)
            continue;
        /* Rounded up: waking a little early would only turn once more. */
        int64_t ms = t->due <= now ? 0 : (t->due - now + CLOCK_MS - 1) / CLOCK_MS;
        if (timeout < 0 || ms < timeout)
            timeout = ms;
    }
    return timeout > 3600 * 1000 ? 3600 * 1000 : (int)timeout;
}

static size_t gather(struct loop *l)
{
    size_t n = 0;
    mem_grow(&l->fds, &l->fds_cap, l->watch_count + 1, sizeof *l->fds);
    for (struct loop_watch *w = l->watches; w; w = w->next)
        if (!w->dead && w->events)
            l->fds[n++] = (struct pollfd){.fd = w->fd, .events = w->events};
    return n;
}

/* The list grows at its head only, so the descriptors stand in the order of gather() as long as
 * nothing is swept. */
static void run_watches(struct loop *l, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!l->fds[i].revents)
            continue;
        for (struct loop_watch *w = l->watches; w; w = w->next) {
            if (!w->dead && w->fd == l->fds[i].fd && w->events) {
                w->ready(w->context, l->fds[i].revents);
                break;
            }
        }
    }
}

static void run_timers(struct loop *l)
{
    int64_t now = clock_monotonic();
    for (struct loop_timer *t = l->timers; t; t = t->next) {
        if (t->dead || !t->due || t->due > now)
            continue;
        t->due = 0;
        t->fire(t->context);
    }
}

void loop_turn(struct loop *l, int longest_ms)
{
    size_t count = gather(l);
    l->waited = clock_now();
    l->waiter.wait(l->waiter.context, l->fds, count, next_timeout(l, longest_ms));
    if (l->waiter.after)
        l->waiter.after(l->waiter.context);
    run_watches(l, count);
    run_timers(l);
    if (l->sweep)
        sweep(l);
}

int64_t loop_waited(const struct loop *l)
{
    return l->waited;
}

void loop_run(struct loop *l)
{
    for (l->stop = false; !l->stop;)
        loop_turn(l, -1);
}

void loop_stop(struct loop *l)
{
    l->stop = true;
}

struct loop_watch *loop_watch_fd(struct loop *l, int fd, short events,
                                 void (*ready)(void *context, short revents), void *context)
{
    struct loop_watch *w = mem_alloc(sizeof *w);
    *w = (struct loop_watch){l->watches, l, fd, events, false, ready, context};
    l->watches = w;
    l->watch_count++;
    return w;
}

void loop_watch_events(struct loop_watch *w, short events)
{
    w->events = events;
}

void loop_unwatch(struct loop_watch *w)
{
    if (!w)
        return;
    w->dead = true;
    w->loop->sweep = true;
    w->loop->watch_count--;
}

struct loop_timer *loop_timer_new(struct loop *l, void (*fire)(void *context), void *context)
{
    struct loop_timer *t = mem_alloc(sizeof *t);
    *t = (struct loop_timer){l->timers, l, 0, false, fire, context};
    l->timers = t;
    return t;
}

void loop_timer_set(struct loop_timer *t, int64_t in_ms)
{
    t->due = clock_monotonic() + (in_ms > 0 ? in_ms * CLOCK_MS : 0);
}

void loop_timer_stop(struct loop_timer *t)
{
    t->due = 0;
}

bool loop_timer_is_set(const struct loop_timer *t)
{
    return t->due != 0;
}

int64_t loop_timer_due(const struct loop_timer *t)
{
    return t->due;
}

void loop_timer_free(struct loop_timer *t)
{
    if (!t)
        return;
    t->dead = true;
    t->loop->sweep = true;
}

/* From a thread of the pool: ends a wait. */
static void wake(void *context)
{
    const struct loop *l = context;
    uint64_t one = 1;
    /* A full counter means that a wake-up waits already. */
    if (write(l->wake_fd, &one, sizeof one) < 0)
        return;
}

struct pool *loop_pool(struct loop *l)
{
    if (!l->pool)
        l->pool = pool_new(2, wake, l);
    return l->pool;
}

static void reap(void *context, int number)
{
    struct loop *l = context;
    (void)number;
    for (struct child **link = &l->children; *link;) {
        struct child *c = *link;
        int status;
        if (waitpid(c->pid, &status, WNOHANG) <= 0) {
            link = &c->next;
            continue;
        }
        *link = c->next;
        if (c->ended)
            c->ended(c->context, status);
        free(c);
        /* The callback may have changed the list: begin again. */
        link = &l->children;
    }
}

void loop_child(struct loop *l, int pid, void (*ended)(void *context, int status), void *context)
{
    if (!sigismember(&l->signals, SIGCHLD))
        loop_signal(l, SIGCHLD, reap, l);
    struct child *c = mem_alloc(sizeof *c);
    *c = (struct child){l->children, pid, ended, context};
    l->children = c;
    /* It may have ended before its signal was caught: look once without being asked. */
    kill(getpid(), SIGCHLD);
}

void loop_child_forget(struct loop *l, int pid)
{
    for (struct child *c = l->children; c; c = c->next)
        if (c->pid == pid)
            c->ended = NULL;
}

static void read_signals(void *context, short revents)
{
    struct loop *l = context;
    struct signalfd_siginfo info;
    (void)revents;
    while (read(l->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
        for (struct signal_handler *h = l->handlers; h; h = h->next)
            if (h->number == (int)info.ssi_signo)
                h->arrived(h->context, h->number);
}

void loop_signal(struct loop *l, int number, void (*arrived)(void *context, int number),
                 void *context)
{
    struct signal_handler *h = mem_alloc(sizeof *h);
    *h = (struct signal_handler){l->handlers, number, arrived, context};
    l->handlers = h;
    sigaddset(&l->signals, number);
    pthread_sigmask(SIG_BLOCK, &l->signals, NULL);
    int fd = signalfd(l->signal_fd, &l->signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (l->signal_fd < 0) {
        l->signal_fd = fd;
        loop_watch_fd(l, fd, POLLIN, read_signals, l);
    }
}

void loop_set_waiter(struct loop *l, const struct loop_waiter *waiter)
{
    l->waiter = waiter ? *waiter : (struct loop_waiter){.wait = wait_by_poll};
}
