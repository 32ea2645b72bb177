/* Large bodies are packed in the worker pool; the client may have gone when they come back. */
#include "collect/service_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/gzip.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/pool.h"
#include "net/loop.h"
#include "net/server.h"
#include "store/store.h"
#include "store/window_store.h"

enum { PACK_FROM = 1024, PACK_ON_LOOP = 64 << 10 };

/* Work on a large body. */
struct service_pack {
    struct service_call *call; /* NULL: gone */
    struct buf body, packed;
    char etag[24];
    bool unpacks, ok;
    struct err err;
};

/* ---- life ---- */

static void ended(void *context)
{
    struct service_call *c = context;
    window_store_cancel(c->op);
    store_cancel(c->io);
    if (c->free_own)
        c->free_own(c->own);
    if (c->pack)
        c->pack->call = NULL;
    if (!c->answered)
        --*c->running;
    *(c->prev ? &c->prev->next : c->list) = c->next;
    if (c->next)
        c->next->prev = c->prev;
    free(c->path);
    free(c);
}

static size_t number(const struct service_call *c, const char *name, size_t otherwise, size_t most)
{
    const char *text = service_call_query(c, name);
    int64_t n;
    if (!text || !str_to_int(str_of(text), &n) || n < 0)
        return otherwise;
    return (uint64_t)n < most ? (size_t)n : most;
}

/* Plain text is for people with curl: only when they ask for it, and not for JSON. */
static bool wants_text(const struct server_request *r)
{
    const char *accept = server_header(r, "Accept");
    return accept && strcasestr(accept, "text/plain") && !strcasestr(accept, "json");
}

struct service_call *service_call_new(struct service_call **list, size_t *running, struct loop *l,
                                      struct server_request *r, struct window_store *store,
                                      const char *path)
{
    struct service_call *c = mem_alloc(sizeof *c);
    c->list = list;
    c->next = *list;
    if (c->next)
        c->next->prev = c;
    *list = c;
    c->running = running;
    ++*running;
    c->loop = l;
    c->request = r;
    c->store = store;
    c->path = mem_dup(path);
    c->text = wants_text(r);
    c->limit = number(c, "limit", SERVICE_CALL_LIMIT, SERVICE_CALL_MOST);
    c->limit = c->limit ? c->limit : SERVICE_CALL_LIMIT;
    c->offset = number(c, "continue", 0, SIZE_MAX / 2);
    server_on_end(r, ended, c);
    return c;
}

const char *service_call_query(const struct service_call *c, const char *name)
{
    return server_query(c->request, name);
}

bool service_call_time(struct service_call *c, const char *name, int64_t otherwise, int64_t *out)
{
    const char *text = service_call_query(c, name);
    struct err err;
    *out = otherwise;
    if (!text || clock_parse_human(str_of(text), clock_now(), out, &err))
        return true;
    service_call_status(c, 400, "write a time as 2021-08-27T13:00:00Z, or 90m back from now");
    return false;
}

/* ---- answers ---- */

static void answer(struct service_call *c, int status, const char *const *headers, struct str body)
{
    const char *type = c->text ? "text/plain; charset=utf-8" : "application/json";
    if (!c->answered)
        --*c->running;
    c->answered = true;
    server_reply(c->request, status, type, headers, body);
}

void service_call_status(struct service_call *c, int status, const char *what)
{
    static const char *const later[] = {"Retry-After: 1", NULL};
    struct buf body;
    buf_init(&body, 4096);
    if (c->text) {
        buf_printf(&body, "%s\n", what);
    } else {
        struct json_out o = {.b = &body};
        json_out_object(&o, NULL);
        json_out_text(&o, "error", what);
        json_out_end_object(&o);
    }
    answer(c, status, status == 429 || status == 503 ? later : NULL, buf_str(&body));
    buf_free(&body);
}

void service_call_fail(struct service_call *c, const struct err *err)
{
    int status = err->kind == ERR_NOT_FOUND ? 404 : err->kind == ERR_USAGE ? 400 : 503;
    service_call_status(c, status, err->kind == ERR_NOT_FOUND ? "there is none" : err->what);
}

static void etag_of(struct str body, char out[24])
{
    snprintf(out, 24, "W/\"%016llx\"", (unsigned long long)hash_id(body.p, body.n, HASH_ID_SEED));
}

static bool has_it(const struct service_call *c, const char *etag)
{
    const char *known = server_header(c->request, "If-None-Match");
    return known && (strstr(known, etag) || strcmp(known, "*") == 0);
}

static bool takes_gzip(const struct service_call *c)
{
    const char *accepted = server_header(c->request, "Accept-Encoding");
    return accepted && strcasestr(accepted, "gzip");
}

static void work(void *job)
{
    struct service_pack *p = job;
    if (p->unpacks)
        p->ok = gzip_unpack(&p->body, buf_str(&p->packed), &p->err);
    else
        p->ok = gzip_pack(&p->packed, buf_str(&p->body), NULL);
}

static void send(struct service_call *c, struct str body, const char *etag, bool packed)
{
    char tag[40];
    snprintf(tag, sizeof tag, "ETag: %s", etag);
    const char *headers[] = {tag, "Vary: Accept, Accept-Encoding", "Cache-Control: no-cache",
                             packed ? "Content-Encoding: gzip" : NULL, NULL};
    answer(c, 200, headers, body);
}

static void worked(void *job)
{
    struct service_pack *p = job;
    struct service_call *c = p->call;
    if (c)
        c->pack = NULL;
    if (c && p->unpacks && !p->ok)
        service_call_fail(c, &p->err);
    else if (c)
        send(c, buf_str(p->ok && !p->unpacks ? &p->packed : &p->body), p->etag,
             p->ok && !p->unpacks);
    buf_free(&p->body);
    buf_free(&p->packed);
    free(p);
}

static struct service_pack *new_pack(struct service_call *c, const char *etag)
{
    struct service_pack *p = mem_alloc(sizeof *p);
    p->call = c;
    str_copy(p->etag, sizeof p->etag, etag);
    buf_init(&p->body, SERVICE_CALL_BODY);
    buf_init(&p->packed, SERVICE_CALL_BODY);
    c->pack = p;
    return p;
}

static void run_pack(struct service_pack *p)
{
    bool large = p->unpacks || p->body.n > PACK_ON_LOOP;
    if (large && pool_run(loop_pool(p->call->loop), work, worked, p))
        return;
    work(p);
    worked(p);
}

static void send_packed(struct service_call *c, struct buf *body, const char *etag)
{
    struct service_pack *p = new_pack(c, etag);
    p->body = *body;
    buf_init(body, body->max);
    run_pack(p);
}

static void not_changed(struct service_call *c, const char *etag)
{
    char tag[40];
    snprintf(tag, sizeof tag, "ETag: %s", etag);
    answer(c, 304, (const char *const[]){tag, NULL}, (struct str){"", 0});
}

void service_call_packed(struct service_call *c, struct str packed)
{
    char etag[24];
    etag_of(packed, etag);
    if (has_it(c, etag)) {
        not_changed(c, etag);
    } else if (takes_gzip(c)) {
        send(c, packed, etag, true);
    } else {
        struct service_pack *p = new_pack(c, etag);
        p->unpacks = true;
        buf_add(&p->packed, packed.p, packed.n);
        run_pack(p);
    }
}

void service_call_continue(struct buf *body, size_t next)
{
    if (!next || !body->n || body->over)
        return;
    body->n--;
    buf_printf(body, ",\"continue\":\"%zu\"}", next);
}

void service_call_reply(struct service_call *c, struct buf *body)
{
    char etag[24];
    if (body->over) {
        buf_free(body);
        service_call_status(c, 413, "the answer is too large: ask for less by limit");
        return;
    }
    etag_of(buf_str(body), etag);
    if (has_it(c, etag)) {
        not_changed(c, etag);
    } else if (body->n >= PACK_FROM && takes_gzip(c)) {
        send_packed(c, body, etag);
    } else {
        send(c, buf_str(body), etag, false);
    }
    buf_free(body);
}

void service_call_stored(struct service_call *c, struct str bytes, const struct err *err,
                         void (*part)(struct service_call *c, struct str bytes, struct buf *out,
                                      struct err *err))
{
    struct err why = *err;
    struct buf body;
    c->io = NULL;
    buf_init(&body, SERVICE_CALL_BODY);
    if (why.kind == ERR_NONE && (c->text || service_call_query(c, "limit") || c->offset))
        part(c, bytes, &body, &why);
    else if (why.kind == ERR_NONE)
        buf_add(&body, bytes.p, bytes.n);
    if (why.kind == ERR_NONE) {
        service_call_reply(c, &body);
        return;
    }
    buf_free(&body);
    service_call_fail(c, &why);
}
