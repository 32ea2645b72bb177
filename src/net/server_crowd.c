/* Three queues, each from who came into it first: in one waits who has not asked, in one who is worked for, in
 * one who is sent to. */
#include "net/server_crowd.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/mem.h"

enum state { WAITS, WORKS, SENDS, STATES };

struct server_crowd_member {
    struct server_crowd_member *prev, *next;
    enum state state;
    size_t bytes;
    int fd;
    bool cut; /* it is on its way out, and counts no more */
};

struct server_crowd {
    struct queue {
        struct server_crowd_member *first, *last;
    } queues[STATES];
    size_t count, bytes, most, most_bytes;
};

struct server_crowd *server_crowd_new(size_t most, size_t bytes)
{
    struct server_crowd *c = mem_alloc(sizeof *c);
    c->most = most;
    c->most_bytes = bytes;
    return c;
}

void server_crowd_free(struct server_crowd *c)
{
    free(c);
}

static void take_out(struct server_crowd *c, struct server_crowd_member *m)
{
    struct queue *q = &c->queues[m->state];
    *(m->prev ? &m->prev->next : &q->first) = m->next;
    *(m->next ? &m->next->prev : &q->last) = m->prev;
}

static void put_last(struct server_crowd *c, struct server_crowd_member *m, enum state state)
{
    struct queue *q = &c->queues[state];
    m->state = state;
    m->prev = q->last;
    m->next = NULL;
    *(m->prev ? &m->prev->next : &q->first) = m;
    q->last = m;
}

/* No more is counted of it. */
static void forget(struct server_crowd *c, struct server_crowd_member *m)
{
    if (m->cut)
        return;
    c->count--;
    c->bytes -= m->bytes;
    m->bytes = 0;
}

static struct server_crowd_member *oldest(const struct server_crowd *c, enum state state)
{
    struct server_crowd_member *m = c->queues[state].first;
    while (m && m->cut)
        m = m->next;
    return m;
}

static void cut(struct server_crowd *c, struct server_crowd_member *m)
{
    forget(c, m);
    m->cut = true;
    shutdown(m->fd, SHUT_RDWR);
}

struct server_crowd_member *server_crowd_join(struct server_crowd *c, int fd)
{
    struct server_crowd_member *m = mem_alloc(sizeof *m);
    if (c->count >= c->most) {
        struct server_crowd_member *other = oldest(c, WAITS);
        other = other ? other : oldest(c, SENDS);
        if (other)
            cut(c, other);
    }
    m->fd = fd;
    c->count++;
    put_last(c, m, WAITS);
    return m;
}

void server_crowd_leave(struct server_crowd *c, struct server_crowd_member *m)
{
    forget(c, m);
    take_out(c, m);
    free(m);
}

static void turn_to(struct server_crowd *c, struct server_crowd_member *m, enum state state,
                    size_t bytes)
{
    take_out(c, m);
    put_last(c, m, state);
    if (m->cut)
        return;
    c->bytes += bytes - m->bytes;
    m->bytes = bytes;
}

void server_crowd_wait(struct server_crowd *c, struct server_crowd_member *m)
{
    turn_to(c, m, WAITS, 0);
}

void server_crowd_work(struct server_crowd *c, struct server_crowd_member *m)
{
    turn_to(c, m, WORKS, 0);
}

void server_crowd_send(struct server_crowd *c, struct server_crowd_member *m, size_t bytes)
{
    turn_to(c, m, SENDS, bytes);
    while (c->bytes > c->most_bytes) {
        struct server_crowd_member *other = oldest(c, SENDS);
        if (!other || other == m)
            return;
        cut(c, other);
    }
}
