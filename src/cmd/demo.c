/*
 * `kubeboard demo`: a sandbox in one child, the collector on it in another, the board on both in
 * this process, which finds them as it would find a real cluster: by a configuration file.
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "config/config.h"
#include "net/http.h"
#include "net/loop.h"
#include "sandbox/sandbox.h"

enum { READY_MS = 20000, COLLECTED_MS = 180000 };

extern char **environ;

struct demo {
    char *folder, *config;
    pid_t sandbox, collector;
};

/* The demo is the same for everyone: what the user has set for a real cluster does not count here.
 */
static void clean_environment(void)
{
    static const char *const prefixes[] = {"KUBEBOARD_", "KUBECONFIG=", "AWS_",
                                           "KUBERNETES_SERVICE_"};
    for (size_t i = 0; environ[i];) {
        bool drop = strncmp(environ[i], "KUBEBOARD_CLOCK=", 16) != 0;
        bool known = false;
        for (size_t p = 0; p < sizeof prefixes / sizeof *prefixes; p++)
            known |= strncmp(environ[i], prefixes[p], strlen(prefixes[p])) == 0;
        if (!drop || !known) {
            i++;
            continue;
        }
        char *name = mem_dup_n(environ[i], strcspn(environ[i], "="));
        unsetenv(name);
        free(name);
    }
}

/* Lines NAME=VALUE into the environment: the keys of the sandbox's S3. */
static bool read_environment(const char *folder, struct err *err)
{
    struct buf text;
    char *path = mem_printf("%s/aws.env", folder);
    buf_init(&text, 64 * 1024);
    bool ok = file_read(path, &text, err);
    struct str rest = buf_str(&text), line;
    while (ok && str_cut(&rest, '\n', &line)) {
        const char *equals = line.n ? memchr(line.p, '=', line.n) : NULL;
        if (!equals || *line.p == '#')
            continue;
        char *name = mem_dup_n(line.p, (size_t)(equals - line.p));
        char *value = mem_dup_n(equals + 1, line.n - (size_t)(equals + 1 - line.p));
        setenv(name, value, 1);
        free(name);
        mem_free_secret(value);
    }
    buf_free(&text);
    free(path);
    return ok;
}

/* Nobody may be listening any more: then nobody needs it. */
static void tell(int fd, const char *text)
{
    ssize_t ignored = write(fd, text, strlen(text));
    (void)ignored;
}

static void on_signal(void *context, int number)
{
    (void)number;
    loop_stop(context);
}

static int run_sandbox(const struct options *o, const char *folder, int ready)
{
    struct err err;
    char line[1024];
    struct loop *loop = loop_new();
    struct http *http = http_new(loop);
    struct sandbox_conf conf = {.faults = o->faults};
    loop_signal(loop, SIGTERM, on_signal, loop);
    struct sandbox *s = sandbox_new(loop, &conf, &err);
    if (!s || !sandbox_write_config(s, folder, SANDBOX_STORE_S3, &err)) {
        tell(ready, err_line(&err, line, sizeof line));
        return 1;
    }
    tell(ready, "ok");
    close(ready);
    loop_run(loop);
    sandbox_free(s);
    http_free(http);
    loop_free(loop);
    return 0;
}

/* First what is due, then on and on, as the collector in a cluster does. */
static int run_collector(const struct demo *d, int ready)
{
    struct options once = {.command = COMMAND_COLLECT};
    once.value[OPTION_CONFIG] = d->config;
    once.value[OPTION_LOG_FILE] = "/dev/null";
    struct options running = once;
    /* A few hours are there within seconds; a day would keep the newest, which come last, waiting.
     */
    setenv("KUBEBOARD_COLLECTOR_CATCH_UP", "6h", 1);
    once.value[OPTION_ONCE] = "";
    int status = cmd_collect(&once);
    tell(ready, status == 0 || status == 1 ? "ok" : "the collector could not start");
    close(ready);
    return cmd_collect(&running);
}

/* A child that ends with us, whatever ends us; `ready` gets the reading end of its pipe. */
static pid_t start_child(int *ready, int *inside)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe(ends) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(0);
        /* Ctrl-C is the board's; the children go when it goes. */
        setpgid(0, 0);
        close(ends[0]);
        *inside = ends[1];
        return 0;
    }
    close(ends[1]);
    *ready = ends[0];
    return pid;
}

/* "ok", or the reason why not, or silence. */
static bool wait_ready(int fd, int ms, const char *what, struct err *err)
{
    char said[1024];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    ssize_t n = poll(&p, 1, ms) == 1 ? read(fd, said, sizeof said - 1) : -1;
    close(fd);
    if (n <= 0)
        return err_set(err, ERR_IO, what, "run kubeboard sandbox to see why",
                       "it did not start in %d s", ms / 1000);
    said[n] = '\0';
    return !strcmp(said, "ok") || err_set(err, ERR_IO, what, "", "%s", said);
}

static bool start(struct demo *d, const struct options *o, struct err *err)
{
    int ready = -1, inside = -1;
    const char *tmp = getenv("TMPDIR");
    d->folder = mem_printf("%s/kubeboard-demo-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(d->folder))
        return err_errno(err, d->folder, "set TMPDIR to a folder that can be written",
                         "cannot make it");
    d->config = mem_printf("%s/config.yaml", d->folder);
    d->sandbox = start_child(&ready, &inside);
    if (d->sandbox == 0)
        _exit(run_sandbox(o, d->folder, inside));
    if (d->sandbox < 0 || !wait_ready(ready, READY_MS, "sandbox", err))
        return d->sandbox < 0 ? err_errno(err, "sandbox", "", "cannot start") : false;
    if (!read_environment(d->folder, err))
        return false;
    d->collector = start_child(&ready, &inside);
    if (d->collector == 0)
        _exit(run_collector(d, inside));
    if (d->collector < 0)
        return err_errno(err, "collector", "", "cannot start");
    /* The screen opens at once and sees the windows come; one frame must wait for them. */
    if (!options_has(o, OPTION_ONCE) && output_is_terminal())
        return close(ready) == 0;
    return wait_ready(ready, COLLECTED_MS, "collector", err);
}

static void end_child(pid_t pid)
{
    if (pid <= 0)
        return;
    kill(pid, SIGTERM);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

/* Whatever the sandbox wrote there, which is files only. */
static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    for (struct dirent *e; folder && (e = readdir(folder));)
        unlinkat(dirfd(folder), e->d_name, 0);
    if (folder)
        closedir(folder);
    rmdir(path);
}

static void stop(struct demo *d)
{
    end_child(d->collector);
    end_child(d->sandbox);
    if (d->folder)
        remove_folder(d->folder);
    free(d->folder);
    free(d->config);
}

/* Before anything starts; the board reads it again. */
static bool check_config(const char *file, struct err *err)
{
    struct config *c = file ? config_load(file, NULL, err) : NULL;
    config_free(c);
    return c || !file;
}

int cmd_demo(const struct options *o)
{
    struct demo d = {0};
    struct err err = {0};
    clean_environment();
    if (!check_config(o->value[OPTION_CONFIG], &err)) {
        err_print(&err);
        return 2;
    }
    if (!start(&d, o, &err)) {
        err_print(&err);
        stop(&d);
        return 1;
    }
    struct options board = *o;
    board.command = COMMAND_BOARD;
    board.own_config = o->value[OPTION_CONFIG];
    board.value[OPTION_CONFIG] = d.config;
    int status = cmd_board(&board);
    stop(&d);
    return status;
}
