#include "source/matrix.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "net/splitter.h"
#include "source/scan.h"

enum { SERIES_BYTES = 16 << 20, WARNINGS_BYTES = 2000 };

struct matrix {
    struct splitter *splitter;
    void (*point)(void *context, const struct labels *series, int64_t time, double value);
    void *context;
    size_t series;
    bool lines;  /* it has streams */
    bool scalar; /* the result is one bare [time, "value"]: two elements */
    int64_t at;  /* of the scalar */
    struct buf warnings;
};

static bool no_matrix(struct err *err)
{
    return err_set(err, ERR_PROTOCOL, "", "", "this is no answer to a metric query");
}

/* [time, "value"] */
static void read_point(struct matrix *m, struct scan *s, const struct labels *labels)
{
    int64_t time = 0;
    double value = NAN;
    scan_need(s, '[');
    s->bad = s->bad || !scan_seconds(scan_number(s), &time);
    scan_need(s, ',');
    s->bad = s->bad || !str_to_double(scan_number(s), &value);
    scan_need(s, ']');
    if (!s->bad)
        m->point(m->context, labels, time, value);
}

/* An element of a scalar's or a string's result. */
static bool read_scalar(struct matrix *m, struct scan *s)
{
    double value;
    if (!m->scalar) {
        m->scalar = true;
        return scan_seconds(scan_number(s), &m->at);
    }
    if (!str_to_double(scan_number(s), &value))
        return !s->bad; /* a string: it is no number and has no point */
    const struct labels *none = labels_get(NULL, NULL, 0);
    m->point(m->context, none, m->at, value);
    labels_drop(none);
    m->series = 1;
    return true;
}

static bool on_series(void *context, struct str json, struct err *err)
{
    struct matrix *m = context;
    struct scan s = {.p = json.p, .end = json.p + json.n};
    const struct labels *labels = NULL;
    struct str name;
    if (!scan_next_is(&s, '{'))
        return read_scalar(m, &s) || no_matrix(err);
    scan_need(&s, '{');
    while (scan_member(&s, &name)) {
        if (str_is(name, "metric") && !labels) {
            labels = scan_labels(&s, NULL);
        } else if (str_is(name, "value") && labels) {
            read_point(m, &s, labels);
        } else if (str_is(name, "values") && labels) {
            scan_need(&s, '[');
            while (scan_element(&s))
                read_point(m, &s, labels);
        } else {
            m->lines = m->lines || str_is(name, "stream");
            scan_skip(&s);
        }
    }
    bool good = labels && !s.bad;
    labels_drop(labels);
    m->series++;
    return m->lines || good || no_matrix(err);
}

struct matrix *matrix_new(void (*point)(void *context, const struct labels *series, int64_t time,
                                        double value),
                          void *context)
{
    struct matrix *m = mem_alloc(sizeof *m);
    m->point = point;
    m->context = context;
    m->splitter = splitter_new(&(struct splitter_conf){
        .array = "data.result", .max_element = SERIES_BYTES, .context = m, .element = on_series});
    buf_init(&m->warnings, WARNINGS_BYTES);
    return m;
}

void matrix_free(struct matrix *m)
{
    if (!m)
        return;
    splitter_free(m->splitter);
    buf_free(&m->warnings);
    free(m);
}

bool matrix_feed(struct matrix *m, struct str bytes, struct err *err)
{
    return splitter_feed(m->splitter, bytes, err);
}

static void read_warnings(struct matrix *m, struct str rest)
{
    if (str_find(rest, str_of("\"warnings\"")) < 0)
        return;
    struct json_doc *doc = json_doc_new();
    const struct json *answer = json_parse(doc, rest.p, rest.n, NULL);
    for (const struct json *w = json_first(json_get(answer, "warnings")); w; w = json_next(w)) {
        if (m->warnings.n)
            buf_adds(&m->warnings, "; ");
        buf_adds(&m->warnings, json_value(w) ? json_value(w) : "");
    }
    json_doc_free(doc);
}

bool matrix_finish(struct matrix *m, struct err *err)
{
    if (!splitter_finish(m->splitter, err))
        return false;
    struct str rest = splitter_rest(m->splitter);
    if (m->lines || str_find(rest, str_of("\"resultType\":\"streams\"")) >= 0)
        return err_set(err, ERR_REFUSED, "",
                       "a metric query is needed here: count_over_time(…), rate(…)",
                       "this query gives lines, not numbers");
    if (str_find(rest, str_of("\"resultType\"")) < 0)
        return no_matrix(err);
    read_warnings(m, rest);
    return true;
}

size_t matrix_series(const struct matrix *m)
{
    return m->series;
}

const char *matrix_warnings(const struct matrix *m)
{
    return buf_text(&m->warnings);
}
