/*
 * Most of a line's bytes are its labels, and a window has few different sets of them: their JSON is
 * kept for the sets seen last, so a line costs a copy. gzip's bytes are handed to the spool in
 * pieces.
 */
#include "collect/raw_pack.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/gzip.h"
#include "base/json.h"
#include "base/mem.h"
#include "model/labels.h"
#include "store/spool.h"

enum {
    SETS = 1024, /* label sets whose JSON is kept; a power of two */
    SET_ROOM = 64 << 10,
    SETS_ROOM = 4 << 20, /* bytes of them all */
    LINE_ROOM = 8 << 20, /* Loki's lines are 256 KiB, a message 4 MiB */
    PIECE = 64 << 10,
    TRAILER = 128 << 10, /* what gzip may still hold back when the room is used up */
    AT_ONCE = 256 << 10, /* plain bytes packed at once */
};

struct set {
    const struct labels *labels; /* held */
    struct buf text;
};

struct raw_pack {
    struct spool *spool;
    struct gzip *gzip;
    struct buf packed, plain, line;
    struct set sets[SETS];
    size_t set_bytes, max;
    bool failed;
};

struct raw_pack *raw_pack_new(size_t max)
{
    struct raw_pack *p = mem_alloc(sizeof *p);
    p->max = max;
    p->spool = spool_new(max + TRAILER);
    buf_init(&p->packed, AT_ONCE + LINE_ROOM + TRAILER);
    buf_init(&p->plain, AT_ONCE + LINE_ROOM);
    buf_init(&p->line, LINE_ROOM);
    p->gzip = gzip_new(&p->packed);
    return p;
}

static void forget_set(struct raw_pack *p, struct set *s)
{
    labels_drop(s->labels);
    s->labels = NULL;
    p->set_bytes -= s->text.cap;
    buf_free(&s->text);
}

void raw_pack_free(struct raw_pack *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < SETS; i++)
        forget_set(p, &p->sets[i]);
    spool_free(p->spool);
    gzip_free(p->gzip);
    buf_free(&p->packed);
    buf_free(&p->plain);
    buf_free(&p->line);
    free(p);
}

static void write_labels(struct buf *out, const struct labels *labels)
{
    struct json_out o = {out, false};
    json_out_object(&o, NULL);
    for (uint32_t i = 0; labels && i < labels->count; i++)
        json_out_text(&o, labels->list[i].name, labels->list[i].value);
    json_out_end_object(&o);
}

static void add_labels(struct raw_pack *p, const struct labels *labels)
{
    struct set *s = labels ? &p->sets[labels->hash & (SETS - 1)] : NULL;
    if (!s || (s->labels != labels && p->set_bytes > SETS_ROOM)) {
        write_labels(&p->line, labels);
        return;
    }
    if (s->labels != labels) {
        forget_set(p, s);
        buf_init(&s->text, SET_ROOM);
        write_labels(&s->text, labels);
        s->labels = labels_hold(labels);
        p->set_bytes += s->text.cap;
    }
    if (s->text.over)
        write_labels(&p->line, labels);
    else
        buf_add(&p->line, s->text.p, s->text.n);
}

/* The same bytes as line_json_write. */
static void write_line(struct raw_pack *p, const struct line *line, bool around)
{
    char time[CLOCK_TEXT];
    buf_clear(&p->line);
    buf_adds(&p->line, "{\"time\":\"");
    buf_adds(&p->line, clock_rfc3339(line->time, true, time));
    buf_adds(&p->line, "\",\"labels\":");
    add_labels(p, line->labels);
    buf_adds(&p->line, ",\"line\":");
    json_out_escape(&p->line, line->text);
    buf_adds(&p->line, around ? ",\"around\":true}\n" : "}\n");
}

static bool drain(struct raw_pack *p, struct err *err)
{
    p->failed = !spool_add(p->spool, buf_str(&p->packed), err);
    buf_clear(&p->packed);
    return !p->failed;
}

static bool pack_plain(struct raw_pack *p, struct err *err)
{
    if (!gzip_add(p->gzip, buf_str(&p->plain)))
        return err_set(err, ERR_LIMIT, "raw", "", "the lines do not fit");
    buf_clear(&p->plain);
    return p->packed.n < PIECE || drain(p, err);
}

static bool has_failed(struct err *err)
{
    return err_set(err, ERR_IO, "raw", "free space in $TMPDIR (else /var/tmp)",
                   "the spool file could not be written");
}

bool raw_pack_add(struct raw_pack *p, const struct line *line, bool around, struct err *err)
{
    if (p->failed)
        return has_failed(err);
    write_line(p, line, around);
    if (p->line.over || spool_size(p->spool) + p->packed.n > p->max)
        return err_set(err, ERR_LIMIT, "raw", "narrow the rule or give it a limit",
                       "the window's lines do not fit");
    buf_add(&p->plain, p->line.p, p->line.n);
    return p->plain.n < AT_ONCE || pack_plain(p, err);
}

struct spool *raw_pack_finish(struct raw_pack *p, struct err *err)
{
    if (p->failed) {
        has_failed(err);
        return NULL;
    }
    if (!pack_plain(p, err) || !gzip_finish(p->gzip) || !drain(p, err))
        return NULL;
    struct spool *spool = p->spool;
    p->spool = NULL;
    return spool;
}
