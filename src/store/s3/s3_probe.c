/*
 * Whether objects can be put, without putting one: an upload in parts is begun and given up, for
 * which a role needs s3:PutObject. What a dead connection leaves of it is cleaned with the other
 * uploads.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "net/conn.h"
#include "store/s3/s3_curl.h"
#include "store/s3/s3_xml.h"

enum { ANSWER_MAX = 64 * 1024, ID_MAX = 1024 };

static bool take_id(void *context, const char *path, struct str text)
{
    char *id = context;
    text = str_trim(text);
    if (!strcmp(path, "InitiateMultipartUploadResult/UploadId") && text.n < ID_MAX) {
        memcpy(id, text.p, text.n);
        id[text.n] = '\0';
    }
    return true;
}

static void given_up(void *context, struct http_request *http, const struct err *err)
{
    struct s3_curl_run *r = context;
    struct err none = {0};
    (void)http;
    r->request = NULL;
    s3_curl_end(r, err->kind == ERR_NOT_FOUND || err->kind == ERR_CONFLICT ? &none : err);
}

static char *probe_key(const struct s3_curl_run *r)
{
    return mem_printf("%s" FILE_TEMPORARY "probe", r->op->ask.key);
}

static void begun(void *context, struct http_request *http, const struct err *err)
{
    struct s3_curl_run *r = context;
    struct err why = *err;
    struct buf query;
    char id[ID_MAX] = "", *key = probe_key(r);
    bool first = true;
    (void)http;
    r->request = NULL;
    if (why.kind == ERR_NONE && s3_xml_scan(buf_str(&r->answer), id, take_id, &why) && !*id)
        err_set(&why, ERR_PROTOCOL, r->place->url, "", "the server gave an upload no id");
    buf_init(&query, 4 * ID_MAX);
    conn_query(&query, &first, "uploadId", id);
    if (why.kind == ERR_NONE)
        r->request = s3_request_send(&(struct s3_request_call){.place = r->place,
                                                               .method = "DELETE",
                                                               .key = key,
                                                               .query = buf_text(&query),
                                                               .context = r,
                                                               .done = given_up});
    else
        s3_curl_end(r, &why);
    buf_free(&query);
    free(key);
}

struct s3_curl_run *s3_probe_begin(struct store_op *op, struct s3_place *p)
{
    struct s3_curl_run *r = mem_alloc(sizeof *r);
    *r = (struct s3_curl_run){.op = op, .place = p, .stop = s3_curl_free};
    buf_init(&r->answer, ANSWER_MAX);
    char *key = probe_key(r);
    r->request = s3_request_send(&(struct s3_request_call){.place = p,
                                                           .method = "POST",
                                                           .key = key,
                                                           .query = "?uploads=",
                                                           .into = &r->answer,
                                                           .context = r,
                                                           .done = begun});
    free(key);
    return r;
}
