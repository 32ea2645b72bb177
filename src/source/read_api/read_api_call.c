#include "source/read_api/read_api_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/http.h"
#include "source/read_api/read_api_kept.h"

enum {
    PATH_MOST = 4096,
    PAGES = 2000,
    PLACE = 200,
    IDLE_MS = 60 * 1000,
    KNOWN = 120,
    NOT_CHANGED = 304
};

struct read_api {
    struct http *http;
    struct http_target *target;
    struct read_api_call *calls;
    struct json_doc *doc;
    struct read_api_kept *kept;
    char place[PLACE];
};

struct read_api *read_api_new(struct http *h, const struct conn *c)
{
    struct read_api *a = mem_alloc(sizeof *a);
    a->http = h;
    a->target = http_target_new(h, c);
    a->doc = json_doc_new();
    a->kept = read_api_kept_new();
    conn_place(c, a->place, sizeof a->place);
    return a;
}

const char *read_api_place(const struct read_api *a)
{
    return a->place;
}

void read_api_call_end(struct read_api_call *c)
{
    struct read_api_call **link = &c->owner->calls;
    while (*link != c)
        link = &(*link)->next;
    *link = c->next;
    http_cancel(c->http);
    buf_free(&c->path);
    free(c->asked);
    if (c->free_own)
        c->free_own(c->own);
    else
        free(c->own);
    free(c);
}

void read_api_cancel(struct read_api_call *c)
{
    if (c)
        read_api_call_end(c);
}

void read_api_free(struct read_api *a)
{
    if (!a)
        return;
    while (a->calls)
        read_api_call_end(a->calls);
    http_target_free(a->target);
    json_doc_free(a->doc);
    read_api_kept_free(a->kept);
    free(a);
}

struct read_api_call *read_api_call_new(struct read_api *a, void *own, const char *path,
                                        void *context, void (*done)(void))
{
    struct read_api_call *c = mem_alloc(sizeof *c);
    c->owner = a;
    c->next = a->calls;
    a->calls = c;
    c->own = own;
    c->context = context;
    c->done = done;
    buf_init(&c->path, PATH_MOST);
    buf_adds(&c->path, path);
    return c;
}

void read_api_call_query(struct read_api_call *c, const char *name, const char *value)
{
    bool first = !strchr(buf_text(&c->path), '?');
    conn_query(&c->path, &first, name, value);
}

/* What the server says in {"error":…} in the place of what curl makes of the status; a page that is no
 * answer of a collector says so. */
static void server_words(struct read_api_call *c, struct str body, struct err *err)
{
    struct err ignored;
    const struct json *j = json_parse(c->owner->doc, body.p, body.n, &ignored);
    const char *text = json_string(j, "error", NULL);
    if (text)
        str_copy(err->what, sizeof err->what, text);
    if (err->http == 401 || err->http == 403)
        str_copy(err->mend, sizeof err->mend,
                 "set server.bearer_token_file to a file with the collector's token");
    str_copy(err->where, sizeof err->where, c->owner->place);
}

static void send_path(struct read_api_call *c, const char *path);

static void on_answer(void *context, struct http_request *r, int status, struct str body,
                      const struct err *err)
{
    struct read_api_call *c = context;
    struct err why = *err;
    c->http = NULL;
    if (status == NOT_CHANGED && c->kept) {
        why = (struct err){0};
        body = read_api_kept_body(c->owner->kept, c->asked);
        if (!body.n) { /* others came meanwhile, and it was let go of */
            send_path(c, c->asked);
            return;
        }
    } else if (why.kind) {
        server_words(c, body, &why);
    } else if (c->kept) {
        read_api_kept_put(c->owner->kept, c->asked, http_header(r, "ETag"), body);
    }
    c->took(c, body, &why);
}

static void send_path(struct read_api_call *c, const char *path)
{
    const char *tag = c->kept ? read_api_kept_tag(c->owner->kept, path) : NULL;
    char known[KNOWN];
    snprintf(known, sizeof known, "If-None-Match: %s", tag ? tag : "");
    const char *const headers[] = {"Accept: application/json", tag ? known : NULL, NULL};
    char *asked = mem_dup(path); /* may be the one that was asked last */
    free(c->asked);
    c->asked = asked;
    c->pages++;
    c->http = http_send(c->owner->http, &(struct http_call){.target = c->owner->target,
                                                            .path = path,
                                                            .headers = headers,
                                                            .idle_ms = IDLE_MS,
                                                            .context = c,
                                                            .done = on_answer});
}

static void send_page(struct read_api_call *c, const char *from)
{
    struct buf path;
    char limit[24];
    bool first = !strchr(buf_text(&c->path), '?');
    buf_init(&path, PATH_MOST + 200);
    buf_add(&path, c->path.p, c->path.n);
    snprintf(limit, sizeof limit, "%zu", c->limit);
    if (c->limit)
        conn_query(&path, &first, "limit", limit);
    if (from)
        conn_query(&path, &first, "continue", from);
    send_path(c, buf_text(&path));
    buf_free(&path);
}

void read_api_call_send(struct read_api_call *c)
{
    send_page(c, NULL);
}

bool read_api_call_more(struct read_api_call *c, const struct json *answer)
{
    const char *from = json_string(answer, "continue", NULL);
    if (!from || !*from || c->pages == PAGES)
        return false;
    send_page(c, from);
    return true;
}

const struct json *read_api_call_parse(struct read_api_call *c, struct str body, struct err *err)
{
    const struct json *j = json_parse(c->owner->doc, body.p, body.n, err);
    if (!j)
        err_set(err, ERR_PROTOCOL, c->owner->place, "is this the address of a collector?",
                "its answer is no JSON");
    return j;
}
