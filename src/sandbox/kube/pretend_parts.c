#include "sandbox/kube/pretend.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"

void pretend_raw(struct json_out *out, const char *name, const char *json)
{
    if (out->comma)
        buf_addc(out->b, ',');
    out->comma = true;
    if (name) {
        json_out_escape(out->b, str_of(name));
        buf_addc(out->b, ':');
    }
    buf_adds(out->b, json);
}

void pretend_time(struct json_out *out, const char *name, int64_t t)
{
    char text[CLOCK_TEXT];
    json_out_text(out, name,
                  t ? clock_rfc3339(t / CLOCK_SECOND * CLOCK_SECOND, false, text) : NULL);
}

void pretend_textf(struct json_out *out, const char *name, const char *fmt, ...)
{
    char text[600];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    json_out_text(out, name, text);
}

void pretend_age(struct json_out *out, int64_t t, int64_t since)
{
    char text[CLOCK_TEXT];
    json_out_text(out, NULL, since ? clock_age(t > since ? t - since : 0, text) : "<unknown>");
}

void pretend_pair_add(struct pretend_pair *list, size_t *count, const char *name, const char *value)
{
    if (*count < PRETEND_PAIRS)
        list[(*count)++] = (struct pretend_pair){name, value};
}
