/*
 * A server that hangs, a connection that a router has forgotten and one over which nothing happens
 * look alike. So after some silence the server is asked (those who are silent together share the
 * question); an answer that does not come soon makes what is shown doubtful, one that never comes
 * ends the stream. Two steps, since a busy server must not have to begin all streams anew.
 */
#include "kube/access/silence.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "net/loop.h"

enum { SILENT_MS = 10000 };
/* The answer is waited for, without a doubt, for that part of the silence. */
enum { DOUBT_NUM = 2, DOUBT_DEN = 5 };

struct silence {
    struct client *client;
    struct silence_conf conf;
    struct loop_timer *timer;
    bool asking;
    uint64_t asked;
};

static void on_answer(void *context, const struct err *err)
{
    struct silence *s = context;
    s->asking = false;
    loop_timer_stop(s->timer);
    if (err->kind) {
        s->conf.lost(s->conf.context, err);
        return;
    }
    loop_timer_set(s->timer, s->conf.ms);
    s->conf.answered(s->conf.context);
}

static void doubt(struct silence *s)
{
    struct err err;
    client_silent_err(s->client, "the server does not answer", &err);
    s->conf.doubted(s->conf.context, &err);
}

static void fired(void *context)
{
    struct silence *s = context;
    if (s->asking) {
        doubt(s);
        return;
    }
    s->asking = true;
    s->asked++;
    loop_timer_set(s->timer, (int64_t)s->conf.ms * DOUBT_NUM / DOUBT_DEN);
    client_probe(s->client, on_answer, s);
}

struct silence *silence_new(struct client *c, const struct silence_conf *conf)
{
    struct silence *s = mem_alloc(sizeof *s);
    *s = (struct silence){.client = c, .conf = *conf};
    if (!s->conf.ms)
        s->conf.ms = SILENT_MS;
    s->timer = loop_timer_new(client_loop(c), fired, s);
    return s;
}

void silence_free(struct silence *s)
{
    if (!s)
        return;
    silence_over(s);
    loop_timer_free(s->timer);
    free(s);
}

void silence_heard(struct silence *s)
{
    silence_over(s);
    loop_timer_set(s->timer, s->conf.ms);
}

void silence_over(struct silence *s)
{
    if (s->asking)
        client_probe_forget(s->client, s);
    s->asking = false;
    loop_timer_stop(s->timer);
}

uint64_t silence_asked(const struct silence *s)
{
    return s->asked;
}
