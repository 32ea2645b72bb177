/*
 * S3 by libs3, which no other file includes: its calls block, so each runs in the worker pool. 2.x
 * signs version 2 and its calls know no time limit; 4 (the newest upstream) signs version 4, takes
 * a session token, a region and a limit. What neither can do was refused when the store was opened
 * (s3_refusal.c).
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/backoff.h"
#include "store/aws/aws_credentials.h"
#include "store/s3/s3_error.h"
#include "store/s3/s3_libs3_calls.h"
#include "store/s3/s3_place.h"
#include "store/spool.h"
#include "store/store_job.h"
#include "store/store_key.h"

enum { PARALLEL = 2, TRIES = 5 };

#if LIBS3_MAJOR >= 4
#define TIME_LIMIT(j) , ((struct s3_place *)(j)->state)->timeout_ms
#define INIT_FLAGS (S3_INIT_ALL | S3_INIT_VERIFY_PEER)
#else
#define TIME_LIMIT(j)
#define INIT_FLAGS S3_INIT_ALL
#endif

static const struct s3_libs3_calls *libs3; /* since the first store was opened */

/* What a call needs beside the job: the keys of this try. */
struct own {
    struct aws_keys keys;
    struct aws_credentials_wait *wait;
    struct backoff backoff;
    struct spool *spool;
    struct s3_error refused;
    int tries;
    bool renewed;
    struct err kept; /* why the answer could not be kept */
    S3Status status;
    char *last_key, *next_marker; /* of a page, below the bucket */
    bool truncated;
};

/* ---- what libs3 calls back, on the worker ---- */

static S3Status take_properties(const S3ResponseProperties *properties, void *context)
{
    struct store_job *j = context;
    j->size = properties->contentLength;
    j->modified = properties->lastModified > 0 ? properties->lastModified * CLOCK_SECOND : 0;
    return S3StatusOK;
}

static void take_end(S3Status status, const S3ErrorDetails *details, void *context)
{
    struct store_job *j = context;
    struct own *own = j->own;
    const char *name = libs3->get_status_name(status);
    own->status = status;
    own->refused = (struct s3_error){"", "", ""};
    if (strncmp(name, "Error", 5) == 0)
        str_copy(own->refused.code, sizeof own->refused.code, name + 5);
    if (details && details->message)
        str_copy(own->refused.message, sizeof own->refused.message, details->message);
    for (int i = 0; details && i < details->extraDetailsCount; i++)
        if (!strcmp(details->extraDetails[i].name, "Region"))
            str_copy(own->refused.region, sizeof own->refused.region,
                     details->extraDetails[i].value);
}

static S3Status take_bytes(int n, const char *bytes, void *context)
{
    struct store_job *j = context;
    struct own *own = j->own;
    if (j->ask.spool)
        spool_add(j->ask.spool, (struct str){bytes, (size_t)n}, &own->kept);
    else if (!buf_add(&j->bytes, bytes, (size_t)n))
        err_set(&own->kept, ERR_LIMIT, j->ask.key, "", "the object is larger than %zu bytes",
                j->bytes.max);
    return own->kept.kind || atomic_load(&j->stop) ? S3StatusAbortedByCallback : S3StatusOK;
}

static int give_bytes(int room, char *to, void *context)
{
    struct store_job *j = context;
    struct own *own = j->own;
    return (int)spool_read(own->spool, to, (size_t)room);
}

static void keep_text(char **to, const char *text)
{
    free(*to);
    *to = text && *text ? mem_dup(text) : NULL;
}

static void take_key(struct store_job *j, const char *full, struct store_entry e)
{
    struct own *own = j->own;
    size_t n = strlen(full);
    if (!own->last_key || strcmp(full, own->last_key) > 0)
        keep_text(&own->last_key, full);
    e.key = s3_place_relative(j->state, full);
    char *bare = e.key ? mem_dup(e.key) : NULL;
    if (bare && *bare && e.is_folder && full[n - 1] == '/')
        bare[strlen(bare) - 1] = '\0';
    if (bare && store_key_check(bare, NULL))
        store_job_entry(j, &e);
    free(bare);
}

/* libs3 takes the UTC of a list for local time: turned back. */
static int64_t as_utc(int64_t seconds)
{
    time_t wrong = (time_t)seconds;
    struct tm tm;
    if (seconds <= 0 || !localtime_r(&wrong, &tm))
        return 0;
    return (int64_t)timegm(&tm) * CLOCK_SECOND;
}

static S3Status take_page(int truncated, const char *next_marker, int count,
                          const S3ListBucketContent *contents, int folders, const char **prefixes,
                          void *context)
{
    struct store_job *j = context;
    struct own *own = j->own;
    own->truncated = truncated != 0;
    if (next_marker && *next_marker)
        keep_text(&own->next_marker, next_marker);
    for (int i = 0; i < count; i++)
        take_key(j, contents[i].key,
                 (struct store_entry){.size = contents[i].size,
                                      .modified = as_utc(contents[i].lastModified)});
    for (int i = 0; i < folders; i++)
        take_key(j, prefixes[i], (struct store_entry){.is_folder = true});
    return atomic_load(&j->stop) ? S3StatusAbortedByCallback : S3StatusOK;
}

static const S3ResponseHandler plain_handler = {take_properties, take_end};

/* ---- the calls ---- */

static S3BucketContext bucket_of(const struct store_job *j)
{
    const struct s3_place *p = j->state;
    const struct own *own = j->own;
    S3BucketContext b = {.hostName = p->host,
                         .bucketName = p->bucket,
                         .protocol = p->https ? S3ProtocolHTTPS : S3ProtocolHTTP,
                         .uriStyle = p->path_style ? S3UriStylePath : S3UriStyleVirtualHost,
                         .accessKeyId = own->keys.id,
                         .secretAccessKey = own->keys.secret};
#if LIBS3_MAJOR >= 4
    b.securityToken = own->keys.token;
    b.authRegion = p->region;
#endif
    return b;
}

static void get(struct store_job *j, const char *key)
{
    S3BucketContext b = bucket_of(j);
    S3GetObjectHandler handler = {plain_handler, take_bytes};
    buf_clear(&j->bytes);
    if (j->ask.spool)
        spool_clear(j->ask.spool);
    libs3->get_object(&b, key, NULL, 0, 0, NULL TIME_LIMIT(j), &handler, j);
}

static void put(struct store_job *j, const char *key)
{
    S3BucketContext b = bucket_of(j);
    struct own *own = j->own;
    S3PutProperties properties = {.contentType = j->ask.content_type, .expires = -1};
    S3PutObjectHandler handler = {plain_handler, give_bytes};
    spool_rewind(own->spool);
    libs3->put_object(&b, key, spool_size(own->spool), &properties, NULL TIME_LIMIT(j), &handler,
                      j);
}

static void delete (struct store_job *j, const char *key)
{
    S3BucketContext b = bucket_of(j);
    libs3->delete_object(&b, key, NULL TIME_LIMIT(j), &plain_handler, j);
}

static void head(struct store_job *j, const char *key)
{
    S3BucketContext b = bucket_of(j);
    libs3->head_object(&b, key, NULL TIME_LIMIT(j), &plain_handler, j);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct store_entry *)a)->key, ((const struct store_entry *)b)->key);
}

/* One page. Without a delimiter the server names no next marker: the last key is it. */
static void list(struct store_job *j, const char *prefix)
{
    S3BucketContext b = bucket_of(j);
    struct own *own = j->own;
    S3ListBucketHandler handler = {plain_handler, take_page};
    const char *after = j->from ? j->from : j->ask.after;
    char *marker = after ? s3_place_key(j->state, after) : NULL;
    keep_text(&own->last_key, NULL);
    keep_text(&own->next_marker, NULL);
    j->count = 0;
    arena_reset(&j->arena);
    own->truncated = false;
    libs3->list_bucket(&b, *prefix ? prefix : NULL, marker, j->ask.folders ? "/" : NULL,
                       STORE_JOB_PAGE, NULL TIME_LIMIT(j), &handler, j);
    free(marker);
    if (j->count)
        qsort(j->entries, j->count, sizeof *j->entries, by_key);
    const char *next = own->next_marker ? own->next_marker : own->last_key;
    const char *relative = next ? s3_place_relative(j->state, next) : NULL;
    free(j->next);
    j->next = own->truncated && relative ? mem_dup(relative) : NULL;
}

/* Uploads in parts are not made by this client, so none is left. */
static void clean(struct store_job *j, const char *prefix)
{
    struct own *own = j->own;
    (void)prefix;
    own->status = S3StatusOK;
}

/* ---- what came of it ---- */

struct meaning {
    const char *name;
    int status; /* of HTTP, where libs3 keeps only that */
    enum err_kind kind;
    const char *what, *mend;
};

static const struct meaning meanings[] = {
    {"HttpErrorMovedTemporarily", 307, ERR_NONE, "", ""},
    {"HttpErrorBadRequest", 400, ERR_NONE, "", ""},
    {"HttpErrorForbidden", 403, ERR_NONE, "", ""},
    {"HttpErrorNotFound", 404, ERR_NONE, "", ""},
    {"HttpErrorConflict", 409, ERR_NONE, "", ""},
    {"NameLookupError", 0, ERR_AWAY, "the host's name is not known", "check store.s3.endpoint"},
    {"FailedToConnect", 0, ERR_AWAY, "cannot connect", "is the server running and reachable?"},
    {"ConnectionFailed", 0, ERR_AWAY, "the connection broke or stood still for 15 s", ""},
    {"ServerFailedVerification", 0, ERR_PROTOCOL, "the server's certificate is not trusted",
     "set store.s3.client: curl and tls.ca_file"},
    {"XmlParseFailure", 0, ERR_PROTOCOL, "the answer is no XML", "is it an S3 server?"},
    {"AbortedByCallback", 0, ERR_CANCELLED, "the caller gave up", ""},
};

static void explain(struct store_job *j)
{
    struct own *own = j->own;
    const char *name = libs3->get_status_name(own->status);
    char where[200];
    s3_place_where(j->state, j->ask.key, where, sizeof where);
    if (own->kept.kind) {
        j->err = own->kept;
        return;
    }
    if (own->refused.code[0]) {
        s3_error_fill(&j->err, 0, &own->refused, where);
        return;
    }
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if (strcmp(meanings[i].name, name) != 0)
            continue;
        if (meanings[i].status)
            s3_error_fill(&j->err, meanings[i].status, &own->refused, where);
        else
            err_set(&j->err, meanings[i].kind, where, meanings[i].mend, "%s", meanings[i].what);
        return;
    }
    err_set(&j->err, libs3->status_is_retryable(own->status) ? ERR_AWAY : ERR_REFUSED, where, "",
            "libs3 says %s", name);
}

/* 2.x sends a blank in a key as '+', which is another key. */
static bool key_works(struct store_job *j)
{
    if (LIBS3_MAJOR >= 4 || j->ask.verb == STORE_LIST || !strchr(j->ask.key, ' '))
        return true;
    return err_set(&j->err, ERR_CONFIG, j->ask.key, "set store.s3.client: curl",
                   "libs3 2.x cannot name a key with a blank");
}

static bool spool_body(struct store_job *j)
{
    struct own *own = j->own;
    if (j->ask.verb != STORE_PUT || own->spool)
        return true;
    own->spool = j->ask.spool;
    j->ask.spool = NULL;
    if (own->spool)
        return true;
    own->spool = spool_new(STORE_OBJECT_MAX);
    bool ok = spool_add(own->spool, buf_str(&j->ask.body), &j->err);
    buf_free(&j->ask.body);
    return ok;
}

static void work(struct store_job *j)
{
    static void (*const works[])(struct store_job * j, const char *key) = {
        [STORE_GET] = get,   [STORE_PUT] = put,     [STORE_HEAD] = head,
        [STORE_LIST] = list, [STORE_CLEAN] = clean, [STORE_DELETE] = delete,
    };
    struct own *own = j->own;
    if (!key_works(j) || !spool_body(j))
        return;
    char *key = s3_place_key(j->state, j->ask.key);
    err_clear(&own->kept);
    works[j->ask.verb](j, key);
    free(key);
    if (own->status == S3StatusOK)
        return;
    explain(j);
    if (j->ask.verb == STORE_DELETE && j->err.kind == ERR_NOT_FOUND)
        err_clear(&j->err);
    else if (err_is_transient(&j->err) && ++own->tries < TRIES)
        j->retry_ms = backoff_next(&own->backoff, &j->err);
}

/* ---- on the loop ---- */

static bool copy_keys(struct store_job *j)
{
    struct s3_place *p = j->state;
    struct own *own = j->own;
    const struct aws_keys *keys = aws_credentials_now(p->credentials);
    if (!keys)
        return false;
    aws_keys_free_inner(&own->keys);
    own->keys = (struct aws_keys){.id = mem_dup(keys->id),
                                  .secret = mem_dup(keys->secret),
                                  .token = mem_dup(keys->token),
                                  .serial = keys->serial};
    return true;
}

static void keys_came(void *context, const struct err *err)
{
    struct store_job *j = context;
    struct own *own = j->own;
    own->wait = NULL;
    j->err = *err;
    if (!copy_keys(j) || !store_job_submit(j, &j->err))
        store_job_finish(j);
}

/* Keys that the server refuses are renewed once. */
static bool failed(struct store_job *j)
{
    struct s3_place *p = j->state;
    struct own *own = j->own;
    if (own->renewed || !s3_place_renew(p, &own->refused, 0, own->keys.serial))
        return false;
    own->renewed = true;
    own->wait = aws_credentials_wait(p->credentials, j, keys_came);
    return true;
}

static void end(struct store_job *j)
{
    struct own *own = j->own;
    aws_credentials_cancel(own->wait);
    aws_keys_free_inner(&own->keys);
    spool_free(own->spool);
    free(own->last_key);
    free(own->next_marker);
    free(own);
}

static bool start(struct store_op *op, struct err *err)
{
    /* 2.x calls gmtime, whose one buffer two threads would share: one call at a time. */
    static struct store_job_lane lane;
    static const struct store_job_kind jobs = {.lane = LIBS3_MAJOR >= 4 ? NULL : &lane,
                                               .hold = s3_place_hold,
                                               .drop = s3_place_drop,
                                               .work = work,
                                               .failed = failed,
                                               .end = end};
    struct s3_place *p = op->store->state;
    struct own *own = mem_alloc(sizeof *own);
    struct store_job *j = store_job_new(op, &jobs, own);
    if (!copy_keys(j)) {
        own->wait = aws_credentials_wait(p->credentials, j, keys_came);
        return true;
    }
    if (store_job_submit(j, err))
        return true;
    store_job_undo(j);
    return false;
}

static void describe(const void *state, struct buf *out)
{
    s3_place_describe(state, s3_libs3_version(), out);
}

const struct store_kind s3_libs3_kind = {.parallel = PARALLEL,
                                         .start = start,
                                         .stop = store_job_stop,
                                         .close = s3_place_close,
                                         .describe = describe};

const char *s3_libs3_version(void)
{
    if (!s3_libs3_calls())
        return "libs3 (not installed here)";
    return LIBS3_MAJOR >= 4 ? "libs3 4 (SigV4)" : "libs3 2.x (SigV2 only)";
}

bool s3_libs3_open(struct s3_place *p, struct err *err)
{
    static bool initialized;
    libs3 = s3_libs3_calls();
    if (!libs3)
        return err_set(err, ERR_CONFIG, p->url, "install it, or set store.s3.client: curl",
                       LIBS3_NAME " cannot be loaded");
    if (!initialized) {
        S3Status status = libs3->initialize("kubeboard/" KUBEBOARD_VERSION, INIT_FLAGS, NULL);
        if (status != S3StatusOK)
            return err_set(err, ERR_CONFIG, p->url, "set store.s3.client: curl",
                           "libs3 cannot start: %s", libs3->get_status_name(status));
        initialized = true;
    }
    return true;
}
