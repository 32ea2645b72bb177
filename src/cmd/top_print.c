#include "cmd/top_print.h"

#include <math.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "cmd/output.h"
#include "text/number.h"
#include "text/spark.h"
#include "text/table.h"

enum { POINTS = 60, SPARK_COLUMNS = 20, COLUMNS_MAX_SHOWN = 12, OUT_ROOM = 64 << 20 };

/* What stands where nothing is known, as number.h prints NaN. */
static const char none[] = "-";

/* ---- the table ---- */

static size_t titles(const struct top_print *p, struct table_column *c)
{
    static const char *const of_nodes[] = {"CPU",    "CPU%", "CPU-REQ", "CPU-LIM",
                                           "MEMORY", "MEM%", "MEM-REQ", "MEM-LIM"};
    static const char *const of_pods[] = {"CPU",    "CPU-REQ", "CPU-LIM",
                                          "MEMORY", "MEM-REQ", "MEM-LIM"};
    const char *const *list = p->nodes ? of_nodes : of_pods;
    size_t n = 0,
           count = p->nodes ? sizeof of_nodes / sizeof *of_nodes : sizeof of_pods / sizeof *of_pods;
    if (p->with_namespace)
        c[n++] = (struct table_column){.title = "NAMESPACE"};
    c[n++] = (struct table_column){.title = "NAME"};
    for (size_t i = 0; i < count; i++)
        c[n++] = (struct table_column){.title = list[i], .right = true};
    if (p->cpu)
        c[n++] = (struct table_column){.title = "CPU-1H"};
    if (p->memory)
        c[n++] = (struct table_column){.title = "MEM-1H"};
    return n;
}

static void add_cores(struct table *t, double cores)
{
    char text[NUMBER_TEXT];
    table_add_safe(t, number_cores(cores, text));
}

static void add_milli(struct table *t, int64_t milli)
{
    add_cores(t, milli < 0 ? NAN : (double)milli / 1000);
}

static void add_bytes(struct table *t, double bytes)
{
    char text[NUMBER_TEXT];
    table_add_safe(t, bytes < 0 ? none : number_bytes(bytes, text));
}

static void add_share(struct table *t, double part, double whole)
{
    char text[NUMBER_TEXT];
    table_add_safe(t, whole > 0 ? number_percent(part / whole, text) : none);
}

/* The scale is the limit where there is one (a share's is 1): a full spark means full. */
static void add_spark(struct table *t, const struct series *s, const char *key, double limit)
{
    double values[POINTS];
    struct buf b;
    if (!s)
        return;
    buf_init(&b, 256);
    series_points(s, str_of(key), 0, values, POINTS);
    for (size_t i = 0; limit > 0 && i < POINTS; i++)
        if (values[i] > limit)
            limit = values[i];
    spark_add(&b, values, POINTS, SPARK_COLUMNS, 0, limit > 0 ? limit : NAN, !output_is_utf8());
    table_add_safe(t, buf_text(&b));
    buf_free(&b);
}

static void add_row(const struct top_print *p, struct table *t, const struct top_row *r)
{
    if (p->with_namespace)
        table_add_foreign(t, r->namespace_);
    table_add_foreign(t, r->name);
    add_cores(t, r->cpu);
    if (p->nodes)
        add_share(t, r->cpu, (double)r->cpu_allocatable / 1000);
    add_milli(t, r->cpu_request);
    add_milli(t, r->cpu_limit);
    add_bytes(t, r->memory);
    if (p->nodes)
        add_share(t, r->memory, (double)r->memory_allocatable);
    add_bytes(t, (double)r->memory_request);
    add_bytes(t, (double)r->memory_limit);
    add_spark(t, p->cpu, r->key, p->nodes ? 1 : (double)r->cpu_limit / 1000);
    add_spark(t, p->memory, r->key, p->nodes ? 1 : (double)r->memory_limit);
}

void top_print_table(const struct top_print *p, const struct top_rows *rows)
{
    struct table_column columns[COLUMNS_MAX_SHOWN];
    struct table_options options = {.ascii = !output_is_utf8()};
    struct buf out;
    buf_init(&out, OUT_ROOM);
    struct table *t = table_new(&out, columns, titles(p, columns), &options);
    for (size_t i = 0; i < top_rows_count(rows); i++) {
        add_row(p, t, top_rows_at(rows, i));
        output_write(buf_str(&out));
        buf_clear(&out);
    }
    table_finish(t);
    output_write(buf_str(&out));
    table_free(t);
    buf_free(&out);
}

/* ---- JSON ---- */

static void add_pair(struct json_out *o, const char *name, int64_t cpu, int64_t memory)
{
    json_out_object(o, name);
    json_out_number(o, "cpu", cpu < 0 ? NAN : (double)cpu / 1000);
    json_out_number(o, "memory", memory < 0 ? NAN : (double)memory);
    json_out_end_object(o);
}

static void add_points(struct json_out *o, const char *name, const struct series *s,
                       const char *key, double unit)
{
    double values[POINTS];
    if (!s)
        return;
    series_points(s, str_of(key), 0, values, POINTS);
    json_out_array(o, name);
    for (size_t i = 0; i < POINTS; i++)
        json_out_number(o, NULL, values[i] * unit);
    json_out_end_array(o);
}

static void add_history(const struct top_print *p, struct json_out *o, const struct top_row *r)
{
    if (!p->cpu && !p->memory)
        return;
    json_out_object(o, "last_hour");
    json_out_int(o, "step", p->step / CLOCK_SECOND);
    add_points(o, "cpu", p->cpu, r->key, p->nodes ? (double)r->cpu_capacity / 1000 : 1);
    add_points(o, "memory", p->memory, r->key, p->nodes ? (double)r->memory_capacity : 1);
    json_out_end_object(o);
}

static void add_object(const struct top_print *p, struct buf *b, const struct top_row *r)
{
    struct json_out o = {b, false};
    char time[CLOCK_TEXT];
    json_out_object(&o, NULL);
    if (!p->nodes)
        json_out_string(&o, "namespace", str_of(r->namespace_));
    json_out_string(&o, "name", str_of(r->name));
    json_out_text(&o, "source", p->source);
    json_out_text(&o, "time", p->time ? clock_rfc3339(p->time, false, time) : NULL);
    json_out_number(&o, "cpu", r->cpu);
    json_out_number(&o, "memory", r->memory);
    add_pair(&o, "requests", r->cpu_request, r->memory_request);
    add_pair(&o, "limits", r->cpu_limit, r->memory_limit);
    if (p->nodes)
        add_pair(&o, "allocatable", r->cpu_allocatable, r->memory_allocatable);
    add_history(p, &o, r);
    json_out_end_object(&o);
    buf_addc(b, '\n');
}

void top_print_json(const struct top_print *p, const struct top_rows *rows)
{
    struct buf b;
    buf_init(&b, OUT_ROOM);
    for (size_t i = 0; i < top_rows_count(rows); i++) {
        add_object(p, &b, top_rows_at(rows, i));
        output_write(buf_str(&b));
        buf_clear(&b);
    }
    buf_free(&b);
}
