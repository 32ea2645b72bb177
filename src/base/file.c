#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { SECRET_MAX = 1024 * 1024, PIECE = 64 * 1024 };

/* Reads up to the end. Whatever comes beyond the maximum sets out->over. */
static bool read_all(int fd, struct buf *out)
{
    for (;;) {
        size_t left = out->max - out->n, room = left < PIECE ? left : PIECE;
        char beyond, *to = room ? buf_room(out, room) : &beyond;
        ssize_t n = read(fd, to, room ? room : 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        if (!room) {
            out->over = true;
            return true;
        }
        buf_added(out, (size_t)n);
    }
}

bool file_read(const char *path, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_errno(err, path, NULL, "cannot open it");
    bool over = out->over, ok = true;
    out->over = false;
    if (!read_all(fd, out))
        ok = err_errno(err, path, NULL, "cannot read it");
    else if (out->over)
        ok = err_set(err, ERR_LIMIT, path, NULL, "it is larger than %zu bytes", out->max);
    out->over |= over;
    close(fd);
    return ok;
}

char *file_read_secret(const char *path, struct err *err)
{
    /* All the room at once: a buffer that grows would leave copies behind in freed memory. */
    struct buf b;
    buf_init(&b, SECRET_MAX);
    buf_room(&b, SECRET_MAX);
    buf_added(&b, 0);
    char *secret = NULL;
    if (file_read(path, &b, err)) {
        while (b.n && (b.p[b.n - 1] == '\n' || b.p[b.n - 1] == '\r'))
            b.n--;
        if (memchr(b.p, '\0', b.n))
            err_set(err, ERR_CONFIG, path, NULL, "a secret may not hold a NUL byte");
        else
            secret = mem_dup_n(b.p, b.n);
    }
    explicit_bzero(b.p, b.n);
    buf_free(&b);
    return secret;
}

/* The folder of a path, "." when it names none; free() it. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return mem_dup(".");
    return mem_dup_n(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t written = write(fd, p, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        p += written;
        n -= (size_t)written;
    }
    return true;
}

static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    /* Some file systems (FUSE, old NFS) know no fsync of a folder and need none. */
    bool ok = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
    close(fd);
    return ok;
}

/* What file_write_atomic copies from: memory, or what a function gives. */
struct from {
    const char *bytes;
    size_t n;
    ptrdiff_t (*read)(void *context, char *to, size_t n);
    void *context;
};

static bool copy_all(int fd, const struct from *from)
{
    if (!from->read)
        return write_all(fd, from->bytes, from->n);
    char *piece = mem_alloc(PIECE);
    ptrdiff_t n;
    bool ok = true;
    while (ok && (n = from->read(from->context, piece, PIECE)) != 0) {
        errno = EIO;
        ok = n > 0 && write_all(fd, piece, (size_t)n);
    }
    int saved = errno;
    free(piece);
    errno = saved;
    return ok;
}

/* Writes the file under its temporary name; closes fd. */
static bool fill(int fd, const struct from *from, unsigned mode)
{
    bool ok = fchmod(fd, (mode_t)mode) == 0 && copy_all(fd, from) && fsync(fd) == 0;
    int saved = errno;
    if (close(fd) != 0)
        return false;
    errno = saved;
    return ok;
}

static bool write_atomic(const char *path, const struct from *from, unsigned mode, struct err *err)
{
    char *folder = folder_of(path), *temporary = NULL;
    bool ok = file_make_folders(folder, 0700, err);
    if (ok) {
        temporary = mem_printf("%s/" FILE_TEMPORARY "XXXXXX", folder);
        int fd = mkostemp(temporary, O_CLOEXEC);
        if (fd < 0) {
            ok = err_errno(err, folder, NULL, "cannot make a file here");
        } else if (!fill(fd, from, mode) || rename(temporary, path) != 0) {
            ok = err_errno(err, path, NULL, "cannot write it");
            unlink(temporary);
        } else if (!sync_folder(folder)) {
            ok = err_errno(err, folder, NULL, "cannot write it to disk");
        }
    }
    free(temporary);
    free(folder);
    return ok;
}

bool file_write_atomic(const char *path, const void *bytes, size_t n, unsigned mode,
                       struct err *err)
{
    return write_atomic(path, &(struct from){.bytes = bytes, .n = n}, mode, err);
}

bool file_write_atomic_from(const char *path, ptrdiff_t (*read)(void *context, char *to, size_t n),
                            void *context, unsigned mode, struct err *err)
{
    return write_atomic(path, &(struct from){.read = read, .context = context}, mode, err);
}

bool file_is_private(const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return err_errno(err, path, NULL, "cannot look at it");
    if (st.st_uid != geteuid() || !(st.st_mode & (S_IRGRP | S_IROTH)))
        return true;
    char *mend = mem_printf("chmod 600 %s", path);
    err_set(err, ERR_CONFIG, path, mend, "others can read this secret");
    free(mend);
    return false;
}

static bool make_folder(const char *folder, unsigned mode, struct err *err)
{
    struct stat st;
    if (mkdir(folder, (mode_t)mode) == 0)
        return true;
    int failed = errno;
    if (stat(folder, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return true;
        failed = ENOTDIR;
    }
    errno = failed;
    return err_errno(err, folder, NULL, "cannot make this folder");
}

bool file_make_folders(const char *folder, unsigned mode, struct err *err)
{
    struct stat st;
    if (stat(folder, &st) == 0 && S_ISDIR(st.st_mode))
        return true;
    char *path = mem_dup(folder);
    bool ok = true;
    for (char *p = path + 1; ok && *path && *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        ok = make_folder(path, mode, err);
        *p = '/';
    }
    ok = ok && make_folder(path, mode, err);
    free(path);
    return ok;
}

char *file_expand(const char *path, const char *base)
{
    const char *home = getenv("HOME");
    if (path[0] == '~' && (path[1] == '/' || !path[1]))
        return home && *home ? mem_printf("%s%s", home, path + 1) : mem_dup(path);
    if (path[0] == '/' || !base || !*base)
        return mem_dup(path);
    bool slash = base[strlen(base) - 1] == '/';
    return mem_printf("%s%s%s", base, slash ? "" : "/", path);
}
