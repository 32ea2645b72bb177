#include "cmd/output.h"

#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { FLUSH_AT = 64 * 1024 };

static struct buf pending = {.max = (size_t)512 * 1024 * 1024};
static int broken; /* errno of the first failed write */

void output_start(void)
{
    signal(SIGPIPE, SIG_IGN);
    /* A file that may not grow (ulimit -f) is an error as a full disk is, not the end. */
    signal(SIGXFSZ, SIG_IGN);
}

/* A blocking write: the commands that print are not the board, and a slow reader is their pace. */
static void write_all(struct str bytes)
{
    size_t at = 0;
    while (at < bytes.n && !broken) {
        ssize_t n = write(STDOUT_FILENO, bytes.p + at, bytes.n - at);
        if (n >= 0)
            at += (size_t)n;
        else if (errno == EPIPE)
            _exit(0);
        else if (errno != EINTR && errno != EAGAIN)
            broken = errno;
    }
}

static void drain(void)
{
    write_all(buf_str(&pending));
    buf_clear(&pending);
}

/* What is large is not copied first. */
void output_write(struct str bytes)
{
    if (bytes.n >= FLUSH_AT) {
        drain();
        write_all(bytes);
        return;
    }
    buf_add(&pending, bytes.p, bytes.n);
    if (pending.n >= FLUSH_AT)
        drain();
}

void output_text(const char *text)
{
    output_write(str_of(text));
}

static void add_safe(struct str text, int flags)
{
    utf8_safe(&pending, text, flags | (output_is_utf8() ? 0 : UTF8_SAFE_ASCII));
    if (pending.n >= FLUSH_AT)
        drain();
}

void output_safe(struct str text)
{
    add_safe(text, UTF8_SAFE_DEFAULT);
}

void output_safe_lines(struct str text)
{
    add_safe(text, UTF8_SAFE_NEWLINES);
}

bool output_flush(struct err *err)
{
    drain();
    if (!broken)
        return true;
    errno = broken;
    return err_errno(err, "standard output", "is the disk full?", "cannot write");
}

bool output_is_terminal(void)
{
    return isatty(STDOUT_FILENO);
}

bool output_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
