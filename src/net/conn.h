/* How to reach one server: the connection block of the configuration, or a kubeconfig's cluster and
 * user. */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Every member may be NULL. Owned by whoever made it: conn_free_inner. Secrets are overwritten when
 * freed. */
struct conn {
    char *name;   /* for errors: "loki", "kubernetes" */
    char *url;    /* without a trailing slash */
    char *tenant; /* X-Scope-OrgID */
    char *user;   /* basic */
    char *password;
    char *password_file;
    char *token;      /* bearer */
    char *token_file; /* read again when the file changes */
    char **headers;   /* "Name: value", NULL-terminated */
    char *ca_file, *cert_file, *key_file;
    char *ca_pem, *cert_pem, *key_pem; /* the same inline (kubeconfig's …-data, decoded) */
    char *server_name;                 /* the name that the certificate must carry */
    bool insecure;                     /* no verification: whoever shows this connection says so */
    char *proxy; /* "": none, not even the environment's; NULL: the environment's */
};

void conn_free_inner(struct conn *c);
void conn_copy(struct conn *to, const struct conn *from); /* deep */

/* The URL without user and password, for errors and logs. Returns out. */
char *conn_place(const struct conn *c, char *out, size_t size);

/* http(s)://host…: ERR_CONFIG with `place` and the mend otherwise. */
bool conn_check_url(const char *url, const char *place, struct err *err);

/* Percent-encodes all but A-Za-z0-9-._~ (and '/' when keep_slash), upper-case hex: right for
 * queries and for S3 keys. */
void conn_escape(struct buf *out, const char *text, size_t n, bool keep_slash);
/* Adds "name=value" (escaped) with '?' or '&' before it as `first` says. */
void conn_query(struct buf *out, bool *first, const char *name, const char *value);

#endif
