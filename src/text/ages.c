#include "text/ages.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

enum { STAMP = 19, ZONE_MOST = 6 }; /* "2021-08-27 13:00:05", "+0530" */

/* The bytes of a time with its zone at the beginning of text; 0: there is none. */
static size_t stamp(const char *text, int64_t *time)
{
    size_t n = strnlen(text, STAMP + 1 + ZONE_MOST), zone = STAMP + 1;
    if (n <= zone || !isdigit((unsigned char)text[0]) || text[10] != ' ' || text[STAMP] != ' ' ||
        !clock_parse((struct str){text, STAMP}, true, time))
        return 0;
    while (zone < n && (isupper((unsigned char)text[zone]) || strchr("+-0123456789", text[zone])))
        zone++;
    return zone > STAMP + 1 ? zone : 0;
}

/* Minutes from one minute on, so that a row does not change each second. */
static void age_of(int64_t span, char *out)
{
    clock_age(span < CLOCK_MINUTE ? span : span / CLOCK_MINUTE * CLOCK_MINUTE, out);
}

static bool ends(const char *out, size_t n, const char *word)
{
    size_t length = strlen(word);
    return n >= length && memcmp(out + n - length, word, length) == 0;
}

static size_t add(char *out, size_t n, size_t size, const char *text, size_t length)
{
    length = length < size - 1 - n ? length : size - 1 - n;
    memcpy(out + n, text, length);
    return n + length;
}

char *ages_text(const char *text, int64_t now, char *out, size_t size)
{
    char age[CLOCK_TEXT];
    size_t n = 0;
    while (*text && n + 1 < size) {
        int64_t time;
        size_t used = stamp(text, &time);
        if (!used || time > now) {
            n = add(out, n, size, text++, 1);
            continue;
        }
        bool since = ends(out, n, "since ");
        n -= since ? strlen("since ") : ends(out, n, " at ") ? strlen("at ") : 0;
        n = add(out, n, size, "for ", since ? strlen("for ") : 0);
        age_of(now - time, age);
        n = add(out, n, size, age, strlen(age));
        n = add(out, n, size, " ago", since ? 0 : strlen(" ago"));
        text += used;
    }
    out[n] = '\0';
    return out;
}
