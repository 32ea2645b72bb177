/* One cluster and one user of a kubeconfig made into a connection, by the rules of client-go's
 * clientcmd. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "kube/access/kubeconfig_file.h"

enum { DATA_LONGEST = 1 << 20, HEADERS_MAX = 256 };

static bool fail(const struct kubeconfig_entry *e, const struct yaml *at, const char *mend,
                 struct err *err, const char *what)
{
    char place[200];
    kubeconfig_file_place(e->file, at ? at : e->element, place, sizeof place);
    return err_set(err, ERR_CONFIG, place, mend, "%s", what);
}

static bool fail_member(const struct kubeconfig_entry *e, const struct yaml *at, const char *member,
                        const char *mend, struct err *err, const char *what)
{
    char *text = mem_printf("%s: %s", member, what);
    fail(e, at, mend, err, text);
    free(text);
    return false;
}

/* A member that names a file, put behind the kubeconfig's folder; *out stays NULL when there is
 * none. */
static bool read_path(const struct kubeconfig_entry *e, const char *member, char **out,
                      struct err *err)
{
    const char *path = yaml_text(e->body, member, "");
    if (!*path)
        return true;
    char *whole = file_expand(path, e->file->folder);
    if (access(whole, R_OK) == 0) {
        free(*out);
        *out = whole;
        return true;
    }
    char *text = mem_printf("%s: %s cannot be read", member, whole);
    fail(e, yaml_member(e->body, member), "mend the path, or the file's permissions", err, text);
    free(text);
    free(whole);
    return false;
}

/* A base 64 member; *out stays NULL when there is none. */
static bool read_data(const struct kubeconfig_entry *e, const char *member, char **out,
                      struct err *err)
{
    const char *text = yaml_text(e->body, member, "");
    struct buf bytes;
    if (!*text)
        return true;
    buf_init(&bytes, DATA_LONGEST);
    bool good = base64_decode(&bytes, str_of(text)) && !bytes.over;
    if (good) {
        mem_free_secret(*out);
        *out = buf_take(&bytes, NULL);
    } else {
        buf_free(&bytes);
        fail_member(e, yaml_member(e->body, member), member, "write it as base 64", err,
                    "this is no base 64");
    }
    return good;
}

static bool read_proxy(struct kubeconfig_context *c, const struct kubeconfig_entry *e,
                       struct err *err)
{
    const char *proxy = yaml_text(e->body, "proxy-url", "");
    if (!*proxy)
        return true;
    struct str s = str_of(proxy);
    if (!str_starts(s, "http://") && !str_starts(s, "https://") && !str_starts(s, "socks5://"))
        return fail_member(e, yaml_member(e->body, "proxy-url"), "proxy-url",
                           "write http://, https:// or socks5://", err, "not a proxy's URL");
    c->conn.proxy = mem_dup(proxy);
    return true;
}

static bool read_ca(struct kubeconfig_context *c, const struct kubeconfig_entry *e, struct err *err)
{
    c->conn.insecure = yaml_bool(e->body, "insecure-skip-tls-verify", false);
    /* …-data comes before the file. */
    if (!read_data(e, "certificate-authority-data", &c->conn.ca_pem, err))
        return false;
    if (!c->conn.ca_pem && !read_path(e, "certificate-authority", &c->conn.ca_file, err))
        return false;
    if (c->conn.insecure && (c->conn.ca_pem || c->conn.ca_file))
        return fail_member(e, yaml_member(e->body, "insecure-skip-tls-verify"),
                           "insecure-skip-tls-verify", "remove one of the two", err,
                           "a certificate authority is set too");
    return true;
}

/* cluster.extensions: [{name: client.authentication.k8s.io/exec, extension: …}] */
static char *exec_config(const struct yaml *cluster)
{
    const struct yaml *list = yaml_member(cluster, "extensions");
    const struct yaml *e = list && list->type == YAML_LIST ? list->kids : NULL;
    for (; e; e = e->next)
        if (strcmp(yaml_text(e, "name", ""), "client.authentication.k8s.io/exec") == 0)
            return kubeconfig_exec_json(yaml_member(e, "extension"));
    return NULL;
}

bool kubeconfig_read_cluster(struct kubeconfig_context *c, const struct kubeconfig_entry *e,
                             struct err *err)
{
    char place[200];
    const char *server = yaml_text(e->body, "server", "");
    const struct yaml *at = yaml_member(e->body, "server");
    kubeconfig_file_place(e->file, at ? at : e->element, place, sizeof place);
    if (!*server)
        return fail(e, NULL, "add server: https://HOST:PORT", err, "the cluster has no server");
    if (!conn_check_url(server, place, err))
        return false;
    size_t n = strlen(server);
    while (n && server[n - 1] == '/')
        n--;
    c->conn.url = mem_dup_n(server, n);
    const char *name = yaml_text(e->body, "tls-server-name", "");
    c->conn.server_name = *name ? mem_dup(name) : NULL;
    c->exec_config = exec_config(e->body);
    return read_ca(c, e, err) && read_proxy(c, e, err);
}

static bool add_header(struct kubeconfig_context *c, const struct kubeconfig_entry *e,
                       const struct yaml *at, const char *name, const char *value, struct err *err)
{
    size_t count = 0;
    if (strpbrk(value, "\r\n"))
        return fail(e, at, "write it in one line", err, "a name to act as has a line break");
    while (c->conn.headers && c->conn.headers[count])
        count++;
    if (count == HEADERS_MAX)
        return fail(e, at, "name fewer", err, "too many groups and extras to act as");
    c->conn.headers = mem_resize(c->conn.headers, count + 2, sizeof *c->conn.headers);
    c->conn.headers[count] = mem_printf("%s: %s", name, value);
    c->conn.headers[count + 1] = NULL;
    return true;
}

static bool read_extra(struct kubeconfig_context *c, const struct kubeconfig_entry *e,
                       const struct yaml *extra, struct err *err)
{
    struct buf name;
    buf_init(&name, 1024);
    buf_adds(&name, "Impersonate-Extra-");
    conn_escape(&name, extra->name, strlen(extra->name), false);
    bool good = true;
    const struct yaml *v = extra->type == YAML_LIST ? extra->kids : NULL;
    for (; good && v; v = v->next)
        good = add_header(c, e, v, buf_text(&name), v->text ? v->text : "", err);
    buf_free(&name);
    return good;
}

/* as, as-uid, as-groups, as-user-extra: whom to act as. */
static bool read_impersonation(struct kubeconfig_context *c, const struct kubeconfig_entry *e,
                               struct err *err)
{
    const struct yaml *groups = yaml_member(e->body, "as-groups"),
                      *extras = yaml_member(e->body, "as-user-extra");
    const char *as = yaml_text(e->body, "as", ""), *uid = yaml_text(e->body, "as-uid", "");
    if (!*as)
        return true;
    if (!add_header(c, e, NULL, "Impersonate-User", as, err))
        return false;
    if (*uid && !add_header(c, e, NULL, "Impersonate-Uid", uid, err))
        return false;
    for (const struct yaml *g = groups && groups->type == YAML_LIST ? groups->kids : NULL; g;
         g = g->next)
        if (!add_header(c, e, g, "Impersonate-Group", g->text ? g->text : "", err))
            return false;
    for (const struct yaml *x = extras && extras->type == YAML_MAP ? extras->kids : NULL; x;
         x = x->next)
        if (!read_extra(c, e, x, err))
            return false;
    return true;
}

static bool read_certificate(struct kubeconfig_context *c, const struct kubeconfig_entry *e,
                             struct err *err)
{
    struct conn *conn = &c->conn;
    if (!read_data(e, "client-certificate-data", &conn->cert_pem, err) ||
        !read_data(e, "client-key-data", &conn->key_pem, err))
        return false;
    if (!conn->cert_pem && !read_path(e, "client-certificate", &conn->cert_file, err))
        return false;
    if (!conn->key_pem && !read_path(e, "client-key", &conn->key_file, err))
        return false;
    bool cert = conn->cert_pem || conn->cert_file, key = conn->key_pem || conn->key_file;
    if (cert == key)
        return true;
    return fail(e, e->body, "name client-certificate and client-key", err,
                cert ? "the client certificate has no key" : "the client key has no certificate");
}

/* The token of an "oidc" auth-provider is used as it is; the providers of clouds are gone from
 * kubectl. */
static bool read_auth_provider(struct kubeconfig_context *c, const struct kubeconfig_entry *e,
                               struct err *err)
{
    const struct yaml *provider = yaml_member(e->body, "auth-provider");
    if (!provider)
        return true;
    const char *name = yaml_text(provider, "name", "");
    const char *token = yaml_text(yaml_member(provider, "config"), "id-token", "");
    if (strcmp(name, "oidc") == 0 && *token) {
        c->conn.token = mem_dup(token);
        return true;
    }
    char *text = mem_printf("the auth-provider \"%s\" is not supported", name);
    fail(e, provider, "use a credential plugin (exec), as kubectl 1.26 and later do", err, text);
    free(text);
    return false;
}

static bool read_tokens(struct kubeconfig_context *c, const struct kubeconfig_entry *e,
                        struct err *err)
{
    const char *token = yaml_text(e->body, "token", ""), *user = yaml_text(e->body, "username", ""),
               *password = yaml_text(e->body, "password", "");
    /* A tokenFile is read again when it changes, so it comes before a token. */
    if (!read_path(e, "tokenFile", &c->conn.token_file, err))
        return false;
    if (*token && !c->conn.token_file)
        c->conn.token = mem_dup(token);
    if (*user && (*token || c->conn.token_file))
        return fail(e, yaml_member(e->body, "username"), "remove one of them", err,
                    "both a token and a user name with password are set");
    if (*user) {
        c->conn.user = mem_dup(user);
        c->conn.password = mem_dup(password);
    }
    return true;
}

bool kubeconfig_read_user(struct kubeconfig_context *c, const struct kubeconfig_entry *e,
                          struct err *err)
{
    const struct yaml *exec = yaml_member(e->body, "exec");
    if (!read_tokens(c, e, err) || !read_certificate(c, e, err) || !read_impersonation(c, e, err) ||
        !read_auth_provider(c, e, err))
        return false;
    if (!exec || exec->type != YAML_MAP)
        return true;
    if (yaml_member(e->body, "auth-provider"))
        return fail(e, exec, "remove one of them", err, "both exec and auth-provider are set");
    return kubeconfig_exec_read(c, e, exec, err);
}
