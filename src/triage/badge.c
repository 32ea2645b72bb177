#include "triage/badge.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"

static const char *const words[BADGE_COUNT] = {"?", "new", "worse", "known", "gone"};
static const char *const with_words[BADGE_WITH] = {"the window before", "the same time yesterday",
                                                   "the same time a week ago"};

const char *badge_word(enum badge b)
{
    return words[b];
}

const char *badge_with_words(enum badge_with w)
{
    return with_words[w];
}

int64_t badge_with_from(enum badge_with w, int64_t from, int64_t width)
{
    static const int64_t back[BADGE_WITH] = {
        [BADGE_YESTERDAY] = CLOCK_DAY, [BADGE_LAST_WEEK] = 7 * CLOCK_DAY};
    return from - (w == BADGE_BEFORE ? width : back[w]);
}

static bool is_whole(const struct badge_past *p)
{
    return p->there && p->whole;
}

/* It was there: is it more than ever? A window that is cut short had it oftener than it says. */
static enum badge worse_or_known(const struct badge_case *c, uint64_t most)
{
    bool proven = is_whole(&c->past[BADGE_BEFORE]);
    for (int i = 0; i < BADGE_WITH; i++)
        proven &= !c->past[i].there || c->past[i].whole;
    bool more = c->count / BADGE_TIMES >= most && c->count - most >= BADGE_MORE;
    return proven && more ? BADGE_WORSE : BADGE_KNOWN;
}

static enum badge new_or_unknown(const struct badge_case *c)
{
    bool all = true;
    for (int i = 0; i < BADGE_WITH; i++)
        all &= is_whole(&c->past[i]);
    if (all)
        return BADGE_NEW;
    if (!c->first_seen || !is_whole(&c->past[BADGE_BEFORE]))
        return BADGE_UNKNOWN;
    return c->first_seen >= c->from ? BADGE_NEW : BADGE_KNOWN;
}

enum badge badge_of(const struct badge_case *c)
{
    uint64_t most = 0;
    for (int i = 0; i < BADGE_WITH; i++)
        if (c->past[i].there && c->past[i].count > most)
            most = c->past[i].count;
    if (c->count)
        return most ? worse_or_known(c, most) : new_or_unknown(c);
    bool gone = c->whole && is_whole(&c->past[BADGE_BEFORE]) && c->past[BADGE_BEFORE].count;
    return gone ? BADGE_GONE : BADGE_UNKNOWN;
}

static size_t add(char *out, size_t size, size_t at, const char *before, const char *text)
{
    size_t n = at < size ? (size_t)snprintf(out + at, size - at, "%s%s", before, text) : 0;
    return at + n;
}

char *badge_reason(const struct badge_case *c, char *out, size_t size)
{
    size_t n = 0, unknown = 0;
    out[0] = '\0';
    for (int i = 0; i < BADGE_WITH; i++) {
        const struct badge_past *p = &c->past[i];
        char text[100];
        snprintf(text, sizeof text, "%s%" PRIu64 "%s %s", p->whole ? "" : "at least ", p->count,
                 i == BADGE_BEFORE ? " in" : "", with_words[i]);
        if (p->there)
            n = add(out, size, n, n ? ", " : "", text);
    }
    for (int i = 0; i < BADGE_WITH; i++)
        if (!c->past[i].there)
            n = add(out, size, n,
                    unknown++ ? ", "
                    : n       ? "; not known: "
                              : "not known: ",
                    with_words[i]);
    return out;
}
