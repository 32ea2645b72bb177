#include "sandbox/kube/podshell.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"

enum { LINE_LONGEST = 4096, INPUT_LONGEST = 1 << 20, SLEEP_MOST = 3600 };
enum { STATUS_INTERRUPTED = 130, STATUS_UNKNOWN = 127 };

struct podshell {
    struct podshell_conf conf;
    struct buf line, input; /* input: typed while something runs */
    struct loop_timer *wake, *end;
    int width, height, status;
    bool interactive, sleeping, input_over, over;
};

typedef int word(struct podshell *s, struct str arguments);

/* A terminal wants a return before each new line. */
static void put(struct podshell *s, bool is_error, struct str text)
{
    struct str line;
    struct buf out;
    buf_init(&out, INPUT_LONGEST);
    bool ends = str_ends(text, "\n");
    while (str_cut(&text, '\n', &line)) {
        buf_add(&out, line.p, line.n);
        if (text.n || ends)
            buf_adds(&out, s->conf.terminal ? "\r\n" : "\n");
        if (!text.n)
            break;
    }
    if (out.n)
        s->conf.out(s->conf.context, is_error, buf_str(&out));
    buf_free(&out);
}

static void say(struct podshell *s, bool is_error, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void say(struct podshell *s, bool is_error, const char *fmt, ...)
{
    char text[LINE_LONGEST + 256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    put(s, is_error, str_of(text));
}

/* ---- the words ---- */

static int cat(struct podshell *s, struct str file)
{
    if (str_is(file, "/etc/hostname"))
        say(s, false, "%s\n", s->conf.pod);
    else if (str_is(file, "/etc/hosts"))
        say(s, false, "127.0.0.1\tlocalhost\n%s\t%s\n", s->conf.ip, s->conf.pod);
    else if (str_is(file, "/etc/os-release"))
        say(s, false, "NAME=\"kubeboard sandbox\"\nID=sandbox\nVERSION_ID=\"%s\"\n",
            KUBEBOARD_VERSION);
    else
        say(s, true, "cat: %.*s: No such file or directory\n", (int)file.n, file.p);
    return !str_starts(file, "/etc/host") && !str_is(file, "/etc/os-release");
}

static int clear(struct podshell *s, struct str arguments)
{
    (void)arguments;
    say(s, false, "\033[H\033[2J");
    return 0;
}

static int date(struct podshell *s, struct str arguments)
{
    char text[CLOCK_TEXT];
    (void)arguments;
    say(s, false, "%s\n", clock_rfc3339(clock_now(), false, text));
    return 0;
}

static int echo(struct podshell *s, struct str arguments)
{
    say(s, false, "%.*s\n", (int)arguments.n, arguments.p);
    return 0;
}

static int env(struct podshell *s, struct str arguments)
{
    (void)arguments;
    say(s, false, "HOSTNAME=%s\nPOD_NAME=%s\nLOG_LEVEL=info\nPATH=/usr/bin:/bin\n", s->conf.pod,
        s->conf.pod);
    return 0;
}

static void end_with(struct podshell *s, int status)
{
    s->over = true;
    s->status = status;
    loop_timer_set(s->end, 0);
}

static int leave(struct podshell *s, struct str arguments)
{
    int64_t status = s->status;
    if (arguments.n && !str_to_int(arguments, &status))
        status = 2;
    end_with(s, (int)(status & 255));
    return s->status;
}

static int fail(struct podshell *s, struct str arguments)
{
    (void)s;
    (void)arguments;
    return 1;
}

static int succeed(struct podshell *s, struct str arguments)
{
    (void)s;
    (void)arguments;
    return 0;
}

static int hostname(struct podshell *s, struct str arguments)
{
    (void)arguments;
    say(s, false, "%s\n", s->conf.pod);
    return 0;
}

static int id(struct podshell *s, struct str arguments)
{
    (void)arguments;
    say(s, false, "uid=1000(sandbox) gid=1000(sandbox) groups=1000(sandbox)\n");
    return 0;
}

static int list(struct podshell *s, struct str arguments)
{
    (void)arguments;
    say(s, false, "/etc/hostname  /etc/hosts  /etc/os-release\n");
    return 0;
}

static int processes(struct podshell *s, struct str arguments)
{
    (void)arguments;
    say(s, false, "nothing runs in the sandbox; the image would be %s\n", s->conf.image);
    return 0;
}

static int place(struct podshell *s, struct str arguments)
{
    (void)arguments;
    say(s, false, "/\n");
    return 0;
}

static int sleep(struct podshell *s, struct str arguments)
{
    int64_t seconds;
    if (!str_to_int(arguments, &seconds) || seconds < 0 || seconds > SLEEP_MOST) {
        say(s, true, "sleep: invalid time interval\n");
        return 1;
    }
    s->sleeping = true;
    loop_timer_set(s->wake, seconds * 1000);
    return 0;
}

static int size(struct podshell *s, struct str arguments)
{
    if (!str_is(arguments, "size") || !s->conf.terminal) {
        say(s, true, "stty: only `stty size`, and in a terminal\n");
        return 1;
    }
    say(s, false, "%d %d\n", s->height, s->width);
    return 0;
}

static int name(struct podshell *s, struct str arguments)
{
    say(s, false, str_is(arguments, "-a") ? "kubeboard %s sandbox\n" : "kubeboard\n", s->conf.node);
    return 0;
}

static word help;

static const struct {
    const char *name;
    word *run;
    const char *help;
} words[] = {
#define WORD(name_, run_, help_) {name_, run_, help_},
#include "sandbox/kube/podshell_words.def"
#undef WORD
};
enum { WORDS = sizeof words / sizeof *words };

static int help(struct podshell *s, struct str arguments)
{
    (void)arguments;
    for (size_t i = 0; i < WORDS; i++)
        say(s, false, "  %-10s%s\n", words[i].name, words[i].help);
    return 0;
}

/* ---- lines ---- */

static word *find(struct str word_)
{
    for (size_t i = 0; i < WORDS; i++)
        if (str_is(word_, words[i].name))
            return words[i].run;
    return NULL;
}

static void run_line(struct podshell *s, struct str line)
{
    struct str command, rest = str_trim(line);
    if (!str_cut(&rest, ' ', &command) || !command.n)
        return;
    word *run = find(command);
    if (run) {
        s->status = run(s, str_trim(rest));
        return;
    }
    say(s, true, "sh: %.*s: not found (this is a sandbox: `help` lists what it knows)\n",
        (int)command.n, command.p);
    s->status = STATUS_UNKNOWN;
}

static void prompt(struct podshell *s)
{
    if (s->interactive && s->conf.terminal && !s->over && !s->sleeping)
        say(s, false, "%s:/$ ", s->conf.pod);
}

static void echo_back(struct podshell *s, const char *bytes, size_t n)
{
    if (s->conf.terminal)
        s->conf.out(s->conf.context, false, (struct str){bytes, n});
}

static void interrupt(struct podshell *s)
{
    echo_back(s, "^C\r\n", 4);
    buf_clear(&s->line);
    s->status = STATUS_INTERRUPTED;
    s->sleeping = false;
    loop_timer_stop(s->wake);
    if (!s->interactive)
        end_with(s, STATUS_INTERRUPTED);
    prompt(s);
}

static void erase(struct podshell *s)
{
    if (!s->line.n)
        return;
    do
        s->line.n--;
    while (s->line.n && (s->line.p[s->line.n] & 0xc0) == 0x80);
    echo_back(s, "\b \b", 3);
}

static void take_byte(struct podshell *s, char c)
{
    bool tty = s->conf.terminal;
    if (tty && c == 3)
        interrupt(s);
    else if (tty && c == 4 && !s->line.n)
        end_with(s, s->status);
    else if (tty && (c == 127 || c == 8))
        erase(s);
    else if (c == '\n' || (tty && c == '\r')) {
        struct buf line = s->line;
        buf_init(&s->line, LINE_LONGEST);
        echo_back(s, "\r\n", 2);
        run_line(s, buf_str(&line));
        buf_free(&line);
        prompt(s);
    } else if ((unsigned char)c >= ' ' && buf_addc(&s->line, c)) {
        echo_back(s, &c, 1);
    }
}

/* Ctrl-C goes before what was typed ahead, and throws it away. */
static bool wake_up(struct podshell *s, struct str *typed)
{
    const char *stop = s->conf.terminal && s->sleeping ? memrchr(typed->p, 3, typed->n) : NULL;
    if (!stop)
        return false;
    typed->n -= (size_t)(stop + 1 - typed->p);
    typed->p = stop + 1;
    interrupt(s);
    return true;
}

static void take_input(struct podshell *s)
{
    struct str rest = buf_str(&s->input);
    while (rest.n && !s->over) {
        if (s->sleeping) {
            if (!wake_up(s, &rest))
                break;
            continue;
        }
        char c = *rest.p++;
        rest.n--;
        if (s->interactive)
            take_byte(s, c);
        else if (s->conf.terminal && c == 3)
            interrupt(s);
    }
    buf_drop_front(&s->input, s->input.n - rest.n);
    if (s->input_over && !s->input.n && s->interactive && !s->sleeping && !s->over) {
        run_line(s, buf_str(&s->line));
        buf_clear(&s->line);
        if (!s->sleeping && !s->over)
            end_with(s, s->status);
    }
}

void podshell_input(struct podshell *s, struct str bytes)
{
    if (wake_up(s, &bytes))
        buf_clear(&s->input);
    buf_add(&s->input, bytes.p, bytes.n);
    take_input(s);
}

void podshell_input_end(struct podshell *s)
{
    s->input_over = true;
    take_input(s);
}

void podshell_resize(struct podshell *s, int width, int height)
{
    s->width = width;
    s->height = height;
}

/* ---- life ---- */

static void on_wake(void *context)
{
    struct podshell *s = context;
    s->sleeping = false;
    if (!s->interactive) {
        end_with(s, 0);
        return;
    }
    prompt(s);
    take_input(s);
}

static void on_end(void *context)
{
    struct podshell *s = context;
    s->conf.ended(s->conf.context, s->status);
}

static bool is_shell(const char *program)
{
    const char *base = strrchr(program, '/');
    base = base ? base + 1 : program;
    return strcmp(base, "sh") == 0 || strcmp(base, "bash") == 0;
}

static void start(struct podshell *s, const char *const *command, size_t count)
{
    bool script = is_shell(command[0]) && count > 2 && strcmp(command[1], "-c") == 0;
    /* A script that ends in another shell is the usual way to ask for the best one there is. */
    s->interactive = is_shell(command[0]) && (!script || strstr(command[2], "exec sh"));
    if (s->interactive) {
        if (s->conf.terminal)
            say(s, false,
                "This is kubeboard's sandbox: no container runs here. `help` lists what "
                "this shell knows.\n");
        prompt(s);
        return;
    }
    struct buf line;
    buf_init(&line, LINE_LONGEST);
    for (size_t i = script ? 2 : 0; i < count && (!script || i < 3); i++)
        buf_printf(&line, "%s%s", line.n ? " " : "", command[i]);
    run_line(s, buf_str(&line));
    buf_free(&line);
    if (!s->sleeping && !s->over)
        end_with(s, s->status);
}

struct podshell *podshell_new(const struct podshell_conf *conf, const char *const *command,
                              size_t count, const char **missing)
{
    *missing = count ? command[0] : "";
    if (!count || (!is_shell(command[0]) && !find(str_of(command[0]))))
        return NULL;
    struct podshell *s = mem_alloc(sizeof *s);
    s->conf = *conf;
    s->width = 80;
    s->height = 24;
    buf_init(&s->line, LINE_LONGEST);
    buf_init(&s->input, INPUT_LONGEST);
    s->wake = loop_timer_new(conf->loop, on_wake, s);
    s->end = loop_timer_new(conf->loop, on_end, s);
    start(s, command, count);
    return s;
}

void podshell_free(struct podshell *s)
{
    if (!s)
        return;
    loop_timer_free(s->wake);
    loop_timer_free(s->end);
    buf_free(&s->line);
    buf_free(&s->input);
    free(s);
}
