/*
 * The lines stream from Loki through redaction into the packer and the grouping; nothing holds the whole window but its
 * packed form. When Loki's count and the lines differ a late line came in between: it is all done again, at most three
 * times, after which the window says that it is not complete.
 */
#include "collect/extraction.h"

#include <stdlib.h>

#include "base/gzip.h"
#include "base/mem.h"
#include "model/line_json.h"
#include "source/loki.h"
#include "source/loki_extract.h"
#include "triage/redact.h"
#include "triage/window_build.h"

enum { TRIES = 3, LINE_ROOM = 4 << 20, PIECE = 16 << 20, QUERY_ROOM = 64 << 10 };

struct extraction {
    struct extraction_conf conf;
    struct buf query;
    struct loki_extract *extract;
    struct loki_call *count;
    struct window_build *build;
    struct gzip *gzip;
    struct buf raw, line, redacted;
    struct tallies counts;
    const struct labels
        *stream; /* of the line before: a secret that spans lines does not span streams */
    uint64_t lines, bytes;
    int tries;
    bool cut;
};

static void clear_try(struct extraction *x)
{
    loki_extract_free(x->extract);
    x->extract = NULL;
    loki_cancel(x->count);
    x->count = NULL;
    window_build_free(x->build);
    x->build = NULL;
    gzip_free(x->gzip);
    x->gzip = NULL;
    tallies_free(&x->counts);
    buf_clear(&x->raw);
    labels_drop(x->stream);
    x->stream = NULL;
    x->lines = x->bytes = 0;
    x->cut = false;
}

void extraction_free(struct extraction *x)
{
    if (!x)
        return;
    clear_try(x);
    buf_free(&x->query);
    buf_free(&x->raw);
    buf_free(&x->line);
    buf_free(&x->redacted);
    free(x);
}

static void change_stream(struct extraction *x, const struct labels *labels)
{
    if (labels == x->stream)
        return;
    labels_drop(x->stream);
    x->stream = labels ? labels_hold(labels) : NULL;
    redact_reset(x->conf.redactor);
}

static void on_line(void *context, const struct line *line)
{
    struct extraction *x = context;
    struct line seen = *line;
    if (x->cut || rule_is_own(line->labels, x->conf.labels))
        return;
    if (x->conf.redactor) {
        change_stream(x, line->labels);
        if (redact_line(x->conf.redactor, line->text, &x->redacted, &x->counts))
            seen.text = buf_str(&x->redacted);
    }
    if (x->gzip) {
        buf_clear(&x->line);
        line_json_write(&x->line, &seen);
        buf_addc(&x->line, '\n');
        /* A line that no longer fits ends the window here: what was packed before it stays whole. */
        if (x->line.over || x->raw.n > EXTRACTION_RAW_BYTES ||
            !gzip_add(x->gzip, buf_str(&x->line))) {
            x->cut = true;
            return;
        }
    }
    x->lines++;
    x->bytes += line->text.n;
    window_build_add(x->build, &seen);
}

static void end(struct extraction *x, struct window *w, const struct err *err)
{
    x->conf.done(x->conf.context, w, &x->raw, err);
    extraction_free(x);
}

static void start_try(struct extraction *x);

static void finish(struct extraction *x, uint64_t counted)
{
    struct err err = {0};
    if (x->gzip && !gzip_finish(x->gzip)) {
        err_set(&err, ERR_LIMIT, x->conf.rule->name, "narrow the rule or give it a limit",
                "the window's lines do not fit");
        end(x, NULL, &err);
        return;
    }
    struct window *w = window_build_finish(x->build);
    x->build = NULL;
    w->bytes = x->bytes;
    w->counted = counted;
    w->truncated = x->cut;
    w->complete = !x->conf.open && !x->cut && w->lines == counted;
    w->open = x->conf.open;
    w->redacted = x->counts;
    x->counts = (struct tallies){0};
    tallies_sort(&w->redacted);
    end(x, w, &err);
}

static void on_count(void *context, uint64_t counted, const struct err *err)
{
    struct extraction *x = context;
    x->count = NULL;
    if (err->kind) {
        end(x, NULL, err);
    } else if (counted != x->lines && !x->cut && ++x->tries < TRIES) {
        clear_try(x);
        start_try(x);
    } else {
        finish(x, counted);
    }
}

static void on_done(void *context, const struct loki_extract_result *result, const struct err *err)
{
    struct extraction *x = context;
    x->extract = NULL;
    if (err->kind) {
        end(x, NULL, err);
        return;
    }
    x->cut = x->cut || result->truncated;
    if (x->conf.open) {
        finish(x, x->lines);
        return;
    }
    struct buf counted;
    buf_init(&counted, QUERY_ROOM);
    rule_counted(x->conf.rule, x->conf.labels, &counted);
    x->count = loki_count(x->conf.loki, buf_text(&counted), x->conf.from, x->conf.to, on_count, x);
    buf_free(&counted);
}

static void start_try(struct extraction *x)
{
    const struct extraction_conf *c = &x->conf;
    x->build = window_build_new(c->cluster, c->rule->name, buf_text(&x->query), c->from, c->to,
                                c->labels, c->known);
    if (c->raw)
        x->gzip = gzip_new(&x->raw);
    if (c->redactor)
        redact_reset(c->redactor);
    struct loki_extract_conf e = {.query = buf_text(&x->query),
                                  .from = c->from,
                                  .to = c->to,
                                  .limit = c->rule->limit,
                                  .context = x,
                                  .line = on_line,
                                  .done = on_done};
    x->extract = loki_extract_start(c->loki, &e);
}

struct extraction *extraction_start(const struct extraction_conf *conf)
{
    struct extraction *x = mem_alloc(sizeof *x);
    x->conf = *conf;
    buf_init(&x->query, QUERY_ROOM);
    buf_init(&x->raw, EXTRACTION_RAW_BYTES + PIECE);
    buf_init(&x->line, LINE_ROOM);
    buf_init(&x->redacted, LINE_ROOM);
    rule_query(conf->rule, conf->labels, &x->query);
    start_try(x);
    return x;
}
