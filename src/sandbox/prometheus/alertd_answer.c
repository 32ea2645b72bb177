#include <stdio.h>

#include "base/clock.h"
#include "net/server.h"
#include "sandbox/prometheus/alertd_internal.h"

int64_t alertd_now(const struct alertd *d)
{
    int64_t now = clock_now() + faults_clock(d->faults, SANDBOX_ALERTMANAGER);
    return now - now % CLOCK_MS;
}

/* ---- answers ---- */

void alertd_answer(struct reply *p, int status, struct str json)
{
    static const char *const headers[] = {"Vary: Origin", NULL};
    reply_body(p, status, json.n ? "application/json" : NULL, headers, json);
}

void alertd_refuse(struct reply *p, int status, const char *message)
{
    struct buf b;
    buf_init(&b, ALERTD_ANSWER_MAX);
    json_out_escape(&b, str_of(message));
    buf_addc(&b, '\n');
    alertd_answer(p, status, buf_str(&b));
    buf_free(&b);
}

void alertd_refuse_code(struct reply *p, int status, int code, const char *message)
{
    struct buf b;
    struct json_out o = {&b, false};
    buf_init(&b, ALERTD_ANSWER_MAX);
    json_out_object(&o, NULL);
    json_out_int(&o, "code", code);
    json_out_text(&o, "message", message);
    json_out_end_object(&o);
    alertd_answer(p, status, buf_str(&b));
    buf_free(&b);
}

void alertd_time(struct json_out *o, const char *name, int64_t t)
{
    char seconds[CLOCK_TEXT], text[CLOCK_TEXT + 8];
    clock_rfc3339(t, false, seconds);
    snprintf(text, sizeof text, "%.19s.%03dZ", seconds, (int)(t / CLOCK_MS % 1000));
    json_out_text(o, name, text);
}

/* ---- filters ---- */

bool alertd_read_filters(struct reply *p, struct alertd_filters *f)
{
    const char *text;
    struct buf error;
    bool good = true;
    buf_init(&error, ALERTD_ERROR_MAX);
    f->count = 0;
    for (size_t i = 0; good && (text = server_query_nth(p->r, "filter", i)); i++) {
        good = i < ALERTD_FILTERS_MAX && alert_matcher_parse(&f->list[i], text, &error);
        f->count += good;
    }
    if (!good) {
        alertd_refuse(p, 400, error.n ? buf_text(&error) : "too many filters");
        alertd_free_filters(f);
    }
    buf_free(&error);
    return good;
}

void alertd_free_filters(struct alertd_filters *f)
{
    while (f->count)
        alert_matcher_free(&f->list[--f->count]);
}

bool alertd_passes(const struct alertd_filters *f,
                   const char *(*value)(const void *labels, const char *name), const void *labels)
{
    for (size_t i = 0; i < f->count; i++)
        if (!alert_matcher_fits(&f->list[i], value(labels, f->list[i].name)))
            return false;
    return true;
}
