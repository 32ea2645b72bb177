/*
 * /groups
 * the catalogue as it is stored (CONTRACT.md, groups.json), or a part of it: ?limit=&continue=
 *
 * A reader needs it to know what is new where older windows are missing.
 */
#include "collect/service_groups.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "collect/service_call.h"
#include "model/catalogue.h"
#include "store/store.h"
#include "store/window_store.h"

enum { GROUPS_MAX = 64 << 20 };

static void write_group(struct buf *out, const struct catalogue_group *g)
{
    char first[CLOCK_TEXT], last[CLOCK_TEXT];
    buf_printf(out, "%s\t%s\t%s\t", g->id, clock_rfc3339(g->first, false, first),
               clock_rfc3339(g->last, false, last));
    utf8_safe(out, str_of(g->template_text), UTF8_SAFE_DEFAULT);
    buf_addc(out, '\n');
}

/* The part that was asked for is moved to the front, so that all that there is goes as one object. */
static void write_part(struct service_call *c, struct catalogue *k, struct buf *out)
{
    size_t count = k->count, from = c->offset < count ? c->offset : count;
    size_t to = count - from > c->limit ? from + c->limit : count;
    if (c->text) {
        for (size_t i = from; i < to; i++)
            write_group(out, &k->list[i]);
        return;
    }
    struct catalogue part = *k;
    part.list = k->list + from;
    part.count = to - from;
    catalogue_to_json(&part, out);
    service_call_continue(out, to < count ? to : 0);
}

static void write_asked(struct service_call *c, struct str bytes, struct buf *out, struct err *err)
{
    struct catalogue *k = catalogue_from_json(bytes.p, bytes.n, "groups.json", err);
    if (k)
        write_part(c, k, out);
    catalogue_free(k);
}

static void on_bytes(void *context, struct str bytes, const struct err *err)
{
    service_call_stored(context, bytes, err, write_asked);
}

void service_groups_answer(struct service_call *c)
{
    char key[WINDOW_KEY_SIZE];
    window_key_groups(key, window_store_cluster(c->store));
    c->io = store_get(window_store_processed(c->store), key, GROUPS_MAX, c, on_bytes);
}
