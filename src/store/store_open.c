/* Which kind of store a URL means, and by which client S3 is spoken to. */
#include <stdio.h>
#include <string.h>

#include "store/s3/s3_place.h"
#include "store/store_kind.h"

static bool open_folder(struct store *s, const struct store_conf *conf, struct err *err)
{
    s->state = folder_open(conf, err);
    if (s->state)
        s->kind = &folder_kind;
    return s->state != NULL;
}

static bool open_s3(struct store *s, const struct store_conf *conf, struct err *err)
{
    struct s3_place *p = s3_place_open(s->http, conf, &s->guard, err);
    if (!p)
        return false;
    bool libs3 = p->client == STORE_CLIENT_LIBS3;
    if (!(libs3 ? s3_libs3_open(p, err) : s3_curl_open(p, err))) {
        s3_place_close(p);
        return false;
    }
    s->state = p;
    s->kind = libs3 ? &s3_libs3_kind : &s3_curl_kind;
    return true;
}

struct store *store_open(struct http *h, const struct store_conf *conf, struct err *err)
{
    struct store *s = store_new(h, conf->url);
    bool ok;
    if (!strncmp(conf->url, "file://", 7))
        ok = open_folder(s, conf, err);
    else if (!strncmp(conf->url, "s3://", 5))
        ok = open_s3(s, conf, err);
    else
        ok = err_set(err, ERR_CONFIG, "store", "write it as file:///folder or s3://bucket/prefix",
                     "'%.100s' is no store", conf->url);
    if (ok)
        return s;
    store_free(s);
    return NULL;
}

const char *store_clients(void)
{
    static char text[100];
    snprintf(text, sizeof text, "curl (SigV4), %s", s3_libs3_version());
    return text;
}
