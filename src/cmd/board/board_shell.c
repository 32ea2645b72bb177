#include "cmd/board/board_shell.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "net/loop.h"

struct board_shell {
    struct shell *shell;
    struct loop_watch *typed;
    struct termios before;
    void (*ended)(void *context, int status, const struct err *err);
    void *context;
};

/* What a program that was cut off may have left: the other screen, a hidden cursor, mouse and paste
 * reports, a scroll region, another character set, colours, keypad modes (ECMA-48, xterm's
 * ctlseqs). */
static const char sane[] = "\033[?1049l\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l"
                           "\033[?1l\033>\033[?7h\033[?25h\033[4l\033[r\033(B\017\033[0m\r\n";

/* Waits for the terminal as drawing does: a shell's output is never dropped. */
static void write_terminal(struct str bytes)
{
    while (bytes.n) {
        ssize_t n = write(STDOUT_FILENO, bytes.p, bytes.n);
        if (n > 0) {
            bytes.p += n;
            bytes.n -= (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){.fd = STDOUT_FILENO, .events = POLLOUT}, 1, 1000);
        } else if (n < 0 && errno != EINTR) {
            return;
        }
    }
}

static void size_of(int *width, int *height)
{
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;
    *width = known ? size.ws_col : 80;
    *height = known ? size.ws_row : 24;
}

static void give_back(struct board_shell *s)
{
    loop_unwatch(s->typed);
    write_terminal(str_of(sane));
    tcsetattr(STDIN_FILENO, TCSANOW, &s->before);
}

static void on_opened(void *context)
{
    (void)context;
}

static void on_output(void *context, struct str bytes)
{
    (void)context;
    write_terminal(bytes);
}

static void on_ended(void *context, int status, const struct err *err)
{
    struct board_shell *s = context;
    give_back(s);
    s->ended(s->context, status, err);
    free(s);
}

static void on_typed(void *context, short revents)
{
    struct board_shell *s = context;
    char bytes[4096];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    (void)revents;
    if (n > 0) {
        shell_input(s->shell, (struct str){bytes, (size_t)n});
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        /* The terminal is gone: a hang-up ends the board as well. */
        loop_unwatch(s->typed);
        s->typed = NULL;
    }
}

static void greet(const char *title)
{
    struct buf line, safe;
    buf_init(&line, 2048);
    buf_init(&safe, 8192);
    buf_printf(&line, "kubeboard: %s; exit ends it", title);
    utf8_safe(&safe, buf_str(&line), 0);
    buf_adds(&safe, "\r\n");
    write_terminal(buf_str(&safe));
    buf_free(&line);
    buf_free(&safe);
}

struct board_shell *
board_shell_open(struct loop *l, struct client *c, const struct shell_conf *conf, const char *title,
                 void (*ended)(void *context, int status, const struct err *err), void *context,
                 struct err *err)
{
    struct termios raw, before;
    if (tcgetattr(STDIN_FILENO, &before) < 0) {
        err_errno(err, "terminal", "a shell needs one", "standard input is none");
        return NULL;
    }
    struct board_shell *s = mem_alloc(sizeof *s);
    struct shell_conf asked = *conf;
    s->before = raw = before;
    s->ended = ended;
    s->context = context;
    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    greet(title);
    size_of(&asked.width, &asked.height);
    asked.term = getenv("TERM");
    asked.context = s;
    asked.opened = on_opened;
    asked.output = on_output;
    asked.ended = on_ended;
    s->shell = shell_open(c, &asked);
    s->typed = loop_watch_fd(l, STDIN_FILENO, POLLIN, on_typed, s);
    return s;
}

void board_shell_resize(struct board_shell *s)
{
    int width, height;
    size_of(&width, &height);
    shell_resize(s->shell, width, height);
}

void board_shell_close(struct board_shell *s)
{
    if (!s)
        return;
    shell_close(s->shell);
    give_back(s);
    free(s);
}
