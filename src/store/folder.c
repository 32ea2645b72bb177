/*
 * Keys as files. A put writes under a temporary name in the same folder, syncs, renames and syncs
 * the folder, so a reader on any machine of an NFS or EFS sees the old object or the new one;
 * several writers need no lock. All of it runs in the worker pool.
 */
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/spool.h"
#include "store/store_job.h"

enum { TRIES = 4, PARALLEL = 4, PIECE = 64 << 10 };

struct errno_mend {
    int number;
    enum err_kind kind;
    const char *mend;
};

static const struct errno_mend mends[] = {
    {ENOSPC, ERR_IO, "free space there, or shorten collector.retain"},
    {EDQUOT, ERR_IO, "raise the quota, or shorten collector.retain"},
    {EROFS, ERR_IO, "mount it for writing"},
    {ESTALE, ERR_AWAY, "the file server forgot it: mount it again"},
    {ETIMEDOUT, ERR_AWAY, "is the file server reachable?"},
    {ENOTDIR, ERR_CONFIG, "a file stands where a folder must be: move it away"},
};

bool folder_errno(struct err *err, const char *path, const char *what)
{
    int number = errno;
    if (number == EACCES || number == EPERM) {
        char *mend = mem_printf("as its owner: chown -R %u '%s' (or give user %u access)",
                                (unsigned)geteuid(), path, (unsigned)geteuid());
        err_set(err, ERR_DENIED, path, mend, "%s: %s", what, strerror(number));
        free(mend);
        return false;
    }
    for (size_t i = 0; i < sizeof mends / sizeof *mends; i++)
        if (mends[i].number == number)
            return err_set(err, mends[i].kind, path, mends[i].mend, "%s: %s", what,
                           strerror(number));
    errno = number;
    return err_errno(err, path, "", what);
}

static char *path_of(const struct folder *f, const char *key)
{
    return mem_printf("%s/%s", f->root, key);
}

/* What file_write_atomic could not write, with the mend of a folder in a store. It tells the errno
 * in words only, and by then has tidied up, so the words are looked for. */
static void explain_write(struct err *err)
{
    char where[sizeof err->where];
    str_copy(where, sizeof where, err->where);
    if (err->kind == ERR_DENIED) {
        errno = EACCES;
        folder_errno(err, where, "cannot write here");
        return;
    }
    if (err->kind == ERR_NOT_FOUND)
        err->kind = ERR_IO;
    for (size_t i = 0; i < sizeof mends / sizeof *mends; i++) {
        if (strstr(err->what, strerror(mends[i].number))) {
            err->kind = mends[i].kind;
            str_copy(err->mend, sizeof err->mend, mends[i].mend);
        }
    }
}

static bool write_body(struct store_job *j, const char *path)
{
    const struct folder *f = j->state;
    if (!j->ask.spool)
        return file_write_atomic(path, j->ask.body.p, j->ask.body.n, f->file_mode, &j->err);
    spool_rewind(j->ask.spool);
    return file_write_atomic_from(path, spool_read, j->ask.spool, f->file_mode, &j->err);
}

static void put(struct store_job *j)
{
    const struct folder *f = j->state;
    char *path = path_of(f, j->ask.key),
         *folder = mem_dup_n(path, (size_t)(strrchr(path, '/') - path));
    bool ok = false;
    /* Whoever deletes the last object of a folder removes it, perhaps between our two steps. */
    for (int i = 0; i < TRIES && !ok; i++) {
        err_clear(&j->err);
        ok = file_make_folders(folder, f->folder_mode, &j->err) && write_body(j, path);
        if (j->err.kind != ERR_NOT_FOUND)
            break;
    }
    if (!ok)
        explain_write(&j->err);
    free(folder);
    free(path);
}

/* An object or nothing: a folder is no object, as in a bucket. */
static bool look(const char *path, struct stat *st, struct err *err)
{
    if (stat(path, st) != 0 && errno != ENOENT && errno != ENOTDIR)
        return folder_errno(err, path, "cannot look at it");
    if (stat(path, st) != 0 || !S_ISREG(st->st_mode))
        return err_set(err, ERR_NOT_FOUND, path, "", "there is no such object");
    return true;
}

/* Into the spool, a piece at a time. */
static bool copy_out(struct store_job *j, const char *path)
{
    char piece[PIECE];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(&j->err, path, "", "cannot read it");
    ssize_t n;
    bool ok = true;
    while (ok && (n = read(fd, piece, sizeof piece)) != 0)
        ok = n < 0 ? errno == EINTR || err_errno(&j->err, path, "", "cannot read it")
                   : spool_add(j->ask.spool, (struct str){piece, (size_t)n}, &j->err);
    close(fd);
    return ok;
}

static bool read_out(struct store_job *j, const char *path)
{
    if (!j->ask.spool) {
        buf_clear(&j->bytes);
        return file_read(path, &j->bytes, &j->err);
    }
    spool_clear(j->ask.spool);
    return copy_out(j, path);
}

static void get(struct store_job *j)
{
    char *path = path_of(j->state, j->ask.key);
    struct stat st;
    /* A file that another machine replaced while we read it is stale: the new one is there. */
    for (int i = 0; i < TRIES; i++) {
        err_clear(&j->err);
        if (!look(path, &st, &j->err) || read_out(j, path))
            break;
        if (j->err.kind == ERR_DENIED) {
            errno = EACCES;
            folder_errno(&j->err, path, "cannot read it");
        }
        if (j->err.kind != ERR_IO)
            break;
    }
    free(path);
}

static int64_t modified_of(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * CLOCK_SECOND + st->st_mtim.tv_nsec;
}

static void head(struct store_job *j)
{
    char *path = path_of(j->state, j->ask.key);
    struct stat st;
    if (look(path, &st, &j->err)) {
        j->size = (uint64_t)st.st_size;
        j->modified = modified_of(&st);
    }
    free(path);
}

/* Folders that hold nothing any more go too, up to the root. */
static void delete (struct store_job *j)
{
    const struct folder *f = j->state;
    char *path = path_of(f, j->ask.key);
    if (unlink(path) != 0 && errno != ENOENT && errno != ENOTDIR && errno != EISDIR)
        folder_errno(&j->err, path, "cannot delete it");
    size_t root = strlen(f->root);
    for (char *slash; j->err.kind == ERR_NONE && (slash = strrchr(path, '/')) > path + root;) {
        *slash = '\0';
        if (rmdir(path) != 0)
            break;
    }
    free(path);
}

/* A file is made and removed in the deepest folder of the prefix that is there. */
static void probe(struct store_job *j)
{
    char *path = path_of(j->state, j->ask.key);
    struct stat st;
    for (char *slash; stat(path, &st) != 0 && (slash = strrchr(path, '/')) && slash > path;)
        *slash = '\0';
    char *file = mem_printf("%s/" FILE_TEMPORARY "XXXXXX", path);
    int fd = mkostemp(file, O_CLOEXEC);
    if (fd < 0) {
        folder_errno(&j->err, path, "cannot write here");
    } else {
        close(fd);
        unlink(file);
    }
    free(file);
    free(path);
}

static void work(struct store_job *j)
{
    static void (*const works[])(struct store_job * j) = {
        [STORE_GET] = get,
        [STORE_PUT] = put,
        [STORE_HEAD] = head,
        [STORE_DELETE] = delete,
        [STORE_LIST] = folder_walk_list,
        [STORE_CLEAN] = folder_walk_clean,
        [STORE_PROBE] = probe,
    };
    works[j->ask.verb](j);
}

static void hold(void *state)
{
    struct folder *f = state;
    f->references++;
}

static void drop(void *state)
{
    struct folder *f = state;
    if (--f->references)
        return;
    free(f->root);
    free(f);
}

static bool start(struct store_op *op, struct err *err)
{
    static const struct store_job_kind jobs = {.hold = hold, .drop = drop, .work = work};
    struct store_job *j = store_job_new(op, &jobs, NULL);
    if (store_job_submit(j, err))
        return true;
    store_job_undo(j);
    return false;
}

static void describe(const void *state, struct buf *out)
{
    const struct folder *f = state;
    buf_printf(out, "folder %s", f->root);
}

const struct store_kind folder_kind = {.parallel = PARALLEL,
                                       .probes = true,
                                       .start = start,
                                       .stop = store_job_stop,
                                       .close = drop,
                                       .describe = describe};

static bool check_root(const char *root, struct err *err)
{
    struct stat st;
    if (stat(root, &st) != 0)
        return errno == ENOENT || folder_errno(err, root, "cannot look at the store's folder");
    if (!S_ISDIR(st.st_mode))
        return err_set(err, ERR_CONFIG, root, "name a folder", "the store is not a folder");
    if (faccessat(AT_FDCWD, root, R_OK | X_OK, AT_EACCESS) != 0)
        return folder_errno(err, root, "cannot read the store's folder");
    return true;
}

void *folder_open(const struct store_conf *conf, struct err *err)
{
    const char *root = conf->url + strlen("file://");
    if (root[0] != '/') {
        err_set(err, ERR_CONFIG, conf->url, "write it as file:///folder",
                "the folder of a store is an absolute path");
        return NULL;
    }
    size_t n = strlen(root);
    while (n > 1 && root[n - 1] == '/')
        n--;
    char *clean = mem_dup_n(root, n == 1 ? 0 : n);
    if (!check_root(n == 1 ? "/" : clean, err)) {
        free(clean);
        return NULL;
    }
    struct folder *f = mem_alloc(sizeof *f);
    f->root = clean;
    f->references = 1;
    mode_t mask = umask(0);
    umask(mask);
    f->file_mode = 0666 & ~mask;
    f->folder_mode = 0777;
    return f;
}
