/*
 * A small automaton a stream. A line joins only if its form says so (a frame, a cause, an indented
 * block) and the lines before it make that form plausible; anything else is a new head and resets
 * the state. A line that carries a time or a level of its own is always a head.
 */
#include "triage/grouping/continuation.h"

#include <ctype.h>
#include <string.h>

#include "model/level.h"

enum trace {
    NONE,
    STARTED,     /* a head; no trace yet */
    FRAMES,      /* frames of a JVM, .NET or JavaScript trace */
    TRACEBACK,   /* behind "Traceback": a frame must follow */
    PYTHON,      /* between the first frame and the exception's own line */
    PYTHON_DONE, /* behind that line */
    CHAINED,     /* behind "During handling …": another traceback follows */
    GO,          /* a panic or a dump of goroutines */
    BLOCK,       /* an indented block */
};

static struct str skip_indent(struct str line)
{
    while (line.n && (*line.p == ' ' || *line.p == '\t')) {
        line.p++;
        line.n--;
    }
    return line;
}

static bool digit_at(struct str s, size_t i)
{
    return i < s.n && isdigit((unsigned char)s.p[i]);
}

static bool is_integer(struct str s)
{
    size_t i = 0;
    while (digit_at(s, i))
        i++;
    return i == s.n;
}

/* 10.0.0.1 is no date, though 10.08.2021 is one. */
static bool is_ipv4(struct str s)
{
    size_t dots = 0;
    for (size_t i = 0; i < s.n && (isdigit((unsigned char)s.p[i]) || s.p[i] == '.'); i++)
        dots += s.p[i] == '.';
    return dots == 3;
}

/* A time, a level or an opening brace at the beginning: the mark of a whole log line. */
static bool is_prefixed(struct str s)
{
    if (!s.n || isspace((unsigned char)s.p[0]))
        return false;
    if (strchr("{<", s.p[0]) || str_starts(s, "time=") || str_starts(s, "ts=") ||
        str_starts(s, "level="))
        return true;
    if (strchr("IWEFD", s.p[0]) && digit_at(s, 1) && digit_at(s, 2) && digit_at(s, 3))
        return true; /* klog */
    if (s.p[0] == '[') {
        const char *close = memchr(s.p, ']', s.n < 12 ? s.n : 12);
        struct str word = {s.p + 1, close ? (size_t)(close - s.p) - 1 : 0};
        return (digit_at(s, 1) && !(close && is_integer(word))) ||
               level_of_name(word) != LEVEL_UNKNOWN;
    }
    if (digit_at(s, 0) && digit_at(s, 1)) { /* 2021-08-27, 13:00:00, 27/08/2021 */
        size_t i = 2;
        while (digit_at(s, i))
            i++;
        return i + 1 < s.n && strchr("-:/.T", s.p[i]) && digit_at(s, i + 1) && !is_ipv4(s);
    }
    if (s.n > 6 && isupper((unsigned char)s.p[0]) && s.p[3] == ' ' &&
        digit_at(s, s.p[4] == ' ' ? 5 : 4))
        return true; /* Aug 27 */
    size_t word = 0;
    while (word < s.n && isupper((unsigned char)s.p[word]))
        word++;
    return word >= 4 && level_of_name((struct str){s.p, word}) != LEVEL_UNKNOWN;
}

/* "at pkg.Class.method(File.java:12)", "at /app/x.js:1:2", "at Ns.Class.Do() in x.cs:line 5" */
static bool is_frame(struct str indented, struct str s)
{
    if (s.p == indented.p || !str_starts(s, "at ") || s.n < 6)
        return false;
    return memchr(s.p, '(', s.n) || digit_at(s, s.n - 1);
}

/* "... 23 more", "... 5 common frames omitted" */
static bool is_more(struct str s)
{
    return str_starts(s, "... ") && digit_at(s, 4) &&
           (str_ends(s, " more") || str_ends(s, " omitted"));
}

/* "java.lang.IllegalStateException: text", "ValueError: text", "foo.bar.CustomError" */
static bool is_exception(struct str s)
{
    size_t n = 0;
    while (n < s.n && (isalnum((unsigned char)s.p[n]) || strchr("._$", s.p[n])))
        n++;
    struct str name = {s.p, n};
    if (n < 5 || (n < s.n && s.p[n] != ':'))
        return false;
    return str_ends(name, "Exception") || str_ends(name, "Error") || str_ends(name, "Throwable") ||
           str_ends(name, "Interrupt") || str_ends(name, "Exit") || str_ends(name, "Warning");
}

/* "Error: text", "Warning: text": a message says as much. */
static bool is_lone_level(struct str s)
{
    return str_starts(s, "Error:") || str_starts(s, "Warning:");
}

/* A frame of Go: "main.(*server).handle(0xc000, 0x1)". */
static bool is_go_call(struct str s)
{
    const char *paren = s.n ? memchr(s.p, '(', s.n) : NULL;
    const char *dot = s.n ? memchr(s.p, '.', s.n) : NULL;
    const char *blank = s.n ? memchr(s.p, ' ', s.n) : NULL;
    return paren && dot && s.p[s.n - 1] == ')' && (!blank || blank > paren);
}

static bool in_go(struct str line, struct str s)
{
    return !s.n || s.p != line.p || str_starts(s, "goroutine ") || str_starts(s, "[signal ") ||
           str_starts(s, "created by ") || str_starts(s, "exit status ") || is_go_call(s) ||
           str_starts(s, "panic: ") || str_starts(s, "runtime stack:");
}

static bool is_python_chain(struct str s)
{
    return str_starts(s, "During handling of the above exception") ||
           str_starts(s, "The above exception was the direct cause");
}

static bool is_traceback(struct str s)
{
    return str_ends(s, "Traceback (most recent call last):");
}

/* Does the line go on with the trace that we are in? Moves the state. */
static bool goes_on(struct continuation *c, struct str line, struct str s)
{
    bool indented = s.p != line.p;
    switch (c->trace) {
    case TRACEBACK:
        c->trace = PYTHON;
        return indented && s.n;
    case PYTHON:
        if (!s.n || (!indented && !isalpha((unsigned char)*s.p)))
            return false;
        if (!indented)
            c->trace = PYTHON_DONE;
        return true;
    case PYTHON_DONE:
        if (is_python_chain(s))
            c->trace = CHAINED;
        return !s.n || indented || is_python_chain(s);
    case CHAINED:
        if (is_traceback(s))
            c->trace = TRACEBACK;
        return !s.n || is_traceback(s);
    case GO:
        return in_go(line, s);
    case FRAMES:
        return str_starts(s, "Caused by: ") || str_starts(s, "Suppressed: ") || is_more(s) ||
               str_starts(s, "--- End of ") || (indented && s.n) ||
               str_is(s, "}"); /* of an error's own members, as Node prints them */
    case BLOCK:
        return indented && s.n;
    default:
        return false;
    }
}

/* Does the line begin a trace that belongs to the head before it? Moves the state. */
static bool begins_trace(struct continuation *c, struct str line, struct str s)
{
    bool indented = s.p != line.p && s.n;
    bool announced = c->prefixed || c->open;
    if (is_frame(line, s) || (c->open && (str_starts(s, "Caused by: ") || is_more(s)))) {
        c->trace = FRAMES;
    } else if (c->prefixed && c->bad && is_exception(s) && !is_lone_level(s)) {
        c->trace = FRAMES;
    } else if (c->prefixed && c->bad && is_traceback(s)) {
        c->trace = TRACEBACK;
    } else if (c->prefixed && c->bad && str_starts(s, "goroutine ")) {
        c->trace = GO;
    } else if (announced && indented &&
               (line.p[0] == '\t' || (line.n > 2 && line.p[0] == ' ' && line.p[1] == ' '))) {
        c->trace = BLOCK;
    } else {
        return false;
    }
    return true;
}

static void begin_head(struct continuation *c, struct str s, bool prefixed)
{
    *c = (struct continuation){.trace = s.n ? STARTED : NONE, .prefixed = prefixed};
    if (is_traceback(s))
        c->trace = TRACEBACK;
    else if (str_starts(s, "panic: ") || str_starts(s, "fatal error: ") ||
             (str_starts(s, "goroutine ") && str_ends(s, "]:")) || str_starts(s, "SIGQUIT: "))
        c->trace = GO;
    else
        c->open = str_ends(s, ":") || is_exception(s) || str_starts(s, "Exception in thread ");
}

bool continuation_add(struct continuation *c, struct str line)
{
    struct str s = skip_indent(line);
    if (s.n && s.p[s.n - 1] == '\r')
        s.n--;
    /* Nearly every line is a head behind a head: one look at its first byte is enough. */
    bool prefixed = is_prefixed(line);
    if (!prefixed && c->trace > STARTED && goes_on(c, line, s))
        return true;
    if (!prefixed && c->trace == STARTED && begins_trace(c, line, s))
        return true;
    begin_head(c, s, prefixed);
    return false;
}

bool continuation_may(struct str line, struct str before)
{
    struct str s = skip_indent(line), b = skip_indent(before);
    if (s.n && s.p[s.n - 1] == '\r')
        s.n--;
    if (is_prefixed(line))
        return false;
    if (str_starts(s, "Caused by: ") || str_starts(s, "Suppressed: ") || is_more(s) ||
        str_starts(s, "--- End of ") || is_exception(s) || is_traceback(s) || is_python_chain(s) ||
        in_go(line, s)) /* that also takes what is empty or indented */
        return true;
    return !b.n || b.p != before.p; /* behind a frame: the exception's own line */
}
