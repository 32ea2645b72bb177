#include "sandbox/kube/apiserver.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/server.h"
#include "sandbox/kube/apiserver_watch.h"
#include "sandbox/kube/shelf.h"
#include "sandbox/world/dice.h"
#include "sandbox/world/world.h"

struct apiserver {
    struct apiserver_conf conf;
    struct apiserver_watches watches;
    char tokens[APISERVER_USERS][64];
};

static void changed(void *context, const struct shelf_change *c)
{
    struct apiserver *a = context;
    apiserver_watch_tell(&a->watches, c);
}

struct apiserver *apiserver_new(const struct apiserver_conf *conf)
{
    struct apiserver *a = mem_alloc(sizeof *a);
    a->conf = *conf;
    a->watches.conf = &a->conf;
    for (int i = 0; i < APISERVER_USERS; i++) {
        struct dice d = dice_of(conf->world->seed, (uint64_t)i, 21);
        dice_hex(&d, a->tokens[i], 40);
    }
    shelf_listen(conf->shelf, changed, a);
    return a;
}

void apiserver_free(struct apiserver *a)
{
    if (!a)
        return;
    apiserver_watch_free_all(&a->watches);
    free(a);
}

void apiserver_tick(struct apiserver *a, int64_t now)
{
    shelf_tick(a->conf.shelf, now);
}

const char *apiserver_token(const struct apiserver *a, enum apiserver_user_id user)
{
    return a->tokens[user];
}

/* ---- who asks ---- */

static bool authenticate(const struct apiserver *a, struct reply *p, struct apiserver_user *u)
{
    const char *header = server_header(p->r, "Authorization");
    *u = (struct apiserver_user){.name = "system:anonymous", .admin = a->conf.anonymous_admin};
    if (!header)
        return true;
    const char *token = strncmp(header, "Bearer ", 7) == 0 ? header + 7 : "";
    bool expired = faults_on(p->faults, FAULTS_EXPIRED_TOKEN, p->service);
    if (!expired && strcmp(token, a->tokens[APISERVER_ADMIN]) == 0)
        *u = (struct apiserver_user){.name = "kubernetes-admin", .admin = true};
    else if (!expired && strcmp(token, a->tokens[APISERVER_RESTRICTED]) == 0)
        *u = (struct apiserver_user){.name = "system:serviceaccount:shop:reader",
                                     .restricted = true};
    else
        return false;
    return true;
}

/* ---- what for ---- */

static char *next_part(struct str *rest)
{
    struct str part;
    while (str_cut(rest, '/', &part))
        if (part.n)
            return mem_dup_n(part.p, part.n);
    return mem_dup("");
}

static const char *verb_of(const struct apiserver_call *c)
{
    const char *method = server_method(c->p->r);
    const char *watch = apiserver_call_param(c, "watch");
    bool reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    if (reads && *c->name)
        return "get";
    if (reads)
        return *watch && strcmp(watch, "0") != 0 && strcmp(watch, "false") != 0 ? "watch" : "list";
    return strcmp(method, "POST") == 0    ? "create"
           : strcmp(method, "PUT") == 0   ? "update"
           : strcmp(method, "PATCH") == 0 ? "patch"
           : *c->name                     ? "delete"
                                          : "deletecollection";
}

/* Takes "/api/v1/namespaces/shop/pods/x/log" apart. */
static void take_apart(struct apiserver_call *c, struct str path)
{
    char *root = next_part(&path);
    c->group = strcmp(root, "apis") == 0 ? next_part(&path) : mem_dup("");
    free(root);
    c->version = next_part(&path);
    c->resource = next_part(&path);
    c->ns = mem_dup("");
    c->name = next_part(&path);
    c->sub = next_part(&path);
    if (strcmp(c->resource, "namespaces") == 0 && *c->sub && strcmp(c->sub, "status") != 0 &&
        strcmp(c->sub, "finalize") != 0) {
        free(c->ns);
        free(c->resource);
        c->ns = c->name;
        c->resource = c->sub;
        c->name = next_part(&path);
        c->sub = next_part(&path);
    }
    c->kind = pretend_find(c->group, c->version, c->resource);
    c->verb = verb_of(c);
}

/* One media range of an Accept header; false when it is none that we can serve. */
static bool read_accept(struct apiserver_call *c, struct str range)
{
    struct str type, parameter;
    str_cut(&range, ';', &type);
    type = str_trim(type);
    bool any = str_is(type, "*/*") || str_is(type, "application/*");
    if (!any && !str_is(type, "application/json"))
        return false;
    enum apiserver_form form = APISERVER_JSON;
    while (str_cut(&range, ';', &parameter)) {
        parameter = str_trim(parameter);
        if (str_is(parameter, "as=Table"))
            form = APISERVER_TABLE;
        else if (str_starts(parameter, "as=PartialObjectMetadata"))
            form = APISERVER_PARTIAL;
        else if (str_starts(parameter, "as="))
            return false;
    }
    c->form = form;
    return true;
}

static bool negotiate(struct apiserver_call *c)
{
    const char *header = server_header(c->p->r, "Accept");
    const char *include = apiserver_call_param(c, "includeObject");
    c->with_object = strcmp(include, "Object") == 0;
    c->with_metadata = !c->with_object && strcmp(include, "None") != 0;
    if (!header || !*header)
        return true;
    struct str rest = str_of(header), range;
    while (str_cut(&rest, ',', &range))
        if (read_accept(c, range))
            return true;
    return false;
}

/* Only who asks for a Table is told. */
static bool is_wrong_include(const struct apiserver_call *c)
{
    const char *include = apiserver_call_param(c, "includeObject");
    return c->form == APISERVER_TABLE && *include && strcmp(include, "Object") != 0 &&
           strcmp(include, "Metadata") != 0 && strcmp(include, "None") != 0;
}

/* ---- the answer ---- */

static void serve_version(struct apiserver_call *c)
{
    apiserver_call_answer(
        c, 200,
        str_of(
            "{\n  \"major\": \"1\",\n  \"minor\": \"20\",\n  \"gitVersion\": \"v1.20.2\",\n  "
            "\"gitCommit\": "
            "\"faecb196815e248d3ecfb03c680a4507229c2a56\",\n  \"gitTreeState\": \"clean\",\n  "
            "\"buildDate\": "
            "\"1970-01-01T00:00:00Z\",\n  \"goVersion\": \"go1.15.5\",\n  \"compiler\": \"gc\",\n  "
            "\"platform\": \"linux/amd64\"\n}"));
}

static void serve_health(struct apiserver_call *c)
{
    bool verbose = server_query(c->p->r, "verbose") != NULL;
    reply_body(
        c->p, 200, "text/plain; charset=utf-8", apiserver_call_headers(),
        str_of(verbose ? "[+]ping ok\n[+]log ok\n[+]etcd ok\n[+]shutdown ok\nreadyz check passed\n"
                       : "ok"));
    apiserver_call_free(c);
}

static void serve_proxy(struct apiserver_call *c)
{
    const struct apiserver_conf *conf = c->conf;
    char *service = mem_dup(c->name);
    char *port = strchr(service, ':');
    if (port)
        *port = '\0';
    const char *behind = strstr(c->p->path, "/proxy");
    behind = behind && behind[6] ? behind + 6 : "/";
    char *path = mem_dup(behind);
    if (conf->proxy && conf->proxy(conf->context, c->p, c->ns, service, path))
        apiserver_call_free(c);
    else
        apiserver_status(c, 503, "ServiceUnavailable", NULL,
                         "no endpoints available for service \"%s\"", service);
    free(path);
    free(service);
}

/* Newer kubectls write in protobuf; this server reads JSON only. */
static bool is_unreadable(const struct apiserver_call *c)
{
    const char *type = server_header(c->p->r, "Content-Type");
    return server_body(c->p->r).n && type && strncmp(type, "application/", 12) == 0 &&
           !strstr(type, "json");
}

/* The aggregation layer's words for a server behind it that is away. */
static void serve_usage(struct apiserver_call *c)
{
    if (faults_on(c->p->faults, FAULTS_NO_METRICS, SANDBOX_KUBE))
        reply_text(c->p, 503, "service unavailable");
    else
        apiserver_usage(c);
}

static void serve(struct apiserver_call *c)
{
    const char *path = c->p->path;
    if (strcmp(c->resource, "services") == 0 && strcmp(c->sub, "proxy") == 0)
        serve_proxy(c);
    else if (is_unreadable(c))
        apiserver_status(c, 415, "UnsupportedMediaType", "{}",
                         "the body of the request was in an unknown format - accepted media types "
                         "include: application/json, application/merge-patch+json");
    else if (strcmp(c->group, "authorization.k8s.io") == 0 && *c->resource)
        apiserver_review(c);
    else if (strncmp(path, "/api", 4) == 0 && !*c->resource)
        apiserver_discovery(c);
    else if (strcmp(c->group, "metrics.k8s.io") == 0)
        serve_usage(c);
    else if (c->kind < 0 || (*c->ns && !pretend_row((enum pretend_kinds)c->kind)->namespaced))
        apiserver_status_no_resource(c);
    else if (c->kind == PRETEND_PODS && strcmp(c->sub, "log") == 0)
        apiserver_log(c);
    else if (c->kind == PRETEND_PODS && strcmp(c->sub, "exec") == 0)
        apiserver_exec(c);
    else if (c->kind == PRETEND_PODS && strcmp(c->sub, "portforward") == 0)
        apiserver_forward(c);
    else if ((c->kind == PRETEND_PODS && strcmp(c->sub, "eviction") == 0) ||
             strcmp(c->sub, "scale") == 0)
        apiserver_change(c);
    else if (*c->sub && strcmp(c->sub, "status") != 0)
        apiserver_status_no_resource(c);
    else if (strcmp(c->verb, "get") == 0)
        apiserver_item_get(c);
    else if (strcmp(c->verb, "list") == 0)
        apiserver_list(c);
    else if (strcmp(c->verb, "watch") == 0)
        apiserver_watch_start(c);
    else
        apiserver_write(c);
}

void apiserver_handle(struct apiserver *a, struct reply *p)
{
    struct apiserver_call *c = mem_alloc(sizeof *c);
    c->conf = &a->conf;
    c->watches = &a->watches;
    c->p = p;
    take_apart(c, str_of(p->path));
    shelf_tick(a->conf.shelf, clock_now());
    c->t = shelf_time(a->conf.shelf);
    bool api = strncmp(p->path, "/api", 4) == 0 && strchr("/s", p->path[4]);
    if (!authenticate(a, p, &c->user))
        apiserver_status(c, 401, "Unauthorized", NULL, "Unauthorized");
    else if (strcmp(p->path, "/version") == 0 || strcmp(p->path, "/version/") == 0)
        serve_version(c);
    else if (strcmp(p->path, "/healthz") == 0 || strcmp(p->path, "/readyz") == 0 ||
             strcmp(p->path, "/livez") == 0)
        serve_health(c);
    else if (!api)
        apiserver_status(c, 404, "NotFound", "{}",
                         "the server could not find the requested resource");
    else if (*c->resource &&
             !apiserver_user_may(&c->user, c->verb, c->group, c->resource, c->sub, c->ns))
        apiserver_user_forbidden(c);
    else if (!negotiate(c) && strcmp(c->sub, "log") != 0 && strcmp(c->sub, "proxy") != 0)
        apiserver_status(c, 406, "NotAcceptable", "{}", "406: Not Acceptable");
    else if (is_wrong_include(c))
        apiserver_status(c, 400, "BadRequest", NULL,
                         "Unable to convert to Table as requested: includeObject: Invalid value: "
                         "\"%s\": must be 'Metadata', 'Object', 'None', or empty",
                         apiserver_call_param(c, "includeObject"));
    else
        serve(c);
}
