/*
 * Time is cut into slots of 30 s. The lines of a stream in a slot follow from dice thrown for
 * (seed, stream, slot): how many, when, which. So any span can be made without what came before it.
 */
#include "sandbox/world/history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/world/dice.h"
#include "sandbox/world/incident.h"
#include "sandbox/world/log_text.h"
#include "sandbox/world/world.h"

#define SLOT (30 * CLOCK_SECOND)
enum { LABELS = 9, SLOT_TEXT_MAX = 4 << 20, DATABASE_PORT = 5432, WRONG_PORT = 5433 };

struct made {
    int64_t time;
    size_t at, n;
};

struct source {
    struct history_stream stream;
    struct history_label labels[LABELS];
    const struct log_text_set *set;
    double rate; /* lines a slot */
    uint64_t id;
};

struct history {
    const struct world *world;
    struct source *sources;
    size_t count, pods; /* pods: whose sources are there */
    int32_t *of_pod;    /* source of each pod's first container, -1: none */
    struct buf text;
    struct made *made;
    size_t made_count, made_cap;
    int64_t traffic_window; /* the ten minutes for which `traffic` holds */
    double traffic;
};

static struct history_label *add_label(struct source *s, const char *name, const char *value)
{
    s->labels[s->stream.label_count] = (struct history_label){name, value};
    return &s->labels[s->stream.label_count++];
}

static void add_source(struct history *h, size_t pod_index, bool sidecar)
{
    const struct world *w = h->world;
    const struct world_pod *p = &w->pods[pod_index];
    const struct world_workload *wl = &w->workloads[p->workload];
    const struct log_text_set *set = log_text_set(sidecar ? "envoy" : wl->logs);
    if (!set || (sidecar && !wl->sidecar))
        return;
    struct source *s = &h->sources[h->count++];
    const char *container = sidecar ? wl->sidecar : wl->name;
    char uid[37];
    add_label(s, "app", wl->name);
    add_label(s, "container", container);
    add_label(s, "filename",
              mem_printf("/var/log/pods/%s_%s_%s/%s/0.log", wl->ns, p->name, dice_uuid(p->id, uid),
                         container));
    add_label(s, "job", mem_printf("%s/%s", wl->ns, wl->name));
    add_label(s, "namespace", wl->ns);
    add_label(s, "node_name", w->nodes[p->node].name);
    add_label(s, "pod", p->name);
    add_label(s, "service_name", wl->name);
    add_label(s, "stream", set->stream);
    s->stream.labels = s->labels;
    s->stream.pod = (uint32_t)pod_index;
    s->stream.sidecar = sidecar;
    world_pod_life(p, &s->stream.from, &s->stream.to);
    int64_t oldest = clock_align(w->start - HISTORY_DAYS * CLOCK_DAY - CLOCK_HOUR, SLOT);
    if (s->stream.from < oldest)
        s->stream.from = oldest;
    s->set = set;
    s->rate = wl->rate * (sidecar ? 0.7 : 1.0) * (double)SLOT / (double)CLOCK_MINUTE;
    s->id = p->id + sidecar;
    if (!sidecar)
        h->of_pod[pod_index] = (int32_t)(h->count - 1);
}

/* Of the pods that have come since. */
static void add_sources(struct history *h)
{
    for (; h->pods < h->world->pod_count; h->pods++) {
        h->of_pod[h->pods] = -1;
        add_source(h, h->pods, false);
        add_source(h, h->pods, true);
    }
}

struct history *history_new(const struct world *w)
{
    struct history *h = mem_alloc(sizeof *h);
    h->world = w;
    h->of_pod = mem_array(w->pod_cap + 1, sizeof *h->of_pod);
    h->traffic_window = -1;
    buf_init(&h->text, SLOT_TEXT_MAX);
    size_t loud = WORLD_SPARE_PODS;
    for (size_t i = 0; i < w->pod_count; i++)
        loud += *w->workloads[w->pods[i].workload].logs != '\0';
    h->sources = mem_array(loud * 2 + 1, sizeof *h->sources);
    add_sources(h);
    return h;
}

void history_free(struct history *h)
{
    if (!h)
        return;
    for (size_t i = 0; i < h->count; i++) {
        free((char *)h->sources[i].labels[2].value);
        free((char *)h->sources[i].labels[3].value);
    }
    free(h->sources);
    free(h->of_pod);
    free(h->made);
    buf_free(&h->text);
    free(h);
}

size_t history_count(struct history *h)
{
    add_sources(h);
    return h->count;
}

const struct history_stream *history_at(const struct history *h, size_t i)
{
    return &h->sources[i].stream;
}

const struct history_stream *history_of_pod(struct history *h, size_t pod, bool sidecar)
{
    add_sources(h);
    int32_t i = h->of_pod[pod];
    if (i < 0)
        return NULL;
    if (!sidecar)
        return &h->sources[i].stream;
    return (size_t)i + 1 < h->count && h->sources[i + 1].stream.pod == pod
               ? &h->sources[i + 1].stream
               : NULL;
}

/* ---- making a slot ---- */

static double traffic_at(struct history *h, int64_t t)
{
    int64_t window = t / (10 * CLOCK_MINUTE);
    if (window != h->traffic_window) {
        h->traffic_window = window;
        /* Of the window's start, whatever was asked first: a slot is the same for every reader. */
        h->traffic = world_traffic(h->world, window * 10 * CLOCK_MINUTE);
    }
    return h->traffic;
}

/* How much more often than usual things fail at a time: every ten minutes another factor, and two
 * bad spells in the day. */
static double error_factor(const struct history *h, const struct source *s, int64_t t)
{
    const struct world *w = h->world;
    const struct world_workload *wl = &w->workloads[w->pods[s->stream.pod].workload];
    struct dice d = dice_of(w->seed, wl->id, (uint64_t)(t / (10 * CLOCK_MINUTE)));
    double u = dice_unit(&d), factor = u * u * 3;
    int64_t back = w->start - t;
    if (strcmp(wl->ns, "payments") == 0 && back < 7 * CLOCK_HOUR + 20 * CLOCK_MINUTE &&
        back > 6 * CLOCK_HOUR + 55 * CLOCK_MINUTE)
        factor *= 14;
    if (strcmp(wl->name, "catalog") == 0 && back < 3 * CLOCK_HOUR + 5 * CLOCK_MINUTE &&
        back > 2 * CLOCK_HOUR + 57 * CLOCK_MINUTE)
        factor *= 30;
    return factor;
}

/* Adds a text that may be several lines, a microsecond between them. */
static void add_text(struct history *h, int64_t t, size_t at)
{
    while (at <= h->text.n) {
        const char *line = h->text.p + at;
        const char *end = h->text.n > at ? memchr(line, '\n', h->text.n - at) : NULL;
        size_t n = end ? (size_t)(end - line) : h->text.n - at;
        mem_grow(&h->made, &h->made_cap, h->made_count + 1, sizeof *h->made);
        h->made[h->made_count++] = (struct made){t, at, n};
        t += CLOCK_SECOND / 1000000;
        if (!end)
            return;
        at += n + 1;
    }
}

static void write_line(struct history *h, const struct source *s, struct log_text_writer *writer,
                       enum log_text_class c, int64_t t, struct dice *d)
{
    const char *text = log_text_choose(s->set, c, d);
    size_t at = h->text.n;
    if (!text)
        return;
    log_text_write(writer, text, t, d, &h->text);
    add_text(h, t, at);
}

static enum log_text_class choose_class(const struct source *s, bool bad, double hurt,
                                        double errors, double x)
{
    if (bad)
        return x < 0.85 ? LOG_TEXT_BAD : LOG_TEXT_INFO;
    if (x < hurt)
        return LOG_TEXT_HURT;
    x -= hurt;
    if (x < errors)
        return LOG_TEXT_ERROR;
    return x < errors + s->set->warnings / 1000 ? LOG_TEXT_WARN : LOG_TEXT_INFO;
}

/* What is written in a certain order when a run begins or ends in the slot. */
static void write_ends(struct history *h, const struct source *s, struct log_text_writer *writer,
                       int64_t slot)
{
    const struct world_pod *p = &h->world->pods[s->stream.pod];
    for (size_t i = 0; i < p->phase_count && !s->stream.sidecar; i++) {
        const struct world_phase *phase = &p->phases[i];
        if (phase->from >= slot + SLOT + CLOCK_SECOND)
            break;
        bool starts = phase->state == WORLD_STARTING;
        if (phase->from < slot - CLOCK_SECOND || (!starts && phase->state != WORLD_FAILED))
            continue;
        enum log_text_class c = starts ? LOG_TEXT_START : LOG_TEXT_CRASH;
        if (!starts && phase->exit_code == 137)
            continue; /* who is killed for its memory says nothing */
        struct dice d = dice_of(s->id, (uint64_t)phase->from, 6);
        for (size_t k = 0; k < s->set->count[c]; k++) {
            int64_t t = phase->from + (starts ? 40 : -60) * CLOCK_MS + (int64_t)k * 17 * CLOCK_MS;
            if (t < slot || t >= slot + SLOT)
                continue;
            size_t at = h->text.n;
            log_text_write(writer, s->set->lines[c][k].text, t, &d, &h->text);
            add_text(h, t, at);
        }
    }
}

static int by_time(const void *a, const void *b)
{
    const struct made *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static void make_slot(struct history *h, const struct source *s, int64_t slot)
{
    const struct world *w = h->world;
    const struct world_pod *p = &w->pods[s->stream.pod];
    const struct world_workload *wl = &w->workloads[p->workload];
    struct dice d = dice_of(w->seed ^ s->id, (uint64_t)(slot / SLOT), 7);
    double expected = s->rate * traffic_at(h, slot);
    int n = (int)floor(expected + dice_unit(&d));
    double errors = s->set->errors / 1000 * error_factor(h, s, slot);
    struct log_text_writer writer = {.version = p->old ? wl->old_version : wl->version,
                                     .database_port = p->old ? DATABASE_PORT : WRONG_PORT,
                                     .second = -1};
    h->made_count = 0;
    buf_clear(&h->text);
    for (int i = 0; i < n; i++) {
        int64_t t = slot + (int64_t)(((double)i + 0.97 * dice_unit(&d)) * (double)SLOT / n);
        struct world_phase phase;
        double x = dice_unit(&d);
        struct dice line = dice_of(s->id, (uint64_t)t, 8);
        if (p->phases && (!world_pod_at(w, p, t, &phase) || !world_is_running(phase.state)))
            continue;
        bool bad = wl->old_version && !p->old && t >= incident_errors_begin(w);
        double hurt = s->set->hurt > 0 ? s->set->hurt * incident_depth(w, t) : 0;
        write_line(h, s, &writer, choose_class(s, bad, hurt, errors, x), t, &line);
    }
    if (p->phases) {
        write_ends(h, s, &writer, slot);
        qsort(h->made, h->made_count, sizeof *h->made, by_time);
    }
}

void history_read(struct history *h, const struct history_stream *stream, int64_t from, int64_t to,
                  bool (*each)(void *context, int64_t time, struct str text), void *context)
{
    const struct source *s = (const struct source *)stream; /* its first member */
    if (from < stream->from)
        from = stream->from;
    if (to > stream->to)
        to = stream->to;
    for (int64_t slot = clock_align(from, SLOT); slot < to; slot += SLOT) {
        make_slot(h, s, slot);
        for (size_t i = 0; i < h->made_count; i++) {
            const struct made *m = &h->made[i];
            if (m->time >= from && m->time < to &&
                !each(context, m->time, (struct str){h->text.p + m->at, m->n}))
                return;
        }
    }
}
