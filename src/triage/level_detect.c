/*
 * Programs write their level in a handful of ways; each has a cheap test, and they are tried from the
 * most explicit to the vaguest: a member of a JSON or logfmt line, a mark in a fixed place (klog,
 * syslog, Android, Redis), a word near the start that stands alone, the beginning of a crash.
 */
#include "triage/level_detect.h"

#include <ctype.h>
#include <string.h>

enum { READ = 1024, WORDS_READ = 200 };

static bool digits_at(struct str s, size_t at, size_t count)
{
    if (at + count > s.n)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!isdigit((unsigned char)s.p[at + i]))
            return false;
    return true;
}

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static struct str word_at(struct str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n && is_word_char(s.p[at + n]))
        n++;
    return (struct str){s.p + at, n};
}

/* Syslog's and journald's 0–7. */
static enum level of_priority(int priority)
{
    static const enum level levels[8] = {LEVEL_FATAL, LEVEL_FATAL, LEVEL_FATAL, LEVEL_ERROR,
                                         LEVEL_WARN,  LEVEL_INFO,  LEVEL_INFO,  LEVEL_DEBUG};
    return levels[priority & 7];
}

/* A number as a level: 0–7 are syslog's, from 10 on pino's and bunyan's tens. */
static enum level of_number(struct str digits)
{
    int64_t n;
    if (!str_to_int(digits, &n) || n < 0)
        return LEVEL_UNKNOWN;
    if (n < 8)
        return of_priority((int)n);
    return n < 10 || n > 60 ? LEVEL_UNKNOWN : (enum level)(n / 10);
}

static enum level of_value(struct str value)
{
    if (value.n && isdigit((unsigned char)value.p[0]))
        return of_number(value);
    return level_of_name(value);
}

/* ---- members: "level":"error", level=error ---- */

static bool is_level_key(struct str key)
{
    static const char *const keys[] = {"level",     "severity",  "lvl",    "loglevel", "log_level",
                                       "levelname", "log.level", "@level", "priority", "s"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (key.n == strlen(keys[i]) && str_find_fold(key, str_of(keys[i])) == 0)
            return true;
    return false;
}

static enum level of_json(struct str s)
{
    size_t i = 0;
    while (i < s.n) {
        const char *open = memchr(s.p + i, '"', s.n - i);
        if (!open)
            break;
        size_t from = (size_t)(open - s.p) + 1;
        const char *close = from < s.n ? memchr(s.p + from, '"', s.n - from) : NULL;
        if (!close)
            break;
        struct str key = {s.p + from, (size_t)(close - s.p) - from};
        i = (size_t)(close - s.p) + 1;
        while (i < s.n && s.p[i] == ' ')
            i++;
        if (i >= s.n || s.p[i] != ':' || !is_level_key(key))
            continue;
        for (i++; i < s.n && (s.p[i] == ' ' || s.p[i] == '"');)
            i++;
        enum level level = of_value(word_at(s, i));
        if (level != LEVEL_UNKNOWN)
            return level;
    }
    return LEVEL_UNKNOWN;
}

static enum level of_logfmt(struct str s)
{
    size_t i = 0;
    while (i < s.n) {
        const char *equals = memchr(s.p + i, '=', s.n - i);
        if (!equals)
            break;
        size_t at = (size_t)(equals - s.p), from = at;
        while (from > i &&
               (is_word_char(s.p[from - 1]) || s.p[from - 1] == '.' || s.p[from - 1] == '@'))
            from--;
        i = at + 1;
        struct str key = {s.p + from, at - from};
        if (key.n < 2 || !is_level_key(key))
            continue;
        if (i < s.n && s.p[i] == '"')
            i++;
        enum level level = of_value(word_at(s, i));
        if (level != LEVEL_UNKNOWN)
            return level;
    }
    return LEVEL_UNKNOWN;
}

/* ---- marks in fixed places ---- */

/* E0827 13:00:00.123456 */
static enum level of_klog(struct str s)
{
    if (s.n < 12 || !strchr("IWEF", s.p[0]) || !digits_at(s, 1, 4) || s.p[5] != ' ' ||
        !digits_at(s, 6, 2) || s.p[8] != ':')
        return LEVEL_UNKNOWN;
    return level_of_name((struct str){s.p, 1});
}

/* <13>Aug 27 … */
static enum level of_syslog(struct str s)
{
    size_t n = 1;
    while (digits_at(s, n, 1))
        n++;
    if (s.n < 4 || s.p[0] != '<' || n == 1 || n > 4 || n >= s.n || s.p[n] != '>')
        return LEVEL_UNKNOWN;
    return of_priority(s.p[n - 1] - '0' + (n > 2 ? 2 * (s.p[n - 2] - '0') : 0) +
                       (n > 3 ? 4 * (s.p[1] - '0') : 0));
}

/* Android: "E/Tag(123): …" at the start, or "… 1234 5678 E Tag: …" behind two numbers. */
static enum level of_android(struct str s)
{
    if (s.n > 3 && strchr("VDIWEFA", s.p[0]) && s.p[1] == '/' && isalpha((unsigned char)s.p[2]))
        return s.p[0] == 'V' ? LEVEL_TRACE : level_of_name((struct str){s.p, 1});
    size_t stop = s.n < 48 ? s.n : 48;
    for (size_t i = 4; i + 2 < stop; i++)
        if (s.p[i - 1] == ' ' && s.p[i + 1] == ' ' && strchr("VDIWEF", s.p[i]) && s.p[i] &&
            isdigit((unsigned char)s.p[i - 2]) && isalpha((unsigned char)s.p[i + 2]) &&
            digits_at(s, 0, 2))
            return s.p[i] == 'V' ? LEVEL_TRACE : level_of_name((struct str){s.p + i, 1});
    return LEVEL_UNKNOWN;
}

/* Redis: "1:M 27 Aug 2021 13:00:00.123 # text"; the mark stands behind the milliseconds. */
static enum level of_redis(struct str s)
{
    size_t n = 0;
    while (digits_at(s, n, 1))
        n++;
    if (!n || n + 3 >= s.n || s.p[n] != ':' || !strchr("MSCX", s.p[n + 1]) || s.p[n + 2] != ' ')
        return LEVEL_UNKNOWN;
    for (size_t i = n + 3; i + 5 < s.n && i < n + 36; i++)
        if (s.p[i] == '.' && digits_at(s, i + 1, 3) && s.p[i + 4] == ' ')
            switch (s.p[i + 5]) {
            case '#':
                return LEVEL_WARN;
            case '*':
            case '-':
                return LEVEL_INFO;
            case '.':
                return LEVEL_DEBUG;
            default:
                return LEVEL_UNKNOWN;
            }
    return LEVEL_UNKNOWN;
}

/* ---- words ---- */

/* Words that say nothing as a level when they are not in capitals or marked by punctuation. */
static bool stands_as_level(struct str s, size_t at, size_t n)
{
    char before = at ? s.p[at - 1] : 0, behind = at + n < s.n ? s.p[at + n] : 0;
    bool capitals = true;
    for (size_t i = 0; i < n; i++)
        capitals &= !islower((unsigned char)s.p[at + i]);
    if (capitals)
        return n >= 3 && before != '/' && before != '.' && before != '$' && behind != '(';
    if (before == '[' && (behind == ']' || behind == ':'))
        return true;
    if (behind == ']' && (before == ':' || before == ' '))
        return true; /* [core:error] */
    if (before == '|' || behind == '|')
        return before == behind || before == ' ' || behind == ' ' || !before;
    return behind == ':' && (at == 0 || before == ' ') && at < 80;
}

static enum level of_words(struct str s)
{
    size_t stop = s.n < WORDS_READ ? s.n : WORDS_READ;
    for (size_t i = 0; i < stop;) {
        if (!isalpha((unsigned char)s.p[i])) {
            i++;
            continue;
        }
        size_t n = 0;
        while (i + n < s.n && (isalnum((unsigned char)s.p[i + n]) || s.p[i + n] == '_'))
            n++;
        bool glued = (i && s.p[i - 1] == '-') || (i + n < s.n && s.p[i + n] == '-');
        if (n >= 3 && n <= 13 && !glued && stands_as_level(s, i, n)) {
            enum level level = level_of_name((struct str){s.p + i, n});
            if (level == LEVEL_UNKNOWN && n == 4 && memcmp(s.p + i, "fail", 4) == 0)
                level = LEVEL_ERROR; /* .NET */
            if (level == LEVEL_UNKNOWN && n == 3 && memcmp(s.p + i, "LOG", 3) == 0)
                level = LEVEL_INFO; /* PostgreSQL */
            if (level == LEVEL_UNKNOWN && n == 4 && strncasecmp(s.p + i, "note", 4) == 0)
                level = LEVEL_INFO; /* MySQL */
            if (level != LEVEL_UNKNOWN)
                return level;
        }
        i += n;
    }
    return LEVEL_UNKNOWN;
}

/* How crashes begin, in programs that no longer log. */
static enum level of_crash(struct str s)
{
    static const struct {
        const char *start;
        enum level level;
    } crashes[] = {{"panic: ", LEVEL_FATAL},
                   {"fatal error: ", LEVEL_FATAL},
                   {"Traceback (most recent call last)", LEVEL_ERROR},
                   {"Exception in thread ", LEVEL_ERROR},
                   {"Unhandled exception", LEVEL_FATAL},
                   {"Uncaught ", LEVEL_ERROR},
                   {"Segmentation fault", LEVEL_FATAL},
                   {"Out of memory: ", LEVEL_ERROR},
                   {"Kernel panic", LEVEL_FATAL},
                   {"BUG: ", LEVEL_ERROR},
                   {"Oops: ", LEVEL_ERROR},
                   {"E: ", LEVEL_ERROR},
                   {"W: ", LEVEL_WARN}};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        if (str_starts(s, crashes[i].start))
            return crashes[i].level;
    if (str_starts(s, "thread '") && memmem(s.p, s.n, "' panicked at ", 14))
        return LEVEL_FATAL; /* Rust */
    size_t n = 0;
    while (n < s.n && (isalnum((unsigned char)s.p[n]) || s.p[n] == '.' || s.p[n] == '$'))
        n++;
    struct str name = {s.p, n};
    bool exception = n > 5 && (n == s.n || s.p[n] == ':') &&
                     (str_ends(name, "Exception") || str_ends(name, "Error"));
    return exception ? LEVEL_ERROR : LEVEL_UNKNOWN;
}

static struct str skip_blanks_and_colours(struct str s)
{
    size_t i = 0;
    while (i < s.n && (isspace((unsigned char)s.p[i]) || s.p[i] == 27)) {
        if (s.p[i] == 27)
            while (i + 1 < s.n && s.p[i] != 'm')
                i++;
        i++;
    }
    return (struct str){s.p + i, s.n - i};
}

enum level level_detect(struct str line)
{
    static enum level (*const by_mark[])(struct str) = {of_klog, of_syslog, of_redis, of_android};
    struct str s = skip_blanks_and_colours(line);
    enum level level = LEVEL_UNKNOWN;
    if (s.n > READ)
        s.n = READ;
    if (!s.n)
        return level;
    if (memchr(s.p, '{', s.n < WORDS_READ ? s.n : WORDS_READ))
        level = of_json(s);
    if (level == LEVEL_UNKNOWN)
        level = of_logfmt(s);
    for (size_t i = 0; level == LEVEL_UNKNOWN && i < sizeof by_mark / sizeof *by_mark; i++)
        level = by_mark[i](s);
    if (level == LEVEL_UNKNOWN)
        level = of_words(s);
    return level == LEVEL_UNKNOWN ? of_crash(s) : level;
}

enum level level_detect_line(const struct labels *labels, struct str line)
{
    static const char *const names[] = {"level", "severity", "lvl"};
    enum level level = LEVEL_UNKNOWN;
    for (size_t i = 0; level == LEVEL_UNKNOWN && i < sizeof names / sizeof *names; i++)
        level = level_of_name(str_of(labels_value(labels, names[i])));
    if (level == LEVEL_UNKNOWN)
        level = level_detect(line);
    if (level == LEVEL_UNKNOWN)
        level = level_of_name(str_of(labels_value(labels, "detected_level")));
    return level;
}
