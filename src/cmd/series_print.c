#include "cmd/series_print.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cmd/output.h"
#include "text/number.h"
#include "text/spark.h"

enum { MOST_SERIES = 1000, LINE_ROOM = 1 << 20 };

struct one {
    const struct labels *labels;
    double *values; /* `points` of them */
};

struct series_print {
    int64_t from, step;
    size_t points;
    struct one *list;
    size_t count, cap, left_out;
    const struct labels *last;
};

struct series_print *series_print_new(int64_t from, int64_t step, size_t points)
{
    struct series_print *p = mem_alloc(sizeof *p);
    *p = (struct series_print){.from = from, .step = step, .points = points};
    return p;
}

void series_print_free(struct series_print *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++) {
        labels_drop(p->list[i].labels);
        free(p->list[i].values);
    }
    free(p->list);
    free(p);
}

static struct one *start(struct series_print *p, const struct labels *series)
{
    mem_grow(&p->list, &p->cap, p->count + 1, sizeof *p->list);
    struct one *s = &p->list[p->count++];
    s->labels = labels_hold(series);
    s->values = mem_array(p->points, sizeof *s->values);
    for (size_t i = 0; i < p->points; i++)
        s->values[i] = NAN;
    return s;
}

void series_print_add(struct series_print *p, const struct labels *series, int64_t time,
                      double value)
{
    bool fresh = !p->count || p->list[p->count - 1].labels != series;
    if (fresh && p->count == MOST_SERIES) {
        p->left_out += p->last != series;
        p->last = series;
        return;
    }
    struct one *s = fresh ? start(p, series) : &p->list[p->count - 1];
    int64_t at = (time - p->from + p->step / 2) / p->step;
    if (at >= 0 && (size_t)at < p->points)
        s->values[at] = value;
}

static void print_json(const struct series_print *p, const struct one *s, struct buf *b)
{
    char time[CLOCK_TEXT];
    struct json_out o = {b, false};
    json_out_object(&o, NULL);
    json_out_object(&o, "labels");
    for (uint32_t i = 0; i < s->labels->count; i++)
        json_out_text(&o, s->labels->list[i].name, s->labels->list[i].value);
    json_out_end_object(&o);
    json_out_array(&o, "values");
    for (size_t i = 0; i < p->points; i++) {
        if (isnan(s->values[i]))
            continue;
        json_out_array(&o, NULL);
        json_out_text(&o, NULL, clock_rfc3339(p->from + (int64_t)i * p->step, false, time));
        json_out_number(&o, NULL, s->values[i]);
        json_out_end_array(&o);
    }
    json_out_end_array(&o);
    json_out_end_object(&o);
    buf_addc(b, '\n');
    output_write(buf_str(b));
}

static void print_spark(const struct series_print *p, const struct one *s, struct buf *b)
{
    char number[NUMBER_TEXT];
    double last = NAN;
    for (size_t i = 0; i < p->points; i++)
        if (!isnan(s->values[i]))
            last = s->values[i];
    buf_printf(b, "%8s  ", number_count(last, number));
    spark_add(b, s->values, p->points, (int)p->points, 0, NAN, !output_is_utf8());
    buf_adds(b, "  {");
    output_write(buf_str(b));
    for (uint32_t i = 0; i < s->labels->count; i++) {
        output_text(i ? ", " : "");
        output_safe(str_of(s->labels->list[i].name));
        output_text("=");
        output_safe(str_of(s->labels->list[i].value));
    }
    output_text("}\n");
}

void series_print_end(struct series_print *p, bool json)
{
    struct buf b;
    buf_init(&b, LINE_ROOM);
    for (size_t i = 0; i < p->count; i++) {
        buf_clear(&b);
        if (json)
            print_json(p, &p->list[i], &b);
        else
            print_spark(p, &p->list[i], &b);
    }
    if (p->left_out && !json) {
        buf_clear(&b);
        buf_printf(&b, "and %zu series more\n", p->left_out);
        output_write(buf_str(&b));
    }
    buf_free(&b);
}
