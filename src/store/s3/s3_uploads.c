/* Aborts uploads that a killed writer left unfinished: they cost money and show in no list of keys.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "store/s3/s3_curl.h"
#include "store/s3/s3_list.h"
#include "store/s3/s3_xml.h"

enum { QUERY_MAX = 32 * 1024 };
#define ROOT "ListMultipartUploadsResult/"

struct upload {
    char *key, *id;
    int64_t begun;
};

struct uploads_run {
    struct s3_curl_run run; /* first */
    struct arena arena;
    struct upload *list, now;
    size_t count, cap, next;
    bool encoded, truncated;
    char *next_key, *next_id; /* where the next page begins, in the arena */
    char *from_key, *from_id; /* where this one began */
};

static void stop(struct s3_curl_run *run)
{
    struct uploads_run *u = (struct uploads_run *)run;
    arena_free(&u->arena);
    free(u->list);
    free(u->from_key);
    free(u->from_id);
    s3_curl_free(run);
}

static bool take_element(void *context, const char *path, struct str text)
{
    struct uploads_run *u = context;
    if (strncmp(path, ROOT, strlen(ROOT)) != 0)
        return true;
    path += strlen(ROOT);
    if (!strcmp(path, "Upload/Key"))
        u->now.key = arena_dup(&u->arena, text);
    else if (!strcmp(path, "Upload/UploadId"))
        u->now.id = arena_dup(&u->arena, str_trim(text));
    else if (!strcmp(path, "Upload/Initiated"))
        clock_parse(str_trim(text), false, &u->now.begun);
    else if (!strcmp(path, "NextKeyMarker"))
        u->next_key = arena_dup(&u->arena, text);
    else if (!strcmp(path, "NextUploadIdMarker"))
        u->next_id = arena_dup(&u->arena, str_trim(text));
    else if (!strcmp(path, "EncodingType"))
        u->encoded = str_is(str_trim(text), "url");
    else if (!strcmp(path, "IsTruncated"))
        u->truncated = str_is(str_trim(text), "true");
    else if (!strcmp(path, "Upload")) {
        mem_grow(&u->list, &u->cap, u->count + 1, sizeof *u->list);
        u->list[u->count++] = u->now;
        u->now = (struct upload){0};
    }
    return true;
}

static void ask(struct uploads_run *u);
static void abort_next(struct uploads_run *u);

static void aborted(void *context, struct http_request *http, const struct err *err)
{
    struct uploads_run *u = context;
    (void)http;
    u->run.request = NULL;
    if (err->kind == ERR_NONE)
        u->run.op->removed++;
    else if (err->kind != ERR_NOT_FOUND && err->kind != ERR_CONFLICT) {
        s3_curl_end(&u->run, err);
        return;
    }
    abort_next(u);
}

/* The next one that is old enough; behind the last, the next page or the end. */
static void abort_next(struct uploads_run *u)
{
    int64_t before = clock_now() - u->run.op->ask.age;
    while (u->next < u->count) {
        const struct upload *up = &u->list[u->next++];
        char *key = up->key;
        bool ok = key && up->id && up->begun && up->begun < before;
        ok = ok && (!u->encoded || s3_list_decode(&u->arena, str_of(up->key), &key));
        const char *relative = ok ? s3_place_relative(u->run.place, key) : NULL;
        if (!relative)
            continue;
        struct buf query;
        bool first = true;
        buf_init(&query, QUERY_MAX);
        conn_query(&query, &first, "uploadId", up->id);
        u->run.request = s3_request_send(&(struct s3_request_call){.place = u->run.place,
                                                                   .method = "DELETE",
                                                                   .key = relative,
                                                                   .query = buf_text(&query),
                                                                   .context = u,
                                                                   .done = aborted});
        buf_free(&query);
        return;
    }
    char *key = u->next_key;
    bool more = u->truncated && key &&
                (!u->encoded || s3_list_decode(&u->arena, str_of(u->next_key), &key));
    bool moved = more && (!u->from_key || strcmp(u->from_key, key) != 0 || !u->from_id ||
                          !u->next_id || strcmp(u->from_id, u->next_id) != 0);
    if (!moved) {
        struct err none;
        err_clear(&none);
        s3_curl_end(&u->run, &none);
        return;
    }
    free(u->from_key);
    free(u->from_id);
    u->from_key = mem_dup(key);
    u->from_id = mem_dup(u->next_id);
    ask(u);
}

static void came(void *context, struct http_request *http, const struct err *err)
{
    struct uploads_run *u = context;
    struct err why = *err;
    (void)http;
    u->run.request = NULL;
    if (why.kind != ERR_NONE || !s3_xml_scan(buf_str(&u->run.answer), u, take_element, &why))
        s3_curl_end(&u->run, &why);
    else
        abort_next(u);
}

static void ask(struct uploads_run *u)
{
    char *prefix = s3_place_key(u->run.place, u->run.op->ask.key);
    struct buf query;
    bool first = true;
    buf_init(&query, QUERY_MAX);
    conn_query(&query, &first, "encoding-type", "url");
    if (u->from_key)
        conn_query(&query, &first, "key-marker", u->from_key);
    conn_query(&query, &first, "prefix", prefix);
    if (u->from_id)
        conn_query(&query, &first, "upload-id-marker", u->from_id);
    conn_query(&query, &first, "uploads", "");
    u->count = u->next = 0;
    u->truncated = u->encoded = false;
    u->next_key = u->next_id = NULL;
    arena_reset(&u->arena);
    u->run.request = s3_request_send(&(struct s3_request_call){.place = u->run.place,
                                                               .method = "GET",
                                                               .query = buf_text(&query),
                                                               .into = &u->run.answer,
                                                               .context = u,
                                                               .done = came});
    buf_free(&query);
    free(prefix);
}

struct s3_curl_run *s3_uploads_begin(struct store_op *op, struct s3_place *p)
{
    struct uploads_run *u = mem_alloc(sizeof *u);
    u->run = (struct s3_curl_run){.op = op, .place = p, .stop = stop};
    buf_init(&u->run.answer, S3_CURL_LIST_MAX);
    arena_init(&u->arena);
    ask(u);
    return &u->run;
}
