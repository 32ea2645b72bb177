#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/utf8.h"

bool err_set(struct err *err, enum err_kind kind, const char *where, const char *mend,
             const char *fmt, ...)
{
    if (!err)
        return false;
    err_clear(err);
    err->kind = kind;
    snprintf(err->where, sizeof err->where, "%s", where ? where : "");
    snprintf(err->mend, sizeof err->mend, "%s", mend ? mend : "");
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->what, sizeof err->what, fmt, args);
    va_end(args);
    return false;
}

bool err_errno(struct err *err, const char *where, const char *mend, const char *what)
{
    int number = errno;
    enum err_kind kind = number == ENOENT                      ? ERR_NOT_FOUND
                         : number == EACCES || number == EPERM ? ERR_DENIED
                                                               : ERR_IO;
    return err_set(err, kind, where, mend, "%s: %s", what, strerror(number));
}

void err_clear(struct err *err)
{
    if (err)
        memset(err, 0, sizeof *err);
}

char *err_line(const struct err *err, char *out, size_t size)
{
    char raw[sizeof err->where + sizeof err->what + sizeof err->mend + 8];
    snprintf(raw, sizeof raw, "%s%s%s%s%s", err->where, err->where[0] ? ": " : "", err->what,
             err->mend[0] ? ": " : "", err->mend);
    for (char *p = raw; *p; p++)
        if (*p == '\n' || *p == '\r' || *p == '\t')
            *p = ' ';
    struct buf safe;
    buf_init(&safe, size ? size - 1 : 0);
    utf8_safe(&safe, str_of(raw), UTF8_SAFE_DEFAULT);
    str_copy(out, size, buf_text(&safe));
    buf_free(&safe);
    return out;
}

void err_print(const struct err *err)
{
    char line[1024];
    fprintf(stderr, "kubeboard: %s\n", err_line(err, line, sizeof line));
}

int err_exit_status(const struct err *err)
{
    switch (err->kind) {
    case ERR_NONE:
        return 0;
    case ERR_USAGE:
    case ERR_CONFIG:
    case ERR_OFF:
        return 2;
    case ERR_CANCELLED:
        return 130;
    default:
        return 1;
    }
}

bool err_is_transient(const struct err *err)
{
    return err->kind == ERR_AWAY;
}
