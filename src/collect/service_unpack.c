#include "collect/service_unpack.h"

#include <stdlib.h>

#include "base/gzip.h"
#include "base/mem.h"
#include "net/loop.h"

enum { PIECE = 64 << 10, PIECES = 8 };

struct service_unpack {
    struct loop_timer *timer;
    struct buf packed;
    struct gzip_reader *reader;
    void *context;
    bool (*piece)(void *context, struct str plain, struct err *err);
    void (*done)(void *context, const struct err *err);
    char bytes[PIECE];
};

void service_unpack_free(struct service_unpack *u)
{
    if (!u)
        return;
    loop_timer_free(u->timer);
    gzip_reader_free(u->reader);
    buf_free(&u->packed);
    free(u);
}

static void end(struct service_unpack *u, const struct err *err)
{
    void (*done)(void *, const struct err *) = u->done;
    void *context = u->context;
    service_unpack_free(u);
    done(context, err);
}

static void unpack_some(void *context)
{
    struct service_unpack *u = context;
    struct err err = {0};
    for (int i = 0; i < PIECES; i++) {
        ptrdiff_t n = gzip_reader_read(u->reader, u->bytes, PIECE, &err);
        bool more = n > 0 && u->piece(u->context, (struct str){u->bytes, (size_t)n}, &err);
        if (!more) {
            end(u, &err);
            return;
        }
    }
    loop_timer_set(u->timer, 0);
}

struct service_unpack *service_unpack_start(struct loop *l, struct str packed, void *context,
                                            bool (*piece)(void *context, struct str plain,
                                                          struct err *err),
                                            void (*done)(void *context, const struct err *err))
{
    struct service_unpack *u = mem_alloc(sizeof *u);
    buf_init(&u->packed, packed.n);
    buf_add(&u->packed, packed.p, packed.n);
    u->reader = gzip_reader_new(buf_str(&u->packed));
    u->context = context;
    u->piece = piece;
    u->done = done;
    u->timer = loop_timer_new(l, unpack_some, u);
    loop_timer_set(u->timer, 0);
    return u;
}
