#include "base/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ZONE_FOR CLOCK_MINUTE /* /etc/localtime is looked at no more often */

static int64_t frozen;
static _Atomic int64_t zone_read; /* monotonic; 0: never */

void clock_freeze(int64_t now)
{
    frozen = now;
}

static int64_t read_clock(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * CLOCK_SECOND + ts.tv_nsec;
}

int64_t clock_now(void)
{
    return frozen ? frozen : read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
#ifdef CLOCK_BOOTTIME
    return read_clock(CLOCK_BOOTTIME);
#else
    return read_clock(CLOCK_MONOTONIC);
#endif
}

int64_t clock_worked(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

int64_t clock_base(void)
{
    return frozen ? 0 : clock_now() - clock_monotonic();
}

/* localtime_r knows the zone of the last tzset, mktime reads it at each call: a frame has many. */
static void read_zone(void)
{
    int64_t now = clock_monotonic();
    if (zone_read && now - zone_read < ZONE_FOR)
        return;
    zone_read = now;
    tzset();
}

static void local_tm(time_t seconds, struct tm *tm)
{
    read_zone();
    localtime_r(&seconds, tm);
}

/* Of a time that the clocks showed twice it is one of the two, of one that they skipped an hour off. */
static time_t local_seconds(struct tm *tm)
{
    time_t shown = timegm(tm), seconds = shown;
    for (int i = 0; i < 2; i++) {
        struct tm there;
        local_tm(seconds, &there);
        seconds = shown - there.tm_gmtoff;
    }
    return seconds;
}

/* Reads exactly n digits. */
static bool digits(struct str *s, int n, int *out)
{
    int value = 0;
    if (s->n < (size_t)n)
        return false;
    for (int i = 0; i < n; i++) {
        if (!isdigit((unsigned char)s->p[i]))
            return false;
        value = value * 10 + (s->p[i] - '0');
    }
    *out = value;
    s->p += n;
    s->n -= (size_t)n;
    return true;
}

static bool skip(struct str *s, const char *any_of)
{
    if (!s->n || !s->p[0] || !strchr(any_of, s->p[0]))
        return false;
    s->p++;
    s->n--;
    return true;
}

static int64_t fraction(struct str *s)
{
    int64_t ns = 0, unit = CLOCK_SECOND;
    while (s->n && isdigit((unsigned char)s->p[0])) {
        unit /= 10;
        ns += (s->p[0] - '0') * unit;
        s->p++;
        s->n--;
    }
    return ns;
}

static bool date_and_time(struct str *s, struct tm *tm, int64_t *ns)
{
    int year, month;
    if (!digits(s, 4, &year) || !skip(s, "-") || !digits(s, 2, &month) || !skip(s, "-") ||
        !digits(s, 2, &tm->tm_mday))
        return false;
    tm->tm_year = year - 1900;
    tm->tm_mon = month - 1;
    if (s->n == 0)
        return true;
    if (!skip(s, "Tt ") || !digits(s, 2, &tm->tm_hour) || !skip(s, ":") ||
        !digits(s, 2, &tm->tm_min))
        return false;
    if (skip(s, ":") && !digits(s, 2, &tm->tm_sec))
        return false;
    if (!skip(s, "."))
        return true;
    if (!s->n || !isdigit((unsigned char)s->p[0]))
        return false;
    *ns = fraction(s);
    return true;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month] + (month == 1 && leap);
}

static bool in_range(const struct tm *tm)
{
    return tm->tm_mon >= 0 && tm->tm_mon < 12 && tm->tm_mday >= 1 &&
           tm->tm_mday <= days_of(tm->tm_year + 1900, tm->tm_mon) && tm->tm_hour < 24 &&
           tm->tm_min < 60 && tm->tm_sec <= 60;
}

bool clock_parse(struct str text, bool local, int64_t *out)
{
    struct tm tm = {.tm_isdst = -1};
    int64_t ns = 0, offset = 0;
    if (!date_and_time(&text, &tm, &ns) || !in_range(&tm))
        return false;
    time_t seconds;
    if (text.n == 0) {
        if (!local)
            return false;
        seconds = local_seconds(&tm);
    } else {
        if (!skip(&text, "Zz")) {
            int sign = text.p[0] == '-' ? -1 : 1, hours, minutes;
            if (!skip(&text, "+-") || !digits(&text, 2, &hours))
                return false;
            skip(&text, ":");
            if (!digits(&text, 2, &minutes) || hours > 23 || minutes > 59)
                return false;
            offset = sign * (hours * CLOCK_HOUR + minutes * CLOCK_MINUTE);
        }
        seconds = timegm(&tm);
    }
    /* Outside these years nanoseconds do not fit into 64 bits. */
    if (text.n || tm.tm_year < -200 || tm.tm_year > 350)
        return false;
    *out = (int64_t)seconds * CLOCK_SECOND + ns - offset;
    return true;
}

bool clock_parse_span(struct str text, int64_t *out)
{
    static const struct {
        const char *unit;
        int64_t ns;
    } units[] = {{"ms", CLOCK_MS},  {"s", CLOCK_SECOND}, {"m", CLOCK_MINUTE},
                 {"h", CLOCK_HOUR}, {"d", CLOCK_DAY},    {"w", 7 * CLOCK_DAY}};
    int64_t total = 0;
    if (!text.n)
        return false;
    while (text.n) {
        size_t n = 0;
        while (n < text.n && n < 12 && isdigit((unsigned char)text.p[n]))
            n++;
        int64_t value;
        if (!str_to_int((struct str){text.p, n}, &value))
            return false;
        text = (struct str){text.p + n, text.n - n};
        size_t i = 0, count = sizeof units / sizeof *units;
        while (i < count && !str_starts(text, units[i].unit))
            i++;
        if (i == count || __builtin_mul_overflow(value, units[i].ns, &value) ||
            __builtin_add_overflow(total, value, &total))
            return false;
        text.p += strlen(units[i].unit);
        text.n -= strlen(units[i].unit);
    }
    *out = total;
    return true;
}

/* "13:00" or "13:00:30": the last such moment of the local day that is not after now. */
static bool parse_hour(struct str text, int64_t now, int64_t *out)
{
    int hour, minute, second = 0;
    if (!digits(&text, 2, &hour) || !skip(&text, ":") || !digits(&text, 2, &minute))
        return false;
    if (skip(&text, ":") && !digits(&text, 2, &second))
        return false;
    if (text.n || hour > 23 || minute > 59 || second > 59)
        return false;
    time_t seconds = (time_t)(now / CLOCK_SECOND);
    struct tm tm;
    local_tm(seconds, &tm);
    for (int back = 0; back < 2; back++) {
        struct tm day = tm;
        day.tm_mday -= back;
        day.tm_hour = hour;
        day.tm_min = minute;
        day.tm_sec = second;
        day.tm_isdst = -1;
        *out = (int64_t)local_seconds(&day) * CLOCK_SECOND;
        if (*out <= now)
            return true;
    }
    return true;
}

bool clock_parse_human(struct str text, int64_t now, int64_t *out, struct err *err)
{
    int64_t span;
    text = str_trim(text);
    if (str_is(text, "now")) {
        *out = now;
        return true;
    }
    if (clock_parse_span(text, &span)) {
        *out = now - span;
        return true;
    }
    if (parse_hour(text, now, out) || clock_parse(text, true, out))
        return true;
    char shown[80];
    snprintf(shown, sizeof shown, "%.*s", (int)(text.n < 60 ? text.n : 60), text.p ? text.p : "");
    return err_set(err, ERR_USAGE, shown, "write 2021-08-27T13:00:00+09:00, 13:00 or 90m",
                   "this is no time");
}

static void to_tm(int64_t t, bool utc, struct tm *tm, int64_t *ns)
{
    int64_t seconds = t / CLOCK_SECOND, rest = t % CLOCK_SECOND;
    if (rest < 0) {
        seconds--;
        rest += CLOCK_SECOND;
    }
    time_t whole = (time_t)seconds;
    if (utc)
        gmtime_r(&whole, tm);
    else
        local_tm(whole, tm);
    *ns = rest;
}

static char *rfc3339(int64_t t, int fraction_digits, char *out)
{
    struct tm tm;
    int64_t ns;
    to_tm(t, true, &tm, &ns);
    size_t n = strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
    if (fraction_digits == 9)
        n += (size_t)snprintf(out + n, CLOCK_TEXT - n, ".%09d", (int)ns);
    else if (fraction_digits == 6)
        n += (size_t)snprintf(out + n, CLOCK_TEXT - n, ".%06d", (int)(ns / 1000));
    snprintf(out + n, CLOCK_TEXT - n, "Z");
    return out;
}

char *clock_rfc3339(int64_t t, bool with_ns, char *out)
{
    return rfc3339(t, with_ns ? 9 : 0, out);
}

char *clock_micro(int64_t t, char *out)
{
    return rfc3339(t, 6, out);
}

char *clock_format(int64_t t, bool utc, const char *strftime_format, char *out, size_t size)
{
    struct tm tm;
    int64_t ns;
    to_tm(t, utc, &tm, &ns);
    if (!strftime(out, size, strftime_format, &tm) && size)
        out[0] = '\0';
    return out;
}

bool clock_same_day(int64_t a, int64_t b, bool utc)
{
    struct tm x, y;
    int64_t ns;
    to_tm(a, utc, &x, &ns);
    to_tm(b, utc, &y, &ns);
    return x.tm_year == y.tm_year && x.tm_yday == y.tm_yday;
}

/* The steps are those of k8s.io/apimachinery/pkg/util/duration HumanDuration. */
char *clock_age(int64_t span, char *out)
{
    long s = (long)(span / CLOCK_SECOND), m = s / 60, h = m / 60, d = h / 24, y = d / 365;
    if (s < -1)
        snprintf(out, CLOCK_TEXT, "<invalid>");
    else if (s < 0)
        snprintf(out, CLOCK_TEXT, "0s");
    else if (s < 60 * 2)
        snprintf(out, CLOCK_TEXT, "%lds", s);
    else if (m < 10 && s % 60)
        snprintf(out, CLOCK_TEXT, "%ldm%lds", m, s % 60);
    else if (m < 60 * 3)
        snprintf(out, CLOCK_TEXT, "%ldm", m);
    else if (h < 8 && m % 60)
        snprintf(out, CLOCK_TEXT, "%ldh%ldm", h, m % 60);
    else if (h < 48)
        snprintf(out, CLOCK_TEXT, "%ldh", h);
    else if (d < 8 && h % 24)
        snprintf(out, CLOCK_TEXT, "%ldd%ldh", d, h % 24);
    else if (d < 365 * 2)
        snprintf(out, CLOCK_TEXT, "%ldd", d);
    else if (y < 8 && d % 365)
        snprintf(out, CLOCK_TEXT, "%ldy%ldd", y, d % 365);
    else
        snprintf(out, CLOCK_TEXT, "%ldy", y);
    return out;
}

int64_t clock_align(int64_t t, int64_t width)
{
    int64_t rest = t % width;
    return t - (rest < 0 ? rest + width : rest);
}
