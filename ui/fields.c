#include "ui/fields.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"

enum { LINE_MOST = 1 << 14 };

static const char wildcard[] = "<*>";
static const char *const messages[] = {"msg", "message", "log", "event", "error", "err", NULL};
static const char *const columns[] = {"time",  "ts",       "timestamp", "@timestamp", "t",
                                      "level", "severity", "lvl",       NULL};

struct fields {
    struct json_doc *doc;
    struct buf text;
};

struct fields *fields_new(void)
{
    struct fields *f = mem_alloc(sizeof *f);
    f->doc = json_doc_new();
    buf_init(&f->text, LINE_MOST * 2);
    return f;
}

void fields_free(struct fields *f)
{
    if (!f)
        return;
    json_doc_free(f->doc);
    buf_free(&f->text);
    free(f);
}

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcasecmp(name, *list) == 0)
            return true;
    return false;
}

/* The member that says what happened: by the order of `messages`, and text. */
static const struct json *message_of(const struct json *object)
{
    for (const char *const *name = messages; *name; name++) {
        const struct json *j = json_member(object, *name);
        if (json_value(j) && json_value(j)[0])
            return j;
    }
    return NULL;
}

static void add_value(struct buf *out, const struct json *j)
{
    const char *text = json_value(j);
    struct json_out json = {.b = out};
    if (!text)
        json_out_json(&json, NULL, j);
    else if (!text[0] || strpbrk(text, " \"="))
        json_out_escape(out, str_of(text));
    else
        buf_adds(out, text);
}

static bool show(struct fields *f, struct str text, bool template_text, struct buf *out)
{
    const struct json *object = json_parse(f->doc, text.p, text.n, NULL);
    if (!json_is_object(object) || !json_first(object))
        return false;
    const struct json *message = message_of(object);
    size_t start = out->n;
    if (message)
        buf_adds(out, json_value(message));
    for (const struct json *j = json_first(object); j; j = json_next(j)) {
        const char *value = json_value(j);
        if (j == message || is_one_of(json_name(j), columns) ||
            (template_text && value && strcmp(value, wildcard) == 0))
            continue;
        if (out->n > start)
            buf_addc(out, ' ');
        buf_adds(out, json_name(j));
        buf_addc(out, '=');
        add_value(out, j);
    }
    return out->n > start;
}

static bool may_be_object(struct str text)
{
    return text.n > 1 && text.n <= LINE_MOST && text.p[0] == '{' && text.p[text.n - 1] == '}';
}

bool fields_line(struct fields *f, struct str line, struct buf *out)
{
    line = str_trim(line);
    return may_be_object(line) && show(f, line, false, out);
}

/* Quotes the wildcards that stand for whole values, so that the template is JSON. */
bool fields_template(struct fields *f, struct str text, struct buf *out)
{
    bool quoted = false;
    text = str_trim(text);
    if (!may_be_object(text))
        return false;
    buf_clear(&f->text);
    for (size_t i = 0; i < text.n; i++) {
        bool wild = !quoted && text.n - i >= sizeof wildcard - 1 &&
                    memcmp(text.p + i, wildcard, sizeof wildcard - 1) == 0;
        if (wild) {
            buf_adds(&f->text, "\"<*>\"");
            i += sizeof wildcard - 2;
            continue;
        }
        if (text.p[i] == '"' && (!i || text.p[i - 1] != '\\'))
            quoted = !quoted;
        buf_addc(&f->text, text.p[i]);
    }
    return show(f, buf_str(&f->text), true, out);
}
