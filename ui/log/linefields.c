#include "ui/log/linefields.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

enum { LINE_MOST = 4096, NAME_MOST = 60 };

static bool is_name(const char *p, size_t n)
{
    if (!n || n > NAME_MOST || isdigit((unsigned char)p[0]))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)p[i]) && p[i] != '_')
            return false;
    return true;
}

static void add(struct linefields *f, const char *p, size_t n)
{
    if (!is_name(p, n) || f->count == LINEFIELDS_MOST)
        return;
    for (size_t i = 0; i < f->count; i++)
        if (strlen(f->names[i]) == n && memcmp(f->names[i], p, n) == 0)
            return;
    f->names[f->count++] = mem_dup_n(p, n);
}

static bool add_json(struct linefields *f, struct json_doc *doc, struct str text)
{
    const struct json *object = text.p[0] == '{' ? json_parse(doc, text.p, text.n, NULL) : NULL;
    if (!object)
        return false;
    for (const struct json *j = json_first(object); j; j = json_next(j))
        if (json_name(j))
            add(f, json_name(j), strlen(json_name(j)));
    return true;
}

/* Words before "=" that begin the line or stand behind a blank, quotes passed over. */
static void add_pairs(struct linefields *f, struct str text)
{
    size_t word = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '"' && (!i || text.p[i - 1] != '\\'))
            quoted = !quoted;
        else if (quoted)
            continue;
        else if (c == ' ')
            word = i + 1;
        else if (c == '=' && i + 1 < text.n && text.p[i + 1] != '=')
            add(f, text.p + word, i - word);
    }
}

void linefields_collect(struct linefields *f, const struct lines *lines)
{
    struct json_doc *doc = json_doc_new();
    size_t count = lines_count(lines);
    f->count = 0;
    for (size_t i = 0; i < LINEFIELDS_LINES && i < count; i++) {
        struct line line = lines_at(lines, count - 1 - i);
        if (line.kind == LINE_LOG && line.text.n && line.text.n <= LINE_MOST &&
            !add_json(f, doc, line.text))
            add_pairs(f, line.text);
    }
    json_doc_free(doc);
}

void linefields_free(struct linefields *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->names[i]);
    f->count = 0;
}
