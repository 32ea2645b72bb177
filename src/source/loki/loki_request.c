#include "source/loki/loki_request.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "source/loki/loki_query.h"

/*
 * Labels are not asked for in categories (X-Loki-Response-Encoding-Flags: categorize-labels),
 * though that would keep streams whole: with it Loki swallows every error behind the first line
 * (the Err() of its categorizing iterator forgets the one of the iterator inside; seen with 3.4),
 * and answers 200 with lines missing. What Loki adds to a line or a stream of its own accord is
 * dropped instead: else a stream's lines of one nanosecond come in several result streams, and how
 * they lay among each other is lost.
 *
 * Loki sends nothing while it works; its own time-out is some minutes at most. */
enum { IDLE_MS = 5 * 60 * 1000, FORM_MAX = 1 << 20 };
#define APART "| label_format " LOKI_PAGE_MOMENT "=`{{unixEpochNanos __timestamp__}}` "
#define DROP "| drop detected_level, __stream_shard__"

struct loki_request {
    struct loki *loki;
    struct http_request *http;
    struct loki_page *page;
    struct err broken; /* what the page's parser said */
    char *query;       /* with its stages */
    int64_t from, to;
    int limit;
    bool backward, apart;
    bool dropped; /* sent with DROP */
    int64_t sent_at;
    void *context;
    void (*done)(void *context, struct loki_page *page, const struct err *err);
};

static void free_request(struct loki_request *r)
{
    loki_page_free(r->page);
    free(r->query);
    free(r);
}

static bool on_chunk(void *context, struct str bytes)
{
    struct loki_request *r = context;
    return loki_page_feed(r->page, bytes, &r->broken);
}

static void send(struct loki_request *r);

static void on_done(void *context, struct http_request *http, int status, struct str body,
                    const struct err *http_err)
{
    struct loki_request *r = context;
    struct err err = r->broken.kind ? r->broken : *http_err;
    struct loki_page *page = NULL;
    (void)body;
    if (!err.kind && loki_page_finish(r->page, &err) && loki_page_is_metric(r->page))
        err_set(&err, ERR_REFUSED, "", "a query of log lines is needed here",
                "this query gives numbers, not lines");
    loki_note_answer(r->loki, http, status, r->sent_at, &err);
    if (loki_learn_no_drop(r->loki, r->query, r->dropped, &err)) {
        send(r);
        return;
    }
    if (!err.kind) {
        page = r->page;
        r->page = NULL;
        loki_page_sort(page, r->backward, false);
        if (loki_shuffles(r->loki))
            loki_page_sort_crowds(page, r->backward);
    }
    void (*done)(void *, struct loki_page *, const struct err *) = r->done;
    void *owner = r->context;
    free_request(r);
    done(owner, page, &err);
}

static void add_number(struct buf *form, bool *first, const char *name, int64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)number);
    conn_query(form, first, name, text);
}

static void send(struct loki_request *r)
{
    struct buf form;
    bool first = true;
    r->dropped = loki_knows_drop(r->loki);
    char *query = loki_query_with(r->query, !r->dropped ? "" : r->apart ? APART DROP : DROP);
    buf_init(&form, FORM_MAX);
    conn_query(&form, &first, "query", query);
    add_number(&form, &first, "start", r->from);
    add_number(&form, &first, "end", r->to);
    add_number(&form, &first, "limit", r->limit);
    conn_query(&form, &first, "direction", r->backward ? "backward" : "forward");
    r->sent_at = clock_now();
    r->http = loki_send(
        r->loki, "/loki/api/v1/query_range", buf_str(&form),
        &(struct http_call){.idle_ms = IDLE_MS, .context = r, .chunk = on_chunk, .done = on_done});
    buf_free(&form);
    free(query);
}

struct loki_request *loki_request_send(struct loki *l, const struct loki_request_conf *conf)
{
    struct loki_request *r = mem_alloc(sizeof *r);
    *r = (struct loki_request){.loki = l,
                               .page = loki_page_new(conf->max_bytes, false),
                               .from = conf->from,
                               .to = conf->to,
                               .limit = conf->limit,
                               .backward = conf->backward,
                               .apart = conf->apart,
                               .context = conf->context,
                               .done = conf->done};
    r->query = conf->stages ? loki_query_with(conf->query, conf->stages) : mem_dup(conf->query);
    send(r);
    return r;
}

void loki_request_cancel(struct loki_request *r)
{
    if (!r)
        return;
    http_cancel(r->http);
    free_request(r);
}
