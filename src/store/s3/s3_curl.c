#include "store/s3/s3_curl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/http.h"

enum { PARALLEL = 8 };

void s3_curl_free(struct s3_curl_run *r)
{
    s3_request_cancel(r->request);
    buf_free(&r->answer);
    free(r);
}

void s3_curl_end(struct s3_curl_run *r, const struct err *err)
{
    struct store_op *op = r->op;
    struct err copy = *err;
    op->run = NULL;
    r->stop(r);
    store_op_end(op, &copy);
}

static void got(void *context, struct http_request *http, const struct err *err)
{
    struct s3_curl_run *r = context;
    (void)http;
    r->request = NULL;
    s3_curl_end(r, err);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, IMF-fixdate), whatever the locale; 0 when it is none.
 */
static int64_t http_time(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char rfc3339[40];
    int64_t t = 0;
    if (strlen(text) < 29 || text[3] != ',')
        return 0;
    char month[4] = {text[8], text[9], text[10], '\0'};
    const char *at = strstr(months, month);
    if (!at || (at - months) % 3)
        return 0;
    int number = (int)(at - months) / 3 + 1;
    snprintf(rfc3339, sizeof rfc3339, "%.4s-%02d-%.2sT%.8sZ", text + 12, number, text + 5,
             text + 17);
    return clock_parse(str_of(rfc3339), false, &t) ? t : 0;
}

static void looked(void *context, struct http_request *http, const struct err *err)
{
    struct s3_curl_run *r = context;
    int64_t size;
    r->request = NULL;
    if (err->kind == ERR_NONE && str_to_int(str_of(http_header(http, "Content-Length")), &size))
        r->op->size = (uint64_t)size;
    if (err->kind == ERR_NONE)
        r->op->modified = http_time(http_header(http, "Last-Modified"));
    s3_curl_end(r, err);
}

static void deleted(void *context, struct http_request *http, const struct err *err)
{
    struct s3_curl_run *r = context;
    struct err none;
    (void)http;
    r->request = NULL;
    err_clear(&none);
    s3_curl_end(r, err->kind == ERR_NOT_FOUND ? &none : err);
}

static struct s3_curl_run *begin_simple(struct store_op *op, struct s3_place *p)
{
    struct s3_curl_run *r = mem_alloc(sizeof *r);
    r->op = op;
    r->place = p;
    r->stop = s3_curl_free;
    struct s3_request_call call = {.place = p, .key = op->ask.key, .context = r};
    if (op->ask.verb == STORE_GET) {
        call.method = "GET";
        call.into = op->ask.spool ? NULL : &op->bytes;
        call.spool = op->ask.spool;
        call.done = got;
    } else if (op->ask.verb == STORE_HEAD) {
        call.method = "HEAD";
        call.done = looked;
    } else {
        call.method = "DELETE";
        call.done = deleted;
    }
    r->request = s3_request_send(&call);
    return r;
}

static bool start(struct store_op *op, struct err *err)
{
    struct s3_place *p = op->store->state;
    static struct s3_curl_run *(*const begins[])(struct store_op *, struct s3_place *) = {
        [STORE_GET] = begin_simple,     [STORE_PUT] = s3_put_begin,
        [STORE_HEAD] = begin_simple,    [STORE_DELETE] = begin_simple,
        [STORE_LIST] = s3_list_begin,   [STORE_CLEAN] = s3_uploads_begin,
        [STORE_PROBE] = s3_probe_begin,
    };
    (void)err;
    op->run = begins[op->ask.verb](op, p);
    return true;
}

static void stop(struct store_op *op)
{
    struct s3_curl_run *r = op->run;
    op->run = NULL;
    r->stop(r);
}

static void close_place(void *state)
{
    struct s3_place *p = state;
    s3_request_client_free(p->own);
    p->own = NULL;
    s3_place_close(p);
}

static void describe(const void *state, struct buf *out)
{
    char library[40];
    str_copy(library, sizeof library, http_version());
    library[strcspn(library, " ")] = '\0';
    s3_place_describe(state, library, out);
}

static bool settled(const void *state)
{
    return s3_request_client_settled(((const struct s3_place *)state)->own);
}

const struct store_kind s3_curl_kind = {.parallel = PARALLEL,
                                        .probes = true,
                                        .start = start,
                                        .stop = stop,
                                        .close = close_place,
                                        .describe = describe,
                                        .settled = settled};

bool s3_curl_open(struct s3_place *p, struct err *err)
{
    (void)err;
    p->own = s3_request_client_new(p);
    return true;
}
