#include "store/window_key.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

bool window_key_rule_ok(const char *rule)
{
    size_t n = rule ? strlen(rule) : 0;
    for (size_t i = 0; i < n; i++)
        if (!(rule[i] >= 'a' && rule[i] <= 'z') && !(rule[i] >= '0' && rule[i] <= '9') &&
            rule[i] != '-')
            return false;
    return n && n < WINDOW_KEY_RULE;
}

static char *day_text(int64_t t, char *out)
{
    return clock_format(t, true, "%Y/%m/%d", out, CLOCK_TEXT);
}

char *window_key_day(char *out, const char *cluster, const char *what, const char *rule,
                     int64_t day)
{
    char text[CLOCK_TEXT];
    snprintf(out, WINDOW_KEY_SIZE, "%s/%s/%s%s%s/", cluster, what, rule ? rule : "",
             rule ? "/" : "", day_text(day, text));
    return out;
}

static char *timed(char *out, const char *cluster, const char *what, const char *rule, int64_t t,
                   const char *end)
{
    char text[CLOCK_TEXT];
    size_t n = strlen(window_key_day(out, cluster, what, rule, t));
    snprintf(out + n, WINDOW_KEY_SIZE - n, "%s%s", clock_format(t, true, "%H%M", text, sizeof text),
             end);
    return out;
}

char *window_key_lines(char *out, const char *cluster, const char *rule, int64_t from)
{
    return timed(out, cluster, "lines", rule, from, ".log.gz");
}

char *window_key_window(char *out, const char *cluster, const char *rule, int64_t from)
{
    return timed(out, cluster, "windows", rule, from, ".json");
}

char *window_key_snapshot(char *out, const char *cluster, int64_t at)
{
    return timed(out, cluster, "snapshots", NULL, at, ".json.gz");
}

char *window_key_index(char *out, const char *cluster, const char *rule, int64_t day)
{
    size_t n = strlen(window_key_day(out, cluster, "windows", rule, day));
    snprintf(out + n, WINDOW_KEY_SIZE - n, "index.json");
    return out;
}

char *window_key_groups(char *out, const char *cluster)
{
    snprintf(out, WINDOW_KEY_SIZE, "%s/groups.json", cluster);
    return out;
}

/* ---- reading ---- */

static bool number(struct str text, size_t digits, int *out)
{
    *out = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        *out = *out * 10 + (text.p[i] - '0');
    }
    return text.n == digits;
}

/* "2021/08/27/" off the front. */
static bool take_day(struct str *rest, int64_t *day)
{
    struct str part[3];
    int value[3];
    char text[CLOCK_TEXT];
    for (int i = 0; i < 3; i++)
        if (!str_cut(rest, '/', &part[i]) || !number(part[i], i ? 2 : 4, &value[i]))
            return false;
    snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", value[0], value[1], value[2]);
    return clock_parse(str_of(text), false, day);
}

/* "1300.json" behind a day. */
static bool take_minute(struct str name, const char *end, int64_t day, int64_t *time)
{
    int hour, minute;
    if (name.n != 4 + strlen(end) || !str_ends(name, end) ||
        !number((struct str){name.p, 2}, 2, &hour) ||
        !number((struct str){name.p + 2, 2}, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *time = day + hour * CLOCK_HOUR + minute * CLOCK_MINUTE;
    return true;
}

static bool take_rule(struct str *rest, char *rule)
{
    struct str name;
    if (!str_cut(rest, '/', &name) || name.n >= WINDOW_KEY_RULE)
        return false;
    memcpy(rule, name.p, name.n);
    rule[name.n] = '\0';
    return window_key_rule_ok(rule);
}

static enum window_key_kind read_timed(struct str rest, struct str what, char *rule, int64_t *time)
{
    int64_t day;
    bool windows = str_is(what, "windows"), lines = str_is(what, "lines");
    if (!windows && !lines && !str_is(what, "snapshots"))
        return WINDOW_KEY_OTHER;
    if ((windows || lines) && !take_rule(&rest, rule))
        return WINDOW_KEY_OTHER;
    if (!take_day(&rest, &day))
        return WINDOW_KEY_OTHER;
    if (windows && str_is(rest, "index.json")) {
        *time = day;
        return WINDOW_KEY_INDEX;
    }
    const char *end = windows ? ".json" : lines ? ".log.gz" : ".json.gz";
    if (!take_minute(rest, end, day, time))
        return WINDOW_KEY_OTHER;
    return windows ? WINDOW_KEY_WINDOW : lines ? WINDOW_KEY_LINES : WINDOW_KEY_SNAPSHOT;
}

enum window_key_kind window_key_read(struct str key, const char *cluster, char *rule, int64_t *time)
{
    struct str what;
    size_t n = strlen(cluster);
    rule[0] = '\0';
    *time = 0;
    if (!str_starts(key, cluster) || key.n <= n || key.p[n] != '/')
        return WINDOW_KEY_OTHER;
    key = (struct str){key.p + n + 1, key.n - n - 1};
    if (str_is(key, "groups.json"))
        return WINDOW_KEY_GROUPS;
    if (!str_cut(&key, '/', &what))
        return WINDOW_KEY_OTHER;
    enum window_key_kind kind = read_timed(key, what, rule, time);
    if (kind == WINDOW_KEY_OTHER)
        rule[0] = '\0';
    return kind;
}
