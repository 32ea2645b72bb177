#include "kube/json_cut.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && is_blank(*p))
        p++;
    return p;
}

/* Behind the string that begins at p (its quote). */
static const char *skip_string(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        p += *p == '\\';
    return p < end ? p + 1 : end;
}

/* Behind the value that begins at p. */
static const char *skip_value(const char *p, const char *end)
{
    int depth = 0;
    do {
        if (p < end && *p == '"') {
            p = skip_string(p, end);
        } else if (p < end) {
            depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
            p++;
        }
        bool plain = p < end && !strchr(",:]}", *p) && !is_blank(*p) && p[-1] != '"';
        if (depth <= 0 && (!plain || p[-1] == '}' || p[-1] == ']'))
            break;
    } while (p < end);
    return p;
}

/* Behind the comma that follows p, or p. */
static const char *skip_comma(const char *p, const char *end)
{
    p = skip_blanks(p, end);
    return p < end && *p == ',' ? p + 1 : p;
}

bool json_cut_find(struct str json, const char *name, struct json_cut *out)
{
    const char *end = json.p + json.n, *p = skip_blanks(json.p, end), *comma = NULL;
    if (p == end || *p++ != '{')
        return false;
    for (;;) {
        const char *key = skip_blanks(p, end);
        if (key == end || *key != '"')
            return false;
        const char *behind = skip_string(key, end);
        const char *value = skip_blanks(behind, end);
        if (value == end || *value != ':')
            return false;
        value = skip_blanks(value + 1, end);
        const char *next = skip_value(value, end);
        if (str_is((struct str){key + 1, (size_t)(behind - key - 2)}, name)) {
            const char *after = skip_comma(next, end);
            /* The last member takes the comma before it along. */
            const char *from = after == skip_blanks(next, end) && comma ? comma : key;
            const char *to = from == key ? after : next;
            out->value = (struct str){value, (size_t)(next - value)};
            out->member = (struct str){from, (size_t)(to - from)};
            return true;
        }
        comma = skip_blanks(next, end);
        if (comma == end || *comma != ',')
            return false;
        p = comma + 1;
    }
}
