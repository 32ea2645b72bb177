#include "source/loki_query.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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
