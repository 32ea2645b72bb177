/* Label names, their values, series, and the index's guess of what a query will read. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "net/server.h"
#include "sandbox/loki/lokid.h"

static bool read_range(struct reply *p, int64_t *start, int64_t *end)
{
    return lokid_time(p, "end", clock_now(), end) &&
           lokid_time(p, "start", *end - CLOCK_HOUR, start);
}

/* A query parameter that may be absent; false: answered. */
static bool optional_query(struct reply *p, const char *text, struct logql **q)
{
    char error[600];
    *q = NULL;
    if (!*text)
        return true;
    *q = logql_parse(text, error, sizeof error);
    if (!*q)
        reply_text(p, 400, error);
    return *q != NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void lokid_labels(struct lokid *d, struct reply *p, const char *label)
{
    int64_t start, end;
    struct logql *q;
    if (!read_range(p, &start, &end) || !optional_query(p, lokid_param(p, "query"), &q))
        return;
    size_t count, n = 0, cap = 0;
    const char **words = NULL;
    struct lokid_stream *streams = lokid_select(d, q, start, end, &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < streams[i].label_count; k++) {
            if (label && strcmp(streams[i].labels[k].name, label) != 0)
                continue;
            mem_grow(&words, &cap, n + 1, sizeof *words);
            words[n++] = label ? streams[i].labels[k].value : streams[i].labels[k].name;
        }
    }
    if (n)
        qsort(words, n, sizeof *words, by_text);
    struct buf json;
    buf_init(&json, 64 << 20);
    struct json_out o = {.b = &json};
    json_out_object(&o, NULL);
    json_out_text(&o, "status", "success");
    if (n)
        json_out_array(&o, "data");
    for (size_t i = 0; i < n; i++)
        if (!i || strcmp(words[i], words[i - 1]) != 0)
            json_out_text(&o, NULL, words[i]);
    if (n)
        json_out_end_array(&o);
    json_out_end_object(&o);
    buf_addc(&json, '\n');
    lokid_json(p, buf_str(&json));
    buf_free(&json);
    free(words);
    free(streams);
    logql_free(q);
}

static void write_series(struct json_out *o, const struct lokid_stream *s)
{
    json_out_object(o, NULL);
    for (size_t k = 0; k < s->label_count; k++)
        json_out_text(o, s->labels[k].name, s->labels[k].value);
    json_out_end_object(o);
}

void lokid_labels_series(struct lokid *d, struct reply *p)
{
    int64_t start, end;
    if (!read_range(p, &start, &end))
        return;
    struct buf json;
    buf_init(&json, 64 << 20);
    struct json_out o = {.b = &json};
    json_out_object(&o, NULL);
    json_out_text(&o, "status", "success");
    json_out_array(&o, "data");
    const char *match = "";
    for (size_t i = 0; i < 20 && match; i++) {
        struct logql *q;
        match = server_query_nth(p->r, "match[]", i);
        if (!match && i)
            break;
        if (!optional_query(p, match ? match : "", &q)) {
            buf_free(&json);
            return;
        }
        size_t count;
        struct lokid_stream *streams = lokid_select(d, q, start, end, &count);
        for (size_t k = 0; k < count; k++)
            write_series(&o, &streams[k]);
        free(streams);
        logql_free(q);
    }
    json_out_end_array(&o);
    json_out_end_object(&o);
    buf_addc(&json, '\n');
    lokid_json(p, buf_str(&json));
    buf_free(&json);
}

/* A guess, as the real one is: streams, and lines from their usual rate. */
void lokid_labels_stats(struct lokid *d, struct reply *p)
{
    int64_t start, end;
    struct logql *q;
    if (!read_range(p, &start, &end) || !optional_query(p, lokid_param(p, "query"), &q))
        return;
    size_t count;
    struct lokid_stream *streams = lokid_select(d, q, start, end, &count);
    double minutes = (double)(end - start) / (double)CLOCK_MINUTE;
    int64_t lines = (int64_t)((double)count * minutes * 14),
            chunks = (int64_t)count * (1 + (int64_t)(minutes / 60));
    struct buf json;
    buf_init(&json, 4096);
    struct json_out o = {.b = &json};
    json_out_object(&o, NULL);
    json_out_int(&o, "streams", (int64_t)count);
    json_out_int(&o, "chunks", chunks);
    json_out_int(&o, "bytes", lines * 180);
    json_out_int(&o, "entries", lines);
    json_out_end_object(&o);
    buf_addc(&json, '\n');
    lokid_json(p, buf_str(&json));
    buf_free(&json);
    free(streams);
    logql_free(q);
}
