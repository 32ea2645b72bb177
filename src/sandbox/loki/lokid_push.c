/* Pushing (JSON, gzip or not), with the real limits and their words. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/gzip.h"
#include "base/json.h"
#include "net/server.h"
#include "sandbox/loki/lokid.h"

enum {
    LABELS = 15,
    VALUE_BYTES = 2048,
    BODY_MAX = 64 << 20,
    RATE_BYTES = 4 << 20,
    META_MAX = 128,
    LABELS_READ = 64
};

struct pushing {
    struct lokid_store *store;
    int64_t now;
    struct buf error; /* the last entry that was refused */
    bool nuls;        /* the body has some */
    struct buf line;
    size_t streams, lines, bytes;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct history_label *)a)->name, ((const struct history_label *)b)->name);
}

/* {a="x", b="y"} */
static void write_name(const struct history_label *labels, size_t count, struct buf *out)
{
    buf_addc(out, '{');
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s%s=\"%s\"", i ? ", " : "", labels[i].name, labels[i].value);
    buf_addc(out, '}');
}

static bool is_label_name(const char *name)
{
    if (!isalpha((unsigned char)*name) && *name != '_')
        return false;
    for (; *name; name++)
        if (!isalnum((unsigned char)*name) && *name != '_')
            return false;
    return true;
}

/* Loki gives every stream a service_name. */
static const char *service_name(const struct history_label *labels, size_t count)
{
    static const char *const from[] = {"service",
                                       "app",
                                       "application",
                                       "name",
                                       "app_kubernetes_io_name",
                                       "container",
                                       "container_name",
                                       "k8s_container_name",
                                       "component",
                                       "workload",
                                       "job"};
    for (size_t k = 0; k < sizeof from / sizeof *from; k++)
        for (size_t i = 0; i < count; i++)
            if (strcmp(labels[i].name, from[k]) == 0)
                return labels[i].value;
    return "unknown_service";
}

static bool refuse(struct pushing *p, const struct history_label *labels, size_t count,
                   const char *before, const char *behind)
{
    buf_clear(&p->error);
    buf_adds(&p->error, before);
    write_name(labels, count, &p->error);
    buf_adds(&p->error, behind);
    return false;
}

/* The stream's labels, sorted, with service_name; false: refused. */
static bool read_labels(struct pushing *p, const struct json *stream, struct history_label *labels,
                        size_t *count)
{
    char text[300];
    bool named = false;
    size_t given = 0;
    for (const struct json *m = json_first(stream); m && given < LABELS_READ - 1;
         m = json_next(m)) {
        const char *value = json_value(m);
        if (!is_label_name(json_name(m))) {
            buf_clear(&p->error);
            buf_printf(&p->error,
                       "couldn't parse labels: 1:2: parse error: unexpected character inside "
                       "braces in \"%.100s\"",
                       json_name(m));
            return false;
        }
        labels[given++] = (struct history_label){json_name(m), value ? value : ""};
        named |= strcmp(json_name(m), "service_name") == 0;
    }
    *count = given;
    if (!named)
        labels[(*count)++] = (struct history_label){"service_name", service_name(labels, given)};
    qsort(labels, *count, sizeof *labels, by_name);
    if (given > LABELS) {
        snprintf(text, sizeof text, "' has %zu label names; limit %d", given, LABELS);
        return refuse(p, labels, *count, "entry for stream '", text);
    }
    for (size_t i = 0; i < *count; i++)
        if (strlen(labels[i].value) > VALUE_BYTES) {
            snprintf(text, sizeof text, "' has label value too long: '%.60s…'", labels[i].value);
            return refuse(p, labels, *count, "stream '", text);
        }
    return true;
}

static void second(int64_t t, char out[CLOCK_TEXT])
{
    clock_rfc3339(t / CLOCK_SECOND * CLOCK_SECOND, false, out);
}

static bool check_entry(struct pushing *p, const struct lokid_pushed *stream,
                        const struct history_label *labels, size_t count,
                        const struct lokid_line *line)
{
    char text[400], a[CLOCK_TEXT], b[CLOCK_TEXT], full[CLOCK_TEXT];
    int64_t newest = lokid_store_newest(stream);
    second(line->time, a);
    if (line->text.n > LOKID_LINE) {
        snprintf(text, sizeof text, "' while adding an entry with length '%zu' bytes",
                 line->text.n);
        return refuse(p, labels, count, "Max entry size '262144' bytes exceeded for stream '",
                      text);
    }
    if (line->time < p->now - 7 * CLOCK_DAY) {
        second(p->now - 7 * CLOCK_DAY, b);
        snprintf(text, sizeof text,
                 "' has timestamp too old: %s, oldest acceptable timestamp is: %s", a, b);
        return refuse(p, labels, count, "entry for stream '", text);
    }
    if (line->time > p->now + 10 * CLOCK_MINUTE) {
        snprintf(text, sizeof text, "' has timestamp too new: %s", a);
        return refuse(p, labels, count, "entry for stream '", text);
    }
    if (newest && line->time < newest - CLOCK_HOUR) {
        second(newest - CLOCK_HOUR, b);
        clock_rfc3339(line->time, true, full);
        full[10] = ' ';
        full[strlen(full) - 1] = '\0';
        snprintf(text, sizeof text,
                 "entry with timestamp %s +0000 UTC ignored, reason: 'entry too far behind, entry "
                 "timestamp is: %s, oldest acceptable "
                 "timestamp is: %s',\nuser 'fake', total ignored: 1 out of 1 for stream: ",
                 full, a, b);
        return refuse(p, labels, count, text, "");
    }
    return true;
}

static size_t read_meta(const struct json *meta, struct history_label *list)
{
    size_t n = 0;
    for (const struct json *m = json_first(meta); m && n < META_MAX; m = json_next(m))
        if (json_value(m))
            list[n++] = (struct history_label){json_name(m), json_value(m)};
    return n;
}

static void bad_body(struct pushing *p, struct str body)
{
    size_t from = body.n > 50 ? body.n - 50 : 0;
    buf_clear(&p->error);
    buf_printf(&p->error,
               "loghttp.PushRequest.Streams: []loghttp.LogProtoStream: unmarshalerDecoder: Value "
               "looks like Number/Boolean/None, but can't "
               "find its end: ',' or '}' symbol, error found in #10 byte of ...|%.*s|..., bigger "
               "context ...|%.*s|...",
               (int)(body.n > 10 ? 10 : body.n), body.p + (body.n > 10 ? body.n - 10 : 0),
               (int)(body.n - from), body.p + from);
}

/* Times must be strings of digits: else the whole body is refused. */
static bool check_body(const struct json *streams)
{
    int64_t time;
    for (const struct json *s = json_first(streams); s; s = json_next(s))
        for (const struct json *v = json_first(json_member(s, "values")); v; v = json_next(v)) {
            const struct json *at = json_first(v);
            if (!json_value(at) || !str_to_int(str_of(json_value(at)), &time) ||
                !json_value(json_next(at)))
                return false;
        }
    return true;
}

/* The parser ends a string at its NUL: through it NULs travel as U+FDD0, which is no character. */
static void hide_nuls(struct str body, struct buf *out)
{
    ptrdiff_t at;
    while ((at = str_find(body, str_of("\\u0000"))) >= 0) {
        /* Behind an odd number of backslashes it is the text \u0000. */
        size_t slashes = 0;
        while (slashes < (size_t)at && body.p[(size_t)at - 1 - slashes] == '\\')
            slashes++;
        buf_add(out, body.p, (size_t)at);
        buf_adds(out, slashes % 2 ? "\\u0000" : "\\ufdd0");
        body = (struct str){body.p + at + 6, body.n - (size_t)at - 6};
    }
    buf_add(out, body.p, body.n);
}

static struct str show_nuls(struct str text, struct buf *out)
{
    ptrdiff_t at;
    buf_clear(out);
    while ((at = str_find(text, str_of("\xef\xb7\x90"))) >= 0) {
        buf_add(out, text.p, (size_t)at);
        buf_addc(out, '\0');
        text = (struct str){text.p + at + 3, text.n - (size_t)at - 3};
    }
    buf_add(out, text.p, text.n);
    return buf_str(out);
}

static void push_stream(struct pushing *p, const struct json *s)
{
    struct history_label labels[LABELS_READ], meta[META_MAX];
    size_t count;
    if (!read_labels(p, json_member(s, "stream"), labels, &count))
        return;
    struct lokid_pushed *stream = lokid_store_stream(p->store, labels, count);
    for (const struct json *v = json_first(json_member(s, "values")); stream && v;
         v = json_next(v)) {
        const struct json *at = json_first(v), *text = json_next(at);
        struct lokid_line line = {.text = str_of(json_value(text)), .meta = meta};
        if (p->nuls)
            line.text = show_nuls(line.text, &p->line);
        str_to_int(str_of(json_value(at)), &line.time);
        line.meta_count = read_meta(json_next(text), meta);
        p->lines++;
        p->bytes += line.text.n;
        if (check_entry(p, stream, labels, count, &line))
            lokid_store_add(p->store, stream, &line);
    }
}

static void push_json(struct pushing *p, struct reply *reply, struct str body)
{
    char text[400];
    struct json_doc *d = json_doc_new();
    const struct json *j = json_parse(d, body.n ? body.p : "", body.n, NULL);
    const struct json *streams = json_member(j, "streams");
    for (const struct json *s = json_first(streams); s; s = json_next(s))
        for (const struct json *v = json_first(json_member(s, "values")); v; v = json_next(v)) {
            p->streams += v == json_first(json_member(s, "values"));
            p->lines++;
            const char *line = json_value(json_next(json_first(v)));
            p->bytes += line ? strlen(line) : 0;
        }
    if (!j || !check_body(streams)) {
        bad_body(p, body);
    } else if (!p->streams) {
        json_doc_free(d);
        reply_text(reply, 422, "error at least one valid stream is required for ingestion");
        return;
    } else if (p->bytes > RATE_BYTES + RATE_BYTES / 2) {
        snprintf(text, sizeof text,
                 "Ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) while "
                 "attempting to ingest '%zu' lines totaling "
                 "'%zu' bytes, reduce log volume or contact your Loki administrator to see if the "
                 "limit can be increased",
                 p->lines, p->bytes);
        json_doc_free(d);
        reply_text(reply, 429, text);
        return;
    } else {
        for (const struct json *s = json_first(streams); s; s = json_next(s))
            push_stream(p, s);
    }
    json_doc_free(d);
    if (p->error.n)
        reply_text(reply, 400, buf_text(&p->error));
    else
        reply_body(reply, 204, NULL, NULL, (struct str){"", 0});
}

void lokid_push(struct lokid *d, struct reply *reply)
{
    struct pushing p = {.store = d->store, .now = clock_now()};
    const char *type = server_header(reply->r, "Content-Type"),
               *encoding = server_header(reply->r, "Content-Encoding");
    struct str body = server_body(reply->r);
    struct buf plain, hidden;
    buf_init(&plain, BODY_MAX);
    buf_init(&hidden, BODY_MAX);
    buf_init(&p.line, BODY_MAX);
    buf_init(&p.error, 64 << 10);
    if (!type || strncmp(type, "application/json", 16) != 0) {
        reply_text(reply, 400, "snappy: corrupt input");
    } else if (encoding && strcmp(encoding, "gzip") == 0 && !gzip_unpack(&plain, body, NULL)) {
        reply_text(reply, 400, "gzip: invalid header");
    } else {
        body = plain.n ? buf_str(&plain) : body;
        p.nuls = str_find(body, str_of("\\u0000")) >= 0;
        if (p.nuls)
            hide_nuls(body, &hidden);
        push_json(&p, reply, p.nuls ? buf_str(&hidden) : body);
    }
    buf_free(&hidden);
    buf_free(&p.line);
    buf_free(&plain);
    buf_free(&p.error);
}
