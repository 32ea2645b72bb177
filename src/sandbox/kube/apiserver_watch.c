/* Watches: what has changed since a version, then what changes, a JSON object a line. */
#include "sandbox/kube/apiserver_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"
#include "net/server.h"
#include "sandbox/kube/apiserver_call.h"
#include "sandbox/kube/shelf.h"
#include "sandbox/world/dice.h"
#include "sandbox/world/world.h"

enum {
    BACKLOG_MAX = 8 << 20,
    PIECE = 64 << 10,
    LINE_MAX_BYTES = 4 << 20,
    BOOKMARK_MS = 60000,
    BOOKMARK_BEFORE_MS = 2000,
    USUAL_SECONDS = 1800
};

struct apiserver_watch {
    struct apiserver_watch *prev, *next;
    struct apiserver_watches *all;
    struct apiserver_call *call;
    struct apiserver_selector *selector;
    struct loop_timer *end, *bookmark;
    uint64_t version; /* seen */
    bool columns_sent, bookmarks;
    bool starting;         /* what exists is still on its way */
    char *at_ns, *at_name; /* where it goes on */
    int64_t ends;          /* monotonic */
    struct buf line;
};

static void watch_free(void *context)
{
    struct apiserver_watch *w = context;
    if (w->prev)
        w->prev->next = w->next;
    else if (w->all->first == w)
        w->all->first = w->next;
    if (w->next)
        w->next->prev = w->prev;
    loop_timer_free(w->end);
    loop_timer_free(w->bookmark);
    apiserver_selector_free(w->selector);
    apiserver_call_free(w->call);
    buf_free(&w->line);
    free(w->at_ns);
    free(w->at_name);
    free(w);
}

void apiserver_watch_free_all(struct apiserver_watches *all)
{
    while (all->first)
        watch_free(all->first);
}

static void send_line(struct apiserver_watch *w)
{
    buf_addc(&w->line, '\n');
    struct reply *p = w->call->p;
    /* A client that does not read is cut off cleanly, as by the real server. */
    if (server_stream_waiting(p->r) > BACKLOG_MAX || !reply_add(p, buf_str(&w->line)))
        reply_end(p);
}

static void send_object(struct apiserver_watch *w, const char *type, const struct pretend_object *o,
                        int64_t t)
{
    struct json_out out = {.b = &w->line};
    buf_clear(&w->line);
    json_out_object(&out, NULL);
    json_out_text(&out, "type", type);
    if (w->call->form == APISERVER_TABLE) {
        json_out_object(&out, "object");
        json_out_text(&out, "kind", "Table");
        json_out_text(&out, "apiVersion", "meta.k8s.io/v1");
        json_out_object(&out, "metadata");
        pretend_textf(&out, "resourceVersion", "%llu", (unsigned long long)o->version);
        json_out_end_object(&out);
        if (w->columns_sent)
            json_out_text(&out, "columnDefinitions", NULL);
        else
            apiserver_item_columns(&out, w->call->kind);
        w->columns_sent = true;
        json_out_array(&out, "rows");
        apiserver_item_write(w->call, o, t, true, &out);
        json_out_end_array(&out);
        json_out_end_object(&out);
    } else {
        buf_adds(&w->line, ",\"object\":");
        out.comma = false;
        apiserver_item_write(w->call, o, t, true, &out);
    }
    json_out_end_object(&out);
    send_line(w);
}

static void send_bookmark(struct apiserver_watch *w)
{
    const struct pretend_kind *k = pretend_row((enum pretend_kinds)w->call->kind);
    buf_clear(&w->line);
    if (w->call->form == APISERVER_TABLE) {
        buf_printf(
            &w->line,
            "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/"
            "v1\",\"metadata\":{"
            "\"resourceVersion\":\"%llu\"},\"columnDefinitions\":null,\"rows\":[{\"cells\":[",
            (unsigned long long)w->version);
        for (const char *p = k->columns; p; p = strchr(p, ';') ? strchr(p, ';') + 1 : NULL)
            buf_adds(&w->line, p == k->columns ? "\"\"" : ",\"\"");
        buf_adds(&w->line, "],\"object\":null}]}}");
    } else {
        bool pods = w->call->kind == PRETEND_PODS;
        buf_printf(&w->line,
                   "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"%s\",\"apiVersion\":\"%s%s%s\","
                   "\"metadata\":{\"resourceVersion\":"
                   "\"%llu\",\"creationTimestamp\":null}%s}}",
                   k->kind, k->group, *k->group ? "/" : "", k->version,
                   (unsigned long long)w->version,
                   pods ? ",\"spec\":{\"containers\":null},\"status\":{}" : "");
    }
    send_line(w);
}

static void send_gone(struct apiserver_watch *w, uint64_t version)
{
    char message[120];
    buf_clear(&w->line);
    snprintf(message, sizeof message, "too old resource version: %llu (%llu)",
             (unsigned long long)version, (unsigned long long)shelf_oldest(w->all->conf->shelf));
    buf_adds(&w->line, "{\"type\":\"ERROR\",\"object\":");
    apiserver_status_json(&w->line, 410, "Expired", NULL, NULL, message);
    w->line.p[w->line.n - 1] = '}'; /* for its newline */
    send_line(w);
    reply_end(w->call->p);
}

/* ---- changes ---- */

static void tell(struct apiserver_watch *w, const struct shelf_change *c)
{
    static const char *const types[] = {"ADDED", "MODIFIED", "DELETED"};
    const struct world *world = w->all->conf->world;
    if (w->starting || c->version <= w->version)
        return;
    w->version = c->version;
    if ((int)c->now.kind != w->call->kind ||
        (*w->call->ns && strcmp(w->call->ns, c->now.ns) != 0) ||
        (*w->call->name && strcmp(w->call->name, c->now.name) != 0))
        return;
    bool was = c->type != SHELF_ADDED &&
               apiserver_selector_matches(w->selector, world, &c->before, c->time - 1);
    bool is = c->type != SHELF_DELETED &&
              apiserver_selector_matches(w->selector, world, &c->now, c->time);
    if (is)
        send_object(w, was ? types[SHELF_MODIFIED] : types[SHELF_ADDED], &c->now, c->time);
    else if (was)
        send_object(w, types[SHELF_DELETED], &c->now, c->time);
}

void apiserver_watch_tell(struct apiserver_watches *all, const struct shelf_change *change)
{
    for (struct apiserver_watch *w = all->first, *next; w; w = next) {
        next = w->next;
        if (faults_on(all->conf->faults, FAULTS_GONE, SANDBOX_KUBE))
            send_gone(w, w->version);
        else
            tell(w, change);
    }
}

static void catch_up(struct apiserver_watch *w)
{
    const struct shelf *shelf = w->all->conf->shelf;
    const struct shelf_change *c;
    for (size_t i = shelf_change_after(shelf, w->version); (c = shelf_change_at(shelf, i)); i++)
        tell(w, c);
}

/* Everything that exists, as ADDED, made as the client reads it; what changes meanwhile comes
 * behind. For a watch without a version. */
static void more(void *context)
{
    struct apiserver_watch *w = context;
    const struct apiserver_conf *conf = w->all->conf;
    enum pretend_kinds kind = (enum pretend_kinds)w->call->kind;
    const struct pretend_object *o = NULL;
    size_t i = shelf_lower(conf->shelf, kind, w->at_ns, w->at_name);
    while (server_stream_waiting(w->call->p->r) < PIECE && w->call->p->streaming &&
           (o = shelf_at(conf->shelf, kind, i++))) {
        if (*w->call->ns && strcmp(o->ns, w->call->ns) != 0)
            break;
        bool named = !*w->call->name || strcmp(o->name, w->call->name) == 0;
        if (named && apiserver_selector_matches(w->selector, conf->world, o, w->call->t))
            send_object(w, "ADDED", o, w->call->t);
    }
    bool done = !o || (*w->call->ns && strcmp(o->ns, w->call->ns) != 0);
    const struct pretend_object *next = done ? NULL : shelf_at(conf->shelf, kind, i);
    free(w->at_ns);
    free(w->at_name);
    w->at_ns = mem_dup(next ? next->ns : NULL);
    w->at_name = mem_dup(next ? next->name : NULL);
    if (next)
        return;
    w->starting = false;
    reply_on_empty(w->call->p, NULL, NULL);
    catch_up(w);
}

/* ---- start and end ---- */

static void ends(void *context)
{
    struct apiserver_watch *w = context;
    reply_end(w->call->p);
}

static void set_bookmark(struct apiserver_watch *w)
{
    int64_t left = (w->ends - clock_monotonic()) / CLOCK_MS - BOOKMARK_BEFORE_MS;
    if (left > 0)
        loop_timer_set(w->bookmark, left < BOOKMARK_MS ? left : BOOKMARK_MS);
}

static void bookmark(void *context)
{
    struct apiserver_watch *w = context;
    uint64_t now = shelf_version(w->all->conf->shelf);
    if (!w->starting) {
        if (now > w->version)
            w->version = now;
        send_bookmark(w);
    }
    set_bookmark(w);
}

/* False when the request is bad and has been answered. */
static bool check(struct apiserver_call *c, uint64_t *version, struct apiserver_selector **selector)
{
    const char *text = apiserver_call_param(c, "resourceVersion");
    int64_t number = 0;
    if (*apiserver_call_param(c, "resourceVersionMatch")) {
        apiserver_status_match(c, "for watch");
        return false;
    }
    if (*text && (!str_to_int(str_of(text), &number) || number < 0)) {
        apiserver_status(c, 500, NULL, NULL,
                         "resourceVersion: Invalid value: \"%s\": strconv.ParseUint: parsing "
                         "\"%s\": invalid syntax",
                         text, text);
        return false;
    }
    *version = (uint64_t)number;
    *selector = apiserver_selector_asked(c);
    return *selector != NULL;
}

static void set_end(struct apiserver_watch *w)
{
    int64_t seconds = 0;
    struct dice d = dice_of((uint64_t)clock_monotonic(), 1, 2);
    if (!str_to_int(str_of(apiserver_call_param(w->call, "timeoutSeconds")), &seconds) ||
        seconds <= 0)
        seconds = USUAL_SECONDS + dice_below(&d, USUAL_SECONDS);
    w->ends = clock_monotonic() + seconds * CLOCK_SECOND;
    loop_timer_set(w->end, seconds * 1000);
    const char *wanted = apiserver_call_param(w->call, "allowWatchBookmarks");
    w->bookmarks = strcmp(wanted, "true") == 0 || strcmp(wanted, "1") == 0;
    if (w->bookmarks)
        set_bookmark(w);
}

void apiserver_watch_start(struct apiserver_call *c)
{
    static const char *const headers[] = {"Cache-Control: no-cache, private", NULL};
    const struct apiserver_conf *conf = c->conf;
    struct apiserver_selector *selector = NULL;
    uint64_t version = 0;
    if (!check(c, &version, &selector))
        return;
    struct apiserver_watch *w = mem_alloc(sizeof *w);
    w->all = c->watches;
    w->call = c;
    w->selector = selector;
    w->version = version;
    buf_init(&w->line, LINE_MAX_BYTES);
    w->end = loop_timer_new(conf->loop, ends, w);
    w->bookmark = loop_timer_new(conf->loop, bookmark, w);
    w->next = w->all->first;
    if (w->next)
        w->next->prev = w;
    w->all->first = w;
    reply_on_over(c->p, watch_free, w);
    reply_stream(c->p, 200, "application/json", headers);
    set_end(w);
    if (!version) {
        w->version = shelf_version(conf->shelf);
        w->starting = true;
        w->at_ns = mem_dup(c->ns);
        w->at_name = mem_dup("");
        reply_on_empty(c->p, more, w);
    } else if (version < shelf_oldest(conf->shelf) ||
               faults_on(conf->faults, FAULTS_GONE, SANDBOX_KUBE)) {
        send_gone(w, version);
    } else {
        catch_up(w);
    }
}
