/*
 * The lock file is held by flock(2), which the kernel (and NFS from version 4 on) gives back when
 * its holder dies, so a killed collector blocks nobody. Asking for it may block on a file server:
 * it is done in the worker pool, again and again, as someone may delete the file.
 */
#include "collect/holder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/pool.h"
#include "kube/lease.h"
#include "net/loop.h"

enum { RETRY_MS = 5000, NAME_ROOM = 200 };

/* One try for the lock file; outlives the holder when that is freed meanwhile. */
struct attempt {
    struct holder *owner; /* NULL: nobody waits any more */
    char *folder, *path, *identity;
    int fd;
    bool held; /* fd is the held lock: is it still that of the file? */
    bool got;
    char other[NAME_ROOM];
    struct err err;
};

struct holder {
    struct holder_conf conf;
    struct lease *lease;
    struct loop_timer *timer;
    struct attempt *attempt;
    int fd; /* of the held lock file, -1 */
    void (*released)(void *context);
};

static void read_other(struct attempt *a)
{
    ssize_t n = pread(a->fd, a->other, sizeof a->other - 1, 0);
    a->other[n > 0 ? n : 0] = '\0';
    a->other[strcspn(a->other, "\n")] = '\0';
}

/* A lock on a file that was deleted or replaced keeps nobody away. */
static bool is_there(const struct attempt *a)
{
    struct stat ours, there;
    return fstat(a->fd, &ours) == 0 && stat(a->path, &there) == 0 && ours.st_ino == there.st_ino &&
           ours.st_dev == there.st_dev;
}

static void look_again(struct attempt *a)
{
    a->got = is_there(a);
}

static void try_lock(void *job)
{
    struct attempt *a = job;
    if (a->held) {
        look_again(a);
        return;
    }
    if (!file_make_folders(a->folder, 0755, &a->err))
        return;
    a->fd = open(a->path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (a->fd < 0) {
        err_errno(&a->err, a->path, "may this user write there?", "cannot open the lock file");
        return;
    }
    a->got = flock(a->fd, LOCK_EX | LOCK_NB) == 0 && is_there(a);
    if (!a->got) {
        read_other(a);
        close(a->fd);
        a->fd = -1;
        return;
    }
    if (ftruncate(a->fd, 0) < 0 || pwrite(a->fd, a->identity, strlen(a->identity), 0) < 0)
        err_errno(&a->err, a->path, "", "cannot write who holds it");
}

static void free_attempt(struct attempt *a)
{
    free(a->folder);
    free(a->path);
    free(a->identity);
    free(a);
}

static void take(struct holder *h, struct attempt *a)
{
    bool lost = a->held && !a->got;
    h->attempt = NULL;
    h->fd = lost ? -1 : a->fd;
    if (lost)
        close(a->fd);
    loop_timer_set(h->timer, lost ? 0 : RETRY_MS);
    if (!a->held || lost)
        h->conf.changed(h->conf.context, a->got, a->got ? h->conf.identity : a->other, &a->err);
}

static void tried(void *job)
{
    struct attempt *a = job;
    struct holder *h = a->owner;
    if (h)
        take(h, a);
    else if (a->fd >= 0)
        close(a->fd);
    free_attempt(a);
}

static void start_attempt(void *context)
{
    struct holder *h = context;
    struct attempt *a = mem_alloc(sizeof *a);
    a->owner = h;
    a->fd = h->fd;
    a->held = h->fd >= 0;
    h->fd = -1;
    a->folder = mem_dup(h->conf.folder);
    a->path = mem_printf("%s/.kubeboard-lock", h->conf.folder);
    a->identity = mem_printf("%s\n", h->conf.identity);
    h->attempt = a;
    if (!pool_run(loop_pool(h->conf.loop), try_lock, tried, a)) {
        h->attempt = NULL;
        h->fd = a->fd;
        free_attempt(a);
        loop_timer_set(h->timer, RETRY_MS);
    }
}

static void on_lease(void *context, bool held, const char *who, const struct err *err)
{
    struct holder *h = context;
    h->conf.changed(h->conf.context, held, who, err);
}

/* Nothing to hold: told later, as the others are. */
static void told_alone(void *context)
{
    struct holder *h = context;
    struct err none = {0};
    h->conf.changed(h->conf.context, true, h->conf.identity, &none);
}

struct holder *holder_new(const struct holder_conf *conf)
{
    struct holder *h = mem_alloc(sizeof *h);
    h->conf = *conf;
    h->fd = -1;
    if (conf->client) {
        struct lease_conf lease = {.namespace_ = conf->namespace_,
                                   .name = conf->name,
                                   .holder = conf->identity,
                                   .context = h,
                                   .changed = on_lease};
        h->lease = lease_new(conf->client, &lease);
        return h;
    }
    h->timer = loop_timer_new(conf->loop, conf->folder ? start_attempt : told_alone, h);
    loop_timer_set(h->timer, 0);
    return h;
}

void holder_free(struct holder *h)
{
    if (!h)
        return;
    lease_free(h->lease);
    loop_timer_free(h->timer);
    if (h->attempt)
        h->attempt->owner = NULL;
    if (h->fd >= 0)
        close(h->fd);
    free(h);
}

bool holder_held(const struct holder *h)
{
    if (h->lease)
        return lease_held(h->lease);
    return h->conf.folder ? h->fd >= 0 || (h->attempt && h->attempt->held) : true;
}

static void on_released(void *context)
{
    struct holder *h = context;
    h->released(h->conf.context);
}

void holder_release(struct holder *h, void (*released)(void *context))
{
    h->released = released;
    if (h->lease) {
        lease_release(h->lease, on_released);
        return;
    }
    /* One that looks whether the lock is still there closes it when it comes back. */
    if (h->attempt)
        h->attempt->owner = NULL;
    h->attempt = NULL;
    if (h->fd >= 0)
        close(h->fd);
    h->fd = -1;
    loop_timer_free(h->timer);
    h->timer = loop_timer_new(h->conf.loop, on_released, h);
    loop_timer_set(h->timer, 0);
}
