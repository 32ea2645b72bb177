#include "store/aws/aws_credentials.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/aws/aws_fetch.h"

#define TRY_BEFORE (15 * CLOCK_MINUTE)
#define NEED_BEFORE (10 * CLOCK_MINUTE)
#define BETWEEN_TRIES (30 * CLOCK_SECOND)

struct aws_credentials_wait {
    struct aws_credentials_wait *next;
    struct aws_credentials *owner;
    void *context;
    void (*done)(void *context, const struct err *err);
};

struct aws_credentials {
    struct aws_credentials *next;
    struct http *http;
    int references;
    struct aws_settings *settings;
    struct aws_keys keys;
    bool have;
    unsigned refused; /* keys up to this serial are expired */
    struct aws_fetch *fetch;
    struct loop_timer *timer; /* tells `result` to who waits */
    struct err result;
    int64_t next_try; /* monotonic: in the background not before */
    struct aws_credentials_wait *waits;
};

/* All stores of a process use the same credentials. */
static struct aws_credentials *all;

/* Tells those who waited when it was called: who waits again in a callback is told at the next end.
 */
static void tell(void *context)
{
    struct aws_credentials *c = context;
    struct aws_credentials_wait *w = c->waits, *mine = NULL;
    struct err err = c->result;
    /* Turned round: oldest first. */
    while (w) {
        struct aws_credentials_wait *next = w->next;
        w->next = mine;
        mine = w;
        w = next;
    }
    c->waits = NULL;
    c->references++;
    while (mine) {
        w = mine;
        mine = w->next;
        if (w->done)
            w->done(w->context, &err);
        free(w);
    }
    aws_credentials_close(c);
}

static void take_keys(struct aws_credentials *c, struct aws_keys *yours)
{
    unsigned serial = c->keys.serial + 1;
    aws_keys_free_inner(&c->keys);
    c->keys = *yours;
    c->keys.serial = serial;
    *yours = (struct aws_keys){0};
    c->have = true;
    err_clear(&c->result);
}

/* New keys may have less time left than we like to have: the instance's metadata and agents hand
 * out the same ones until shortly before their end. They serve; others are asked for a little later
 * only, or each request would wait for the next ones. */
static void judge_new(struct aws_credentials *c)
{
    int64_t left = c->keys.expires ? c->keys.expires - clock_now() : INT64_MAX;
    int64_t soon = left / 2 < BETWEEN_TRIES ? left / 2 : BETWEEN_TRIES;
    c->next_try = left < TRY_BEFORE ? clock_monotonic() + soon : 0;
    if (left < 0)
        err_set(&c->result, ERR_AWAY, c->settings->words, "are this machine's clock and its right?",
                "the keys that came have already ended, by our clock");
}

static void fetched(void *context, struct aws_keys *yours, const struct err *err)
{
    struct aws_credentials *c = context;
    c->fetch = NULL;
    if (yours) {
        take_keys(c, yours);
        judge_new(c);
    } else {
        c->result = *err;
        c->next_try = clock_monotonic() + BETWEEN_TRIES;
        log_err(LOG_WARN, "AWS credentials were not renewed", err);
    }
    tell(c);
}

/* Keys that lie here: of the environment once, of a profile as often as they are refused. */
static void take_local(struct aws_credentials *c)
{
    struct aws_settings *s = c->settings;
    bool again = c->have;
    err_clear(&c->result);
    if (again && s->source == AWS_SETTINGS_STATIC)
        err_set(&c->result, ERR_DENIED, "AWS credentials", "set new ones and start again",
                "the keys of the environment have expired");
    else if (!again || aws_settings_reread(s, &c->result))
        take_keys(c, &(struct aws_keys){.id = mem_dup(s->id),
                                        .secret = mem_dup(s->secret),
                                        .token = mem_dup(s->token)});
}

static void refresh(struct aws_credentials *c)
{
    enum aws_settings_source source = c->settings->source;
    if (c->fetch || loop_timer_is_set(c->timer))
        return;
    if (source == AWS_SETTINGS_STATIC || source == AWS_SETTINGS_PROFILE) {
        take_local(c);
        loop_timer_set(c->timer, 0);
    } else {
        c->fetch = aws_fetch_start(c->http, c->settings, c, fetched);
    }
}

/* How long the keys still serve; negative: not, or there are none. */
static int64_t time_left(const struct aws_credentials *c)
{
    if (!c->have || c->keys.serial <= c->refused)
        return -1;
    return c->keys.expires ? c->keys.expires - clock_now() : INT64_MAX;
}

const struct aws_keys *aws_credentials_now(struct aws_credentials *c)
{
    int64_t left = time_left(c);
    if (left < 0)
        return NULL;
    if (left < TRY_BEFORE && clock_monotonic() >= c->next_try)
        refresh(c);
    /* Near their end they still serve while nothing newer can be had. */
    return left < NEED_BEFORE && c->fetch ? NULL : &c->keys;
}

struct aws_credentials_wait *aws_credentials_wait(struct aws_credentials *c, void *context,
                                                  void (*done)(void *context,
                                                               const struct err *err))
{
    struct aws_credentials_wait *w = mem_alloc(sizeof *w);
    *w = (struct aws_credentials_wait){c->waits, c, context, done};
    c->waits = w;
    if (time_left(c) >= NEED_BEFORE && !c->fetch) {
        err_clear(&c->result);
        loop_timer_set(c->timer, 0);
    } else {
        refresh(c);
    }
    return w;
}

/* Whoever is told at this moment may cancel another of the same round: it is only silenced. */
void aws_credentials_cancel(struct aws_credentials_wait *w)
{
    if (w)
        w->done = NULL;
}

void aws_credentials_expired(struct aws_credentials *c, unsigned serial)
{
    if (serial > c->refused)
        c->refused = serial;
}

const struct aws_settings *aws_credentials_settings(const struct aws_credentials *c)
{
    return c->settings;
}

struct aws_credentials *aws_credentials_open(struct http *h, struct err *err)
{
    for (struct aws_credentials *c = all; c; c = c->next) {
        if (c->http == h) {
            c->references++;
            return c;
        }
    }
    struct aws_settings *s = aws_settings_read(err);
    if (!s)
        return NULL;
    if (s->source == AWS_SETTINGS_NONE) {
        aws_settings_free(s);
        err_set(
            err, ERR_CONFIG, "AWS credentials",
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or give the pod a role",
            "there are none");
        return NULL;
    }
    struct aws_credentials *c = mem_alloc(sizeof *c);
    *c = (struct aws_credentials){.next = all, .http = h, .references = 1, .settings = s};
    c->timer = loop_timer_new(http_loop(h), tell, c);
    if (s->id)
        take_local(c);
    all = c;
    return c;
}

void aws_credentials_close(struct aws_credentials *c)
{
    if (!c || --c->references)
        return;
    struct aws_credentials **link = &all;
    while (*link != c)
        link = &(*link)->next;
    *link = c->next;
    aws_fetch_cancel(c->fetch);
    loop_timer_free(c->timer);
    while (c->waits) {
        struct aws_credentials_wait *w = c->waits;
        c->waits = w->next;
        free(w);
    }
    aws_keys_free_inner(&c->keys);
    aws_settings_free(c->settings);
    free(c);
}
