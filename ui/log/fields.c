#include "ui/log/fields.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"

enum { LINE_MOST = 1 << 14, NAME = 64, PICKS = 64 };

static const char wildcard[] = "<*>";
static const char *const messages[] = {"msg", "message", "log", "event", "error", "err", NULL};
static const char *const columns[] = {"time",  "ts",       "timestamp", "@timestamp", "t",
                                      "level", "severity", "lvl",       NULL};

struct fields {
    struct json_doc *doc;
    struct buf text, value;
    bool chosen; /* only the picks are shown; else all but them */
    char picks[PICKS][NAME];
    size_t count;
};

struct fields *fields_new(void)
{
    struct fields *f = mem_alloc(sizeof *f);
    f->doc = json_doc_new();
    buf_init(&f->text, LINE_MOST * 2);
    buf_init(&f->value, LINE_MOST * 2);
    return f;
}

void fields_free(struct fields *f)
{
    if (!f)
        return;
    json_doc_free(f->doc);
    buf_free(&f->text);
    buf_free(&f->value);
    free(f);
}

static bool is_one_of(struct str name, const char *const *list)
{
    for (; *list; list++)
        if (name.n == strlen(*list) && strncasecmp(name.p, *list, name.n) == 0)
            return true;
    return false;
}

/* ---- what is shown ---- */

void fields_start(struct fields *f, bool all)
{
    f->chosen = !all;
    f->count = 0;
}

static size_t pick_of(const struct fields *f, struct str name)
{
    size_t i = 0;
    while (i < f->count && !str_is(name, f->picks[i]))
        i++;
    return i;
}

void fields_turn(struct fields *f, const char *name)
{
    size_t i = pick_of(f, str_of(name));
    if (i < f->count)
        memmove(f->picks[i], f->picks[i + 1], (--f->count - i) * sizeof *f->picks);
    else if (f->count < PICKS && strlen(name) < NAME)
        str_copy(f->picks[f->count++], NAME, name);
}

bool fields_is_shown(const struct fields *f, struct str name)
{
    return (pick_of(f, name) < f->count) == f->chosen;
}

bool fields_is_all(const struct fields *f)
{
    return !f->chosen;
}

/* ---- JSON ---- */

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
        if (j == message || is_one_of(str_of(json_name(j)), columns) ||
            (template_text && value && strcmp(value, wildcard) == 0) ||
            (!template_text && !fields_is_shown(f, str_of(json_name(j)))))
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

/* ---- logfmt: name=value name="quoted value" ---- */

struct pair {
    struct str name, value, raw; /* value: without quotes, escapes as they are */
};

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || strchr("_-.@/", c);
}

/* Cuts the next pair off; false: it is none. */
static bool cut_pair(struct str *rest, struct pair *p)
{
    size_t n = 0, from;
    while (n < rest->n && rest->p[n] && is_name_char(rest->p[n]))
        n++;
    if (!n || n + 1 > rest->n || rest->p[n] != '=')
        return false;
    p->name = (struct str){rest->p, n};
    from = ++n;
    if (n < rest->n && rest->p[n] == '"') {
        for (n++; n < rest->n && rest->p[n] != '"'; n++)
            n += rest->p[n] == '\\';
        if (n >= rest->n)
            return false;
        p->value = (struct str){rest->p + from + 1, n - from - 1};
        n++;
    } else {
        while (n < rest->n && rest->p[n] != ' ')
            n++;
        p->value = (struct str){rest->p + from, n - from};
    }
    p->raw = (struct str){rest->p + from, n - from};
    if (n < rest->n && rest->p[n] != ' ')
        return false;
    *rest = str_trim((struct str){rest->p + n, rest->n - n});
    return true;
}

/* How well the name says what happened; 0: not at all. */
static int message_rank(struct str name)
{
    int n = (int)(sizeof messages / sizeof *messages) - 1;
    for (int i = 0; messages[i]; i++)
        if (str_is(name, messages[i]))
            return n - i;
    return 0;
}

/* Whether all of the line is pairs, two at least; the value that is its message. */
static bool is_logfmt(struct str line, struct pair *message)
{
    struct pair p;
    int pairs = 0, best = 0;
    *message = (struct pair){0};
    while (line.n) {
        if (!cut_pair(&line, &p))
            return false;
        int rank = p.value.n ? message_rank(p.name) : 0;
        if (rank > best) {
            best = rank;
            *message = p;
        }
        pairs++;
    }
    return pairs > 1;
}

static void add_unquoted(struct buf *out, struct str value)
{
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == '\\' && i + 1 < value.n && strchr("\"\\", value.p[i + 1]))
            i++;
        buf_addc(out, value.p[i]);
    }
}

static bool show_logfmt(struct fields *f, struct str line, struct buf *out)
{
    struct pair message, p;
    size_t start = out->n;
    if (!is_logfmt(line, &message))
        return false;
    add_unquoted(out, message.value);
    while (line.n && cut_pair(&line, &p)) {
        if (p.name.p == message.name.p || is_one_of(p.name, columns) || !fields_is_shown(f, p.name))
            continue;
        if (out->n > start)
            buf_addc(out, ' ');
        buf_add(out, p.name.p, p.name.n);
        buf_addc(out, '=');
        buf_add(out, p.raw.p, p.raw.n);
    }
    return out->n > start;
}

static bool may_be_logfmt(struct str line)
{
    return line.n > 2 && line.n <= LINE_MOST && isalpha((unsigned char)line.p[0]) &&
           memchr(line.p, '=', line.n < NAME ? line.n : NAME);
}

bool fields_line(struct fields *f, struct str line, struct buf *out)
{
    line = str_trim(line);
    if (may_be_object(line))
        return show(f, line, false, out);
    return may_be_logfmt(line) && show_logfmt(f, line, out);
}

static bool each_json(struct fields *f, struct str line,
                      void (*each)(void *context, struct str name, struct str value), void *context)
{
    const struct json *object = json_parse(f->doc, line.p, line.n, NULL);
    if (!json_is_object(object))
        return false;
    const struct json *message = message_of(object);
    for (const struct json *j = json_first(object); j; j = json_next(j)) {
        if (j == message || is_one_of(str_of(json_name(j)), columns))
            continue;
        buf_clear(&f->value);
        add_value(&f->value, j);
        each(context, str_of(json_name(j)), buf_str(&f->value));
    }
    return true;
}

bool fields_each(struct fields *f, struct str line,
                 void (*each)(void *context, struct str name, struct str value), void *context)
{
    struct pair message, p;
    line = str_trim(line);
    if (may_be_object(line))
        return each_json(f, line, each, context);
    if (!may_be_logfmt(line) || !is_logfmt(line, &message))
        return false;
    while (line.n && cut_pair(&line, &p))
        if (p.name.p != message.name.p && !is_one_of(p.name, columns))
            each(context, p.name, p.raw);
    return true;
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
