/* A name's points are a ring indexed by the number of the grid step, so a point's place needs no
 * search and a gap costs nothing but its NaN. Floats: 24 bits are more than a chart can show. */
#include "model/series.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

enum { SERIES_RECENT = 5 };

struct ring {
    int64_t newest; /* step number of the newest place in use */
    int64_t number; /* step number of the newest that is a number */
    float list[];
};

struct series {
    int64_t step;
    size_t points;
    struct map *names;
    int64_t newest; /* step number of the newest number of all names */
    bool any;
    uint64_t changes;
};

struct series *series_new(int64_t step, size_t points)
{
    struct series *s = mem_alloc(sizeof *s);
    s->step = step > 0 ? step : 1;
    s->points = points ? points : 1;
    s->names = map_new();
    return s;
}

void series_free(struct series *s)
{
    if (!s)
        return;
    map_free(s->names, free);
    free(s);
}

static int64_t step_of(const struct series *s, int64_t time)
{
    int64_t half = s->step / 2;
    int64_t number = time / s->step, rest = time % s->step;
    if (rest < 0) {
        rest += s->step;
        number--;
    }
    return rest >= s->step - half && half ? number + 1 : number;
}

static float *place(const struct series *s, struct ring *r, int64_t step)
{
    int64_t i = step % (int64_t)s->points;
    return &r->list[i < 0 ? i + (int64_t)s->points : i];
}

static bool holds(const struct series *s, const struct ring *r, int64_t step)
{
    return step <= r->newest && step > r->newest - (int64_t)s->points;
}

static void advance(const struct series *s, struct ring *r, int64_t step)
{
    int64_t first = r->newest + 1;
    if (step - r->newest > (int64_t)s->points)
        first = step - (int64_t)s->points + 1;
    for (int64_t i = first; i <= step; i++)
        *place(s, r, i) = NAN;
    r->newest = step;
}

static struct ring *ring_new(const struct series *s, int64_t step)
{
    struct ring *r = mem_alloc(sizeof *r + s->points * sizeof *r->list);
    for (size_t i = 0; i < s->points; i++)
        r->list[i] = NAN;
    r->newest = r->number = step;
    return r;
}

void series_add(struct series *s, struct str key, int64_t time, double value)
{
    int64_t step = step_of(s, time);
    bool number = isfinite(value);
    struct ring *r = map_get(s->names, key);
    if (!r) {
        if (!number)
            return;
        r = ring_new(s, step);
        map_put(s->names, key, r);
    }
    if (step > r->newest)
        advance(s, r, step);
    if (!holds(s, r, step))
        return;
    *place(s, r, step) = number ? (float)value : NAN;
    s->changes++;
    if (!number)
        return;
    if (step > r->number)
        r->number = step;
    if (!s->any || step > s->newest)
        s->newest = step;
    s->any = true;
}

static double value_at(const struct series *s, const struct ring *r, int64_t step)
{
    if (!r || !holds(s, r, step))
        return NAN;
    return (double)*place(s, (struct ring *)(uintptr_t)r, step);
}

void series_merge(struct series *to, const struct series *from)
{
    struct str key;
    void *value;
    for (size_t at = 0; map_next(from->names, &at, &key, &value);) {
        const struct ring *r = value;
        for (int64_t i = r->newest - (int64_t)from->points + 1; i <= r->newest; i++)
            if (!isnan(value_at(from, r, i)))
                series_add(to, key, i * from->step, value_at(from, r, i));
    }
}

size_t series_points(const struct series *s, struct str key, int64_t end, double *out,
                     size_t points)
{
    const struct ring *r = map_get(s->names, key);
    int64_t last = end ? step_of(s, end) : s->newest;
    size_t numbers = 0;
    for (size_t i = 0; i < points; i++) {
        out[i] = value_at(s, r, last - (int64_t)(points - 1 - i));
        numbers += !isnan(out[i]);
    }
    return numbers;
}

double series_latest(const struct series *s, struct str key)
{
    const struct ring *r = map_get(s->names, key);
    for (int64_t i = 0; r && i < SERIES_RECENT; i++) {
        double value = value_at(s, r, s->newest - i);
        if (!isnan(value))
            return value;
    }
    return NAN;
}

int64_t series_newest(const struct series *s)
{
    return s->any ? s->newest * s->step : 0;
}

size_t series_names(const struct series *s)
{
    return map_count(s->names);
}

void series_forget_before(struct series *s, int64_t time)
{
    size_t count = 0, at = 0;
    struct str *old = mem_array(map_count(s->names), sizeof *old), key;
    void *value;
    while (map_next(s->names, &at, &key, &value))
        if (((struct ring *)value)->number * s->step < time)
            old[count++] = key;
    /* A key's memory is the map's until that very key is removed. */
    for (size_t i = 0; i < count; i++)
        free(map_remove(s->names, old[i]));
    s->changes += count > 0;
    free(old);
}

uint64_t series_changes(const struct series *s)
{
    return s->changes;
}
