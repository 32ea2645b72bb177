#include "kube/operations/shell.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "kube/kinds/kinds.h"
#include "kube/operations/pod_stream.h"
#include "net/conn.h"
#include "net/loop.h"

enum { CHANNEL_IN, CHANNEL_OUT, CHANNEL_ERR, CHANNEL_STATUS, CHANNEL_SIZE };
enum { TYPED_MOST = 64 * 1024, PATH_LONGEST = 8192, STATUS_LONGEST = 64 * 1024, LAG_MS = 1000 };

struct shell {
    struct shell_conf conf;
    struct pod_stream *stream;
    struct buf typed;       /* before it was open */
    struct buf ending;      /* what the error channel said */
    struct loop_timer *lag; /* a server that says how it ended, and then nothing */
    bool open;
};

static void free_shell(struct shell *s)
{
    loop_timer_free(s->lag);
    buf_free(&s->typed);
    buf_free(&s->ending);
    free(s);
}

static void on_opened(void *context)
{
    struct shell *s = context;
    s->open = true;
    shell_resize(s, s->conf.width, s->conf.height);
    if (s->typed.n)
        pod_stream_send(s->stream, CHANNEL_IN, buf_str(&s->typed));
    s->conf.opened(s->conf.context);
}

static void on_message(void *context, int channel, struct str bytes)
{
    struct shell *s = context;
    if (channel == CHANNEL_OUT || channel == CHANNEL_ERR)
        s->conf.output(s->conf.context, bytes);
    else if (channel == CHANNEL_STATUS)
        buf_add(&s->ending, bytes.p, bytes.n);
    if (s->ending.n)
        loop_timer_set(s->lag, LAG_MS);
}

int shell_status(struct str text, struct err *err)
{
    struct json_doc *doc = json_doc_new();
    const struct json *status = json_parse(doc, text.p ? text.p : "", text.n, NULL);
    const char *said = json_string(status, "message", "");
    int code = -1;
    err_clear(err);
    if (strcmp(json_string(status, "status", ""), "Success") == 0)
        code = 0;
    else if (strcmp(json_string(status, "reason", ""), "NonZeroExitCode") == 0)
        for (const struct json *c = json_first(json_get(status, "details.causes")); c;
             c = json_next(c))
            if (strcmp(json_string(c, "reason", ""), "ExitCode") == 0)
                code = (int)json_int(c, "message", -1);
    if (code < 0)
        err_set(err, ERR_REFUSED, "shell", "has the container a shell?", "%s",
                *said ? said : "it ended without a status");
    json_doc_free(doc);
    return code;
}

static void on_closed(void *context, const struct err *err)
{
    struct shell *s = context;
    struct err why = *err;
    int status = -1;
    if (s->ending.n)
        status = shell_status(buf_str(&s->ending), &why);
    else if (!why.kind)
        err_set(&why, ERR_AWAY, "shell", "", "the connection ended without an exit status");
    s->conf.ended(s->conf.context, status, &why);
    free_shell(s);
}

static void on_lag(void *context)
{
    struct shell *s = context;
    struct err none = {0};
    pod_stream_close(s->stream);
    on_closed(s, &none);
}

/* Other letters than those of terminfo's names would end up in a command line. */
static const char *term_of(const char *term)
{
    size_t n = term ? strlen(term) : 0;
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)term[i]) && !strchr("+-._", term[i]))
            n = 0;
    return n && n < 64 ? term : "xterm";
}

static char *path_of(const struct shell_conf *conf)
{
    struct buf path;
    bool first = true;
    char *pod = kinds_path(kinds_find("pods"), conf->namespace_, conf->pod);
    char *script = mem_printf("TERM=%s; export TERM; command -v bash >/dev/null 2>&1 && exec bash; "
                              "exec sh",
                              term_of(conf->term));
    buf_init(&path, PATH_LONGEST);
    buf_printf(&path, "%s/exec", pod);
    conn_query(&path, &first, "container", conf->container);
    conn_query(&path, &first, "stdin", "true");
    conn_query(&path, &first, "stdout", "true");
    conn_query(&path, &first, "tty", "true");
    conn_query(&path, &first, "command", "sh");
    conn_query(&path, &first, "command", "-c");
    conn_query(&path, &first, "command", script);
    free(script);
    free(pod);
    return buf_take(&path, NULL);
}

struct shell *shell_open(struct client *c, const struct shell_conf *conf)
{
    struct shell *s = mem_alloc(sizeof *s);
    char *path = path_of(conf);
    s->conf = *conf;
    s->lag = loop_timer_new(client_loop(c), on_lag, s);
    buf_init(&s->typed, TYPED_MOST);
    buf_init(&s->ending, STATUS_LONGEST);
    s->stream = pod_stream_open(c, &(struct pod_stream_conf){.path = path,
                                                             .context = s,
                                                             .opened = on_opened,
                                                             .message = on_message,
                                                             .closed = on_closed});
    free(path);
    return s;
}

bool shell_input(struct shell *s, struct str bytes)
{
    return s->open ? pod_stream_send(s->stream, CHANNEL_IN, bytes)
                   : buf_add(&s->typed, bytes.p, bytes.n);
}

void shell_resize(struct shell *s, int width, int height)
{
    struct buf size;
    s->conf.width = width;
    s->conf.height = height;
    if (!s->open)
        return;
    buf_init(&size, 64);
    buf_printf(&size, "{\"Width\":%d,\"Height\":%d}", width, height);
    pod_stream_send(s->stream, CHANNEL_SIZE, buf_str(&size));
    buf_free(&size);
}

void shell_close(struct shell *s)
{
    if (!s)
        return;
    pod_stream_close(s->stream);
    free_shell(s);
}
