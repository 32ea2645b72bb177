/*
 * kubectl merges its files into one map first. We keep each file's tree and look names up in the
 * order of the files, which gives the same answers and lets every message name the file and the
 * line.
 */
#include "kube/access/kubeconfig.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "kube/access/kubeconfig_file.h"

#define SERVICE_ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount"

enum { FILES_MAX = 64, NAMES_SHOWN = 12 };

/* $KUBECONFIG: files that are missing are passed over, as kubectl does. */
static bool add_listed(struct kubeconfig *k, const char *listed, struct err *err)
{
    struct str rest = str_of(listed), part;
    while (str_cut(&rest, ':', &part)) {
        if (!part.n || k->count == FILES_MAX)
            continue;
        char *path = mem_dup_n(part.p, part.n);
        bool good =
            (access(path, F_OK) != 0 && errno == ENOENT) || kubeconfig_file_add(k, path, err);
        free(path);
        if (!good)
            return false;
    }
    return true;
}

static bool add_all(struct kubeconfig *k, const char *path, struct err *err)
{
    const char *listed = getenv("KUBECONFIG");
    bool asked = path && *path, named = listed && *listed;
    if (!asked && named) {
        if (!add_listed(k, listed, err))
            return false;
        return k->count || err_set(err, ERR_NOT_FOUND, "KUBECONFIG", "mend the variable",
                                   "none of its files exists: %s", listed);
    }
    char *file = file_expand(asked ? path : "~/.kube/config", NULL);
    bool good = kubeconfig_file_add(k, file, err);
    if (!good && err && !err->mend[0])
        str_copy(err->mend, sizeof err->mend, "name a kubeconfig with --kubeconfig or KUBECONFIG");
    free(file);
    return good;
}

struct kubeconfig *kubeconfig_load(const char *path, struct err *err)
{
    struct kubeconfig *k = mem_alloc(sizeof *k);
    if (add_all(k, path, err))
        return k;
    kubeconfig_free(k);
    return NULL;
}

void kubeconfig_free(struct kubeconfig *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < k->count; i++) {
        free(k->files[i].path);
        free(k->files[i].folder);
        yaml_free(k->files[i].tree);
    }
    free(k->files);
    free(k);
}

/* The i-th context of all files; one that an earlier file has already is passed over. */
static const struct yaml *nth(const struct kubeconfig *k, size_t i,
                              const struct kubeconfig_file **file)
{
    for (size_t f = 0; f < k->count; f++) {
        for (const struct yaml *e = kubeconfig_file_list(&k->files[f], "contexts"); e;
             e = e->next) {
            struct kubeconfig_entry first;
            kubeconfig_file_find(k, "contexts", yaml_text(e, "name", ""), &first);
            if (first.element != e || i--)
                continue;
            *file = &k->files[f];
            return e;
        }
    }
    return NULL;
}

size_t kubeconfig_count(const struct kubeconfig *k)
{
    const struct kubeconfig_file *file;
    size_t count = 0;
    while (nth(k, count, &file))
        count++;
    return count;
}

const char *kubeconfig_name(const struct kubeconfig *k, size_t i)
{
    const struct kubeconfig_file *file;
    const struct yaml *e = nth(k, i, &file);
    return e ? yaml_text(e, "name", "") : NULL;
}

const char *kubeconfig_part(const struct kubeconfig *k, size_t i, const char *part)
{
    const struct kubeconfig_file *file;
    const struct yaml *e = nth(k, i, &file);
    return e ? yaml_text(yaml_member(e, "context"), part, "") : "";
}

const char *kubeconfig_current(const struct kubeconfig *k)
{
    for (size_t f = 0; f < k->count; f++) {
        const char *current = yaml_text(k->files[f].tree, "current-context", "");
        if (*current)
            return current;
    }
    return "";
}

void kubeconfig_context_free(struct kubeconfig_context *c)
{
    if (!c)
        return;
    free(c->name);
    free(c->cluster);
    free(c->user);
    free(c->namespace_);
    free(c->file);
    conn_free_inner(&c->conn);
    kubeconfig_exec_free(c->exec);
    free(c->exec_config);
    free(c);
}

struct kubeconfig_context *kubeconfig_context_copy(const struct kubeconfig_context *c)
{
    struct kubeconfig_context *copy = mem_alloc(sizeof *copy);
    *copy = (struct kubeconfig_context){.name = mem_dup(c->name),
                                        .cluster = mem_dup(c->cluster),
                                        .user = mem_dup(c->user),
                                        .namespace_ = mem_dup(c->namespace_),
                                        .file = mem_dup(c->file),
                                        .exec = c->exec ? kubeconfig_exec_copy(c->exec) : NULL,
                                        .exec_config = mem_dup(c->exec_config)};
    conn_copy(&copy->conn, &c->conn);
    return copy;
}

/* "use one of: a, b, …" */
static void add_names(const struct kubeconfig *k, char *out, size_t size)
{
    struct buf names;
    buf_init(&names, size - 1);
    size_t count = kubeconfig_count(k);
    buf_adds(&names, count ? "use --context with one of: " : "the files name no context");
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", kubeconfig_name(k, i));
    if (count > NAMES_SHOWN)
        buf_adds(&names, ", …");
    str_copy(out, size, buf_text(&names));
    buf_free(&names);
}

static bool read_context(struct kubeconfig_context *c, const struct kubeconfig *k,
                         const struct kubeconfig_entry *entry, struct err *err)
{
    struct kubeconfig_entry cluster, user;
    char place[200];
    kubeconfig_file_place(entry->file, entry->element, place, sizeof place);
    c->cluster = mem_dup(yaml_text(entry->body, "cluster", ""));
    c->user = mem_dup(yaml_text(entry->body, "user", ""));
    const char *ns = yaml_text(entry->body, "namespace", "");
    c->namespace_ = mem_dup(*ns ? ns : "default");
    c->file = mem_dup(entry->file->path);
    c->conn.name = mem_dup("kubernetes");
    if (!kubeconfig_file_find(k, "clusters", c->cluster, &cluster))
        return err_set(err, ERR_CONFIG, place, "add it below \"clusters\"",
                       "context \"%s\" names the cluster \"%s\", which no file has", c->name,
                       c->cluster);
    if (!kubeconfig_read_cluster(c, &cluster, err))
        return false;
    if (!*c->user)
        return true;
    if (!kubeconfig_file_find(k, "users", c->user, &user))
        return err_set(err, ERR_CONFIG, place, "add it below \"users\"",
                       "context \"%s\" names the user \"%s\", which no file has", c->name, c->user);
    free(c->file);
    c->file = mem_dup(user.file->path);
    return kubeconfig_read_user(c, &user, err);
}

/* The context `name` (NULL or "": current-context). NULL and ERR_CONFIG that names the contexts
 * there are. The caller's. */
static struct kubeconfig_context *context_of(const struct kubeconfig *k, const char *name,
                                             struct err *err)
{
    struct kubeconfig_entry entry;
    char names[280];
    add_names(k, names, sizeof names);
    if (!name || !*name)
        name = kubeconfig_current(k);
    if (!*name) {
        err_set(err, ERR_CONFIG, k->files[0].path, names, "no current-context is set");
        return NULL;
    }
    if (!kubeconfig_file_find(k, "contexts", name, &entry)) {
        err_set(err, ERR_CONFIG, k->files[0].path, names, "context \"%s\" does not exist", name);
        return NULL;
    }
    struct kubeconfig_context *c = mem_alloc(sizeof *c);
    c->name = mem_dup(name);
    if (read_context(c, k, &entry, err))
        return c;
    kubeconfig_context_free(c);
    return NULL;
}

static char *namespace_of(const char *folder)
{
    struct buf text;
    char *path = mem_printf("%s/namespace", folder);
    buf_init(&text, 1024);
    struct str ns = file_read(path, &text, NULL) ? str_trim(buf_str(&text)) : str_of("");
    char *copy = ns.n ? mem_dup_n(ns.p, ns.n) : mem_dup("default");
    buf_free(&text);
    free(path);
    return copy;
}

struct kubeconfig_context *kubeconfig_in_cluster(const char *folder, struct err *err)
{
    const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT");
    if (!folder)
        folder = SERVICE_ACCOUNT;
    if (!host || !*host || !port || !*port) {
        err_set(err, ERR_NOT_FOUND, "kubernetes", "name a kubeconfig with --kubeconfig",
                "neither a kubeconfig nor a pod's service account was found");
        return NULL;
    }
    char *token = mem_printf("%s/token", folder);
    if (access(token, R_OK) != 0) {
        err_set(err, ERR_CONFIG, token, "set automountServiceAccountToken: true for this pod",
                "the service account's token cannot be read");
        free(token);
        return NULL;
    }
    struct kubeconfig_context *c = mem_alloc(sizeof *c);
    bool v6 = strchr(host, ':');
    *c = (struct kubeconfig_context){
        .name = mem_dup("in-cluster"),
        .cluster = mem_dup("in-cluster"),
        .user = mem_dup("service account"),
        .namespace_ = namespace_of(folder),
        .file = mem_dup(token),
        .conn = {.name = mem_dup("kubernetes"),
                 .url = mem_printf(v6 ? "https://[%s]:%s" : "https://%s:%s", host, port),
                 .token_file = token,
                 .ca_file = mem_printf("%s/ca.crt", folder)},
    };
    return c;
}

struct kubeconfig_context *kubeconfig_resolve(const char *path, const char *context,
                                              struct err *err)
{
    struct err own;
    struct kubeconfig *k = kubeconfig_load(path, &own);
    if (k) {
        struct kubeconfig_context *c = context_of(k, context, err);
        kubeconfig_free(k);
        return c;
    }
    bool nothing_asked = !(path && *path) && !(context && *context);
    if (own.kind == ERR_NOT_FOUND && nothing_asked) {
        struct err none;
        struct kubeconfig_context *c = kubeconfig_in_cluster(NULL, &none);
        if (c || none.kind != ERR_NOT_FOUND) {
            if (err)
                *err = none;
            return c;
        }
    }
    if (own.kind == ERR_NOT_FOUND)
        own.kind = ERR_CONFIG;
    if (err)
        *err = own;
    return NULL;
}

char *kubeconfig_cluster_name(const char *context, char out[KUBECONFIG_CLUSTER_NAME])
{
    const char *part = context;
    if (strncmp(context, "arn:", 4) == 0) {
        const char *slash = strrchr(context, '/');
        part = slash && slash[1] ? slash + 1 : context;
    }
    size_t n = 0;
    for (; part[n] && n + 1 < KUBECONFIG_CLUSTER_NAME; n++) {
        unsigned char c = (unsigned char)part[n];
        out[n] = c < 0x80 && (isalnum(c) || strchr("._-", c)) ? (char)c : '-';
    }
    out[n] = '\0';
    if (!n)
        str_copy(out, KUBECONFIG_CLUSTER_NAME, "kubernetes");
    return out;
}
