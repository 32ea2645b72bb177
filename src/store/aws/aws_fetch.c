#include "store/aws/aws_fetch.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"

enum { ANSWER_MAX = 64 * 1024, STEPS_MAX = 8 };

static void free_fetch(struct aws_fetch *f)
{
    http_cancel(f->request);
    http_target_free(f->target);
    loop_timer_free(f->timer);
    if (f->state.p)
        explicit_bzero(f->state.p, f->state.n);
    buf_free(&f->state);
    buf_free(&f->more);
    aws_keys_free_inner(&f->keys);
    free(f);
}

void aws_fetch_cancel(struct aws_fetch *f)
{
    if (f)
        free_fetch(f);
}

static void finish(struct aws_fetch *f, const struct err *err)
{
    bool ok = err->kind == ERR_NONE;
    struct aws_keys keys = f->keys;
    void *context = f->context;
    void (*done)(void *, struct aws_keys *, const struct err *) = f->done;
    struct err copy = *err;
    f->keys = (struct aws_keys){0};
    free_fetch(f);
    done(context, ok ? &keys : NULL, &copy);
    aws_keys_free_inner(&keys);
}

static void failed(struct aws_fetch *f, const struct err *err)
{
    if (err->kind == ERR_AWAY && ++f->tries < f->source->tries)
        loop_timer_set(f->timer, backoff_next(&f->backoff, err));
    else
        finish(f, err);
}

static void ask(void *context)
{
    struct aws_fetch *f = context;
    struct err err;
    err_clear(&err);
    if (!f->source->ask(f, &err))
        finish(f, &err);
}

static void answered(void *context, struct http_request *r, int status, struct str body,
                     const struct err *err)
{
    struct aws_fetch *f = context;
    struct err why = *err;
    (void)r;
    f->request = NULL;
    if (why.kind != ERR_NONE) {
        if (f->source->explain)
            f->source->explain(f, status, body, &why);
        failed(f, &why);
        return;
    }
    int step = f->step;
    bool last = f->source->take(f, body, &why);
    if (last || why.kind != ERR_NONE) {
        finish(f, &why);
        return;
    }
    if (f->step != step)
        f->tries = 0;
    if (f->step >= STEPS_MAX) {
        err_set(&why, ERR_PROTOCOL, "AWS credentials", "", "the source does not come to an end");
        finish(f, &why);
        return;
    }
    ask(f);
}

void aws_fetch_send(struct aws_fetch *f, const char *method, const char *path,
                    const char *const *headers, struct str body, const char *content_type)
{
    struct http_call call = {
        .target = f->target,
        .method = method,
        .path = path,
        .headers = headers,
        .body = body,
        .content_type = content_type,
        .connect_ms = f->source->timeout_ms,
        .total_ms = f->source->timeout_ms,
        .max_body = ANSWER_MAX,
        .no_auth = true,
        .http1 = true,
        .context = f,
        .done = answered,
    };
    f->request = http_send(f->http, &call);
}

struct aws_fetch *aws_fetch_start(struct http *h, const struct aws_settings *s, void *context,
                                  void (*done)(void *context, struct aws_keys *yours,
                                               const struct err *err))
{
    struct aws_fetch *f = mem_alloc(sizeof *f);
    f->source = s->source == AWS_SETTINGS_WEB_IDENTITY ? &aws_sts_source
                : s->source == AWS_SETTINGS_CONTAINER  ? &aws_container_source
                                                       : &aws_instance_source;
    f->settings = s;
    f->http = h;
    f->context = context;
    f->done = done;
    f->timer = loop_timer_new(http_loop(h), ask, f);
    buf_init(&f->state, ANSWER_MAX);
    buf_init(&f->more, ANSWER_MAX);
    struct conn c = {.name = mem_dup("AWS credentials"), .url = mem_dup(f->source->url(s))};
    c.proxy = f->source->no_proxy ? mem_dup("") : NULL;
    c.ca_file = f->source->no_proxy ? NULL : mem_dup(s->ca_bundle);
    f->target = http_target_new(h, &c);
    conn_free_inner(&c);
    loop_timer_set(f->timer, 0);
    return f;
}

bool aws_fetch_take_keys(struct aws_fetch *f, const char *id, const char *secret, const char *token,
                         const char *expires, struct err *err)
{
    const char *place = f->settings->words;
    if (!*id || !*secret || strpbrk(id, "\r\n") || strpbrk(secret, "\r\n") ||
        strpbrk(token, "\r\n"))
        return err_set(err, ERR_PROTOCOL, place, "", "the answer holds no keys");
    int64_t when = 0;
    if (*expires && !clock_parse(str_of(expires), false, &when))
        return err_set(err, ERR_PROTOCOL, place, "", "the answer's Expiration is no time");
    aws_keys_free_inner(&f->keys);
    f->keys = (struct aws_keys){.id = mem_dup(id),
                                .secret = mem_dup(secret),
                                .token = *token ? mem_dup(token) : NULL,
                                .expires = when};
    return true;
}

bool aws_fetch_take_json(struct aws_fetch *f, struct str body, struct err *err)
{
    struct json_doc *doc = json_doc_new();
    const struct json *j = json_parse(doc, body.p, body.n, err);
    const char *code = j ? json_string(j, "Code", "Success") : "";
    bool ok = false;
    if (j && strcmp(code, "Success") != 0)
        err_set(err, ERR_DENIED, f->settings->words, "does the instance's role exist?",
                "the answer says %s: %s", code, json_string(j, "Message", ""));
    else if (j)
        ok = aws_fetch_take_keys(f, json_string(j, "AccessKeyId", ""),
                                 json_string(j, "SecretAccessKey", ""), json_string(j, "Token", ""),
                                 json_string(j, "Expiration", ""), err);
    else
        str_copy(err->where, sizeof err->where, f->settings->words);
    json_doc_free(doc);
    return ok;
}
