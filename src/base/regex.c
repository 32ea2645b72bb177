/*
 * PCRE2's match limit counts anew at every place where a match may start, so on a long text a slow
 * pattern could still take minutes. Therefore the places are tried in slices
 * (PCRE2_USE_OFFSET_LIMIT): a call's limit is the whole budget divided by its places, a slice that
 * passes it is cut smaller, one that does not is followed by a larger one, and between calls the
 * work is measured: what a pattern finds does not depend on who else uses the machine. An ordinary line is one call.
 *
 * The JIT is asked to work when a pattern is used again, or on a long text: of most patterns of a
 * configuration nothing is ever wanted but whether they fit one short word, and the compiler's own
 * pages are half a megabyte.
 */
#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

enum {
    MATCH_LIMIT = 500 * 1000, /* a call's backtracking, some milliseconds */
    HEAP_LIMIT_KIB = 16 * 1024,
    PATTERN_MAX = 64 * 1024,
    JIT_STACK_FIRST = 32 * 1024,
    JIT_STACK_MAX = 512 * 1024,
    JIT_WORTH = 256, /* bytes of a first text */
    FIRST_SLICE = 1024,
    FIRST_WORK = 4 * 1024 * 1024, /* places × length: what is not counted as backtracking */
    SLICE_MAX = 64 * 1024,
    CUT = 16
};
static const int64_t time_limit = 10 * CLOCK_MS;

struct regex {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    size_t gave_up;
    bool used, compiled; /* compiled: the JIT was asked */
};

/* A capital that stands for itself: what follows a backslash is a class or an escape. */
static bool has_capital(struct str pattern)
{
    for (size_t i = 0; i < pattern.n;) {
        if (pattern.p[i] == '\\') {
            i += 2;
            continue;
        }
        uint32_t code;
        i += utf8_decode(pattern.p + i, pattern.n - i, &code);
        if (utf8_is_upper(code))
            return true;
    }
    return false;
}

static uint32_t options_of(const char *pattern, int flags)
{
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_USE_OFFSET_LIMIT;
    if (flags & REGEX_LITERAL)
        options |= PCRE2_LITERAL;
    else
        options |= PCRE2_NEVER_BACKSLASH_C;
    if (flags & REGEX_FOLD || (flags & REGEX_SMART && !has_capital(str_of(pattern))))
        options |= PCRE2_CASELESS;
    return options;
}

struct regex *regex_new(const char *pattern, int flags, struct err *err)
{
    int error;
    PCRE2_SIZE offset;
    if (strlen(pattern) > PATTERN_MAX) {
        err_set(err, ERR_USAGE, NULL, NULL, "a pattern may not be longer than %d bytes",
                PATTERN_MAX);
        return NULL;
    }
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                     options_of(pattern, flags), &error, &offset, NULL);
    if (!code) {
        unsigned char message[160];
        pcre2_get_error_message(error, message, sizeof message);
        err_set(err, ERR_USAGE, pattern, NULL, "bad pattern: %s, at byte %zu",
                (const char *)message, (size_t)offset);
        return NULL;
    }
    struct regex *r = mem_alloc(sizeof *r);
    r->code = code;
    r->match = pcre2_match_data_create_from_pattern(code, NULL);
    r->context = pcre2_match_context_create(NULL);
    pcre2_set_heap_limit(r->context, HEAP_LIMIT_KIB);
    return r;
}

/* Where the JIT is not to be had, the interpreter does the work. */
static void compile(struct regex *r)
{
    r->compiled = true;
    if (pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE) == 0) {
        r->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MAX, NULL);
        pcre2_jit_stack_assign(r->context, NULL, r->stack);
    }
}

void regex_free(struct regex *r)
{
    if (!r)
        return;
    pcre2_jit_stack_free(r->stack);
    pcre2_match_context_free(r->context);
    pcre2_match_data_free(r->match);
    pcre2_code_free(r->code);
    free(r);
}

/* Tries the places from `from` on, `places` of them; PCRE2's result. */
static int find_slice(struct regex *r, struct str text, size_t from, size_t places)
{
    bool last = text.n - from < places;
    pcre2_set_offset_limit(r->context, last ? PCRE2_UNSET : from + places - 1);
    pcre2_set_match_limit(r->context, MATCH_LIMIT / (uint32_t)(last ? text.n - from + 1 : places));
    return pcre2_match(r->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, from, 0, r->match,
                       r->context);
}

static int find(struct regex *r, struct str text, size_t from)
{
    size_t places = FIRST_WORK / (text.n - from + 1);
    if (places > FIRST_SLICE)
        places = FIRST_SLICE;
    else if (places < CUT)
        places = CUT;
    int64_t began = 0;
    for (;;) {
        int result = find_slice(r, text, from, places);
        if (result == PCRE2_ERROR_MATCHLIMIT && places > 1) {
            if (places > text.n - from + 1)
                places = text.n - from + 1;
            places = places / CUT ? places / CUT : 1;
        } else if (result == PCRE2_ERROR_NOMATCH && text.n - from >= places) {
            from += places;
            while (from < text.n && (text.p[from] & 0xc0) == 0x80)
                from++;
            if (places < SLICE_MAX)
                places *= 2;
        } else {
            return result;
        }
        int64_t now = clock_worked();
        if (!began)
            began = now;
        else if (now - began > time_limit)
            return PCRE2_ERROR_MATCHLIMIT;
    }
}

bool regex_find(struct regex *r, struct str text, size_t from, size_t *start, size_t *end)
{
    if (from > text.n)
        return false;
    if (!r->compiled && (r->used || text.n - from >= JIT_WORTH))
        compile(r);
    r->used = true;
    int result = find(r, text, from);
    if (result < 0) {
        r->gave_up += result != PCRE2_ERROR_NOMATCH;
        return false;
    }
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(r->match);
    *start = at[0];
    *end = at[1];
    return true;
}

bool regex_matches(struct regex *r, struct str text)
{
    size_t start, end;
    return regex_find(r, text, 0, &start, &end);
}

size_t regex_gave_up(const struct regex *r)
{
    return r->gave_up;
}

bool regex_folds(const struct regex *r)
{
    uint32_t options = 0;
    pcre2_pattern_info(r->code, PCRE2_INFO_ARGOPTIONS, &options);
    return options & PCRE2_CASELESS;
}
