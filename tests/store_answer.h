/* What came of an operation on a store: callbacks that fill one answer, whatever was asked. */
#ifndef TESTS_STORE_ANSWER_H
#define TESTS_STORE_ANSWER_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/spool.h"
#include "store/store.h"

struct answer {
    bool came;
    int times;
    struct err err;
    struct buf bytes;
    struct store_entry entry; /* of a head; its key is NULL */
    size_t removed;
    /* Of a list: */
    size_t count, folders;
    char *keys; /* each with a newline, folders end with a slash; NULL: they are not wanted */
    char last[1024];
    bool disorder; /* one did not stand behind the one before */
};

static inline void answer_free(struct answer *a)
{
    buf_free(&a->bytes);
    free(a->keys);
    *a = (struct answer){0};
}

static inline void on_plain(void *context, const struct err *err)
{
    struct answer *a = context;
    a->err = *err;
    a->came = true;
    a->times++;
}

static inline void on_bytes(void *context, struct str bytes, const struct err *err)
{
    struct answer *a = context;
    buf_init(&a->bytes, bytes.n + 1);
    buf_add(&a->bytes, bytes.p, bytes.n);
    on_plain(context, err);
}

static inline void on_spool(void *context, struct spool *yours, const struct err *err)
{
    struct answer *a = context;
    char piece[1000];
    buf_init(&a->bytes, 64 << 20);
    for (ptrdiff_t n; yours && (n = spool_read(yours, piece, sizeof piece)) > 0;)
        buf_add(&a->bytes, piece, (size_t)n);
    spool_free(yours);
    on_plain(context, err);
}

static inline void on_head(void *context, const struct store_entry *entry, const struct err *err)
{
    struct answer *a = context;
    if (entry)
        a->entry = *entry;
    a->entry.key = NULL;
    on_plain(context, err);
}

static inline void on_clean(void *context, size_t removed, const struct err *err)
{
    struct answer *a = context;
    a->removed = removed;
    on_plain(context, err);
}

static inline bool on_entry(void *context, const struct store_entry *e)
{
    struct answer *a = context;
    a->count++;
    a->folders += e->is_folder;
    a->disorder |= strcmp(a->last, e->key) >= 0;
    str_copy(a->last, sizeof a->last, e->key);
    if (a->keys) {
        char *longer = mem_printf("%s%s\n", a->keys, e->key);
        free(a->keys);
        a->keys = longer;
    }
    return true;
}

#endif
