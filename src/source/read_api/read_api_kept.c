#include "source/read_api/read_api_kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { TAG = 80 };

struct answer {
    char *path, *body; /* path NULL: a free place */
    size_t n;
    uint64_t used;
    char tag[TAG];
};

struct read_api_kept {
    struct answer list[READ_API_KEPT_COUNT];
    size_t bytes;
    uint64_t uses;
};

struct read_api_kept *read_api_kept_new(void)
{
    return mem_alloc(sizeof(struct read_api_kept));
}

static void drop(struct read_api_kept *k, struct answer *a)
{
    k->bytes -= a->n;
    free(a->path);
    free(a->body);
    *a = (struct answer){0};
}

void read_api_kept_free(struct read_api_kept *k)
{
    for (size_t i = 0; i < READ_API_KEPT_COUNT; i++)
        drop(k, &k->list[i]);
    free(k);
}

static struct answer *find(struct read_api_kept *k, const char *path)
{
    for (size_t i = 0; i < READ_API_KEPT_COUNT; i++) {
        if (k->list[i].path && strcmp(k->list[i].path, path) == 0) {
            k->list[i].used = ++k->uses;
            return &k->list[i];
        }
    }
    return NULL;
}

/* A free place is the least used of all. */
static struct answer *least_used(struct read_api_kept *k, bool holds)
{
    struct answer *least = NULL;
    for (size_t i = 0; i < READ_API_KEPT_COUNT; i++)
        if ((!holds || k->list[i].path) && (!least || k->list[i].used < least->used))
            least = &k->list[i];
    return least;
}

const char *read_api_kept_tag(struct read_api_kept *k, const char *path)
{
    const struct answer *a = find(k, path);
    return a ? a->tag : NULL;
}

struct str read_api_kept_body(struct read_api_kept *k, const char *path)
{
    const struct answer *a = find(k, path);
    return a ? (struct str){a->body, a->n} : (struct str){"", 0};
}

/* A tag that could say more than one header is none. */
static bool is_tag(const char *tag)
{
    size_t n = strlen(tag);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)tag[i] < 0x21 || tag[i] == 0x7f)
            return false;
    return n && n < TAG;
}

void read_api_kept_put(struct read_api_kept *k, const char *path, const char *tag, struct str body)
{
    struct answer *a = find(k, path);
    if (a)
        drop(k, a);
    if (!is_tag(tag) || body.n > READ_API_KEPT_BYTES / 4)
        return;
    while (k->bytes + body.n > READ_API_KEPT_BYTES)
        drop(k, least_used(k, true));
    a = least_used(k, false);
    drop(k, a);
    a->path = mem_dup(path);
    a->body = mem_dup_n(body.p, body.n);
    a->n = body.n;
    a->used = ++k->uses;
    str_copy(a->tag, sizeof a->tag, tag);
    k->bytes += body.n;
}
