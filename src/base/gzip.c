#include "base/gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"

enum {
    GZIP_BITS = 15 + 16, /* the largest window, and zlib's sign for "gzip, not zlib" */
    LEVEL = 6,
    MEMORY = 8, /* zlib's default */
    OS_UNIX = 3,
    PIECE = 32 * 1024
};

struct gzip {
    z_stream z;
    gz_header header;
    struct buf *out;
    bool failed; /* bytes were lost: nothing that is packed from then on could be read */
};

static void *z_alloc(void *context, uInt count, uInt size)
{
    (void)context;
    return mem_array(count, size);
}

static void z_free(void *context, void *p)
{
    (void)context;
    free(p);
}

struct gzip *gzip_new(struct buf *out)
{
    struct gzip *g = mem_alloc(sizeof *g);
    g->out = out;
    g->z.zalloc = z_alloc;
    g->z.zfree = z_free;
    g->header.os = OS_UNIX; /* zlib's own choice differs between systems */
    deflateInit2(&g->z, LEVEL, Z_DEFLATED, GZIP_BITS, MEMORY, Z_DEFAULT_STRATEGY);
    deflateSetHeader(&g->z, &g->header);
    return g;
}

void gzip_free(struct gzip *g)
{
    if (!g)
        return;
    deflateEnd(&g->z);
    free(g);
}

/* The next room of out for z to write to; false when there is none. */
static bool give_room(z_stream *z, struct buf *out)
{
    size_t left = out->max - out->n, room = left < PIECE ? left : PIECE;
    if (!room) {
        out->over = true;
        return false;
    }
    z->next_out = (Bytef *)buf_room(out, room);
    z->avail_out = (uInt)room;
    return true;
}

/* Runs deflate until it needs no more room. */
static bool drain(struct gzip *g, int flush)
{
    int result;
    if (g->failed)
        return false;
    do {
        /* What zlib holds back may wait for the next call, but not what it has not read. */
        if (g->out->n == g->out->max && flush == Z_NO_FLUSH && !g->z.avail_in)
            return true;
        if (!give_room(&g->z, g->out)) {
            g->failed = true;
            return false;
        }
        size_t room = g->z.avail_out;
        result = deflate(&g->z, flush);
        buf_added(g->out, room - g->z.avail_out);
    } while (g->z.avail_out == 0 && result != Z_STREAM_END);
    return true;
}

/* Hands zlib the next part of a text that may be longer than its counters. */
static bool give_input(z_stream *z, struct str *rest)
{
    size_t n = rest->n < UINT_MAX / 2 ? rest->n : UINT_MAX / 2;
    if (!n)
        return false;
    z->next_in = (Bytef *)(uintptr_t)rest->p;
    z->avail_in = (uInt)n;
    rest->p += n;
    rest->n -= n;
    return true;
}

bool gzip_add(struct gzip *g, struct str piece)
{
    while (give_input(&g->z, &piece))
        if (!drain(g, Z_NO_FLUSH))
            return false;
    return true;
}

bool gzip_finish(struct gzip *g)
{
    g->z.avail_in = 0;
    return drain(g, Z_FINISH);
}

bool gzip_pack(struct buf *out, struct str plain, struct err *err)
{
    struct gzip *g = gzip_new(out);
    bool ok = gzip_add(g, plain) && gzip_finish(g);
    gzip_free(g);
    return ok ||
           err_set(err, ERR_LIMIT, NULL, NULL, "packed it is larger than %zu bytes", out->max);
}

static bool is_broken(struct err *err)
{
    return err_set(err, ERR_PROTOCOL, NULL, NULL, "this is no whole gzip");
}

/* One call of inflate into what room is left; where there is none, a byte of its own tells whether
 * more would come. */
static int inflate_piece(z_stream *z, struct buf *out)
{
    Bytef beyond;
    bool full = out->n == out->max;
    if (full) {
        z->next_out = &beyond;
        z->avail_out = 1;
    } else {
        give_room(z, out);
    }
    size_t room = z->avail_out;
    int result = inflate(z, Z_NO_FLUSH);
    if (!full)
        buf_added(out, room - z->avail_out);
    else if (!z->avail_out)
        out->over = true;
    return result;
}

static bool unpack(z_stream *z, struct buf *out, struct str packed, struct err *err)
{
    bool ended = false;
    for (;;) {
        /* Without room left by the last call there may be output still to come. */
        bool dry = !z->avail_in && !give_input(z, &packed);
        if (dry && (ended || z->avail_out))
            return ended || is_broken(err);
        if (ended && inflateReset(z) != Z_OK)
            return is_broken(err);
        int result = inflate_piece(z, out);
        if (out->over)
            return err_set(err, ERR_LIMIT, NULL, NULL, "unpacked it is larger than %zu bytes",
                           out->max);
        if (result != Z_OK && result != Z_STREAM_END)
            return is_broken(err);
        ended = result == Z_STREAM_END;
    }
}

bool gzip_unpack(struct buf *out, struct str packed, struct err *err)
{
    z_stream z = {.zalloc = z_alloc, .zfree = z_free};
    inflateInit2(&z, GZIP_BITS);
    bool over = out->over;
    out->over = false;
    bool ok = unpack(&z, out, packed, err);
    out->over |= over;
    inflateEnd(&z);
    return ok;
}

struct gzip_reader {
    z_stream z;
    struct str rest;
    ptrdiff_t (*more)(void *context, char *to, size_t n); /* NULL: `rest` is all */
    void *context;
    char *piece; /* of what `more` gave */
    bool ended;  /* a member: another may follow */
};

struct gzip_reader *gzip_reader_new(struct str packed)
{
    struct gzip_reader *r = mem_alloc(sizeof *r);
    r->z.zalloc = z_alloc;
    r->z.zfree = z_free;
    r->rest = packed;
    inflateInit2(&r->z, GZIP_BITS);
    return r;
}

struct gzip_reader *gzip_reader_from(ptrdiff_t (*more)(void *context, char *to, size_t n),
                                     void *context)
{
    struct gzip_reader *r = gzip_reader_new((struct str){"", 0});
    r->more = more;
    r->context = context;
    r->piece = mem_alloc(PIECE);
    return r;
}

void gzip_reader_free(struct gzip_reader *r)
{
    if (!r)
        return;
    free(r->piece);
    inflateEnd(&r->z);
    free(r);
}

/* The next packed bytes: 1; 0 at the end; -1: they cannot be had. */
static int next_input(struct gzip_reader *r, struct err *err)
{
    if (!r->rest.n && r->more) {
        ptrdiff_t n = r->more(r->context, r->piece, PIECE);
        if (n < 0) {
            err_set(err, ERR_IO, NULL, NULL, "the packed bytes cannot be read");
            return -1;
        }
        r->rest = (struct str){r->piece, (size_t)n};
    }
    return give_input(&r->z, &r->rest);
}

ptrdiff_t gzip_reader_read(struct gzip_reader *r, char *to, size_t n, struct err *err)
{
    z_stream *z = &r->z;
    z->next_out = (Bytef *)to;
    z->avail_out = (uInt)(n < PTRDIFF_MAX / 2 && n < UINT_MAX ? n : UINT_MAX);
    size_t room = z->avail_out;
    while (z->avail_out) {
        int more = z->avail_in ? 1 : next_input(r, err);
        if (!more && r->ended)
            break;
        if (!more)
            is_broken(err);
        if (more <= 0)
            return -1;
        if (r->ended)
            inflateReset(z);
        int result = inflate(z, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END) {
            is_broken(err);
            return -1;
        }
        r->ended = result == Z_STREAM_END;
    }
    return (ptrdiff_t)(room - z->avail_out);
}
