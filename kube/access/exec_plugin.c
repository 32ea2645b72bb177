/*
 * The child gets /dev/null as its standard input and a process group of its own, so that a time-out
 * ends the helpers that it started too. Its run is over when it has ended and both pipes are read
 * to their end; a helper that keeps a pipe open does not hold us up: after the child's end the
 * pipes get a short grace.
 */
#include "kube/access/exec_plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/exec_words.h"
#include "net/loop.h"

extern char **environ;

enum { INFO_LONGEST = 2 << 20, GRACE_MS = 500, ENV_MAX = 4096 };

struct pipe_end {
    int fd; /* -1: closed */
    struct loop_watch *watch;
    struct buf text;
    struct exec_plugin *plugin;
};

struct exec_plugin {
    struct loop *loop;
    const struct kubeconfig_context *of;
    void (*done)(void *context, const struct exec_plugin_credentials *credentials,
                 const struct err *err);
    void *context;
    struct loop_timer *timer;
    int64_t limit_ms;
    int pid;                              /* 0: none runs */
    struct exec_plugin_terminal terminal; /* take NULL: none */
    bool here;                            /* it has the terminal */
    int foreground;                       /* the process group that had it before */
    bool ended, timed_out;
    int status;
    struct pipe_end out, errors;
    struct err early; /* it could not be started: told by the timer */
};

static void close_pipe(struct pipe_end *p)
{
    if (p->fd < 0)
        return;
    loop_unwatch(p->watch);
    p->watch = NULL;
    close(p->fd);
    p->fd = -1;
}

static void clear(struct buf *secret)
{
    if (secret->p)
        explicit_bzero(secret->p, secret->cap);
    buf_clear(secret);
}

/* ---- what the plugin is told ---- */

static bool add_ca(struct json_out *o, const struct conn *c, struct err *err)
{
    struct buf pem, text;
    buf_init(&pem, INFO_LONGEST);
    buf_init(&text, INFO_LONGEST);
    bool good = true;
    if (c->ca_pem)
        buf_adds(&pem, c->ca_pem);
    else if (c->ca_file)
        good = file_read(c->ca_file, &pem, err);
    if (good && pem.n) {
        base64_encode(&text, buf_str(&pem));
        json_out_string(o, "certificate-authority-data", buf_str(&text));
    }
    buf_free(&pem);
    buf_free(&text);
    return good;
}

static bool add_cluster(struct json_out *o, const struct kubeconfig_context *c, struct err *err)
{
    json_out_object(o, "cluster");
    json_out_text(o, "server", c->conn.url);
    if (c->conn.server_name)
        json_out_text(o, "tls-server-name", c->conn.server_name);
    if (c->conn.insecure)
        json_out_bool(o, "insecure-skip-tls-verify", true);
    if (c->conn.proxy && *c->conn.proxy)
        json_out_text(o, "proxy-url", c->conn.proxy);
    bool good = add_ca(o, &c->conn, err);
    if (c->exec_config) {
        struct json_doc *doc = json_doc_new();
        const struct json *config = json_parse(doc, c->exec_config, strlen(c->exec_config), NULL);
        if (config)
            json_out_json(o, "config", config);
        json_doc_free(doc);
    }
    json_out_end_object(o);
    return good;
}

char *exec_plugin_info(const struct kubeconfig_context *c, bool interactive, struct err *err)
{
    struct buf text;
    buf_init(&text, INFO_LONGEST);
    struct json_out o = {.b = &text};
    json_out_object(&o, NULL);
    json_out_text(&o, "kind", "ExecCredential");
    json_out_text(&o, "apiVersion", c->exec->api_version);
    json_out_object(&o, "spec");
    json_out_bool(&o, "interactive", interactive);
    bool good = !c->exec->cluster_info || add_cluster(&o, c, err);
    json_out_end_object(&o);
    json_out_end_object(&o);
    if (good)
        return buf_take(&text, NULL);
    buf_free(&text);
    return NULL;
}

/* ---- what it answers ---- */

static bool fail(struct exec_plugin *p, struct err *err, enum err_kind kind, const char *what)
{
    const struct kubeconfig_exec *e = p->of->exec;
    char place[200], mend[280], hint[240];
    snprintf(place, sizeof place, "login of user \"%s\" (%s)", p->of->user, p->of->file);
    if (kind == ERR_CONFIG && *e->install_hint)
        str_copy(mend, sizeof mend, e->install_hint);
    else if (kind == ERR_CONFIG)
        snprintf(mend, sizeof mend, "install %s, or mend users[].user.exec", e->command);
    else if (*exec_words_mend(e, what, hint, sizeof hint))
        snprintf(mend, sizeof mend, "%.200s%s", hint, p->terminal.take ? "; then :login" : "");
    else if (p->terminal.take && !e->no_terminal)
        snprintf(mend, sizeof mend, ":login runs it with the terminal, where it may ask");
    else
        snprintf(mend, sizeof mend,
                 "log in with %s (\"kubectl get ns\" runs it too), then try again", e->command);
    return err_set(err, kind, place, mend, "%s: %s", e->command, what);
}

static bool read_status(struct exec_plugin *p, const struct json *answer,
                        struct exec_plugin_credentials *out, struct err *err)
{
    const struct json *status = json_member(answer, "status");
    const char *version = json_string(answer, "apiVersion", "");
    const char *expires = json_string(status, "expirationTimestamp", "");
    if (strcmp(json_string(answer, "kind", ""), "ExecCredential") != 0)
        return fail(p, err, ERR_DENIED, "it printed no ExecCredential");
    if (strcmp(version, p->of->exec->api_version) != 0) {
        char *what = mem_printf("it answers in %s, the kubeconfig says %s", version,
                                p->of->exec->api_version);
        fail(p, err, ERR_CONFIG, what);
        free(what);
        return false;
    }
    *out = (struct exec_plugin_credentials){.token = json_string(status, "token", NULL),
                                            .cert_pem =
                                                json_string(status, "clientCertificateData", NULL),
                                            .key_pem = json_string(status, "clientKeyData", NULL)};
    if (out->token && !*out->token)
        out->token = NULL;
    if (!out->cert_pem != !out->key_pem)
        return fail(p, err, ERR_DENIED, "it gave a certificate without a key, or the other way");
    if (!out->token && !out->cert_pem)
        return fail(p, err, ERR_DENIED, "it gave neither a token nor a certificate");
    if (*expires && !clock_parse(str_of(expires), false, &out->expires))
        return fail(p, err, ERR_DENIED, "its expirationTimestamp is no time");
    return true;
}

static bool check_end(struct exec_plugin *p, struct err *err)
{
    char words[300], what[420];
    exec_words_line(buf_str(&p->errors.text), words, sizeof words);
    if (p->timed_out) {
        snprintf(what, sizeof what, "no answer within %lld s (does it ask for something?)%s%s",
                 (long long)(p->limit_ms / 1000), *words ? " " : "", words);
        return fail(p, err, ERR_DENIED, what);
    }
    if (WIFEXITED(p->status) && WEXITSTATUS(p->status) == 0)
        return true;
    if (WIFSIGNALED(p->status))
        snprintf(what, sizeof what, "ended by signal %d: %s", WTERMSIG(p->status), words);
    else if (*words)
        str_copy(what, sizeof what, words);
    else
        snprintf(what, sizeof what, "ended with status %d and no message", WEXITSTATUS(p->status));
    /* 127 comes from a child that could not be executed after the fork. */
    bool missing = WIFEXITED(p->status) && WEXITSTATUS(p->status) == 127 && !*words;
    return fail(p, err, missing ? ERR_CONFIG : ERR_DENIED, missing ? "command not found" : what);
}

/* Overwrites a secret inside the parsed answer, which dies with its memory. */
static void wipe(const char *secret)
{
    if (secret)
        explicit_bzero((char *)(uintptr_t)secret, strlen(secret));
}

/* Whose group is the terminal's foreground. A background group may say so only with SIGTTOU blocked. */
static void set_foreground(int group)
{
    sigset_t stop, before;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &stop, &before);
    tcsetpgrp(STDIN_FILENO, group);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void lend(struct exec_plugin *p)
{
    p->terminal.take(p->terminal.context);
    p->foreground = tcgetpgrp(STDIN_FILENO);
}

static void take_back(struct exec_plugin *p)
{
    if (!p->here)
        return;
    p->here = false;
    if (p->foreground > 0)
        set_foreground(p->foreground);
    p->terminal.give_back(p->terminal.context);
}

static void finish(struct exec_plugin *p)
{
    take_back(p);
    struct err err;
    struct exec_plugin_credentials credentials = {0};
    struct json_doc *doc = json_doc_new();
    err_clear(&err);
    loop_timer_stop(p->timer);
    close_pipe(&p->out);
    close_pipe(&p->errors);
    p->pid = 0;
    bool good = p->early.kind == ERR_NONE;
    if (!good)
        err = p->early;
    else
        good = check_end(p, &err);
    if (good && p->out.text.over)
        good = fail(p, &err, ERR_DENIED, "it printed more than 1 MiB");
    if (good) {
        const struct json *answer = json_parse(doc, buf_text(&p->out.text), p->out.text.n, NULL);
        good = answer ? read_status(p, answer, &credentials, &err)
                      : fail(p, &err, ERR_DENIED, "it printed no JSON");
    }
    clear(&p->out.text);
    buf_clear(&p->errors.text);
    p->early.kind = ERR_NONE;
    struct exec_plugin_credentials copy = credentials;
    p->done(p->context, good ? &credentials : NULL, &err);
    wipe(copy.token);
    wipe(copy.key_pem);
    json_doc_free(doc);
}

static void check_over(struct exec_plugin *p)
{
    if (p->ended && p->out.fd < 0 && p->errors.fd < 0)
        finish(p);
}

static void child_ended(void *context, int status)
{
    struct exec_plugin *p = context;
    p->ended = true;
    p->status = status;
    loop_timer_set(p->timer, GRACE_MS);
    check_over(p);
}

/* Of its standard error the end counts, of its output all or nothing. */
static void keep(struct pipe_end *end, const char *bytes, size_t n)
{
    if (end == &end->plugin->errors) {
        size_t most = end->text.max / 2, from = n > most ? n - most : 0;
        if (end->text.n + n - from > end->text.max)
            buf_drop_front(&end->text, end->text.n > most ? end->text.n - most : end->text.n);
        bytes += from;
        n -= from;
    }
    buf_add(&end->text, bytes, n);
}

static void readable(void *context, short revents)
{
    struct pipe_end *end = context;
    char bytes[16384];
    ssize_t n = read(end->fd, bytes, sizeof bytes);
    (void)revents;
    if (n > 0) {
        keep(end, bytes, (size_t)n);
        explicit_bzero(bytes, sizeof bytes);
        return;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    close_pipe(end);
    check_over(end->plugin);
}

static void timer_fired(void *context)
{
    struct exec_plugin *p = context;
    if (p->early.kind || p->ended) {
        finish(p);
        return;
    }
    p->timed_out = true;
    kill(-p->pid, SIGKILL);
}

/* ---- starting it ---- */

static char **environment(const struct kubeconfig_exec *e, char *info)
{
    size_t n = 0, own = 0, i = 0;
    while (environ[n] && n < ENV_MAX)
        n++;
    while (e->env[own])
        own++;
    char **env = mem_array(n + own + 2, sizeof *env);
    /* Of a name given twice the first counts for getenv: the plugin's own come first. */
    env[i++] = info;
    for (size_t k = 0; k < own; k++)
        env[i++] = e->env[k];
    for (size_t k = 0; k < n; k++)
        if (!str_starts(str_of(environ[k]), "KUBERNETES_EXEC_INFO="))
            env[i++] = environ[k];
    return env;
}

static int spawn(const struct kubeconfig_exec *e, char **env, int out, int errors, bool here,
                 int *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    size_t n = 0;
    while (e->args[n])
        n++;
    char **argv = mem_array(n + 2, sizeof *argv);
    argv[0] = e->command;
    memcpy(argv + 1, e->args, n * sizeof *argv);
    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, here ? "/dev/tty" : "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    if (here)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/tty", O_RDWR, 0);
    else
        posix_spawn_file_actions_adddup2(&actions, errors, 2);
#if __GLIBC_PREREQ(2, 34)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int error = posix_spawnp(pid, e->command, &actions, &attributes, argv, env);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    free(argv);
    return error;
}

static bool watch_pipe(struct exec_plugin *p, struct pipe_end *end, int fd)
{
    end->fd = fd;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    end->watch = loop_watch_fd(p->loop, fd, POLLIN, readable, end);
    return true;
}

static bool start(struct exec_plugin *p, struct err *err)
{
    const struct kubeconfig_exec *e = p->of->exec;
    int out[2], errors[2];
    p->here = p->here || e->needs_terminal;
    if (p->here && (!p->terminal.take || e->no_terminal)) {
        p->here = false;
        if (e->needs_terminal)
            return fail(p, err, ERR_DENIED, "it wants a terminal (interactiveMode: Always)");
    }
    if (p->here)
        lend(p);
    char *info = exec_plugin_info(p->of, p->here, err);
    if (!info)
        return false;
    if (pipe2(out, O_CLOEXEC) != 0) {
        free(info);
        return fail(p, err, ERR_IO, strerror(errno));
    }
    if (pipe2(errors, O_CLOEXEC) != 0) {
        free(info);
        close(out[0]);
        close(out[1]);
        return fail(p, err, ERR_IO, strerror(errno));
    }
    char *variable = mem_printf("KUBERNETES_EXEC_INFO=%s", info);
    char **env = environment(e, variable);
    int error = spawn(e, env, out[1], errors[1], p->here, &p->pid);
    if (p->here && !error) {
        /* It may have stopped at its first read, before it was the foreground. */
        set_foreground(p->pid);
        kill(-p->pid, SIGCONT);
    }
    free(env);
    free(variable);
    free(info);
    close(out[1]);
    close(errors[1]);
    if (error) {
        close(out[0]);
        close(errors[0]);
        p->pid = 0;
        return fail(p, err, ERR_CONFIG, error == ENOENT ? "command not found" : strerror(error));
    }
    watch_pipe(p, &p->out, out[0]);
    watch_pipe(p, &p->errors, errors[0]);
    loop_child(p->loop, p->pid, child_ended, p);
    return true;
}

void exec_plugin_run(struct exec_plugin *p)
{
    if (exec_plugin_running(p))
        return;
    p->ended = p->timed_out = false;
    err_clear(&p->early);
    bool started = start(p, &p->early);
    int64_t limit =
        p->here && p->limit_ms == EXEC_PLUGIN_TIMEOUT_MS ? EXEC_PLUGIN_PATIENCE_MS : p->limit_ms;
    loop_timer_set(p->timer, started ? limit : 0);
}

void exec_plugin_run_here(struct exec_plugin *p)
{
    if (exec_plugin_running(p))
        return;
    p->here = true;
    exec_plugin_run(p);
}

void exec_plugin_lend(struct exec_plugin *p, const struct exec_plugin_terminal *t)
{
    p->terminal = *t;
}

bool exec_plugin_running(const struct exec_plugin *p)
{
    return p->pid || p->early.kind;
}

void exec_plugin_limit(struct exec_plugin *p, int64_t timeout_ms)
{
    p->limit_ms = timeout_ms;
}

struct exec_plugin *exec_plugin_new(struct loop *l, const struct kubeconfig_context *c,
                                    void (*done)(void *context,
                                                 const struct exec_plugin_credentials *credentials,
                                                 const struct err *err),
                                    void *context)
{
    struct exec_plugin *p = mem_alloc(sizeof *p);
    *p = (struct exec_plugin){.loop = l,
                              .of = c,
                              .done = done,
                              .context = context,
                              .limit_ms = EXEC_PLUGIN_TIMEOUT_MS,
                              .out = {.fd = -1, .plugin = p},
                              .errors = {.fd = -1, .plugin = p}};
    p->timer = loop_timer_new(l, timer_fired, p);
    buf_init(&p->out.text, EXEC_PLUGIN_OUTPUT);
    buf_init(&p->errors.text, EXEC_PLUGIN_STDERR);
    return p;
}

void exec_plugin_free(struct exec_plugin *p)
{
    if (!p)
        return;
    if (p->pid && !p->ended) {
        loop_child_forget(p->loop, p->pid);
        kill(-p->pid, SIGKILL);
    }
    take_back(p);
    close_pipe(&p->out);
    close_pipe(&p->errors);
    clear(&p->out.text);
    buf_free(&p->out.text);
    buf_free(&p->errors.text);
    loop_timer_free(p->timer);
    free(p);
}
