/* Which lines continue the line before them: stack traces, tracebacks, goroutine dumps. */
#ifndef TRIAGE_CONTINUATION_H
#define TRIAGE_CONTINUATION_H

#include <stdbool.h>

#include "base/str.h"

/* What the lines of one stream so far lead us to expect. All zero: nothing came yet. */
struct continuation {
    unsigned char trace; /* the kind of trace we are in */
    bool prefixed; /* the head had a log prefix (a time, a level), so its lines tell themselves */
    bool open;     /* the head itself announces more: it ends in a colon or names an exception */
    bool bad;      /* the head is a warning or worse: whoever knows the level sets it */
};

/* Takes the stream's next line in; whether it belongs to the line before it. When in doubt it does
 * not. */
bool continuation_add(struct continuation *c, struct str line);

/* Whether `line` can belong to another at all, `before` being the one before it in its stream: false
 * is sure, so nothing earlier need be looked at. */
bool continuation_may(struct str line, struct str before);

#endif
