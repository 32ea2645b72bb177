/*
 * List after list streams through the splitter into gzip into a spool: what is in memory is one
 * object and the pages under way, however large the cluster. A list that is refused is named in
 * `missing`; one that breaks off fails the whole, as half a list would look like pods that went.
 */
#include "collect/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/gzip.h"
#include "base/json.h"
#include "base/mem.h"
#include "collect/cluster_event.h"
#include "collect/snapshot_kinds.h"
#include "collect/snapshot_usage.h"
#include "kube/pages.h"
#include "store/spool.h"
#include "store/store.h"
#include "store/window_store.h"
#include "triage/redact/redact.h"

enum {
    TEXT_ROOM = 32 << 20, /* an object is at most 16 MiB */
    PACKED_ROOM = 33 << 20,
    PIECE = 64 << 10,
    MESSAGE_ROOM = 1 << 20,
};
#define SPOOL_MAX ((size_t)512 << 20)

struct snapshot {
    struct snapshot_conf conf;
    struct spool *spool;
    struct gzip *gzip;
    struct buf text, packed, message;
    struct json_out out;
    struct json_doc *doc;
    size_t kind;       /* being listed */
    const char **keep; /* of it */
    bool older;
    struct pages *pages;
    struct snapshot_usage *usage;
    struct store_op *put;
    size_t objects, before, missing_count;
    struct buf missing; /* elements of "missing", written at the end */
    struct err failed;
};

void snapshot_free(struct snapshot *s)
{
    if (!s)
        return;
    pages_cancel(s->pages);
    snapshot_usage_free(s->usage);
    store_cancel(s->put);
    gzip_free(s->gzip);
    spool_free(s->spool);
    json_doc_free(s->doc);
    buf_free(&s->text);
    buf_free(&s->packed);
    buf_free(&s->message);
    buf_free(&s->missing);
    free(s->keep);
    free(s);
}

static void end(struct snapshot *s, const struct err *err)
{
    struct err copy = *err;
    s->conf.done(s->conf.context, s->objects, s->missing_count, &copy);
    snapshot_free(s);
}

/* ---- writing ---- */

/* Hands the text on when there is enough of it, or all of it. */
static bool drain(struct snapshot *s, bool all, struct err *err)
{
    if (s->text.over)
        return err_set(err, ERR_LIMIT, "snapshot", "", "an object is too large");
    if (s->text.n < PIECE && !all)
        return true;
    bool packed = gzip_add(s->gzip, buf_str(&s->text)) && (!all || gzip_finish(s->gzip));
    buf_clear(&s->text);
    if (!packed)
        return err_set(err, ERR_LIMIT, "snapshot", "", "it is too large");
    bool ok = spool_add(s->spool, buf_str(&s->packed), err);
    buf_clear(&s->packed);
    return ok;
}

static void put_string(struct snapshot *s, const char *name, const char *text)
{
    bool message = name && (!strcmp(name, "message") || !strcmp(name, "note"));
    bool changed = message && s->conf.redactor;
    if (changed) {
        redact_reset(s->conf.redactor);
        changed = redact_line(s->conf.redactor, str_of(text), &s->message, NULL);
    }
    json_out_string(&s->out, name, changed ? buf_str(&s->message) : str_of(text));
}

/* Without what the splitter put null for. The depth is bounded by json_parse. */
static void put_value(struct snapshot *s, const char *name, const struct json *j)
{
    if (json_is_null(j))
        return;
    if (json_is_object(j) || json_is_array(j)) {
        bool object = json_is_object(j);
        object ? json_out_object(&s->out, name) : json_out_array(&s->out, name);
        for (const struct json *e = json_first(j); e; e = json_next(e))
            put_value(s, object ? json_name(e) : NULL, e);
        object ? json_out_end_object(&s->out) : json_out_end_array(&s->out);
    } else if (json_value(j)) {
        put_string(s, name, json_value(j));
    } else {
        json_out_json(&s->out, name, j);
    }
}

static void put_time(struct snapshot *s, const char *name, int64_t time)
{
    char text[CLOCK_TEXT];
    json_out_text(&s->out, name, clock_rfc3339(time, false, text));
}

static void add_missing(struct snapshot *s, const char *what, const struct err *err)
{
    struct json_out o = {&s->missing, s->missing.n > 0};
    json_out_object(&o, NULL);
    json_out_text(&o, "what", what);
    json_out_text(&o, "why", err->what);
    json_out_end_object(&o);
    s->missing_count++;
}

/* ---- lists ---- */

static const struct snapshot_kind *current(const struct snapshot *s)
{
    return &snapshot_kinds[s->kind];
}

static bool on_element(void *context, struct str json, struct err *err)
{
    struct snapshot *s = context;
    const struct snapshot_kind *k = current(s);
    const struct json *j = json_parse(s->doc, json.p, json.n, err);
    if (!j)
        return false;
    if (k->recent && cluster_event_time(j) < s->conf.events_from)
        return true;
    json_out_object(&s->out, NULL);
    if (k->kind)
        json_out_text(&s->out, "kind", k->kind);
    for (const struct json *e = json_first(j); e; e = json_next(e))
        put_value(s, json_name(e), e);
    json_out_end_object(&s->out);
    s->objects++;
    return drain(s, false, err);
}

static void list(struct snapshot *s);
static void ask_usage(struct snapshot *s);

static void next_kind(struct snapshot *s)
{
    const char *array = current(s)->array;
    s->kind++;
    s->older = false;
    if (s->kind < snapshot_kinds_count && !strcmp(array, current(s)->array)) {
        list(s);
        return;
    }
    json_out_end_array(&s->out);
    if (s->kind == snapshot_kinds_count) {
        ask_usage(s);
        return;
    }
    json_out_array(&s->out, current(s)->array);
    list(s);
}

static void on_listed(void *context, const char *version, const struct err *err)
{
    struct snapshot *s = context;
    const struct snapshot_kind *k = current(s);
    (void)version;
    s->pages = NULL;
    bool refused =
        err->kind == ERR_DENIED || err->kind == ERR_NOT_FOUND || err->kind == ERR_REFUSED;
    if (err->kind && (!refused || s->objects > s->before)) {
        end(s, err);
    } else if (err->kind == ERR_NOT_FOUND && k->older && !s->older) {
        s->older = true;
        list(s);
    } else {
        if (err->kind)
            add_missing(s, k->kind ? k->kind : k->array, err);
        next_kind(s);
    }
}

static void list(struct snapshot *s)
{
    const struct snapshot_kind *k = current(s);
    free(s->keep);
    s->keep = snapshot_kinds_keep(k);
    s->before = s->objects;
    s->pages =
        pages_start(s->conf.client, &(struct pages_conf){.path = s->older ? k->older : k->path,
                                                         .in_order = true,
                                                         .metadata = k->metadata,
                                                         .keep = s->keep,
                                                         .context = s,
                                                         .element = on_element,
                                                         .done = on_listed});
}

/* ---- usage, and the end ---- */

static void on_put(void *context, const struct err *err)
{
    struct snapshot *s = context;
    s->put = NULL;
    end(s, err);
}

static void store_it(struct snapshot *s)
{
    char key[WINDOW_KEY_SIZE];
    struct err err = {0};
    json_out_array(&s->out, "missing");
    if (s->missing.n)
        buf_add(&s->text, s->missing.p, s->missing.n);
    json_out_end_array(&s->out);
    json_out_end_object(&s->out);
    if (!drain(s, true, &err)) {
        end(s, &err);
        return;
    }
    window_key_snapshot(key, window_store_cluster(s->conf.store), s->conf.at);
    s->put = store_put_spool(window_store_processed(s->conf.store), key, "application/gzip",
                             s->spool, s, on_put);
    s->spool = NULL;
}

static void on_usage(void *context, const struct err *err)
{
    struct snapshot *s = context;
    json_out_object(&s->out, "usage");
    snapshot_usage_write(s->usage, &s->out);
    json_out_end_object(&s->out);
    if (err->kind)
        add_missing(s, "usage", err);
    store_it(s);
}

static void ask_usage(struct snapshot *s)
{
    if (s->conf.prometheus)
        s->usage = snapshot_usage_ask(s->conf.prometheus, s->conf.at, s, on_usage);
    else
        store_it(s);
}

struct snapshot *snapshot_start(const struct snapshot_conf *conf)
{
    struct snapshot *s = mem_alloc(sizeof *s);
    s->conf = *conf;
    s->spool = spool_new(SPOOL_MAX);
    buf_init(&s->text, TEXT_ROOM);
    buf_init(&s->packed, PACKED_ROOM);
    buf_init(&s->message, MESSAGE_ROOM);
    buf_init(&s->missing, PIECE);
    s->gzip = gzip_new(&s->packed);
    s->doc = json_doc_new();
    s->out.b = &s->text;
    json_out_object(&s->out, NULL);
    json_out_int(&s->out, "schema", SNAPSHOT_SCHEMA);
    json_out_text(&s->out, "cluster", window_store_cluster(conf->store));
    put_time(s, "at", conf->at);
    put_time(s, "taken", clock_now());
    json_out_array(&s->out, current(s)->array);
    list(s);
    return s;
}
