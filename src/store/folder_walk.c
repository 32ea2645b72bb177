/*
 * Lists by walking folders in the order that a bucket has: names sorted by their bytes, a folder
 * counted with the slash that follows it in the keys. A page ends after STORE_JOB_PAGE entries; the
 * next walk passes over the folders before it unread.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/folder.h"
#include "store/store_job.h"
#include "store/store_key.h"

enum { DEPTH_MAX = 64, NAMES_MAX = 4 * 1000 * 1000 };

struct walk {
    struct store_job *job;
    const struct folder *folder;
    const char *prefix, *after;
    size_t prefix_n;
    int64_t older_than; /* clean: what was changed before goes */
    bool stop;          /* the page is full, or something failed */
};

/* A name of a folder; of a subfolder with the slash at its end. */
static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_temporary(const char *name)
{
    return !strncmp(name, FILE_TEMPORARY, strlen(FILE_TEMPORARY));
}

/* Whether it is a folder (1), a file (0), or nothing that we list (-1). Links to folders are not
 * followed: they may lead back here. */
static int type_of(DIR *dir, const struct dirent *e)
{
    struct stat st;
    if (e->d_type == DT_DIR || e->d_type == DT_REG)
        return e->d_type == DT_DIR;
    if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return -1;
    if (S_ISLNK(st.st_mode))
        return fstatat(dirfd(dir), e->d_name, &st, 0) == 0 && S_ISREG(st.st_mode) ? 0 : -1;
    return S_ISDIR(st.st_mode) ? 1 : S_ISREG(st.st_mode) ? 0 : -1;
}

struct names {
    char **list;
    size_t count, cap;
};

static void free_names(struct names *n)
{
    for (size_t i = 0; i < n->count; i++)
        free(n->list[i]);
    free(n->list);
}

/* The sorted names of a folder; one that is gone has none. */
static bool read_names(struct walk *w, const char *path, struct names *out)
{
    DIR *dir = opendir(path);
    if (!dir && (errno == ENOENT || errno == ENOTDIR))
        return true;
    if (!dir)
        return folder_errno(&w->job->err, path, "cannot list this folder");
    errno = 0;
    for (struct dirent *e; (e = readdir(dir)); errno = 0) {
        int type = !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ? -1 : type_of(dir, e);
        if (type < 0 || out->count == NAMES_MAX)
            continue;
        mem_grow(&out->list, &out->cap, out->count + 1, sizeof *out->list);
        out->list[out->count++] = mem_printf("%s%s", e->d_name, type ? "/" : "");
    }
    bool ok = !errno || folder_errno(&w->job->err, path, "cannot list this folder");
    closedir(dir);
    if (ok && out->count == NAMES_MAX)
        ok = err_set(&w->job->err, ERR_LIMIT, path, "", "it holds over %d names", NAMES_MAX);
    if (out->count)
        qsort(out->list, out->count, sizeof *out->list, by_bytes);
    return ok;
}

/* Whether keys that begin with `key` (a folder's with its slash) can be asked for. */
static bool may_match(const struct walk *w, const char *key, size_t n)
{
    return !strncmp(key, w->prefix, n < w->prefix_n ? n : w->prefix_n);
}

/* Whether all that begins with this folder's key lies at or before w->after. */
static bool is_behind(const struct walk *w, const char *key, size_t n)
{
    return w->after && strcmp(key, w->after) <= 0 && strncmp(w->after, key, n) != 0;
}

/* Whether any object lies below, so that a bucket would show the folder. */
static bool holds_object(struct walk *w, const char *path, int depth)
{
    struct names names = {0};
    bool found = false;
    if (depth < DEPTH_MAX && !read_names(w, path, &names))
        w->stop = true;
    for (int folders = 0; folders < 2 && !w->stop; folders++) {
        for (size_t i = 0; i < names.count && !found; i++) {
            const char *name = names.list[i];
            bool folder = name[strlen(name) - 1] == '/';
            if (folder != folders || is_temporary(name))
                continue;
            char *below = folder ? mem_printf("%s/%s", path, name) : NULL;
            found = !folder || holds_object(w, below, depth + 1);
            free(below);
        }
    }
    free_names(&names);
    return found;
}

static void take_file(struct walk *w, const char *key, const char *path)
{
    struct stat st;
    if (strlen(key) < w->prefix_n || (w->after && strcmp(key, w->after) <= 0) ||
        !store_key_check(key, NULL) || stat(path, &st) != 0)
        return;
    struct store_entry e = {.key = key, .size = (uint64_t)st.st_size};
    e.modified = (int64_t)st.st_mtim.tv_sec * CLOCK_SECOND + st.st_mtim.tv_nsec;
    store_job_entry(w->job, &e);
}

static void take_folder(struct walk *w, const char *key, const char *path)
{
    if (w->after && strcmp(key, w->after) <= 0)
        return;
    if (holds_object(w, path, 0))
        store_job_entry(w->job, &(struct store_entry){.key = key, .is_folder = true});
}

static void walk_folder(struct walk *w, const char *key, int depth);

static void take_name(struct walk *w, const char *parent, const char *name, int depth)
{
    char *key = mem_printf("%s%s", parent, name);
    char *path = mem_printf("%s/%s", w->folder->root, key);
    size_t n = strlen(key);
    bool is_folder = key[n - 1] == '/';
    if (!may_match(w, key, n) || (!is_folder && is_temporary(name)))
        ; /* not asked for */
    else if (!is_folder)
        take_file(w, key, path);
    else if (w->job->ask.folders && n > w->prefix_n)
        take_folder(w, key, path);
    else if (!is_behind(w, key, n))
        walk_folder(w, key, depth + 1);
    free(path);
    free(key);
}

static void walk_folder(struct walk *w, const char *key, int depth)
{
    struct names names = {0};
    char *path = mem_printf("%s/%s", w->folder->root, key);
    if (depth > DEPTH_MAX)
        err_set(&w->job->err, ERR_LIMIT, path, "", "folders nest over %d deep", DEPTH_MAX);
    else
        read_names(w, path, &names);
    free(path);
    for (size_t i = 0; i < names.count; i++) {
        if (w->job->err.kind || atomic_load(&w->job->stop))
            w->stop = true;
        if (w->stop)
            break;
        take_name(w, key, names.list[i], depth);
        if (!w->stop && w->job->count >= STORE_JOB_PAGE) {
            w->job->next = mem_dup(w->job->entries[w->job->count - 1].key);
            w->stop = true;
        }
    }
    free_names(&names);
}

/* The folder in which every key with this prefix lies: "a/b/c" gives "a/b/". free() it. */
static char *start_of(const char *prefix)
{
    const char *slash = strrchr(prefix, '/');
    return mem_dup_n(prefix, slash ? (size_t)(slash - prefix) + 1 : 0);
}

void folder_walk_list(struct store_job *j)
{
    struct walk w = {.job = j,
                     .folder = j->state,
                     .prefix = j->ask.key,
                     .after = j->from ? j->from : j->ask.after,
                     .prefix_n = strlen(j->ask.key)};
    char *start = start_of(w.prefix);
    walk_folder(&w, start, 0);
    free(start);
}

/* ---- cleaning ---- */

static void clean_folder(struct walk *w, const char *path, int depth)
{
    struct names names = {0};
    struct stat st;
    if (depth <= DEPTH_MAX)
        read_names(w, path, &names);
    for (size_t i = 0; i < names.count && !w->job->err.kind && !atomic_load(&w->job->stop); i++) {
        char *below = mem_printf("%s%s", path, names.list[i]);
        if (below[strlen(below) - 1] == '/')
            clean_folder(w, below, depth + 1);
        else if (is_temporary(names.list[i]) && stat(below, &st) == 0 &&
                 (int64_t)st.st_mtim.tv_sec * CLOCK_SECOND < w->older_than) {
            if (unlink(below) == 0)
                w->job->removed++;
            else if (errno != ENOENT)
                folder_errno(&w->job->err, below, "cannot delete this leftover");
        }
        free(below);
    }
    free_names(&names);
}

void folder_walk_clean(struct store_job *j)
{
    struct walk w = {.job = j, .folder = j->state, .older_than = clock_now() - j->ask.age};
    char *start = start_of(j->ask.key), *path = mem_printf("%s/%s", w.folder->root, start);
    clean_folder(&w, path, 0);
    free(path);
    free(start);
}
