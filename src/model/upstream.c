#include "model/upstream.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

static void enter(struct upstream *u, enum upstream_state state, int64_t since)
{
    if (u->state == state)
        return;
    u->state = state;
    u->since = since;
    u->changes++;
}

void upstream_connecting(struct upstream *u)
{
    /* What has shown data keeps saying how old that is, and a server that is away why, while it is
     * asked again. The last failure stays in err: it was an answer (upstream_settled). */
    bool away = u->state == UPSTREAM_FAILED && u->err.kind == ERR_AWAY;
    if (!u->data && !away)
        enter(u, UPSTREAM_CONNECTING, clock_now());
}

void upstream_live(struct upstream *u)
{
    u->data = clock_now();
    u->next_try = 0;
    err_clear(&u->err);
    enter(u, UPSTREAM_LIVE, u->data);
}

void upstream_snapshot(struct upstream *u, int64_t taken)
{
    u->data = taken;
    u->next_try = 0;
    err_clear(&u->err);
    u->changes += u->state == UPSTREAM_SNAPSHOT && u->since != taken;
    enter(u, UPSTREAM_SNAPSHOT, taken);
    u->since = taken;
}

void upstream_seen(struct upstream *u, int64_t when)
{
    if (u->state == UPSTREAM_LIVE && when > u->data)
        u->data = when;
}

void upstream_failed(struct upstream *u, const struct err *err, int64_t next_try)
{
    bool other = u->err.kind != err->kind || strcmp(u->err.what, err->what) != 0;
    uint64_t before = u->changes;
    u->err = *err;
    u->next_try = next_try;
    if (err->kind == ERR_OFF && !u->data)
        enter(u, UPSTREAM_OFF, clock_now());
    else if (err->kind == ERR_DENIED)
        enter(u, UPSTREAM_DENIED, clock_now());
    else if (u->data)
        enter(u, UPSTREAM_STALE, u->data);
    else
        enter(u, UPSTREAM_FAILED, clock_now());
    if (other && u->changes == before)
        u->changes++;
}

static void failed_text(const struct upstream *u, char *out, size_t size)
{
    const char *what = u->err.what[0] ? u->err.what : u->err.where;
    int64_t wait = u->next_try - clock_monotonic();
    if (u->next_try && wait > 0)
        snprintf(out, size, "failed: %s (again in %llds)", what,
                 (long long)((wait + CLOCK_SECOND - 1) / CLOCK_SECOND));
    else
        snprintf(out, size, "failed: %s", what);
}

char *upstream_text(const struct upstream *u, int64_t now, char *out, size_t size)
{
    char age[CLOCK_TEXT];
    switch (u->state) {
    case UPSTREAM_OFF:
        str_copy(out, size, "off");
        break;
    case UPSTREAM_CONNECTING:
        str_copy(out, size, "connecting");
        break;
    case UPSTREAM_LIVE:
        if (u->each_s)
            snprintf(out, size, "live each %ds", u->each_s);
        else
            str_copy(out, size, "live");
        break;
    case UPSTREAM_SNAPSHOT:
        snprintf(out, size, "snapshot %s", clock_age(now > u->since ? now - u->since : 0, age));
        break;
    case UPSTREAM_STALE:
        snprintf(out, size, "stale %s", clock_age(now > u->since ? now - u->since : 0, age));
        break;
    case UPSTREAM_DENIED:
        if (u->data)
            snprintf(out, size, "stale %s, denied: %s",
                     clock_age(now > u->data ? now - u->data : 0, age), u->err.what);
        else
            snprintf(out, size, "denied: %s", u->err.what);
        break;
    case UPSTREAM_FAILED:
        failed_text(u, out, size);
        break;
    }
    return out;
}

bool upstream_settled(const struct upstream *u)
{
    return u->state != UPSTREAM_CONNECTING || u->err.kind != ERR_NONE;
}
