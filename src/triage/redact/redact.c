/*
 * All kinds and all own patterns look at the line as it came; what they find is united where it
 * overlaps, and only then replaced. So the result does not depend on the order of the rules, and no
 * part of a secret survives between two of them.
 */
#include "triage/redact/redact.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/regex.h"
#include "base/utf8.h"
#include "triage/redact/redact_scan.h"

enum { PATTERNS_MAX = 100, SPANS_MAX = 10000 };

const char *const redact_kinds[] = {[REDACT_AWS_KEYS] = "aws-keys",
                                    [REDACT_BEARER_TOKENS] = "bearer-tokens",
                                    [REDACT_JWTS] = "jwts",
                                    [REDACT_PASSWORDS] = "passwords",
                                    [REDACT_PRIVATE_KEYS] = "private-keys",
                                    [REDACT_EMAILS] = "emails",
                                    [REDACT_CARD_NUMBERS] = "card-numbers",
                                    [REDACT_KINDS] = NULL};

struct redactor {
    unsigned kinds; /* bits */
    char *names[PATTERNS_MAX];
    struct regex *patterns[PATTERNS_MAX];
    size_t pattern_count;
    int in_key; /* lines that an open private key may still have */
    struct redact_spans spans;
};

void redact_free(struct redactor *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->pattern_count; i++) {
        free(r->names[i]);
        regex_free(r->patterns[i]);
    }
    free(r->spans.list);
    free(r);
}

static bool add_kind(struct redactor *r, const char *name, struct err *err)
{
    for (int k = 0; k < REDACT_KINDS; k++) {
        if (strcmp(redact_kinds[k], name) == 0) {
            r->kinds |= 1u << k;
            return true;
        }
    }
    return err_set(err, ERR_CONFIG, "redact",
                   "known are aws-keys, bearer-tokens, jwts, passwords, private-keys, emails and "
                   "card-numbers",
                   "there is no kind %s", name);
}

static bool add_pattern(struct redactor *r, const char *name, const char *pattern, struct err *err)
{
    struct err why;
    if (r->pattern_count == PATTERNS_MAX)
        return err_set(err, ERR_CONFIG, "redact_patterns", NULL, "more than %d patterns",
                       PATTERNS_MAX);
    struct regex *regex = regex_new(pattern, REGEX_DEFAULT, &why);
    if (!regex)
        return err_set(err, ERR_CONFIG, "redact_patterns", why.mend, "%s: %s", name, why.what);
    r->names[r->pattern_count] = mem_dup(name);
    r->patterns[r->pattern_count++] = regex;
    return true;
}

struct redactor *redact_new(const char *const *kinds, const char *const *names,
                            const char *const *patterns, struct err *err)
{
    struct redactor *r = mem_alloc(sizeof *r);
    bool good = true;
    for (size_t i = 0; good && kinds && kinds[i]; i++)
        good = add_kind(r, kinds[i], err);
    for (size_t i = 0; good && names && names[i]; i++)
        good = add_pattern(r, names[i], patterns[i], err);
    if (good)
        return r;
    redact_free(r);
    return NULL;
}

void redact_reset(struct redactor *r)
{
    r->in_key = 0;
}

int redact_state(const struct redactor *r)
{
    return r->in_key;
}

void redact_resume(struct redactor *r, int state)
{
    bool keys = r->kinds >> REDACT_PRIVATE_KEYS & 1;
    r->in_key = state == REDACT_UNKNOWN ? (keys ? REDACT_KEY_LINES : 0) : state;
}

/* A pattern that gives up may have missed a secret: then the rest of the line goes. */
static void find_pattern(struct redactor *r, size_t number, struct str line)
{
    struct regex *regex = r->patterns[number];
    size_t at = 0, from, to, gave_up = regex_gave_up(regex);
    int kind = REDACT_KINDS + (int)number;
    while (at < line.n && r->spans.count < SPANS_MAX && regex_find(regex, line, at, &from, &to)) {
        if (to > from) {
            redact_scan_add(&r->spans, from, to, kind);
            at = to;
        } else {
            uint32_t code;
            at = from < line.n ? from + utf8_decode(line.p + from, line.n - from, &code) : line.n;
        }
    }
    if (at < line.n && (regex_gave_up(regex) != gave_up || r->spans.count >= SPANS_MAX))
        redact_scan_add(&r->spans, at, line.n, kind);
}

/* By place; of those that begin at one place the longest first, then the kind that is listed
 * first. */
static int by_place(const void *x, const void *y)
{
    const struct redact_span *a = x, *b = y;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->to != b->to)
        return a->to > b->to ? -1 : 1;
    return a->kind < b->kind ? -1 : a->kind > b->kind;
}

static const char *name_of(const struct redactor *r, int kind)
{
    return kind < REDACT_KINDS ? redact_kinds[kind] : r->names[kind - REDACT_KINDS];
}

static bool add_replaced(const struct redactor *r, struct redact_span span, struct buf *out,
                         struct tallies *counts)
{
    const char *name = name_of(r, span.kind);
    if (counts)
        tallies_add(counts, str_of(name), 1);
    return buf_adds(out, "<redacted:") && buf_adds(out, name) && buf_addc(out, '>');
}

bool redact_line(struct redactor *r, struct str in, struct buf *out, struct tallies *counts)
{
    buf_clear(out);
    r->spans.count = 0;
    if (r->kinds)
        redact_scan(in, r->kinds, &r->in_key, &r->spans);
    for (size_t i = 0; i < r->pattern_count; i++)
        find_pattern(r, i, in);
    if (!r->spans.count)
        return false;
    qsort(r->spans.list, r->spans.count, sizeof *r->spans.list, by_place);
    size_t at = 0;
    bool fits = true;
    for (size_t i = 0; i < r->spans.count;) {
        struct redact_span span = r->spans.list[i];
        for (i++; i < r->spans.count && r->spans.list[i].from < span.to; i++)
            if (r->spans.list[i].to > span.to)
                span.to = r->spans.list[i].to;
        fits &= buf_add(out, in.p + at, span.from - at);
        fits &= add_replaced(r, span, out, counts);
        at = span.to;
    }
    fits &= buf_add(out, in.p + at, in.n - at);
    if (!fits) {
        buf_clear(out);
        buf_adds(out, "<redacted:too-long>");
    }
    return true;
}
