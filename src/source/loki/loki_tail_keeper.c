#include "source/loki/loki_tail_keeper.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/backoff.h"
#include "source/loki/loki_tail.h"

enum { STREAMS = 6 };
#define NARROW_FOR (60 * CLOCK_SECOND) /* a stream that was silent so long does not count */
#define SHORT (10 * CLOCK_SECOND)      /* a life that is no success */
#define FULL_WAIT (5 * CLOCK_MINUTE)

struct loki_tail_keeper {
    struct loki *loki;
    struct loki_tail_keeper_conf conf;
    struct loki_tail *tail;
    int64_t opened, next; /* monotonic */
    struct backoff backoff;
    bool open, never;
    struct {
        uint64_t hash;
        int64_t seen; /* monotonic; 0: free */
    } streams[STREAMS + 1];
};

struct loki_tail_keeper *loki_tail_keeper_new(struct loki *l,
                                              const struct loki_tail_keeper_conf *conf)
{
    struct loki_tail_keeper *k = mem_alloc(sizeof *k);
    *k = (struct loki_tail_keeper){.loki = l, .conf = *conf};
    return k;
}

void loki_tail_keeper_free(struct loki_tail_keeper *k)
{
    if (!k)
        return;
    loki_tail_close(k->tail);
    free(k);
}

bool loki_tail_keeper_is_open(const struct loki_tail_keeper *k)
{
    return k->open;
}

/* ---- streams ---- */

void loki_tail_keeper_see(struct loki_tail_keeper *k, const struct labels *stream)
{
    int64_t now = clock_monotonic();
    size_t oldest = 0;
    for (size_t i = 0; i <= STREAMS; i++) {
        if (k->streams[i].hash == stream->hash && k->streams[i].seen) {
            k->streams[i].seen = now;
            return;
        }
        if (k->streams[i].seen < k->streams[oldest].seen)
            oldest = i;
    }
    k->streams[oldest].hash = stream->hash;
    k->streams[oldest].seen = now;
}

static bool knows_stream(const struct loki_tail_keeper *k, const struct labels *stream)
{
    for (size_t i = 0; i <= STREAMS; i++)
        if (k->streams[i].seen && k->streams[i].hash == stream->hash)
            return true;
    return false;
}

static bool is_narrow(const struct loki_tail_keeper *k)
{
    int64_t now = clock_monotonic();
    for (size_t i = 0; i <= STREAMS; i++)
        if (!k->streams[i].seen || now - k->streams[i].seen > NARROW_FOR)
            return true;
    return false;
}

/* ---- the tail ---- */

static void on_opened(void *context)
{
    struct loki_tail_keeper *k = context;
    k->open = true;
    k->conf.changed(k->conf.context);
}

/* Tail and range query need not agree on every label of a stream. */
static void on_line(void *context, const struct line *line)
{
    struct loki_tail_keeper *k = context;
    if (knows_stream(k, line->labels))
        k->conf.line(k->conf.context, line);
}

static void on_dropped(void *context, size_t lines)
{
    struct loki_tail_keeper *k = context;
    k->conf.dropped(k->conf.context, lines);
}

static void on_closed(void *context, enum loki_tail_end end, const struct err *err)
{
    struct loki_tail_keeper *k = context;
    int64_t now = clock_monotonic(), lived = k->open ? now - k->opened : 0;
    k->tail = NULL;
    k->open = false;
    if (lived > SHORT)
        backoff_reset(&k->backoff);
    k->never = end == LOKI_TAIL_REFUSED;
    k->next = now + (end == LOKI_TAIL_FULL ? FULL_WAIT
                     : lived > SHORT       ? 0
                                           : backoff_next(&k->backoff, err) * CLOCK_MS);
    k->conf.changed(k->conf.context);
}

static void open_tail(struct loki_tail_keeper *k)
{
    k->opened = clock_monotonic();
    k->tail = loki_tail_open(k->loki, &(struct loki_tail_conf){.query = k->conf.query,
                                                               .context = k,
                                                               .opened = on_opened,
                                                               .line = on_line,
                                                               .dropped = on_dropped,
                                                               .closed = on_closed});
}

void loki_tail_keeper_choose(struct loki_tail_keeper *k)
{
    bool wanted = is_narrow(k) && !k->never;
    if (!wanted && k->tail) {
        loki_tail_close(k->tail);
        k->tail = NULL;
        k->open = false;
    } else if (wanted && !k->tail && clock_monotonic() >= k->next) {
        open_tail(k);
    }
}
