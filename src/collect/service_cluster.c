/*
 * /cluster-info                          the newest snapshot, as it is stored (snapshot.h);
 * ?at=TIME the one at or before /cluster-info?kind=pods&namespace=NS
 * {"cluster","at","kind","items":[…],"continue"}: elements of one of its arrays
 *
 * As plain text a kind is a table as kubectl prints it, where the kind has columns of ours, else
 * names; the whole is a count of every array.
 */
#include "collect/service_cluster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "collect/service_call.h"
#include "collect/service_unpack.h"
#include "collect/snapshot_kinds.h"
#include "kube/kinds/kinds.h"
#include "net/splitter.h"
#include "store/window_store.h"

enum { CELL = 1024 };

struct array {
    const char *name;
    struct splitter *splitter;
    size_t count;
};

struct cluster {
    struct service_call *call;
    struct service_unpack *unpack;
    struct array arrays[32]; /* one when a kind was asked for */
    size_t array_count;
    const struct kind *rows; /* whose cells are printed; NULL: names */
    struct objects *table;
    struct json_doc *doc;
    char *namespace_, *kind;
    int64_t at;
    struct buf body;
    struct json_out out;
    size_t seen, given;
    bool more;
};

static void free_cluster(void *own)
{
    struct cluster *k = own;
    service_unpack_free(k->unpack);
    for (size_t i = 0; i < k->array_count; i++)
        splitter_free(k->arrays[i].splitter);
    objects_free(k->table);
    json_doc_free(k->doc);
    free(k->namespace_);
    free(k->kind);
    buf_free(&k->body);
    free(k);
}

/* ---- elements ---- */

static void put_cell(struct buf *out, const char *text)
{
    buf_addc(out, '\t');
    utf8_safe(out, str_of(text), UTF8_SAFE_DEFAULT);
}

static void put_row(struct cluster *k, const struct json *j)
{
    char text[CELL];
    const char *ns = json_string(j, "metadata.namespace", "");
    struct object *row = k->rows ? kinds_make(k->rows, k->table, j) : NULL;
    utf8_safe(&k->body, str_of(*ns ? ns : "-"), UTF8_SAFE_DEFAULT);
    put_cell(&k->body, json_string(j, "metadata.name", ""));
    for (size_t i = 0; row && i < k->rows->column_count; i++)
        if (!k->rows->columns[i].wide)
            put_cell(&k->body, object_cell_text(k->rows, row, i, k->at, text, sizeof text));
    if (row)
        objects_discard(k->table, row);
    buf_addc(&k->body, '\n');
}

static void put_titles(struct cluster *k)
{
    buf_adds(&k->body, "NAMESPACE\tNAME");
    for (size_t i = 0; k->rows && i < k->rows->column_count; i++)
        if (!k->rows->columns[i].wide)
            buf_printf(&k->body, "\t%s", k->rows->columns[i].title);
    buf_addc(&k->body, '\n');
}

static bool on_element(void *context, struct str json, struct err *err)
{
    struct cluster *k = context;
    const struct json *j = json_parse(k->doc, json.p, json.n, err);
    if (!j)
        return false;
    if (k->namespace_ && strcmp(json_string(j, "metadata.namespace", ""), k->namespace_) != 0)
        return true;
    if (k->seen++ < k->call->offset)
        return true;
    if (k->given == k->call->limit) {
        k->more = true;
        return false; /* enough */
    }
    k->given++;
    if (k->call->text)
        put_row(k, j);
    else
        json_out_json(&k->out, NULL, j);
    return true;
}

static bool on_counted(void *context, struct str json, struct err *err)
{
    (void)json;
    (void)err;
    ((struct array *)context)->count++;
    return true;
}

/* ---- the answer ---- */

static void finish_text(struct cluster *k)
{
    char at[CLOCK_TEXT];
    if (k->kind)
        return;
    buf_printf(&k->body, "%s at %s\n", window_store_cluster(k->call->store),
               clock_rfc3339(k->at, false, at));
    for (size_t i = 0; i < k->array_count; i++)
        buf_printf(&k->body, "%s\t%zu\n", k->arrays[i].name, k->arrays[i].count);
}

static void finish_json(struct cluster *k)
{
    char next[24];
    json_out_end_array(&k->out);
    snprintf(next, sizeof next, "%zu", k->call->offset + k->given);
    if (k->more)
        json_out_text(&k->out, "continue", next);
    json_out_end_object(&k->out);
}

static void on_unpacked(void *context, const struct err *err)
{
    struct cluster *k = context;
    k->unpack = NULL;
    if (err->kind && !k->more) {
        service_call_fail(k->call, err);
        return;
    }
    k->call->text ? finish_text(k) : finish_json(k);
    service_call_reply(k->call, &k->body);
}

static bool on_piece(void *context, struct str plain, struct err *err)
{
    struct cluster *k = context;
    for (size_t i = 0; i < k->array_count; i++)
        if (!splitter_feed(k->arrays[i].splitter, plain, err))
            return false;
    return true;
}

static void open_array(struct cluster *k, const char *name, bool count)
{
    struct array *a = &k->arrays[k->array_count++];
    a->name = name;
    a->splitter = splitter_new(&(struct splitter_conf){.array = name,
                                                       .max_rest = 64 << 20,
                                                       .context = count ? (void *)a : (void *)k,
                                                       .element = count ? on_counted : on_element});
}

static void begin(struct cluster *k)
{
    char at[CLOCK_TEXT];
    k->rows = k->call->text && k->kind ? kinds_find(k->kind) : NULL;
    k->table = k->rows ? objects_new(k->rows) : NULL;
    if (k->kind) {
        open_array(k, k->kind, false);
    } else {
        for (size_t i = 0; i < snapshot_kinds_count; i++)
            if (!i || strcmp(snapshot_kinds[i].array, snapshot_kinds[i - 1].array) != 0)
                open_array(k, snapshot_kinds[i].array, true);
    }
    if (k->call->text && k->kind)
        put_titles(k);
    if (k->call->text)
        return;
    json_out_object(&k->out, NULL);
    json_out_text(&k->out, "cluster", window_store_cluster(k->call->store));
    json_out_text(&k->out, "at", clock_rfc3339(k->at, false, at));
    json_out_text(&k->out, "kind", k->kind);
    json_out_array(&k->out, "items");
}

static void on_snapshot(void *context, int64_t found, struct str bytes, const struct err *err)
{
    struct cluster *k = context;
    struct service_call *c = k->call;
    c->op = NULL;
    k->at = found;
    if (err->kind) {
        service_call_fail(c, err);
    } else if (!k->kind && !c->text) {
        service_call_packed(c, bytes);
    } else {
        begin(k);
        k->unpack = service_unpack_start(c->loop, bytes, k, on_piece, on_unpacked);
    }
}

static const char *array_named(const char *name)
{
    for (size_t i = 0; i < snapshot_kinds_count; i++)
        if (strcmp(snapshot_kinds[i].array, name) == 0)
            return snapshot_kinds[i].array;
    return NULL;
}

void service_cluster_answer(struct service_call *c)
{
    const char *kind = service_call_query(c, "kind"), *ns = service_call_query(c, "namespace");
    int64_t at;
    if (kind && !array_named(kind)) {
        service_call_status(c, 400, "a snapshot has no such kind");
        return;
    }
    if (ns && !kind) {
        service_call_status(c, 400, "name a kind of which namespace selects");
        return;
    }
    if (!service_call_time(c, "at", clock_now(), &at))
        return;
    struct cluster *k = mem_alloc(sizeof *k);
    k->call = c;
    k->kind = mem_dup(kind);
    k->namespace_ = mem_dup(ns);
    k->doc = json_doc_new();
    buf_init(&k->body, SERVICE_CALL_BODY);
    k->out.b = &k->body;
    c->own = k;
    c->free_own = free_cluster;
    c->op = window_store_snapshot_load(c->store, at, k, on_snapshot);
}
