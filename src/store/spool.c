#include "store/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

struct spool {
    struct buf memory;
    int fd; /* -1: all is in memory */
    size_t size, max, at;
};

struct spool *spool_new(size_t max)
{
    struct spool *s = mem_alloc(sizeof *s);
    buf_init(&s->memory, SPOOL_MEMORY);
    s->fd = -1;
    s->max = max;
    return s;
}

void spool_free(struct spool *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    buf_free(&s->memory);
    free(s);
}

static int open_nameless(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    char *name = mem_printf("%s/kubeboard-XXXXXX", folder);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    free(name);
    return fd;
}

static const char *temporary_folder(void)
{
    const char *set = getenv("TMPDIR");
    return set && *set ? set : "/var/tmp";
}

static bool write_all(struct spool *s, struct str bytes, struct err *err)
{
    while (bytes.n) {
        ssize_t n = write(s->fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_errno(err, temporary_folder(), "free space there, or set TMPDIR",
                             "cannot write the spool file");
        bytes.p += n;
        bytes.n -= (size_t)n;
    }
    return true;
}

bool spool_add(struct spool *s, struct str bytes, struct err *err)
{
    if (bytes.n > s->max - s->size)
        return err_set(err, ERR_LIMIT, "spool", "", "over %zu bytes", s->max);
    if (s->fd < 0 && s->size + bytes.n <= SPOOL_MEMORY) {
        buf_add(&s->memory, bytes.p, bytes.n);
        s->size += bytes.n;
        return true;
    }
    if (s->fd < 0) {
        s->fd = open_nameless(temporary_folder());
        if (s->fd < 0)
            return err_errno(err, temporary_folder(), "set TMPDIR to a folder that can be written",
                             "cannot make the spool file");
        if (!write_all(s, buf_str(&s->memory), err))
            return false;
        buf_free(&s->memory);
    }
    if (!write_all(s, bytes, err))
        return false;
    s->size += bytes.n;
    return true;
}

void spool_clear(struct spool *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    buf_free(&s->memory);
    buf_init(&s->memory, SPOOL_MEMORY);
    s->size = s->at = 0;
}

size_t spool_size(const struct spool *s)
{
    return s->size;
}

void spool_rewind(struct spool *s)
{
    s->at = 0;
}

ptrdiff_t spool_read(void *spool, char *to, size_t n)
{
    struct spool *s = spool;
    size_t left = s->size - s->at;
    n = n < left ? n : left;
    if (!n)
        return 0;
    ssize_t got;
    if (s->fd < 0) {
        memcpy(to, s->memory.p + s->at, n);
        got = (ssize_t)n;
    } else {
        do
            got = pread(s->fd, to, n, (off_t)s->at);
        while (got < 0 && errno == EINTR);
    }
    if (got <= 0)
        return -1;
    s->at += (size_t)got;
    return got;
}
