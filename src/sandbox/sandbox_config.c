#include "sandbox/sandbox_config.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

enum { FILE_MAX = 64 << 10 };

static bool write_file(const char *dir, const char *name, struct buf *text, struct err *err)
{
    char *path = mem_printf("%s/%s", dir, name);
    bool done = file_write_atomic(path, text->p, text->n, 0600, err);
    free(path);
    buf_clear(text);
    return done;
}

static void kubeconfig(const struct sandbox_config *c, struct buf *out)
{
    const struct {
        const char *context, *user, *token, *ns;
    } users[] = {{"sandbox", "admin", c->admin_token, "shop"},
                 {"sandbox-restricted", "reader", c->restricted_token, "shop"},
                 {"sandbox-expired", "expired", c->expired_token, "shop"},
                 {"sandbox-stranger", "stranger", "not-a-token-of-this-cluster", "shop"}};
    const size_t count = sizeof users / sizeof *users;
    buf_printf(out,
               "apiVersion: v1\nkind: Config\ncurrent-context: sandbox\nclusters:\n  - name: "
               "sandbox\n    cluster:\n      server: %s\n",
               c->urls[SANDBOX_KUBE]);
    buf_adds(out, "users:\n");
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "  - name: %s\n    user:\n      token: %s\n", users[i].user,
                   users[i].token);
    buf_adds(out, "contexts:\n");
    for (size_t i = 0; i < count; i++)
        buf_printf(out,
                   "  - name: %s\n    context:\n      cluster: sandbox\n      user: %s\n      "
                   "namespace: %s\n",
                   users[i].context, users[i].user, users[i].ns);
}

static void config(const struct sandbox_config *c, enum sandbox_store store, struct buf *out)
{
    buf_printf(out,
               "cluster: sandbox\nkubernetes:\n  kubeconfig: kubeconfig\n  context: "
               "sandbox\nloki:\n  url: %s\n",
               c->urls[SANDBOX_LOKI]);
    if (c->tenant)
        buf_printf(out, "  tenant: %s\n", c->tenant);
    buf_printf(out, "prometheus:\n  url: %s\nalertmanager:\n  url: %s\nstore:\n",
               c->urls[SANDBOX_PROMETHEUS], c->urls[SANDBOX_ALERTMANAGER]);
    if (store == SANDBOX_STORE_S3)
        buf_printf(out,
                   "  raw: s3://kubeboard-raw/errors\n  processed: s3://kubeboard-errors/errors\n  "
                   "s3:\n    client: curl\n    endpoint: %s\n"
                   "    region: %s\n    path_style: true\n",
                   c->urls[SANDBOX_S3], c->region);
    else
        buf_adds(out, "  raw: file://DIR/store/raw\n  processed: file://DIR/store/processed\n");
    buf_adds(
        out,
        "collector:\n  window: 10m\n  grace: 5s\n  catch_up: 24h\n  rules:\n"
        "    - name: errors\n      namespaces: [\"*\"]\n      exclude_namespaces: [kube-system]\n"
        "      match: '(?i)\\b(error|fatal|panic|exception)\\b'\n"
        "    - name: gateway-5xx\n      logql: '{namespace=\"edge\"} | json | status >= 500'\n     "
        " around: 3\n"
        "  redact: [aws-keys, bearer-tokens, jwts, passwords, private-keys, emails, card-numbers]\n"
        "  snapshots: true\n  events: loki\n  lease:\n    namespace: kubeboard\n    name: "
        "kubeboard-sandbox\n"
        "  listen: 127.0.0.1:0\n");
}

/* DIR becomes the folder: a store's address is no relative path. */
static void put_folder(struct buf *text, const char *dir)
{
    struct buf out;
    struct str rest = buf_str(text);
    ptrdiff_t at;
    buf_init(&out, FILE_MAX);
    while ((at = str_find(rest, str_of("//DIR/"))) >= 0) {
        buf_add(&out, rest.p, (size_t)at + 2);
        buf_adds(&out, dir);
        rest = (struct str){rest.p + at + 5, rest.n - (size_t)at - 5};
    }
    buf_add(&out, rest.p, rest.n);
    buf_free(text);
    *text = out;
}

bool sandbox_config_write(const struct sandbox_config *c, const char *dir, enum sandbox_store store,
                          struct err *err)
{
    struct buf text;
    char *whole = realpath(dir, NULL);
    if (!whole && file_make_folders(dir, 0700, err))
        whole = realpath(dir, NULL);
    if (!whole)
        return err_errno(err, dir, "name a folder that can be made", "cannot use it");
    buf_init(&text, FILE_MAX);
    config(c, store, &text);
    put_folder(&text, whole);
    bool done = write_file(whole, "config.yaml", &text, err);
    kubeconfig(c, &text);
    done = done && write_file(whole, "kubeconfig", &text, err);
    buf_clear(&text);
    buf_printf(
        &text,
        "AWS_ACCESS_KEY_ID=%s\nAWS_SECRET_ACCESS_KEY=%s\nAWS_REGION=%s\nAWS_ENDPOINT_URL_STS=%s\n",
        c->access_key, c->secret_key, c->region, c->urls[SANDBOX_STS]);
    buf_printf(
        &text,
        "# Instead of the keys, a role: put the token into a file of its own.\n# "
        "AWS_ROLE_ARN=%s\n# token: %s\n"
        "# Or the container's agent: AWS_CONTAINER_CREDENTIALS_FULL_URI=%s/v1/credentials\n# "
        "AWS_CONTAINER_AUTHORIZATION_TOKEN=%s\n",
        c->role, c->web_token, c->urls[SANDBOX_STS], c->container_token);
    done = done && write_file(whole, "aws.env", &text, err);
    buf_free(&text);
    free(whole);
    return done;
}
