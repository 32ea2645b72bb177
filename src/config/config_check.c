#include "config/config_check.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

struct check {
    const struct config_check_places *places;
    struct err *err;
};

static bool fail(const struct check *k, const char *block, const char *key, const char *mend,
                 const char *what)
{
    char path[120], place[sizeof k->err->where];
    snprintf(path, sizeof path, "%s%s%s", block, *block ? "." : "", key);
    k->places->place(k->places->context, path, place, sizeof place);
    return err_set(k->err, ERR_CONFIG, place, mend, "%s", what);
}

static bool check_pairs(const struct check *k, const char *block, const struct conn *c)
{
    if (!c->user != !c->password_file)
        return fail(k, block, c->user ? "basic.username" : "basic.password_file",
                    "write both: basic: {username: u, password_file: p}",
                    c->user ? "basic has no password_file" : "basic has no username");
    if (!c->cert_file != !c->key_file)
        return fail(k, block, c->cert_file ? "tls.cert_file" : "tls.key_file",
                    "write both: tls: {cert_file: c.pem, key_file: k.pem}",
                    c->cert_file ? "tls has no key_file" : "tls has no cert_file");
    if (c->user && c->token_file)
        return fail(k, block, "bearer_token_file", "leave one of them out",
                    "there are both basic and a bearer token");
    return true;
}

static bool sends_authorization(const struct conn *c)
{
    for (char **h = c->headers; h && *h; h++)
        if (strncasecmp(*h, "authorization:", 14) == 0)
            return true;
    return false;
}

static bool check_source(const struct check *k, const char *block, const struct conn *c)
{
    if (!check_pairs(k, block, c))
        return false;
    if (!c->url || strcmp(c->url, "auto") != 0)
        return true;
    const char *key = c->user                  ? "basic.username"
                      : c->token_file          ? "bearer_token_file"
                      : sends_authorization(c) ? "headers"
                                               : NULL;
    return !key || fail(k, block, key, "set its url, or leave this out",
                        "with url auto the API server keeps Authorization to itself");
}

static bool check_window(const struct check *k, int64_t window)
{
    if (CLOCK_HOUR % window == 0 && window % CLOCK_MINUTE == 0)
        return true;
    return fail(k, "collector", "window",
                "write 1m, 2m, 3m, 4m, 5m, 6m, 10m, 12m, 15m, 20m, 30m or 1h",
                "a window must be whole minutes that divide an hour");
}

bool config_check(const struct config *c, const struct config_check_places *places, struct err *err)
{
    struct check k = {places, err};
    if (c->cluster && (strcmp(c->cluster, ".") == 0 || strcmp(c->cluster, "..") == 0))
        return fail(&k, "", "cluster", "write a name as prod-seoul", "this names a folder");
    return check_source(&k, "loki", &c->loki) && check_source(&k, "prometheus", &c->prometheus) &&
           check_source(&k, "alertmanager", &c->alertmanager) &&
           check_pairs(&k, "store.s3", &c->store.tls) && check_window(&k, c->collector.window);
}
