#include "ui/saver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

struct saver {
    char *path, *temporary;
    FILE *file;
    bool replace;
    uint64_t bytes;
};

static bool fail(struct err *err, const char *path, int error)
{
    return err_set(err, ERR_IO, path, error == EEXIST ? "choose another name" : "", "%s: %s", path,
                   strerror(error));
}

bool saver_exists(const char *path)
{
    struct stat st;
    char *full = file_expand(path, NULL);
    bool exists = lstat(full, &st) == 0;
    free(full);
    return exists;
}

/* In the same folder, so that it can be renamed. */
static char *temporary_for(const char *path)
{
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash + 1 - path) : 0;
    return mem_printf("%.*s%sXXXXXX", folder, path, FILE_TEMPORARY);
}

static void drop(struct saver *s)
{
    if (s->file)
        fclose(s->file);
    free(s->path);
    free(s->temporary);
    free(s);
}

struct saver *saver_open(const char *path, bool replace, struct err *err)
{
    struct saver *s = mem_alloc(sizeof *s);
    s->path = file_expand(path, NULL);
    s->replace = replace;
    s->temporary = temporary_for(s->path);
    int fd = mkostemp(s->temporary, O_CLOEXEC); /* 0600 */
    if (fd >= 0)
        s->file = fdopen(fd, "w");
    if (s->file)
        return s;
    fail(err, s->path, errno);
    drop(s);
    return NULL;
}

bool saver_write(struct saver *s, struct str bytes, struct err *err)
{
    s->bytes += bytes.n;
    return fwrite(bytes.p, 1, bytes.n, s->file) == bytes.n || fail(err, s->path, errno);
}

/* Without leave to replace, a file that came meanwhile stays. */
static bool put_in_place(struct saver *s)
{
    if (s->replace)
        return rename(s->temporary, s->path) == 0;
    if (link(s->temporary, s->path) == 0) {
        unlink(s->temporary);
        return true;
    }
    if (errno != EPERM && errno != ENOTSUP && errno != ENOSYS)
        return false;
    return renameat2(AT_FDCWD, s->temporary, AT_FDCWD, s->path, RENAME_NOREPLACE) == 0;
}

bool saver_finish(struct saver *s, struct err *err)
{
    int closed = fclose(s->file);
    s->file = NULL;
    bool done = closed == 0 && put_in_place(s);
    if (!done) {
        fail(err, s->path, errno);
        unlink(s->temporary);
    }
    drop(s);
    return done;
}

void saver_cancel(struct saver *s)
{
    if (!s)
        return;
    unlink(s->temporary);
    drop(s);
}

const char *saver_path(const struct saver *s)
{
    return s->path;
}

uint64_t saver_bytes(const struct saver *s)
{
    return s->bytes;
}
