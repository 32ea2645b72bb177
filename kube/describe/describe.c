/*
 * Three questions at once: the object, the events about it, and the pods of a node. Events are
 * found by kind and name; those about what lies in no namespace are in "default". What else stands
 * near it is asked for when it is known: the object says by which labels.
 */
#include "kube/describe/describe.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "kube/describe/describe_ask.h"
#include "kube/describe/describe_page.h"
#include "kube/describe/describe_yaml.h"
#include "kube/kinds/kinds.h"
#include "kube/pages.h"
#include "net/loop.h"

enum { OBJECT_LONGEST = 64 << 20, EVENTS_MAX = 2000, PODS_MAX = 2000 };

/* A list that goes on the page. */
struct side {
    struct describe *of;
    const struct kinds_row *row;
    struct pages *pages;
    struct objects *table; /* NULL: it could not be had */
    struct json_doc *doc;
    size_t most;
    struct err err;
};

struct describe {
    struct client *client;
    struct describe_conf conf; /* its texts are ours */
    struct client_request *request;
    struct buf body;
    struct json_doc *doc;
    const struct json *object; /* the body, read */
    struct err err;
    struct side events, pods;
    struct describe_ask *near[DESCRIBE_NEAR_MOST];
    struct loop_timer *refused;
};

static void finish(struct describe *d, const struct describe_pages *pages)
{
    struct describe_conf conf = d->conf;
    struct err err = d->err;
    describe_cancel(d);
    conf.done(conf.context, pages, &err);
}

static void make_pages(struct describe *d)
{
    struct describe_pages pages = {0};
    struct describe_page how = {.kind = d->conf.kind,
                                .events = d->events.table,
                                .pods = d->pods.table,
                                .no_events = d->events.err.what,
                                .no_pods = d->pods.err.what,
                                .now = clock_now()};
    for (size_t i = 0; i < DESCRIBE_NEAR_MOST; i++)
        if (d->near[i])
            describe_ask_found(d->near[i], &how.near[i]);
    pages.yaml = describe_yaml(d->conf.kind, buf_str(&d->body), d->conf.managed, &d->err);
    if (pages.yaml) {
        pages.page = describe_page_make(&how, d->object);
        pages.events = describe_page_events(&how, d->object);
        str_copy(pages.uid, sizeof pages.uid, json_string(d->object, "metadata.uid", ""));
    }
    finish(d, pages.yaml ? &pages : NULL);
}

static void finish_when_all_came(void *context)
{
    struct describe *d = context;
    if (d->request || d->events.pages || d->pods.pages)
        return;
    for (size_t i = 0; i < DESCRIBE_NEAR_MOST; i++)
        if (d->near[i] && !describe_ask_ended(d->near[i]))
            return;
    make_pages(d);
}

/* ---- lists ---- */

static bool side_element(void *context, struct str json, struct err *err)
{
    struct side *s = context;
    const struct json *element = json_parse(s->doc, json.p, json.n, err);
    struct object *row = element ? kinds_make(&s->row->kind, s->table, element) : NULL;
    if (row && objects_count(s->table) < s->most)
        objects_put(s->table, row);
    else if (row)
        objects_discard(s->table, row);
    return element;
}

static void side_done(void *context, const char *version, const struct err *err)
{
    struct side *s = context;
    (void)version;
    s->pages = NULL;
    s->err = *err;
    if (err->kind != ERR_NONE) {
        objects_free(s->table);
        s->table = NULL;
    }
    finish_when_all_came(s->of);
}

static void start_side(struct describe *d, struct side *s, const struct kinds_row *row,
                       const char *ns, size_t most, char *selector)
{
    char *path = kinds_path(&row->kind, ns, NULL);
    *s = (struct side){
        .of = d, .row = row, .table = objects_new(&row->kind), .doc = json_doc_new(), .most = most};
    s->pages = pages_start(d->client, &(struct pages_conf){.path = path,
                                                           .field_selector = selector,
                                                           .keep = row->keep,
                                                           .context = s,
                                                           .element = side_element,
                                                           .done = side_done});
    free(path);
    free(selector);
}

static void free_side(struct side *s)
{
    pages_cancel(s->pages);
    objects_free(s->table);
    json_doc_free(s->doc);
}

/* ---- the object ---- */

static void object_done(void *context, struct http_request *r, int status, struct str body,
                        const struct err *err)
{
    struct describe *d = context;
    (void)r;
    (void)status;
    d->request = NULL;
    d->err = *err;
    if (err->kind == ERR_NONE)
        d->object = json_parse(d->doc, body.p, body.n, &d->err);
    if (!d->object) {
        finish(d, NULL);
        return;
    }
    buf_add(&d->body, body.p, body.n);
    const struct describe_near *near;
    for (size_t i = 0; i < DESCRIBE_NEAR_MOST && (near = describe_near_of(d->conf.kind, i)); i++)
        d->near[i] = describe_ask_start(d->client, near, d->object, finish_when_all_came, d);
    finish_when_all_came(d);
}

static void refuse(void *context)
{
    struct describe *d = context;
    err_set(&d->err, ERR_USAGE, "secrets", "use kubectl where you must",
            "kubeboard never reads secrets");
    finish(d, NULL);
}

static void ask(struct describe *d)
{
    const struct kind *kind = d->conf.kind;
    const char *ns = kind->namespaced ? d->conf.namespace_ : "default";
    char *path = kinds_path(kind, d->conf.namespace_, d->conf.name);
    d->request = client_send(d->client, &(struct http_call){.path = path,
                                                            .max_body = OBJECT_LONGEST,
                                                            .context = d,
                                                            .done = object_done});
    free(path);
    start_side(d, &d->events, &kind_event, ns, EVENTS_MAX,
               mem_printf("involvedObject.kind=%s,involvedObject.name=%s", kind->object_kind,
                          d->conf.name));
    if (kind == &kind_node.kind)
        start_side(d, &d->pods, &kind_pod, "", PODS_MAX,
                   mem_printf("spec.nodeName=%s", d->conf.name));
}

struct describe *describe_start(struct client *c, const struct describe_conf *conf)
{
    struct describe *d = mem_alloc(sizeof *d);
    d->client = c;
    d->conf = *conf;
    d->conf.namespace_ = mem_dup(conf->namespace_ ? conf->namespace_ : "");
    d->conf.name = mem_dup(conf->name);
    buf_init(&d->body, OBJECT_LONGEST);
    d->doc = json_doc_new();
    d->refused = loop_timer_new(client_loop(c), refuse, d);
    if (kinds_is_secret(conf->kind))
        loop_timer_set(d->refused, 0);
    else
        ask(d);
    return d;
}

void describe_cancel(struct describe *d)
{
    if (!d)
        return;
    client_cancel(d->request);
    free_side(&d->events);
    free_side(&d->pods);
    for (size_t i = 0; i < DESCRIBE_NEAR_MOST; i++)
        describe_ask_free(d->near[i]);
    loop_timer_free(d->refused);
    json_doc_free(d->doc);
    buf_free(&d->body);
    free((char *)(uintptr_t)d->conf.namespace_);
    free((char *)(uintptr_t)d->conf.name);
    free(d);
}
