/*
 * The continue token stands in a page's head, before its elements, so the next page can be asked
 * for while this one still comes: two are under way at most. In order, the second one's bytes wait
 * (a few megabytes, then the transfer is paused) until the first has been handed out. A page that
 * broke off is asked for again with the same token, which gives the same objects in the same order
 * (the server answers from one revision), so what was handed out already is counted and passed
 * over.
 */
#include "kube/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "kube/kinds/columns.h"
#include "net/backoff.h"
#include "net/loop.h"
#include "net/splitter.h"

/* A server that cannot answer so answers 406; every one since 1.15 can. */
#define METADATA_ACCEPT "Accept: application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"

/* The first page is small: 1.20 sends nothing of a page before all of it is encoded. */
enum { FIRST_LIMIT = 100, LIMIT = 500 };
enum { FLYING = 2, TRIES = 3, PATH_LONGEST = 64 * 1024 };
enum { HELD_LONGEST = 32 << 20, HELD_PAUSE = 4 << 20, ELEMENT_LONGEST = 16 << 20 };

struct page {
    struct page *next; /* the page behind this one, when it was asked for already */
    struct pages *of;
    char *token; /* NULL: the first page */
    struct client_request *request;
    struct http_request *http; /* to pause it; only while its body comes */
    struct splitter *splitter;
    struct loop_timer *retry;
    struct buf held; /* bytes that wait for their turn */
    bool paused, headed, complete;
    bool told; /* its head has been read once */
    size_t skip, delivered;
    size_t before; /* delivered when it was asked for last */
    int failures;
    struct err err; /* why it must not be read further */
};

struct pages {
    struct client *client;
    struct pages_conf conf; /* its texts are ours */
    struct page *first;
    char *token;   /* of the page that is to be asked for next; NULL: not known, or the last */
    char *version; /* of the first page: changes since are told by a watch from there */
    struct json_doc *doc;
    struct backoff backoff;
    int64_t started; /* monotonic ns */
    bool headed;
    size_t count;
};

static bool send_page(struct page *page);
static void open_next(struct pages *p);

/* ---- reading ---- */

/* The head of a page: {"kind":…,"metadata":{"resourceVersion":…,"continue":…},"items":[ with its
 * brackets closed. */
static const struct json *parse_head(struct page *page, bool complete, struct buf *text)
{
    struct str rest = splitter_rest(page->splitter);
    buf_init(text, rest.n + 8);
    buf_add(text, rest.p, rest.n);
    if (!complete)
        buf_adds(text, "]}");
    return json_parse(page->of->doc, buf_text(text), text->n, NULL);
}

static void take_token(struct pages *p, const struct json *head)
{
    const char *token = json_string(head, "metadata.continue", "");
    free(p->token);
    p->token = *token ? mem_dup(token) : NULL;
    if (!p->version)
        p->version = mem_dup(json_string(head, "metadata.resourceVersion", ""));
}

static bool read_head(struct page *page, bool complete, struct err *err)
{
    struct pages *p = page->of;
    struct buf text;
    const struct json *head = parse_head(page, complete, &text);
    bool good = true;
    page->headed = head || complete;
    if (head) {
        /* A page that is read again has named the next one already. */
        if (!page->told)
            take_token(p, head);
        page->told = true;
        if (!p->headed && p->conf.head)
            good = p->conf.head(p->conf.context, buf_str(&text), err);
        p->headed = true;
    }
    buf_free(&text);
    return good;
}

static bool on_element(void *context, struct str json, struct err *err)
{
    struct page *page = context;
    struct pages *p = page->of;
    if (!page->headed) {
        if (!read_head(page, false, err))
            return false;
        open_next(p);
    }
    if (page->skip) {
        page->skip--;
        return true;
    }
    page->delivered++;
    p->count++;
    return p->conf.element(p->conf.context, json, err);
}

static bool feed(struct page *page, struct str bytes)
{
    struct pages *p = page->of;
    size_t before = p->count;
    bool good = splitter_feed(page->splitter, bytes, &page->err);
    if (p->count > before && p->conf.moved)
        p->conf.moved(p->conf.context);
    return good;
}

static bool has_turn(const struct page *page)
{
    return !page->of->conf.in_order || page->of->first == page;
}

static bool on_chunk(void *context, struct str bytes)
{
    struct page *page = context;
    if (page->err.kind != ERR_NONE)
        return false;
    if (has_turn(page))
        return feed(page, bytes);
    if (!buf_add(&page->held, bytes.p, bytes.n))
        return err_set(&page->err, ERR_LIMIT, "kubernetes", "", "a page of the list is too large");
    if (page->held.n > HELD_PAUSE && page->http && !page->paused) {
        page->paused = true;
        http_pause(page->http, true);
    }
    return true;
}

static void on_head(void *context, struct http_request *r, int status)
{
    struct page *page = context;
    (void)status;
    page->http = r;
}

/* ---- the ends ---- */

static void free_page(struct page *page)
{
    client_cancel(page->request);
    splitter_free(page->splitter);
    loop_timer_free(page->retry);
    buf_free(&page->held);
    free(page->token);
    free(page);
}

void pages_cancel(struct pages *p)
{
    if (!p)
        return;
    while (p->first) {
        struct page *page = p->first;
        p->first = page->next;
        free_page(page);
    }
    json_doc_free(p->doc);
    free(p->token);
    free(p->version);
    free((char *)(uintptr_t)p->conf.path);
    free((char *)(uintptr_t)p->conf.label_selector);
    free((char *)(uintptr_t)p->conf.field_selector);
    free(p);
}

static void finish(struct pages *p, const struct err *err)
{
    struct pages_conf conf = p->conf;
    struct err copy = *err;
    char *version = p->version;
    p->version = NULL;
    pages_cancel(p);
    conf.done(conf.context, version ? version : "", &copy);
    free(version);
}

/* A server that makes no Tables answers with a plain list: then that is asked for by its own name.
 * */
static bool wants_plain(struct page *page)
{
    struct pages *p = page->of;
    struct buf text;
    if (!p->conf.table || page->token || p->count)
        return false;
    const struct json *head = parse_head(page, true, &text);
    const char *kind = json_string(head, "kind", "");
    bool plain = page->err.kind == ERR_LIMIT || (*kind && strcmp(kind, "Table") != 0);
    buf_free(&text);
    return plain;
}

static void start_plain(struct page *page)
{
    page->of->conf.table = false;
    splitter_free(page->splitter);
    page->splitter = NULL;
    err_clear(&page->err);
    send_page(page);
}

static void drop_first(struct pages *p)
{
    struct page *page = p->first;
    p->first = page->next;
    free_page(page);
}

/* A page ended well: the whole list has, or another one's turn comes. */
static void page_ended(struct page *page)
{
    struct pages *p = page->of;
    struct page **link = &p->first;
    while (*link != page)
        link = &(*link)->next;
    *link = page->next;
    free_page(page);
    open_next(p);
    if (!p->first) {
        struct err none;
        err_clear(&none);
        finish(p, &none);
    }
}

/* Reads what lies in a page's buffer when its turn has come, and closes it when all was there. */
static void close_page(struct page *page)
{
    struct pages *p = page->of;
    if (page->err.kind == ERR_NONE && page->held.n) {
        struct buf held = page->held;
        buf_init(&page->held, HELD_LONGEST);
        feed(page, buf_str(&held));
        buf_free(&held);
    }
    if (page->paused) {
        page->paused = false;
        http_pause(page->http, false);
    }
    if (page->err.kind == ERR_NONE && !page->complete)
        return;
    bool good = page->err.kind == ERR_NONE && splitter_finish(page->splitter, &page->err);
    if (wants_plain(page)) {
        start_plain(page);
        return;
    }
    if (good && !page->headed)
        good = read_head(page, true, &page->err);
    if (!good) {
        struct err err = page->err;
        finish(p, &err);
        return;
    }
    struct page *behind = p->conf.in_order ? page->next : NULL;
    if (!behind) {
        page_ended(page);
        return;
    }
    drop_first(p);
    open_next(p);
    close_page(behind);
}

static void retry_fired(void *context)
{
    send_page(context);
}

/* Goes on with the token of the server's error, which skips nothing but is not of one moment with
 * the pages before. */
static bool take_newer_token(struct page *page, struct str body)
{
    const struct json *status = json_parse(page->of->doc, body.p, body.n, NULL);
    const char *token = json_string(status, "metadata.continue", "");
    if (!page->token || !*token || ++page->failures > TRIES)
        return false;
    free(page->token);
    page->token = mem_dup(token);
    page->delivered = page->before = 0;
    log_event(LOG_INFO, "the list's continue token expired: it goes on with a newer one", "path",
              page->of->conf.path, NULL);
    return true;
}

static bool is_worth(const struct pages *p, int64_t wait_ms)
{
    int64_t asked_ms = (clock_monotonic() - p->started) / CLOCK_MS;
    return p->count || !p->conf.patience_ms || asked_ms + wait_ms <= p->conf.patience_ms;
}

static void on_done(void *context, struct http_request *r, int status, struct str body,
                    const struct err *err)
{
    struct page *page = context;
    (void)r;
    (void)status;
    page->request = NULL;
    page->http = NULL;
    page->paused = false;
    if (err->kind == ERR_NONE || page->err.kind != ERR_NONE) {
        page->complete = true;
        if (has_turn(page))
            close_page(page);
        return;
    }
    bool again = err->kind == ERR_GONE && take_newer_token(page, body);
    if (again) {
        loop_timer_set(page->retry, 0);
        return;
    }
    page->failures = page->delivered > page->before ? 1 : page->failures + 1;
    int64_t wait = backoff_next(&page->of->backoff, err);
    if (err_is_transient(err) && page->failures <= TRIES && is_worth(page->of, wait)) {
        loop_timer_set(page->retry, wait);
        return;
    }
    struct err copy = *err;
    finish(page->of, &copy);
}

/* ---- asking ---- */

static int limit_of(const struct page *page)
{
    int limit = page->of->conf.limit;
    return limit > 0 ? limit : page->token ? LIMIT : FIRST_LIMIT;
}

static char *path_of(const struct page *page)
{
    const struct pages *p = page->of;
    struct buf path;
    bool first = true;
    char limit[16];
    buf_init(&path, PATH_LONGEST);
    buf_adds(&path, p->conf.path);
    snprintf(limit, sizeof limit, "%d", limit_of(page));
    conn_query(&path, &first, "limit", limit);
    if (p->conf.label_selector)
        conn_query(&path, &first, "labelSelector", p->conf.label_selector);
    if (p->conf.field_selector)
        conn_query(&path, &first, "fieldSelector", p->conf.field_selector);
    if (page->token)
        conn_query(&path, &first, "continue", page->token);
    if (p->conf.objects)
        conn_query(&path, &first, COLUMNS_OBJECTS, "Object");
    /* A first page that broke off has no token that names its revision. */
    if (!page->token && page->delivered && p->version && *p->version) {
        conn_query(&path, &first, "resourceVersion", p->version);
        conn_query(&path, &first, "resourceVersionMatch", "Exact");
    }
    return buf_take(&path, NULL);
}

/* Asks for the page, again when it broke off: what it delivered is passed over then. */
static bool send_page(struct page *page)
{
    struct pages *p = page->of;
    static const char *const table[] = {COLUMNS_ACCEPT, NULL}, *const metadata[] = {METADATA_ACCEPT,
                                                                                    NULL};
    splitter_free(page->splitter);
    page->splitter = splitter_new(&(struct splitter_conf){.array = p->conf.table ? "rows" : "items",
                                                          .keep = p->conf.keep,
                                                          .max_element = ELEMENT_LONGEST,
                                                          .context = page,
                                                          .element = on_element});
    page->skip = page->before = page->delivered;
    page->headed = page->complete = false;
    buf_clear(&page->held);
    char *path = path_of(page);
    page->request =
        client_send(p->client, &(struct http_call){.path = path,
                                                   .headers = p->conf.table      ? table
                                                              : p->conf.metadata ? metadata
                                                                                 : NULL,
                                                   .context = page,
                                                   .head = on_head,
                                                   .chunk = on_chunk,
                                                   .done = on_done});
    free(path);
    return true;
}

static void open_page(struct pages *p, char *token)
{
    struct page *page = mem_alloc(sizeof *page), **link = &p->first;
    page->of = p;
    page->token = token;
    page->retry = loop_timer_new(client_loop(p->client), retry_fired, page);
    buf_init(&page->held, HELD_LONGEST);
    while (*link)
        link = &(*link)->next;
    *link = page;
    send_page(page);
}

static void open_next(struct pages *p)
{
    size_t flying = 0;
    for (const struct page *page = p->first; page; page = page->next)
        flying++;
    if (!p->token || flying >= FLYING)
        return;
    char *token = p->token;
    p->token = NULL;
    open_page(p, token);
}

struct pages *pages_start(struct client *c, const struct pages_conf *conf)
{
    struct pages *p = mem_alloc(sizeof *p);
    p->client = c;
    p->conf = *conf;
    p->conf.path = mem_dup(conf->path);
    p->conf.label_selector = mem_dup(conf->label_selector);
    p->conf.field_selector = mem_dup(conf->field_selector);
    p->doc = json_doc_new();
    p->started = clock_monotonic();
    open_page(p, NULL);
    return p;
}
