#include "net/conn.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void free_list(char **list)
{
    for (char **p = list; p && *p; p++)
        mem_free_secret(*p);
    free(list);
}

void conn_free_inner(struct conn *c)
{
    char *plain[] = {c->name,          c->url,        c->tenant,   c->user,
                     c->password_file, c->token_file, c->ca_file,  c->cert_file,
                     c->key_file,      c->ca_pem,     c->cert_pem, c->server_name};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        free(plain[i]);
    mem_free_secret(c->password);
    mem_free_secret(c->token);
    mem_free_secret(c->key_pem);
    mem_free_secret(c->proxy);
    free_list(c->headers);
    *c = (struct conn){0};
}

static char **copy_list(char *const *list)
{
    size_t n = 0;
    if (!list)
        return NULL;
    while (list[n])
        n++;
    char **copy = mem_array(n + 1, sizeof *copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = mem_dup(list[i]);
    return copy;
}

void conn_copy(struct conn *to, const struct conn *from)
{
    *to = (struct conn){
        .name = mem_dup(from->name),
        .url = mem_dup(from->url),
        .tenant = mem_dup(from->tenant),
        .user = mem_dup(from->user),
        .password = mem_dup(from->password),
        .password_file = mem_dup(from->password_file),
        .token = mem_dup(from->token),
        .token_file = mem_dup(from->token_file),
        .headers = copy_list(from->headers),
        .ca_file = mem_dup(from->ca_file),
        .cert_file = mem_dup(from->cert_file),
        .key_file = mem_dup(from->key_file),
        .ca_pem = mem_dup(from->ca_pem),
        .cert_pem = mem_dup(from->cert_pem),
        .key_pem = mem_dup(from->key_pem),
        .server_name = mem_dup(from->server_name),
        .insecure = from->insecure,
        .proxy = mem_dup(from->proxy),
    };
}

char *conn_place(const struct conn *c, char *out, size_t size)
{
    const char *url = c->url ? c->url : "";
    const char *scheme = strstr(url, "://");
    const char *host = scheme ? scheme + 3 : url;
    size_t authority = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', authority);
    snprintf(out, size, "%s%s%.*s%s", c->name ? c->name : "", c->name ? " " : "", (int)(host - url),
             url, at ? at + 1 : host);
    return out;
}

bool conn_check_url(const char *url, const char *place, struct err *err)
{
    const char *mend = "write it as http://host:port or https://host/path";
    size_t scheme = strncmp(url, "http://", 7) == 0 ? 7 : strncmp(url, "https://", 8) == 0 ? 8 : 0;
    if (!scheme)
        return err_set(err, ERR_CONFIG, place, mend, "'%.100s' is no http or https URL", url);
    if (!strcspn(url + scheme, "/?#"))
        return err_set(err, ERR_CONFIG, place, mend, "'%.100s' names no host", url);
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return err_set(err, ERR_CONFIG, place, mend,
                           "the URL holds a blank or control character");
    return true;
}

void conn_escape(struct buf *out, const char *text, size_t n, bool keep_slash)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        bool plain = c < 0x80 && (isalnum(c) || (c && strchr("-._~", c)));
        if (plain || (c == '/' && keep_slash))
            buf_addc(out, (char)c);
        else
            buf_add(out, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
    }
}

void conn_query(struct buf *out, bool *first, const char *name, const char *value)
{
    buf_addc(out, *first ? '?' : '&');
    *first = false;
    buf_adds(out, name);
    buf_addc(out, '=');
    conn_escape(out, value, strlen(value), false);
}
