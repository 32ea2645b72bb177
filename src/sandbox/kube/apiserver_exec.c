/*
 * pods/NAME/exec over a WebSocket: v4.channel.k8s.io and v5 as kubelet and API server speak them. The first
 * byte of a message is its channel; how the command ended comes as a Status on channel 3.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/server.h"
#include "sandbox/kube/apiserver_call.h"
#include "sandbox/kube/podshell.h"
#include "sandbox/kube/shelf.h"
#include "sandbox/world/world.h"
#include "sandbox/wsserver.h"

enum { IN, OUT, ERR, STATUS, SIZE, CLOSE = 255 };
enum { ARGUMENTS = 64 };

struct session {
    struct apiserver_call *call;
    struct wsserver *ws;
    struct podshell *shell;
    const char *command[ARGUMENTS];
    size_t count;
    struct podshell_conf conf;
    char image[200];
    bool stdin_, stdout_, stderr_;
};

static void send_on(struct session *s, int channel, struct str bytes)
{
    struct buf message;
    if (!s->ws)
        return;
    buf_init(&message, bytes.n + 1);
    buf_addc(&message, (char)channel);
    buf_add(&message, bytes.p, bytes.n);
    wsserver_binary(s->ws, buf_str(&message));
    buf_free(&message);
}

static void on_out(void *context, bool is_error, struct str bytes)
{
    struct session *s = context;
    /* A terminal has one output for both. */
    bool other = is_error && !s->conf.terminal;
    if (other ? s->stderr_ : s->stdout_)
        send_on(s, other ? ERR : OUT, bytes);
}

static void send_status(struct session *s, int status)
{
    struct buf json;
    buf_init(&json, 2048);
    if (!status)
        buf_adds(&json, "{\"metadata\":{},\"status\":\"Success\"}");
    else
        buf_printf(
            &json,
            "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"command terminated with "
            "non-zero exit code: exit status %d\",\"reason\":\"NonZeroExitCode\",\"details\":"
            "{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"%d\"}]}}",
            status, status);
    send_on(s, STATUS, buf_str(&json));
    buf_free(&json);
}

static void on_shell_ended(void *context, int status)
{
    struct session *s = context;
    send_status(s, status);
    wsserver_close(s->ws, 1000, "");
}

static void resize(struct session *s, struct str text)
{
    struct json_doc *d = json_doc_new();
    const struct json *size = json_parse(d, text.p, text.n, NULL);
    int64_t width = json_int(size, "Width", 0), height = json_int(size, "Height", 0);
    if (width > 0 && height > 0 && width < 10000 && height < 10000)
        podshell_resize(s->shell, (int)width, (int)height);
    json_doc_free(d);
}

static void on_message(void *context, struct str bytes)
{
    struct session *s = context;
    int channel = bytes.n ? (unsigned char)bytes.p[0] : -1;
    struct str rest = {bytes.p + 1, bytes.n ? bytes.n - 1 : 0};
    if (!s->shell)
        return;
    if (channel == IN && s->stdin_)
        podshell_input(s->shell, rest);
    else if (channel == SIZE)
        resize(s, rest);
    else if (channel == CLOSE && rest.n == 1 && rest.p[0] == IN)
        podshell_input_end(s->shell);
}

static void on_opened(void *context, struct wsserver *w)
{
    struct session *s = context;
    const char *missing;
    char text[600];
    s->ws = w;
    /* An empty message says that the streams stand, as the kubelet's. */
    send_on(s, s->stdout_ ? OUT : STATUS, (struct str){"", 0});
    s->shell = podshell_new(&s->conf, s->command, s->count, &missing);
    if (s->shell) {
        if (!s->stdin_)
            podshell_input_end(s->shell);
        return;
    }
    snprintf(text, sizeof text,
             "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"OCI runtime exec failed: exec "
             "failed: %s: executable file not found in $PATH (in kubeboard's sandbox there is sh, "
             "and what its help lists)\",\"reason\":\"InternalError\",\"code\":500}",
             strpbrk(missing, "\"\\") || strlen(missing) > 200 ? "the command" : missing);
    send_on(s, STATUS, str_of(text));
    wsserver_close(w, 1000, "");
}

static void on_closed(void *context)
{
    struct session *s = context;
    podshell_free(s->shell);
    apiserver_call_free(s->call);
    for (size_t i = 0; i < s->count; i++)
        free((char *)(uintptr_t)s->command[i]);
    free(s);
}

static bool is_true(const struct apiserver_call *c, const char *name)
{
    const char *value = apiserver_call_param(c, name);
    return strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
}

static void serve(struct apiserver_call *c, const struct world_pod *p,
                  const struct world_workload *wl)
{
    const struct apiserver_conf *conf = c->conf;
    const char *container = apiserver_call_param(c, "container");
    bool sidecar = wl->sidecar && strcmp(container, wl->sidecar) == 0;
    struct session *s = mem_alloc(sizeof *s);
    s->call = c;
    for (const char *word;
         s->count < ARGUMENTS && (word = server_query_nth(c->p->r, "command", s->count)) != NULL;)
        s->command[s->count++] = mem_dup(word);
    snprintf(s->image, sizeof s->image, "%s:%s", wl->image, p->old ? wl->old_version : wl->version);
    s->stdin_ = is_true(c, "stdin");
    s->stdout_ = is_true(c, "stdout");
    s->stderr_ = is_true(c, "stderr");
    s->conf = (struct podshell_conf){.loop = conf->loop,
                                     .ns = wl->ns,
                                     .pod = p->name,
                                     .container = sidecar ? wl->sidecar : wl->name,
                                     .image = sidecar ? "envoyproxy/envoy:v1.19.1" : s->image,
                                     .node = conf->world->nodes[p->node].name,
                                     .ip = p->ip,
                                     .terminal = is_true(c, "tty"),
                                     .context = s,
                                     .out = on_out,
                                     .ended = on_shell_ended};
    struct wsserver_call call = {.loop = conf->loop,
                                 .context = s,
                                 .protocols = "v5.channel.k8s.io v4.channel.k8s.io",
                                 .opened = on_opened,
                                 .message = on_message,
                                 .closed = on_closed};
    if (!wsserver_accept(c->p, &call))
        on_closed(s);
}

const struct world_pod *apiserver_running_pod(struct apiserver_call *c)
{
    const struct apiserver_conf *conf = c->conf;
    const struct pretend_object *o = shelf_find(conf->shelf, PRETEND_PODS, c->ns, c->name);
    struct world_phase ph;
    if (!o) {
        apiserver_status_not_found(c);
        return NULL;
    }
    const struct world_pod *p = &conf->world->pods[o->index];
    bool exists = world_pod_at(conf->world, p, c->t, &ph);
    if (exists && world_is_running(ph.state))
        return p;
    bool over = exists && (ph.state == WORLD_COMPLETED || ph.state == WORLD_EVICTED);
    if (over)
        apiserver_status(c, 500, NULL, NULL,
                         "cannot exec in or port-forward to a completed pod; current phase is %s",
                         ph.state == WORLD_COMPLETED ? "Succeeded" : "Failed");
    else
        apiserver_status(c, 500, NULL, NULL,
                         "unable to upgrade connection: container not found (\"%s\")",
                         conf->world->workloads[p->workload].name);
    return NULL;
}

void apiserver_exec(struct apiserver_call *c)
{
    const struct world *w = c->conf->world;
    const struct world_pod *p = apiserver_running_pod(c);
    const char *container = apiserver_call_param(c, "container");
    if (!p)
        return;
    const struct world_workload *wl = &w->workloads[p->workload];
    bool known =
        strcmp(container, wl->name) == 0 || (wl->sidecar && strcmp(container, wl->sidecar) == 0);
    if (!*container && wl->sidecar)
        apiserver_status(c, 400, "BadRequest", NULL,
                         "a container name must be specified for pod %s, choose one of: [%s %s]",
                         p->name, wl->name, wl->sidecar);
    else if (*container && !known)
        apiserver_status(c, 400, "BadRequest", NULL, "container %s is not valid for pod %s",
                         container, p->name);
    else
        serve(c, p, wl);
}
