#include "ui/log/fields.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"

enum { LINE_MOST = 1 << 18, NAME = 64, PICKS = 64 }; /* LINE_MOST: Loki takes no longer ones */

static const char wildcard[] = "<*>";
static const char *const messages[] = {"msg", "message", "log", "event", "error", "err", NULL};
static const char *const columns[] = {"time",  "ts",       "timestamp", "@timestamp", "t",
                                      "level", "severity", "lvl",       NULL};

struct fields {
    struct buf text, name, value, plain; /* plain: a string without its escapes */
    bool chosen;                         /* only the picks are shown; else all but them */
    char picks[PICKS][NAME];
    size_t count;
};

struct fields *fields_new(void)
{
    struct fields *f = mem_alloc(sizeof *f);
    struct buf *all[] = {&f->text, &f->name, &f->value, &f->plain};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_init(all[i], LINE_MOST * 2);
    return f;
}

void fields_free(struct fields *f)
{
    if (!f)
        return;
    buf_free(&f->text);
    buf_free(&f->name);
    buf_free(&f->value);
    buf_free(&f->plain);
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

/* How well the name says what happened; 0: not at all. */
static int message_rank(struct str name)
{
    int n = (int)(sizeof messages / sizeof *messages) - 1;
    for (int i = 0; messages[i]; i++)
        if (str_is(name, messages[i]))
            return n - i;
    return 0;
}

/* ---- JSON ---- */

struct member {
    struct str name, value; /* value: as it stands */
};

/* The next member; a name with escapes is put into f->name. */
static bool next_member(struct fields *f, struct json_scan *scan, struct member *m)
{
    if (!json_scan_next(scan, &m->name, &m->value))
        return false;
    if (m->name.n && memchr(m->name.p, '\\', m->name.n)) {
        buf_clear(&f->name);
        if (json_unescape(&f->name, m->name))
            m->name = buf_str(&f->name);
    }
    return true;
}

static struct str inside(struct str string)
{
    return (struct str){string.p + 1, string.n - 2};
}

static bool is_text(struct str value)
{
    return *value.p == '"' && value.n > 2;
}

/* Whether the line is an object with members; the value that is its message: by the order of
 * `messages`, and text; p NULL: it has none. */
static bool is_object(struct fields *f, struct str line, struct str *message)
{
    struct json_scan scan;
    struct member m;
    int best = 0, members = 0;
    *message = (struct str){0};
    if (!json_scan_open(&scan, line))
        return false;
    for (; next_member(f, &scan, &m); members++) {
        int rank = is_text(m.value) ? message_rank(m.name) : 0;
        if (rank > best) {
            best = rank;
            *message = m.value;
        }
    }
    return members && scan.whole;
}

static void add_value(struct fields *f, struct buf *out, struct str value)
{
    buf_clear(&f->plain);
    if (*value.p != '"' || !json_unescape(&f->plain, inside(value)))
        buf_add(out, value.p, value.n);
    else if (!f->plain.n || strpbrk(buf_text(&f->plain), " \"="))
        json_out_escape(out, buf_str(&f->plain));
    else
        buf_add(out, f->plain.p, f->plain.n);
}

static bool is_wild(struct str value)
{
    return *value.p == '"' && str_is(inside(value), wildcard);
}

static bool show(struct fields *f, struct str line, bool template_text, struct buf *out)
{
    struct json_scan scan;
    struct member m;
    struct str message;
    size_t start = out->n;
    if (!is_object(f, line, &message))
        return false;
    if (message.p && !json_unescape(out, inside(message)))
        buf_add(out, message.p, message.n);
    json_scan_open(&scan, line);
    while (next_member(f, &scan, &m)) {
        if (m.value.p == message.p || is_one_of(m.name, columns) ||
            (template_text ? is_wild(m.value) : !fields_is_shown(f, m.name)))
            continue;
        if (out->n > start)
            buf_addc(out, ' ');
        buf_add(out, m.name.p, m.name.n);
        buf_addc(out, '=');
        add_value(f, out, m.value);
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
    struct json_scan scan;
    struct member m;
    struct str message;
    if (!is_object(f, line, &message))
        return false;
    json_scan_open(&scan, line);
    while (next_member(f, &scan, &m)) {
        if (m.value.p == message.p || is_one_of(m.name, columns))
            continue;
        buf_clear(&f->value);
        add_value(f, &f->value, m.value);
        each(context, m.name, buf_str(&f->value));
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
