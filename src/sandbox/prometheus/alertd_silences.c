#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/server.h"
#include "sandbox/prometheus/alertd_internal.h"

static void write_silence(struct json_out *o, const struct silence *one, int64_t now)
{
    json_out_object(o, NULL);
    json_out_text(o, "id", one->id);
    json_out_object(o, "status");
    json_out_text(o, "state", silence_state_name(silence_state_at(one, now)));
    json_out_end_object(o);
    alertd_time(o, "updatedAt", one->updated);
    json_out_text(o, "comment", one->comment);
    json_out_text(o, "createdBy", one->author);
    alertd_time(o, "endsAt", one->to);
    json_out_array(o, "matchers");
    for (size_t i = 0; i < one->matcher_count; i++) {
        const struct alert_matcher *m = &one->matchers[i];
        json_out_object(o, NULL);
        json_out_bool(o, "isEqual", m->is_equal);
        json_out_bool(o, "isRegex", m->is_regex);
        json_out_text(o, "name", m->name);
        json_out_text(o, "value", m->value);
        json_out_end_object(o);
    }
    json_out_end_array(o);
    alertd_time(o, "startsAt", one->from);
    json_out_end_object(o);
}

/* A filter looks at a silence's matchers as at labels. */
static const char *pattern(const void *silence, const char *name)
{
    const struct silence *one = silence;
    for (size_t i = 0; i < one->matcher_count; i++)
        if (strcmp(one->matchers[i].name, name) == 0)
            return one->matchers[i].value;
    return "";
}

void alertd_silences_list(struct alertd *d, struct reply *p)
{
    struct alertd_filters filters;
    struct buf b;
    struct json_out o = {&b, false};
    int64_t now = alertd_now(d);
    size_t count;
    if (!alertd_read_filters(p, &filters))
        return;
    buf_init(&b, ALERTD_ANSWER_MAX);
    json_out_array(&o, NULL);
    struct silence **list = silences_sorted(d->silences, now, &count);
    for (size_t i = 0; i < count; i++)
        if (alertd_passes(&filters, pattern, list[i]))
            write_silence(&o, list[i], now);
    free(list);
    json_out_end_array(&o);
    buf_addc(&b, '\n');
    alertd_answer(p, 200, buf_str(&b));
    buf_free(&b);
    alertd_free_filters(&filters);
}

/* ---- one ---- */

static bool is_uuid(const char *id)
{
    for (size_t i = 0; i < SILENCE_ID - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? id[i] != '-' : !isxdigit((unsigned char)id[i]))
            return false;
    }
    return !id[SILENCE_ID - 1];
}

/* NULL: answered. */
static struct silence *find(struct alertd *d, struct reply *p, const char *id)
{
    char message[200];
    struct silence *one = is_uuid(id) ? silences_find(d->silences, id) : NULL;
    if (!one && is_uuid(id)) {
        alertd_answer(p, 404, str_of(""));
    } else if (!one) {
        snprintf(message, sizeof message, "silenceID in path must be of type uuid: \"%.60s\"", id);
        alertd_refuse_code(p, 422, 601, message);
    }
    return one;
}

void alertd_silences_get(struct alertd *d, struct reply *p, const char *id)
{
    const struct silence *one = find(d, p, id);
    struct buf b;
    struct json_out o = {&b, false};
    if (!one)
        return;
    buf_init(&b, ALERTD_ANSWER_MAX);
    write_silence(&o, one, alertd_now(d));
    buf_addc(&b, '\n');
    alertd_answer(p, 200, buf_str(&b));
    buf_free(&b);
}

void alertd_silences_delete(struct alertd *d, struct reply *p, const char *id)
{
    struct silence *one = find(d, p, id);
    if (!one)
        return;
    silences_expire(one, alertd_now(d));
    alertd_answer(p, 200, str_of(""));
}

/* ---- post ---- */

static bool required(struct reply *p, const char *name)
{
    char message[120];
    snprintf(message, sizeof message, "%s in body is required", name);
    alertd_refuse_code(p, 422, 602, message);
    return false;
}

static bool read_time(struct reply *p, const struct json *j, const char *name, int64_t *out)
{
    const char *text = json_string(j, name, NULL);
    char message[200];
    if (!text)
        return required(p, name);
    if (clock_parse(str_of(text), false, out)) {
        *out -= *out % CLOCK_MS;
        return true;
    }
    snprintf(message, sizeof message, "parsing body body from \"\" failed, because %s is no time",
             name);
    alertd_refuse_code(p, 400, 400, message);
    return false;
}

static bool read_matcher(struct reply *p, const struct json *m, struct silence *one)
{
    const char *name = json_string(m, "name", NULL), *value = json_string(m, "value", NULL);
    const char *missing = !name                     ? "name"
                          : !value                  ? "value"
                          : !json_get(m, "isRegex") ? "isRegex"
                                                    : NULL;
    char text[80];
    struct buf error;
    if (missing) {
        snprintf(text, sizeof text, "matchers.%zu.%s", one->matcher_count, missing);
        return required(p, text);
    }
    buf_init(&error, ALERTD_ERROR_MAX);
    buf_printf(&error, "silence invalid: invalid label matcher %zu: ", one->matcher_count);
    bool good =
        alert_matcher_init(&one->matchers[one->matcher_count], str_of(name), str_of(value),
                           json_bool(m, "isRegex", false), json_bool(m, "isEqual", true), &error);
    one->matcher_count += good;
    if (!good)
        alertd_refuse(p, 400, buf_text(&error));
    buf_free(&error);
    return good;
}

static bool read_matchers(struct reply *p, const struct json *j, struct silence *one)
{
    const struct json *list = json_get(j, "matchers");
    size_t count = json_count(list);
    if (!json_is_array(list))
        return required(p, "matchers");
    if (!count || count > SILENCE_MATCHERS_MAX) {
        alertd_refuse_code(p, 422, 612,
                           count ? "matchers in body should have at most 100 items"
                                 : "matchers in body should have at least 1 items");
        return false;
    }
    one->matchers = mem_array(count, sizeof *one->matchers);
    for (const struct json *m = json_first(list); m; m = json_next(m))
        if (!read_matcher(p, m, one))
            return false;
    return true;
}

static bool read_silence(struct reply *p, const struct json *j, int64_t now, struct silence *one)
{
    if (!json_string(j, "comment", NULL))
        return required(p, "comment");
    if (!json_string(j, "createdBy", NULL))
        return required(p, "createdBy");
    if (!read_time(p, j, "startsAt", &one->from) || !read_time(p, j, "endsAt", &one->to))
        return false;
    one->comment = mem_dup(json_string(j, "comment", ""));
    one->author = mem_dup(json_string(j, "createdBy", ""));
    str_copy(one->id, sizeof one->id, json_string(j, "id", ""));
    if (!read_matchers(p, j, one))
        return false;
    if (one->from >= one->to)
        alertd_refuse(p, 400, "Failed to create silence: start time must be before end time");
    else if (one->to < now)
        alertd_refuse(p, 400, "Failed to create silence: end time can't be in the past");
    else
        return true;
    return false;
}

static void set(struct alertd *d, struct reply *p, struct silence *wanted)
{
    struct buf b;
    struct json_out o = {&b, false};
    bool found;
    buf_init(&b, ALERTD_ERROR_MAX);
    const struct silence *one = silences_set(d->silences, wanted, alertd_now(d), &found, &b);
    if (!one) {
        alertd_refuse(p, found ? 400 : 404, buf_text(&b));
    } else {
        json_out_object(&o, NULL);
        json_out_text(&o, "silenceID", one->id);
        json_out_end_object(&o);
        buf_addc(&b, '\n');
        alertd_answer(p, 200, buf_str(&b));
    }
    buf_free(&b);
}

void alertd_silences_post(struct alertd *d, struct reply *p)
{
    struct str body = server_body(p->r);
    struct json_doc *doc = json_doc_new();
    struct silence wanted = {0};
    struct err err;
    char message[sizeof err.what + 100];
    const struct json *j = json_parse(doc, body.p, body.n, &err);
    if (!j) {
        snprintf(message, sizeof message, "parsing body body from \"\" failed, because %s",
                 err.what);
        alertd_refuse_code(p, 400, 400, message);
    } else if (read_silence(p, j, alertd_now(d), &wanted)) {
        set(d, p, &wanted);
    }
    silences_free_inner(&wanted);
    json_doc_free(doc);
}
