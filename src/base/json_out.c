#include "base/json.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { INDENT = 2 };

/* Valid in JSON, but they would steer or deceive a terminal. A fixed list and no table of
 * properties: equal text gives equal bytes whatever Unicode version is installed. */
static bool is_escaped(uint32_t code)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {{0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
                  {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
                  {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].from && code <= ranges[i].to)
            return true;
    return false;
}

static void add_unit(struct buf *b, unsigned unit)
{
    buf_printf(b, "\\u%04x", unit);
}

static void add_escaped(struct buf *b, uint32_t code)
{
    static const char names[] = "\"\\bfnrt", values[] = "\"\\\b\f\n\r\t";
    const char *value = code && code < 0x80 ? strchr(values, (int)code) : NULL;
    if (value) {
        buf_add(b, (char[]){'\\', names[value - values]}, 2);
    } else if (code >= 0x10000) {
        add_unit(b, 0xd800 + ((code - 0x10000) >> 10));
        add_unit(b, 0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
        add_unit(b, code);
    }
}

static bool is_plain_ascii(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void json_out_escape(struct buf *b, struct str text)
{
    size_t i = 0, run = 0; /* what is between run and i may stand as it is */
    buf_addc(b, '"');
    while (i < text.n) {
        if (is_plain_ascii(text.p[i])) {
            i++;
            continue;
        }
        uint32_t code;
        size_t length = utf8_decode(text.p + i, text.n - i, &code);
        bool valid = length > 1 || code != 0xfffd;
        if (code >= 0x80 && valid && !is_escaped(code)) {
            i += length;
            continue;
        }
        buf_add(b, text.p + run, i - run);
        if (valid)
            add_escaped(b, code);
        else
            buf_adds(b, "\xef\xbf\xbd");
        i += length;
        run = i;
    }
    buf_add(b, text.p + run, i - run);
    buf_addc(b, '"');
}

/* The comma and the name before a value. */
static void before(struct json_out *o, const char *name)
{
    if (o->comma)
        buf_addc(o->b, ',');
    o->comma = true;
    if (name) {
        json_out_escape(o->b, str_of(name));
        buf_addc(o->b, ':');
    }
}

void json_out_object(struct json_out *o, const char *name)
{
    before(o, name);
    buf_addc(o->b, '{');
    o->comma = false;
}

void json_out_array(struct json_out *o, const char *name)
{
    before(o, name);
    buf_addc(o->b, '[');
    o->comma = false;
}

void json_out_end_object(struct json_out *o)
{
    buf_addc(o->b, '}');
    o->comma = true;
}

void json_out_end_array(struct json_out *o)
{
    buf_addc(o->b, ']');
    o->comma = true;
}

void json_out_string(struct json_out *o, const char *name, struct str value)
{
    before(o, name);
    json_out_escape(o->b, value);
}

void json_out_text(struct json_out *o, const char *name, const char *value)
{
    before(o, name);
    if (value)
        json_out_escape(o->b, str_of(value));
    else
        buf_adds(o->b, "null");
}

void json_out_int(struct json_out *o, const char *name, int64_t value)
{
    before(o, name);
    buf_printf(o->b, "%" PRId64, value);
}

static void add_number(struct buf *b, double value)
{
    char text[40];
    if (!isfinite(value)) {
        buf_adds(b, "null");
        return;
    }
    if (fabs(value) < 1e15 && value == trunc(value)) {
        buf_printf(b, "%" PRId64, (int64_t)value);
        return;
    }
    /* Fifteen digits always survive the way there and back, so fewer need no trial but near zero.
     */
    for (int digits = fabs(value) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    /* The locale's decimal point, should someone have set one. */
    for (char *p = text; *p; p++)
        if (*p == ',')
            *p = '.';
    buf_adds(b, text);
}

void json_out_number(struct json_out *o, const char *name, double value)
{
    before(o, name);
    add_number(o->b, value);
}

void json_out_bool(struct json_out *o, const char *name, bool value)
{
    before(o, name);
    buf_adds(o->b, value ? "true" : "false");
}

static void new_line(struct buf *b, int indent, int depth)
{
    if (indent)
        buf_printf(b, "\n%*s", indent * depth, "");
}

/* Depth is bounded by json_parse. */
static void add_value(struct buf *b, const struct json *j, int indent, int depth)
{
    bool object = json_is_object(j);
    if (json_value(j)) {
        json_out_escape(b, str_of(json_value(j)));
    } else if (json_digits(j)) {
        buf_adds(b, json_digits(j));
    } else if (json_is_number(j)) {
        add_number(b, json_as_number(j, 0));
    } else if (!object && !json_is_array(j)) {
        buf_adds(b, !j || json_is_null(j) ? "null" : json_is_true(j) ? "true" : "false");
    } else {
        buf_addc(b, object ? '{' : '[');
        for (const struct json *e = json_first(j); e; e = json_next(e)) {
            new_line(b, indent, depth + 1);
            if (object) {
                json_out_escape(b, str_of(json_name(e)));
                buf_adds(b, indent ? ": " : ":");
            }
            add_value(b, e, indent, depth + 1);
            if (json_next(e))
                buf_addc(b, ',');
        }
        if (json_first(j))
            new_line(b, indent, depth);
        buf_addc(b, object ? '}' : ']');
    }
}

void json_out_json(struct json_out *o, const char *name, const struct json *value)
{
    before(o, name);
    add_value(o->b, value, 0, 0);
}

void json_out_pretty(struct buf *b, const struct json *value)
{
    add_value(b, value, INDENT, 0);
    buf_addc(b, '\n');
}
