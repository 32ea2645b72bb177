#include "store/s3/s3_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/s3/s3_curl.h"
#include "store/s3/s3_xml.h"
#include "store/store_key.h"

enum { PAGE = 1000, TOKEN_MAX = 4096, QUERY_MAX = 24 * 1024 };
#define ROOT "ListBucketResult/"

/* ---- reading a page ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

bool s3_list_decode(struct arena *a, struct str text, char **out)
{
    char *to = *out = arena_alloc(a, text.n + 1);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            bool whole = text.n - i >= 3;
            int high = whole ? hex_value(text.p[i + 1]) : -1;
            int low = whole ? hex_value(text.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (!c)
            return false;
        *to++ = c;
    }
    return true;
}

struct reading {
    struct s3_list_page *page;
    struct store_entry now; /* the key as it stands in the answer */
    bool encoded;           /* the answer says encoding-type=url; it may say so at its end */
};

static void add_entry(struct reading *r)
{
    struct s3_list_page *page = r->page;
    if (r->now.key) {
        mem_grow(&page->entries, &page->cap, page->count + 1, sizeof *page->entries);
        page->entries[page->count++] = r->now;
    }
    r->now = (struct store_entry){0};
}

static bool take_element(void *context, const char *path, struct str text)
{
    struct reading *r = context;
    int64_t number;
    if (strncmp(path, ROOT, strlen(ROOT)) != 0)
        return true;
    path += strlen(ROOT);
    if (!strcmp(path, "Contents/Key")) {
        r->now.key = arena_dup(&r->page->arena, text);
    } else if (!strcmp(path, "CommonPrefixes/Prefix")) {
        r->now.key = arena_dup(&r->page->arena, text);
        r->now.is_folder = true;
    } else if (!strcmp(path, "Contents/Size")) {
        if (str_to_int(str_trim(text), &number) && number >= 0)
            r->now.size = (uint64_t)number;
    } else if (!strcmp(path, "Contents/LastModified")) {
        clock_parse(str_trim(text), false, &r->now.modified);
    } else if (!strcmp(path, "Contents") || !strcmp(path, "CommonPrefixes")) {
        add_entry(r);
    } else if (!strcmp(path, "IsTruncated")) {
        r->page->truncated = str_is(str_trim(text), "true");
    } else if (!strcmp(path, "NextContinuationToken")) {
        r->page->token = arena_dup(&r->page->arena, text);
    } else if (!strcmp(path, "EncodingType")) {
        r->encoded = str_is(str_trim(text), "url");
    }
    return true;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct store_entry *)a)->key, ((const struct store_entry *)b)->key);
}

/* A folder's key without the slash that it ends with must be one as well. */
static bool is_ours(const struct store_entry *e)
{
    size_t n = strlen(e->key);
    char *bare = mem_dup_n(e->key, n && e->is_folder && e->key[n - 1] == '/' ? n - 1 : n);
    bool ok = store_key_check(bare, NULL);
    free(bare);
    return ok;
}

/* Keys decoded, made relative and sorted: objects and folders come in two lists. */
static bool settle(struct s3_list_page *page, const struct s3_place *p, bool encoded,
                   struct err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < page->count; i++) {
        struct store_entry e = page->entries[i];
        char *key;
        if (encoded && !s3_list_decode(&page->arena, str_of(e.key), &key))
            return err_set(err, ERR_PROTOCOL, p->url, "", "a listed key is not encoded as asked");
        e.key = s3_place_relative(p, encoded ? key : e.key);
        if (e.key && is_ours(&e))
            page->entries[kept++] = e;
    }
    page->count = kept;
    if (kept)
        qsort(page->entries, kept, sizeof *page->entries, by_key);
    if (page->truncated && (!page->token || !*page->token || strlen(page->token) > TOKEN_MAX))
        return err_set(err, ERR_PROTOCOL, p->url, "", "the list goes on, but says not where");
    return true;
}

bool s3_list_read(struct s3_list_page *page, const struct s3_place *p, struct str xml,
                  struct err *err)
{
    struct reading r = {.page = page};
    if (s3_xml_scan(xml, &r, take_element, err))
        return settle(page, p, r.encoded, err);
    if (err)
        str_copy(err->where, sizeof err->where, p->url);
    return false;
}

void s3_list_page_free(struct s3_list_page *page)
{
    arena_free(&page->arena);
    free(page->entries);
    *page = (struct s3_list_page){0};
}

/* ---- the operation ---- */

struct list_run {
    struct s3_curl_run run; /* first */
    struct s3_list_page page;
    char *token; /* where this page begins */
};

static void stop(struct s3_curl_run *run)
{
    struct list_run *l = (struct list_run *)run;
    s3_list_page_free(&l->page);
    free(l->token);
    s3_curl_free(run);
}

static void add_number(struct buf *query, bool *first, const char *name, size_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", n);
    conn_query(query, first, name, text);
}

static void came(void *context, struct http_request *http, const struct err *err);

/* Names in the order of their bytes: libcurl signs the query as it stands. */
static void ask(struct list_run *l)
{
    const struct store_op *op = l->run.op;
    char *prefix = s3_place_key(l->run.place, op->ask.key);
    char *after = op->ask.after ? s3_place_key(l->run.place, op->ask.after) : NULL;
    size_t left = op->ask.max ? op->ask.max - op->told : PAGE;
    struct buf query;
    bool first = true;
    buf_init(&query, QUERY_MAX);
    if (l->token)
        conn_query(&query, &first, "continuation-token", l->token);
    if (op->ask.folders)
        conn_query(&query, &first, "delimiter", "/");
    conn_query(&query, &first, "encoding-type", "url");
    conn_query(&query, &first, "list-type", "2");
    add_number(&query, &first, "max-keys", left < PAGE ? left : PAGE);
    conn_query(&query, &first, "prefix", prefix);
    if (after && !l->token)
        conn_query(&query, &first, "start-after", after);
    l->run.request = s3_request_send(&(struct s3_request_call){.place = l->run.place,
                                                               .method = "GET",
                                                               .query = buf_text(&query),
                                                               .into = &l->run.answer,
                                                               .context = l,
                                                               .done = came});
    buf_free(&query);
    free(prefix);
    free(after);
}

static void came(void *context, struct http_request *http, const struct err *err)
{
    struct list_run *l = context;
    struct err why = *err;
    bool more = false;
    (void)http;
    l->run.request = NULL;
    if (why.kind == ERR_NONE &&
        s3_list_read(&l->page, l->run.place, buf_str(&l->run.answer), &why)) {
        more = true;
        for (size_t i = 0; i < l->page.count && more; i++)
            more = store_op_entry(l->run.op, &l->page.entries[i]);
        more = more && l->page.truncated;
    }
    /* A server that gives the same token again would keep us for ever. */
    if (more && l->token && !strcmp(l->token, l->page.token))
        more = err_set(&why, ERR_PROTOCOL, l->run.place->url, "", "the list goes in a circle");
    if (!more) {
        s3_curl_end(&l->run, &why);
        return;
    }
    free(l->token);
    l->token = mem_dup(l->page.token);
    s3_list_page_free(&l->page);
    ask(l);
}

struct s3_curl_run *s3_list_begin(struct store_op *op, struct s3_place *p)
{
    struct list_run *l = mem_alloc(sizeof *l);
    l->run = (struct s3_curl_run){.op = op, .place = p, .stop = stop};
    buf_init(&l->run.answer, S3_CURL_LIST_MAX);
    ask(l);
    return &l->run;
}
