/* The elements that are meant are kept as they came, as the text of one array: who draws them reads
 * it when all have come. */
#include "kube/describe/describe_ask.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "kube/kinds/kinds.h"
#include "kube/pages.h"
#include "net/loop.h"

enum { LIST_LONGEST = 8 << 20, SELECTOR_LONGEST = 16 * 1024 };

struct describe_ask {
    struct client *client;
    const struct describe_near *what;
    const struct json *object;
    void (*done)(void *context);
    void *context;
    struct loop_timer *nothing; /* to ask for: `done` is told from the loop all the same */
    struct pages *pages;
    size_t place; /* that is asked */
    struct json_doc *element, *whole;
    struct buf labels, list;
    size_t dropped;
    bool asks, ended;
    struct err err;
};

static void send(struct describe_ask *a);

static void end(void *context)
{
    struct describe_ask *a = context;
    a->ended = true;
    a->done(a->context);
}

static bool take(void *context, struct str json, struct err *err)
{
    struct describe_ask *a = context;
    const struct json *e = json_parse(a->element, json.p, json.n, err);
    if (!e || (a->what->admits && !a->what->admits(a->object, e)))
        return e;
    if (a->list.n + json.n + 2 > a->list.max) {
        a->dropped++;
        return true;
    }
    buf_addc(&a->list, a->list.n ? ',' : '[');
    buf_add(&a->list, json.p, json.n);
    return true;
}

/* Whether another place may know more than the one that answered so. */
static bool goes_on(const struct describe_ask *a, enum err_kind kind)
{
    bool nothing = kind == ERR_NONE ? !a->list.n : kind == ERR_NOT_FOUND || kind == ERR_DENIED;
    return nothing && a->place + 1 < DESCRIBE_NEAR_PLACES && a->what->places[a->place + 1].api;
}

static void answered(void *context, const char *version, const struct err *err)
{
    struct describe_ask *a = context;
    (void)version;
    a->pages = NULL;
    a->err = *err;
    if (goes_on(a, err->kind)) {
        a->place++;
        send(a);
    } else {
        end(a);
    }
}

static void send(struct describe_ask *a)
{
    const struct describe_near_place *place = &a->what->places[a->place];
    const struct kind kind = {.api = place->api, .name = place->name, .namespaced = true};
    char *path = kinds_path(&kind, json_string(a->object, "metadata.namespace", ""), NULL);
    char *namesake = mem_printf("metadata.name=%s", json_string(a->object, "metadata.name", ""));
    const char *labels = a->labels.n ? buf_text(&a->labels) : NULL;
    buf_clear(&a->list);
    a->pages = pages_start(a->client,
                           &(struct pages_conf){.path = path,
                                                .label_selector = place->namesake ? NULL : labels,
                                                .field_selector = place->namesake ? namesake : NULL,
                                                .in_order = true,
                                                .keep = a->what->keep,
                                                .context = a,
                                                .element = take,
                                                .done = answered});
    free(path);
    free(namesake);
}

struct describe_ask *describe_ask_start(struct client *c, const struct describe_near *what,
                                        const struct json *object, void (*done)(void *context),
                                        void *context)
{
    struct describe_ask *a = mem_alloc(sizeof *a);
    *a = (struct describe_ask){.client = c,
                               .what = what,
                               .object = object,
                               .done = done,
                               .context = context,
                               .element = json_doc_new(),
                               .whole = json_doc_new()};
    buf_init(&a->labels, SELECTOR_LONGEST);
    buf_init(&a->list, LIST_LONGEST);
    a->nothing = loop_timer_new(client_loop(c), end, a);
    a->asks = what->select(&a->labels, object);
    if (a->asks)
        send(a);
    else
        loop_timer_set(a->nothing, 0);
    return a;
}

void describe_ask_free(struct describe_ask *a)
{
    if (!a)
        return;
    pages_cancel(a->pages);
    loop_timer_free(a->nothing);
    json_doc_free(a->element);
    json_doc_free(a->whole);
    buf_free(&a->labels);
    buf_free(&a->list);
    free(a);
}

bool describe_ask_ended(const struct describe_ask *a)
{
    return a->ended;
}

void describe_ask_found(struct describe_ask *a, struct describe_near_found *out)
{
    bool known = a->asks && a->err.kind != ERR_NOT_FOUND;
    *out = (struct describe_near_found){
        .what = known ? a->what : NULL, .why = a->err.what, .dropped = a->dropped};
    if (!known || a->err.kind != ERR_NONE)
        return;
    buf_adds(&a->list, a->list.n ? "]" : "[]");
    out->list = json_parse(a->whole, a->list.p, a->list.n, &a->err);
}
