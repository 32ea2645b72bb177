#include "kube/poll.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/again.h"
#include "kube/access/client.h"
#include "kube/kinds/kinds.h"
#include "kube/pages.h"

struct poll {
    struct client *client;
    struct poll_conf conf;
    struct resource *into;
    char *path;
    struct json_doc *doc;
    struct pages *pages; /* while listing */
    struct again *again;
    bool listed;   /* a list has been whole once */
    bool denied;   /* the server has refused once */
    int64_t asked; /* monotonic ns: when the list on its way was */
};

static bool take(void *context, struct str json, struct err *err)
{
    struct poll *p = context;
    const struct json *element = json_parse(p->doc, json.p, json.n, err);
    struct object *row = element ? kinds_make(p->conf.kind, p->into->table, element) : NULL;
    if (row)
        objects_put(p->into->table, row);
    return element;
}

/* A server that has not read its roles yet refuses what it will allow: it is asked once more before
 * its word counts. */
static int64_t try_again(struct poll *p, const struct err *err)
{
    bool denied = err->kind == ERR_DENIED && !p->listed;
    int64_t least = p->denied ? p->conf.every_ms : AGAIN_DENIED_MS;
    p->denied |= denied;
    return again_after(p->again, err, denied ? least : 0, p->conf.every_ms);
}

static void done(void *context, const char *version, const struct err *err)
{
    struct poll *p = context;
    (void)version;
    p->pages = NULL;
    p->into->loading = false;
    if (err->kind == ERR_NONE) {
        p->listed = true;
        again_well(p->again);
        again_in(p->again, p->conf.every_ms);
        objects_relist_end(p->into->table);
        /* By the clock of the answer: before the first one only ours is known. */
        objects_set_taken(p->into->table, client_now(p->client) - (clock_monotonic() - p->asked));
        upstream_live(&p->into->upstream);
    } else {
        upstream_failed(&p->into->upstream, err, try_again(p, err));
    }
    p->conf.changed(p->conf.context);
}

static void list(void *context)
{
    struct poll *p = context;
    objects_relist_begin(p->into->table);
    p->into->loading = true;
    p->into->upstream.next_try = 0;
    p->asked = clock_monotonic();
    upstream_connecting(&p->into->upstream);
    p->pages = pages_start(p->client, &(struct pages_conf){.path = p->path,
                                                           .keep = kinds_row_of(p->conf.kind)->keep,
                                                           .context = p,
                                                           .element = take,
                                                           .done = done});
}

struct poll *poll_new(struct client *c, const struct poll_conf *conf, struct resource *into)
{
    struct poll *p = mem_alloc(sizeof *p);
    *p = (struct poll){.client = c,
                       .conf = *conf,
                       .into = into,
                       .path = kinds_path(conf->kind, conf->namespace_, NULL),
                       .doc = json_doc_new()};
    p->again = again_new(c, list, p);
    if (!into->table)
        into->table = objects_new(conf->kind);
    list(p);
    return p;
}

void poll_free(struct poll *p)
{
    if (!p)
        return;
    pages_cancel(p->pages);
    again_free(p->again);
    json_doc_free(p->doc);
    p->into->loading = false;
    free(p->path);
    free(p);
}
