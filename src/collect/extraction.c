/*
 * The lines stream from Loki through redaction into the packer and the grouping; nothing holds the
 * window but its packed form, in a spool. When Loki's count and the lines differ a late line came
 * in between: it is all done again, at most three times, after which the window says that it is not
 * complete. A line that does not fit ends the reading: what is packed stays whole and the count
 * says how many there were.
 *
 * Lines around the errors (rule.around) come last, when the errors are settled: they are in the raw
 * object behind all lines of the window, marked, and count nowhere (around.h says how they are
 * found).
 */
#include "collect/extraction.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "collect/around.h"
#include "collect/clean_labels.h"
#include "collect/raw_pack.h"
#include "source/loki/loki.h"
#include "source/loki/loki_merge.h"
#include "source/loki/loki_proof.h"
#include "triage/redact/redact.h"
#include "triage/window_build.h"

enum { TRIES = 3, LINE_ROOM = 8 << 20, QUERY_ROOM = 64 << 10, OPEN_KEYS = 4096, KEY_LINE = 40 };

/* A source of lines whose last one left a private key open. */
struct open_key {
    uint64_t source;
    int state;
};

struct extraction {
    struct extraction_conf conf;
    struct buf query, counted; /* the window's own, and what is asked and counted: kubeboard's own
                                  pods left out */
    struct loki_merge *merge;
    struct loki_proof *proof; /* of what was read whole */
    struct loki_call *count;  /* of what was cut */
    struct window_build *build;
    struct raw_pack *pack;
    struct around *around;
    struct clean_labels *clean; /* NULL: nothing is redacted */
    struct buf redacted;
    struct tallies counts;
    const struct labels *stream; /* held: of the line before */
    uint64_t source;
    struct open_key *keys;
    size_t key_count, key_cap;
    uint64_t lines, bytes, counted_lines;
    int tries;
    bool cut;
    struct err failed; /* while lines come */
};

static void forget_keys(struct extraction *x)
{
    x->key_count = 0;
    labels_drop(x->stream);
    x->stream = NULL;
    x->source = 0;
}

static void clear_try(struct extraction *x)
{
    loki_merge_free(x->merge);
    x->merge = NULL;
    loki_proof_free(x->proof);
    x->proof = NULL;
    loki_cancel(x->count);
    x->count = NULL;
    window_build_free(x->build);
    x->build = NULL;
    around_free(x->around);
    x->around = NULL;
    raw_pack_free(x->pack);
    x->pack = NULL;
    tallies_free(&x->counts);
    forget_keys(x);
    x->lines = x->bytes = 0;
    x->cut = false;
    err_clear(&x->failed);
}

void extraction_free(struct extraction *x)
{
    if (!x)
        return;
    clear_try(x);
    free(x->keys);
    buf_free(&x->query);
    buf_free(&x->counted);
    buf_free(&x->redacted);
    clean_labels_free(x->clean);
    free(x);
}

/* ---- one line ---- */

/* The container that wrote the line; labels alone would not do, as parsers add some that differ
 * from line to line. */
static uint64_t source_of(const struct extraction *x, const struct labels *labels)
{
    const struct rule_labels *names = x->conf.labels;
    const char *values[] = {labels_value(labels, names->namespace_),
                            labels_value(labels, names->pod),
                            labels_value(labels, names->container)};
    uint64_t hash = HASH_ID_SEED;
    if (!*values[1])
        return labels ? labels->hash : 0;
    for (int i = 0; i < 3; i++)
        hash = hash_id(values[i], strlen(values[i]) + 1, hash);
    return hash;
}

static void leave_source(struct extraction *x)
{
    int state = redact_state(x->conf.redactor);
    if (!state)
        return;
    /* Keys are few: one more than thousands open at once is none. */
    if (x->key_count == OPEN_KEYS)
        x->keys[0] = x->keys[--x->key_count];
    mem_grow(&x->keys, &x->key_cap, x->key_count + 1, sizeof *x->keys);
    x->keys[x->key_count++] = (struct open_key){x->source, state};
}

static int enter_source(struct extraction *x)
{
    for (size_t i = 0; i < x->key_count; i++) {
        if (x->keys[i].source != x->source)
            continue;
        int state = x->keys[i].state;
        x->keys[i] = x->keys[--x->key_count];
        return state;
    }
    return 0;
}

/* A secret that spans lines does so in its source, whatever lines of others lie between. */
static void change_stream(struct extraction *x, const struct labels *labels)
{
    if (labels == x->stream)
        return;
    labels_drop(x->stream);
    x->stream = labels ? labels_hold(labels) : NULL;
    uint64_t source = source_of(x, labels);
    if (source == x->source)
        return;
    leave_source(x);
    x->source = source;
    redact_resume(x->conf.redactor, enter_source(x));
}

static struct str clean_text(struct extraction *x, const struct line *line, struct tallies *counts)
{
    if (x->conf.redactor && redact_line(x->conf.redactor, line->text, &x->redacted, counts))
        return buf_str(&x->redacted);
    return line->text;
}

/* The line as it may be stored. */
static struct line clean_line(struct extraction *x, const struct line *line, struct tallies *counts)
{
    struct line seen = *line;
    seen.text = clean_text(x, line, counts);
    if (x->clean)
        seen.labels = clean_labels_of(x->clean, line->labels, counts);
    return seen;
}

static void on_extracted(struct extraction *x);
static void end(struct extraction *x, struct window *w, struct spool *raw, const struct err *err);

static void not_packed(struct extraction *x)
{
    loki_merge_free(x->merge);
    x->merge = NULL;
    x->cut = true;
    if (x->failed.kind == ERR_LIMIT)
        on_extracted(x);
    else
        end(x, NULL, NULL, &x->failed);
}

static void on_line(void *context, const struct line *line)
{
    struct extraction *x = context;
    if (x->conf.redactor)
        change_stream(x, line->labels);
    struct line seen = clean_line(x, line, &x->counts);
    if (x->pack && !raw_pack_add(x->pack, &seen, false, &x->failed)) {
        not_packed(x);
        return;
    }
    if (x->around)
        around_note(x->around, line);
    x->lines++;
    x->bytes += line->text.n;
    window_build_add(x->build, &seen);
}

/* ---- the end ---- */

static void end(struct extraction *x, struct window *w, struct spool *raw, const struct err *err)
{
    struct err copy = *err;
    x->conf.done(x->conf.context, w, raw, &copy);
    extraction_free(x);
}

static void finish(struct extraction *x)
{
    struct err err = {0};
    struct spool *raw = x->pack ? raw_pack_finish(x->pack, &err) : NULL;
    if (x->pack && !raw) {
        end(x, NULL, NULL, &err);
        return;
    }
    struct window *w = window_build_finish(x->build);
    x->build = NULL;
    w->bytes = x->bytes;
    w->counted = x->counted_lines;
    w->truncated = x->cut;
    w->complete = !x->conf.open && !x->cut && w->lines == w->counted;
    w->open = x->conf.open;
    w->redacted = x->counts;
    x->counts = (struct tallies){0};
    tallies_sort(&w->redacted);
    end(x, w, raw, &err);
}

static void on_around(void *context, const struct line *line, bool jumped)
{
    struct extraction *x = context;
    /* The line before may have opened a private key. A short line is no loss: the key's are of 64.
     */
    if (x->conf.redactor && jumped)
        redact_resume(x->conf.redactor, line->text.n < KEY_LINE ? 0 : REDACT_UNKNOWN);
    struct line seen = clean_line(x, line, NULL);
    if (!x->failed.kind)
        raw_pack_add(x->pack, &seen, true, &x->failed);
}

static void on_around_done(void *context, bool cut, const struct err *err)
{
    struct extraction *x = context;
    if (cut)
        log_event(LOG_WARN, "not every error got the lines around it", "rule", x->conf.rule->name,
                  NULL);
    if (err->kind)
        end(x, NULL, NULL, err);
    else
        finish(x);
}

static void start_try(struct extraction *x);

static void proved(struct extraction *x)
{
    forget_keys(x);
    if (!x->around || !around_start(x->around))
        finish(x);
}

static void on_count(void *context, uint64_t counted, const struct err *err)
{
    struct extraction *x = context;
    x->count = NULL;
    x->counted_lines = counted;
    if (err->kind)
        end(x, NULL, NULL, err);
    else
        proved(x);
}

static void on_proof(void *context, uint64_t counted, uint64_t again, const struct err *err)
{
    struct extraction *x = context;
    (void)again;
    x->proof = NULL;
    x->counted_lines = counted;
    if (err->kind && counted <= x->lines) {
        end(x, NULL, NULL, err);
    } else if (counted != x->lines && ++x->tries < TRIES) {
        clear_try(x);
        start_try(x);
    } else {
        proved(x);
    }
}

/* All lines that were wanted are there. */
static void on_extracted(struct extraction *x)
{
    const struct extraction_conf *c = &x->conf;
    x->counted_lines = x->lines;
    const char *query = buf_text(&x->counted);
    if (c->open)
        proved(x);
    else if (x->cut)
        x->count = loki_count(c->loki, query, c->from, c->to, on_count, x);
    else
        x->proof = loki_proof_start(c->loki, query, c->from, c->to, x->lines, on_proof, x);
}

static void on_done(void *context, const struct loki_merge_result *result, bool truncated)
{
    struct extraction *x = context;
    x->merge = NULL;
    x->cut = x->cut || truncated;
    if (result->err.kind)
        end(x, NULL, NULL, &result->err);
    else
        on_extracted(x);
}

static void start_around(struct extraction *x)
{
    const struct extraction_conf *c = &x->conf;
    if (!c->raw || c->rule->around <= 0)
        return;
    x->around = around_new(&(struct around_conf){.loki = c->loki,
                                                 .from = c->from - c->reach,
                                                 .to = c->to + c->reach,
                                                 .lines = c->rule->around,
                                                 .context = x,
                                                 .line = on_around,
                                                 .done = on_around_done});
}

static void start_try(struct extraction *x)
{
    const struct extraction_conf *c = &x->conf;
    x->build = window_build_new(c->cluster, c->rule->name, buf_text(&x->query), c->from, c->to,
                                c->labels, c->known);
    if (c->raw)
        x->pack = raw_pack_new(EXTRACTION_RAW_BYTES);
    start_around(x);
    if (c->redactor)
        redact_reset(c->redactor);
    const char *query = buf_text(&x->counted);
    x->merge = loki_merge_start(c->loki, &(struct loki_merge_conf){.queries = &query,
                                                                   .count = 1,
                                                                   .from = c->from,
                                                                   .to = c->to,
                                                                   .limit = c->rule->limit,
                                                                   .label = c->labels->pod,
                                                                   .context = x,
                                                                   .line = on_line,
                                                                   .done = on_done});
}

struct extraction *extraction_start(const struct extraction_conf *conf)
{
    struct extraction *x = mem_alloc(sizeof *x);
    x->conf = *conf;
    buf_init(&x->query, QUERY_ROOM);
    buf_init(&x->counted, QUERY_ROOM);
    buf_init(&x->redacted, LINE_ROOM);
    if (conf->redactor)
        x->clean = clean_labels_new(conf->redactor, conf->labels);
    rule_query(conf->rule, conf->labels, &x->query);
    rule_counted(conf->rule, conf->labels, &x->counted);
    start_try(x);
    return x;
}
