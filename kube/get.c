#include "kube/get.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "kube/discovery.h"
#include "kube/kinds/kinds.h"
#include "kube/pages.h"
#include "kube/whole.h"
#include "model/kind_names.h"
#include "net/loop.h"
#include "net/splitter.h"

enum { OBJECT_LONGEST = 64 << 20, PATH_LONGEST = 16384 };

struct get {
    struct client *client;
    struct get_conf conf;        /* its texts are ours */
    const struct kinds_row *row; /* NULL: the server makes the rows */
    struct objects *table;       /* makes the rows; never holds one */
    struct pages *pages;
    struct client_request *request;
    struct splitter *splitter; /* of one object whose row is ours */
    struct loop_timer *refused;
    struct json_doc *doc;
    struct buf whole;  /* the object that is handed out */
    struct err failed; /* while it was read */
    bool shown;        /* columns were told */
    size_t count;
};

static void finish(struct get *g, const struct err *err)
{
    struct get_conf conf = g->conf;
    struct err copy = *err;
    size_t count = g->count;
    g->pages = NULL;
    get_cancel(g);
    conf.done(conf.context, count, &copy);
}

/* ---- rows ---- */

static void show_columns(struct get *g, const struct json *table)
{
    struct err ignored; /* it is the first Table */
    if (!g->row)
        discovery_set_columns(g->conf.kind, table, &ignored);
    if (!g->table)
        g->table = objects_new(g->conf.kind);
    if (!g->shown && g->conf.columns)
        g->conf.columns(g->conf.context, g->conf.kind);
    g->shown = true;
}

static bool give_row(struct get *g, const struct json *element)
{
    struct object *row = g->row ? kinds_make(g->conf.kind, g->table, element)
                                : columns_make(discovery_columns(g->conf.kind), g->table, element);
    if (!row)
        return true;
    g->count++;
    bool more = g->conf.row(g->conf.context, row);
    objects_discard(g->table, row);
    return more;
}

static bool give_object(struct get *g, struct str json)
{
    g->count++;
    return g->conf.object(g->conf.context, whole_object(&g->whole, g->conf.kind, json, false));
}

/* ---- a list ---- */

static bool list_head(void *context, struct str json, struct err *err)
{
    struct get *g = context;
    const struct json *head = json_parse(g->doc, json.p, json.n, err);
    if (head && !g->conf.object)
        show_columns(g, head);
    return head;
}

static bool list_element(void *context, struct str json, struct err *err)
{
    struct get *g = context;
    if (g->conf.object)
        return give_object(g, json);
    const struct json *element = json_parse(g->doc, json.p, json.n, err);
    return element && give_row(g, element);
}

static void list_done(void *context, const char *version, const struct err *err)
{
    (void)version;
    finish(context, err);
}

static void get_list(struct get *g, const char *path)
{
    bool rows = !g->conf.object;
    g->pages = pages_start(
        g->client, &(struct pages_conf){.path = path,
                                        .label_selector = g->conf.label_selector,
                                        .field_selector = g->conf.field_selector,
                                        .in_order = true,
                                        .table = rows && !g->row,
                                        .objects = rows && discovery_needs_objects(g->conf.kind),
                                        .keep = !rows    ? NULL
                                                : g->row ? g->row->keep
                                                         : discovery_keep(g->conf.kind),
                                        .context = g,
                                        .head = list_head,
                                        .element = list_element,
                                        .done = list_done});
}

/* ---- one object ---- */

/* A row of ours: what it does not need is dropped before it is parsed, as in a list. */
static bool one_element(void *context, struct str json, struct err *err)
{
    struct get *g = context;
    const struct json *element = json_parse(g->doc, json.p, json.n, err);
    if (!element)
        return false;
    show_columns(g, element);
    return give_row(g, element);
}

static bool one_chunk(void *context, struct str bytes)
{
    struct get *g = context;
    return splitter_feed(g->splitter, bytes, &g->failed);
}

/* What the server made of it: a Table. */
static void give_one(struct get *g, struct str body, struct err *err)
{
    if (g->conf.object) {
        if (!give_object(g, body))
            err_set(err, ERR_CANCELLED, "", "", "given up");
        return;
    }
    const struct json *answer = json_parse(g->doc, body.p, body.n, err);
    if (!answer)
        return;
    show_columns(g, answer);
    const struct json *rows = json_member(answer, "rows");
    const struct json *element = json_is_array(rows) ? json_first(rows) : answer;
    if (element && !give_row(g, element))
        err_set(err, ERR_CANCELLED, "", "", "given up");
}

static void one_done(void *context, struct http_request *r, int status, struct str body,
                     const struct err *err)
{
    struct get *g = context;
    struct err end = g->failed.kind != ERR_NONE ? g->failed : *err;
    (void)r;
    (void)status;
    g->request = NULL;
    if (end.kind == ERR_NONE && g->splitter)
        splitter_finish(g->splitter, &end);
    else if (end.kind == ERR_NONE)
        give_one(g, body, &end);
    finish(g, &end);
}

static char *path_of_one(const struct get *g, const char *path)
{
    bool first = true;
    struct buf full;
    buf_init(&full, PATH_LONGEST);
    buf_adds(&full, path);
    if (!g->conf.object && discovery_needs_objects(g->conf.kind))
        conn_query(&full, &first, COLUMNS_OBJECTS, "Object");
    return buf_take(&full, NULL);
}

static void get_one(struct get *g, const char *collection)
{
    static const char *const table[] = {COLUMNS_ACCEPT, NULL};
    bool own = g->row && !g->conf.object, tables = !g->row && !g->conf.object;
    char *path = path_of_one(g, collection);
    if (own)
        g->splitter = splitter_new(&(struct splitter_conf){.keep = g->row->keep,
                                                           .max_element = OBJECT_LONGEST,
                                                           .context = g,
                                                           .element = one_element});
    g->request = client_send(g->client, &(struct http_call){.path = path,
                                                            .headers = tables ? table : NULL,
                                                            .max_body = OBJECT_LONGEST,
                                                            .context = g,
                                                            .chunk = own ? one_chunk : NULL,
                                                            .done = one_done});
    free(path);
}

static void refuse(void *context)
{
    struct err err;
    err_set(&err, ERR_USAGE, "secrets", "use kubectl where you must",
            "kubeboard never reads secrets");
    finish(context, &err);
}

struct get *get_start(struct client *c, const struct get_conf *conf)
{
    struct get *g = mem_alloc(sizeof *g);
    g->client = c;
    g->conf = *conf;
    g->conf.namespace_ = mem_dup(conf->namespace_);
    g->conf.name = mem_dup(conf->name);
    g->conf.label_selector = mem_dup(conf->label_selector);
    g->conf.field_selector = mem_dup(conf->field_selector);
    g->row = kinds_row_of(conf->kind);
    g->doc = json_doc_new();
    buf_init(&g->whole, OBJECT_LONGEST + 4096);
    g->refused = loop_timer_new(client_loop(c), refuse, g);
    if (kinds_is_secret(conf->kind)) {
        loop_timer_set(g->refused, 0);
        return g;
    }
    /* One object lies in one namespace: the context's when none is named. */
    const char *ns = conf->namespace_ ? conf->namespace_ : "";
    char *path =
        kinds_path(conf->kind, conf->name && !*ns ? client_context(c)->namespace_ : ns, conf->name);
    if (conf->name)
        get_one(g, path);
    else
        get_list(g, path);
    free(path);
    return g;
}

void get_cancel(struct get *g)
{
    if (!g)
        return;
    pages_cancel(g->pages);
    client_cancel(g->request);
    splitter_free(g->splitter);
    loop_timer_free(g->refused);
    objects_free(g->table);
    json_doc_free(g->doc);
    buf_free(&g->whole);
    free((char *)(uintptr_t)g->conf.namespace_);
    free((char *)(uintptr_t)g->conf.name);
    free((char *)(uintptr_t)g->conf.label_selector);
    free((char *)(uintptr_t)g->conf.field_selector);
    free(g);
}

char *get_name(const struct kind *kind, const char *name)
{
    struct str group = kind_names_group(kind);
    char *text = mem_printf("%s%s%.*s/%s", kind->object_kind, group.n ? "." : "", (int)group.n,
                            group.p, name);
    for (char *p = text; *p != '/'; p++)
        *p = (char)tolower((unsigned char)*p);
    return text;
}
