#include "sandbox/s3/s3_date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static bool read_basic(const char *text, int64_t *out)
{
    char whole[S3_DATE_TEXT];
    if (strlen(text) != 16 || text[8] != 'T' || text[15] != 'Z')
        return false;
    snprintf(whole, sizeof whole, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", text, text + 4, text + 6,
             text + 9, text + 11, text + 13);
    return clock_parse(str_of(whole), false, out);
}

static bool read_http(const char *text, int64_t *out)
{
    int day, year, hour, minute, second, used = 0;
    char month[4], zone[8], whole[80];
    const char *at = strchr(text, ',');
    if (!at || sscanf(at + 1, " %2d %3s %4d %2d:%2d:%2d %5s%n", &day, month, &year, &hour, &minute,
                      &second, zone, &used) != 7)
        return false;
    const char *found = strlen(month) == 3 ? strstr(months, month) : NULL;
    if (!found || (found - months) % 3 || at[1 + used])
        return false;
    bool utc = strcmp(zone, "GMT") == 0 || strcmp(zone, "UTC") == 0;
    if (!utc && (strlen(zone) != 5 || !strchr("+-", zone[0])))
        return false;
    snprintf(whole, sizeof whole, "%04d-%02d-%02dT%02d:%02d:%02d%.3s%s%s", year,
             (int)(found - months) / 3 + 1, day, hour, minute, second, utc ? "Z" : zone,
             utc ? "" : ":", utc ? "" : zone + 3);
    return clock_parse(str_of(whole), false, out);
}

bool s3_date_read(const char *text, int64_t *out)
{
    return text && (read_basic(text, out) || read_http(text, out));
}

static struct tm parts(int64_t t)
{
    struct tm tm;
    time_t seconds = (time_t)(t / CLOCK_SECOND);
    gmtime_r(&seconds, &tm);
    return tm;
}

char *s3_date_http(int64_t t, char out[S3_DATE_TEXT])
{
    struct tm tm = parts(t);
    snprintf(out, S3_DATE_TEXT, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
             &"SunMonTueWedThuFriSat"[3 * tm.tm_wday], tm.tm_mday, months + 3 * tm.tm_mon,
             tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    return out;
}

char *s3_date_basic(int64_t t, char out[S3_DATE_TEXT])
{
    return clock_format(t, true, "%Y%m%dT%H%M%SZ", out, S3_DATE_TEXT);
}

char *s3_date_listed(int64_t t, char out[S3_DATE_TEXT])
{
    return clock_format(t, true, "%Y-%m-%dT%H:%M:%S.000Z", out, S3_DATE_TEXT);
}
