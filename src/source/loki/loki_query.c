#include "source/loki/loki_query.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* Base 64, as bytes that are no UTF-8 may not be in a label; not of all, as Loki loses samples in
 * silence once their labels pass 4 MiB. */
#define DISTINCT                                                                                   \
    "| label_format __moment__=`{{unixEpochNanos __timestamp__}}`, "                               \
    "__text__=`{{trunc 300 __line__ | b64enc}} {{len __line__}}`, __one__=`1` "                    \
    "| drop detected_level, __stream_shard__, __error__, __error_details__ | unwrap __one__ "

/* Behind the string or comment that begins at p; p + 1 when none does. */
static char *skip(char *p)
{
    char first = *p++;
    if (first == '#')
        return p + strcspn(p, "\n");
    if (first != '"' && first != '`')
        return p;
    while (*p && *p != first)
        p += *p == '\\' && first == '"' && p[1] ? 2 : 1;
    return p + (*p != '\0');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The first and the last characters that mean something; false when there are none. */
static bool find_ends(char *text, char **first, char **last)
{
    *first = *last = NULL;
    for (char *p = text, *next; *p; p = next) {
        next = skip(p);
        if (is_blank(*p) || *p == '#')
            continue;
        *first = *first ? *first : p;
        *last = p;
    }
    return *first != NULL;
}

char *loki_query_with(const char *query, const char *stages)
{
    char *bare = mem_dup(query), *first, *last;
    while (find_ends(bare, &first, &last) && *first == '(' && *last == ')')
        *first = *last = ' ';
    char *whole = mem_printf("%s\n%s", bare, stages);
    free(bare);
    return whole;
}

/* A series for each line that differs, and how many they are. A sum over series would be cut into
 * shards, and refused when one has more than 500; a deviation can't be. */
char *loki_query_distinct(const char *query, int64_t span)
{
    char *whole = loki_query_with(query, DISTINCT);
    char *counted =
        mem_printf("count(stdvar_over_time(%s[%lldms]))", whole, (long long)(span / CLOCK_MS));
    free(whole);
    return counted;
}
