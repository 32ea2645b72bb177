/*
 * The recipe that 7.88's CURLOPT_AWS_SIGV4 needs: the path encoded (A-Za-z0-9-._~ and slashes
 * stay), the query sorted and encoded, the body's hash given by x-amz-content-sha256, no header
 * removed or sent empty, no redirect followed.
 */
#include "store/s3/s3_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/backoff.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/aws/aws_credentials.h"
#include "store/s3/s3_error.h"
#include "store/s3/s3_place.h"
#include "store/spool.h"
#include "store/store_kind.h"

enum { TRIES = 5, HEADERS_MAX = 8, URL_MAX = 32 * 1024 };
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct s3_request_client {
    struct http_target *target;
    struct s3_request *sent_off;
};

struct s3_request {
    struct s3_request *next; /* among those sent off */
    struct s3_request_call call;
    struct buf path;
    char *method, *content_type, *sha256;
    char *headers[HEADERS_MAX];
    char where[200];
    char sigv4[64];
    struct aws_credentials_wait *wait;
    struct http_request *http;
    struct loop_timer *timer;
    struct backoff backoff;
    int tries;
    unsigned serial; /* of the keys that it was signed with */
    bool renewed, off;
    struct err kept; /* why the answer could not be kept */
};

struct s3_request_client *s3_request_client_new(struct s3_place *p)
{
    struct s3_request_client *c = mem_alloc(sizeof *c);
    struct conn conn;
    conn_copy(&conn, &p->tls);
    free(conn.name);
    free(conn.url);
    conn.name = mem_dup("store");
    conn.url = mem_dup(p->base);
    if (!conn.ca_file && !conn.ca_pem)
        conn.ca_file = mem_dup(aws_credentials_settings(p->credentials)->ca_bundle);
    c->target = http_target_new(p->http, &conn);
    conn_free_inner(&conn);
    return c;
}

void s3_request_client_free(struct s3_request_client *c)
{
    if (!c)
        return;
    while (c->sent_off)
        s3_request_cancel(c->sent_off);
    http_target_free(c->target);
    free(c);
}

bool s3_request_client_settled(const struct s3_request_client *c)
{
    return !c->sent_off;
}

static void free_request(struct s3_request *r)
{
    struct s3_request_client *c = r->call.place->own;
    for (struct s3_request **link = &c->sent_off; r->off && *link; link = &(*link)->next) {
        if (*link == r) {
            *link = r->next;
            break;
        }
    }
    for (size_t i = 0; i < HEADERS_MAX; i++)
        free(r->headers[i]);
    loop_timer_free(r->timer);
    buf_free(&r->path);
    free(r->method);
    free(r->content_type);
    free(r->sha256);
    free(r);
}

void s3_request_cancel(struct s3_request *r)
{
    if (!r)
        return;
    aws_credentials_cancel(r->wait);
    http_cancel(r->http);
    free_request(r);
}

static void finish(struct s3_request *r, struct http_request *http, const struct err *err)
{
    void *context = r->call.context;
    void (*done)(void *, struct http_request *, const struct err *) = r->call.done;
    struct err copy = *err;
    free_request(r);
    if (done)
        done(context, http, &copy);
}

static void sign_and_send(struct s3_request *r, const struct aws_keys *keys);

static void keys_came(void *context, const struct err *err)
{
    struct s3_request *r = context;
    r->wait = NULL;
    const struct aws_keys *keys = aws_credentials_now(r->call.place->credentials);
    if (keys)
        sign_and_send(r, keys);
    else
        finish(r, NULL, err);
}

/* Waits for keys when there are none. */
static void start(void *context)
{
    struct s3_request *r = context;
    struct aws_credentials *c = r->call.place->credentials;
    const struct aws_keys *keys = aws_credentials_now(c);
    if (keys)
        sign_and_send(r, keys);
    else
        r->wait = aws_credentials_wait(c, r, keys_came);
}

static bool take_piece(void *context, struct str bytes)
{
    struct s3_request *r = context;
    if (r->call.spool)
        return spool_add(r->call.spool, bytes, &r->kept);
    if (!buf_add(r->call.into, bytes.p, bytes.n))
        err_set(&r->kept, ERR_LIMIT, r->where, "", "the object is larger than %zu bytes",
                r->call.into->max);
    return !r->kept.kind;
}

/* What a refusal means; the status of a HEAD has no body to explain it. */
static void explain(struct s3_request *r, struct http_request *http, int status, struct str body,
                    struct err *err, struct s3_error *e)
{
    const char *region = http ? http_header(http, "x-amz-bucket-region") : "";
    /* A 2xx answer that failed was cut off on the way. */
    if (status / 100 == 2)
        return;
    s3_error_read(e, body);
    bool moved = status == 301 || status == 307 || status == 400;
    if (!e->region[0] && moved && strcmp(region, r->call.place->region) != 0)
        str_copy(e->region, sizeof e->region, region);
    if (status == 301 && !e->code[0] && e->region[0])
        str_copy(e->code, sizeof e->code, "PermanentRedirect");
    s3_error_fill(err, status, e, r->where);
    if (!status && err->kind == ERR_AWAY && !r->call.place->path_style && !r->call.place->amazon &&
        strstr(err->what, "name is not known"))
        str_copy(err->mend, sizeof err->mend,
                 "check the endpoint, or set store.s3.path_style: true");
}

static void answered(void *context, struct http_request *http, int status, struct str body,
                     const struct err *err)
{
    struct s3_request *r = context;
    struct err why = *err;
    struct s3_error e = {"", "", ""};
    r->http = NULL;
    if (r->kept.kind) {
        why = r->kept;
    } else if (why.kind != ERR_NONE) {
        explain(r, http, status, body, &why, &e);
        r->tries++;
        if (!r->renewed && s3_place_renew(r->call.place, &e, status, r->serial)) {
            r->renewed = true;
            loop_timer_set(r->timer, 0);
            return;
        }
        if (err_is_transient(&why) && r->tries < TRIES) {
            loop_timer_set(r->timer, backoff_next(&r->backoff, &why));
            return;
        }
    }
    finish(r, http, &why);
}

static bool may_send(const struct s3_request *r, struct err *err)
{
    bool reads = !strcmp(r->method, "GET") || !strcmp(r->method, "HEAD");
    return reads || r->off || store_guard_check(r->call.place->guard, r->where, err);
}

static void sign_and_send(struct s3_request *r, const struct aws_keys *keys)
{
    struct err err;
    struct s3_place *p = r->call.place;
    if (!may_send(r, &err)) {
        finish(r, NULL, &err);
        return;
    }
    struct s3_request_client *client = p->own;
    char *hash = mem_printf("x-amz-content-sha256: %s", r->sha256);
    char *token = keys->token ? mem_printf("x-amz-security-token: %s", keys->token) : NULL;
    const char *headers[HEADERS_MAX + 3] = {hash};
    size_t n = 1;
    for (size_t i = 0; i < HEADERS_MAX && r->headers[i]; i++)
        headers[n++] = r->headers[i];
    headers[n] = token;
    r->serial = keys->serial;
    if (r->call.into)
        buf_clear(r->call.into);
    if (r->call.spool)
        spool_clear(r->call.spool);
    struct http_call call = {
        .target = client->target,
        .method = r->method,
        .path = buf_text(&r->path),
        .headers = headers,
        .body = r->call.body,
        .content_type = r->content_type,
        .total_ms = p->timeout_ms,
        .no_auth = true,
        .identity = true,
        .http1 = true,
        .sigv4 = r->sigv4,
        .sigv4_user = keys->id,
        .sigv4_password = keys->secret,
        .context = r,
        .chunk = r->call.into || r->call.spool ? take_piece : NULL,
        .done = answered,
    };
    r->http = http_send(p->http, &call);
    free(hash);
    mem_free_secret(token);
}

struct s3_request *s3_request_send(const struct s3_request_call *call)
{
    struct s3_request *r = mem_alloc(sizeof *r);
    const struct s3_place *p = call->place;
    r->call = *call;
    r->method = mem_dup(call->method);
    r->content_type = mem_dup(call->content_type ? call->content_type : "application/octet-stream");
    r->sha256 = mem_dup(call->sha256 ? call->sha256 : EMPTY_SHA256);
    for (size_t i = 0; call->headers && call->headers[i] && i < HEADERS_MAX; i++)
        r->headers[i] = mem_dup(call->headers[i]);
    buf_init(&r->path, URL_MAX);
    char *key = call->key ? s3_place_key(p, call->key) : NULL;
    if (key) {
        buf_addc(&r->path, '/');
        conn_escape(&r->path, key, strlen(key), true);
    } else if (!p->path_style)
        buf_addc(&r->path, '/');
    free(key);
    buf_adds(&r->path, call->query ? call->query : "");
    s3_place_where(p, call->key ? call->key : "", r->where, sizeof r->where);
    snprintf(r->sigv4, sizeof r->sigv4, "aws:amz:%s:s3", p->region);
    r->timer = loop_timer_new(http_loop(p->http), start, r);
    loop_timer_set(r->timer, 0);
    return r;
}

void s3_request_send_off(const struct s3_request_call *call)
{
    struct s3_request_client *c = call->place->own;
    struct s3_request *r = s3_request_send(call);
    r->off = true;
    r->next = c->sent_off;
    c->sent_off = r;
}
