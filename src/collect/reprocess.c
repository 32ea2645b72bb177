#include "collect/reprocess.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/gzip.h"
#include "base/json.h"
#include "base/mem.h"
#include "model/window_raw.h"
#include "net/loop.h"
#include "store/spool.h"
#include "store/window_store.h"
#include "triage/window_build.h"

enum {
    PIECE = 64 << 10,
    PIECES = 16,
    LINE_ROOM = 8 << 20,
    QUERY_ROOM = 64 << 10,
    LABELS_MAX = 256
};

struct reprocess {
    struct reprocess_conf conf;
    struct window_store_op *op;
    struct loop_timer *timer;
    struct spool *packed;
    struct buf plain, text;
    struct gzip_reader *reader;
    struct json_doc *doc;
    struct window *stored; /* NULL: none */
    struct window_build *build;
};

void reprocess_free(struct reprocess *r)
{
    if (!r)
        return;
    window_store_cancel(r->op);
    loop_timer_free(r->timer);
    buf_free(&r->plain);
    buf_free(&r->text);
    gzip_reader_free(r->reader);
    spool_free(r->packed);
    json_doc_free(r->doc);
    window_free(r->stored);
    window_build_free(r->build);
    free(r);
}

static void end(struct reprocess *r, struct window *w, const struct err *err)
{
    struct err copy = *err;
    r->conf.done(r->conf.context, w, &copy);
    reprocess_free(r);
}

static const struct labels *read_labels(const struct json *object)
{
    struct str names[LABELS_MAX], values[LABELS_MAX];
    size_t n = 0;
    for (const struct json *e = json_first(object); e && n < LABELS_MAX; e = json_next(e)) {
        names[n] = str_of(json_name(e));
        values[n++] = str_of(json_value(e));
    }
    return labels_get(names, values, n);
}

/* The text may hold NULs, at which a parsed string ends. */
static bool read_text(struct reprocess *r, struct str object)
{
    struct str value;
    buf_clear(&r->text);
    return window_raw_member(object, "line", &value) && value.n >= 2 && value.p[0] == '"' &&
           json_unescape(&r->text, (struct str){value.p + 1, value.n - 2});
}

static bool take_line(struct reprocess *r, struct str object, struct err *err)
{
    struct line line = {.kind = LINE_LOG};
    const struct json *j = json_parse(r->doc, object.p, object.n, err);
    if (!j)
        return false;
    if (json_bool(j, "around", false))
        return true;
    if (!clock_parse(str_of(json_string(j, "time", "")), false, &line.time) ||
        !read_text(r, object))
        return err_set(err, ERR_PROTOCOL, r->conf.rule->name, "", "a raw line is broken");
    line.text = buf_str(&r->text);
    line.labels = read_labels(json_member(j, "labels"));
    window_build_add(r->build, &line);
    labels_drop(line.labels);
    return true;
}

/* The whole lines of what is unpacked. */
static bool take_lines(struct reprocess *r, struct err *err)
{
    struct str rest = buf_str(&r->plain);
    for (const char *end; (end = rest.n ? memchr(rest.p, '\n', rest.n) : NULL);) {
        struct str object = {rest.p, (size_t)(end - rest.p)};
        if (!take_line(r, object, err))
            return false;
        rest.p = end + 1;
        rest.n -= object.n + 1;
    }
    buf_drop_front(&r->plain, r->plain.n - rest.n);
    return true;
}

static void finish(struct reprocess *r)
{
    struct err none = {0};
    const struct window *old = r->stored;
    struct window *w = window_build_finish(r->build);
    r->build = NULL;
    w->complete = false;
    if (old) {
        w->counted = old->counted;
        w->bytes = old->bytes;
        w->truncated = old->truncated;
        w->complete = old->complete && old->lines == w->lines;
        for (size_t i = 0; i < old->redacted.count; i++)
            tallies_add(&w->redacted, str_of(old->redacted.list[i].name),
                        old->redacted.list[i].count);
        tallies_sort(&w->redacted);
    }
    end(r, w, &none);
}

static void unpack_some(void *context)
{
    struct reprocess *r = context;
    struct err err = {0};
    for (int i = 0; i < PIECES; i++) {
        char *room = buf_room(&r->plain, PIECE);
        ptrdiff_t n = room ? gzip_reader_read(r->reader, room, PIECE, &err) : -1;
        if (!room)
            err_set(&err, ERR_PROTOCOL, r->conf.rule->name, "", "a raw line is too long");
        if (n > 0)
            buf_added(&r->plain, (size_t)n);
        if (n < 0 || !take_lines(r, &err)) {
            end(r, NULL, &err);
            return;
        }
        if (n == 0) {
            finish(r);
            return;
        }
    }
    loop_timer_set(r->timer, 0);
}

static void on_lines(void *context, struct spool *yours, const struct err *err)
{
    struct reprocess *r = context;
    struct buf query;
    r->op = NULL;
    if (err->kind) {
        end(r, NULL, err);
        return;
    }
    r->packed = yours;
    r->reader = gzip_reader_from(spool_read, yours);
    buf_init(&query, QUERY_ROOM);
    rule_query(r->conf.rule, r->conf.labels, &query);
    r->build = window_build_new(window_store_cluster(r->conf.store), r->conf.rule->name,
                                r->stored ? r->stored->query : buf_text(&query), r->conf.from,
                                r->conf.to, r->conf.labels, r->conf.known);
    buf_free(&query);
    loop_timer_set(r->timer, 0);
}

static void on_stored(void *context, struct window *yours, const struct err *err)
{
    struct reprocess *r = context;
    r->op = NULL;
    r->stored = yours;
    bool missing = err->kind == ERR_NOT_FOUND || err->kind == ERR_PROTOCOL;
    if (err->kind && (!missing || window_store_is_newer(err)))
        end(r, NULL, err);
    else
        r->op =
            window_store_load_lines(r->conf.store, r->conf.rule->name, r->conf.from, r, on_lines);
}

struct reprocess *reprocess_start(const struct reprocess_conf *conf)
{
    struct reprocess *r = mem_alloc(sizeof *r);
    r->conf = *conf;
    r->doc = json_doc_new();
    buf_init(&r->plain, LINE_ROOM);
    buf_init(&r->text, LINE_ROOM);
    r->timer = loop_timer_new(conf->loop, unpack_some, r);
    r->op = window_store_load(conf->store, conf->rule->name, conf->from, r, on_stored);
    return r;
}
