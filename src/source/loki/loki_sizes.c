/*
 * Loki's line_format can print the length of a line instead of the line: 5,000 lines of 250 kB are
 * then 150 kB, and pass where the lines themselves would be refused. Loki before 2.4 knows no
 * __line__ and refuses the query; it does not try again on its own what is too large, so guessing
 * costs nothing there.
 */
#include "source/loki/loki_sizes.h"

#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "source/loki/loki_page.h"
#include "source/loki/loki_request.h"

#define PRINT_LENGTH " | line_format `{{len __line__}}`"
enum { OVERHEAD = 40 }; /* bytes of an entry in Loki's answers besides its text */

struct loki_sizes {
    struct loki_request *request;
    struct loki_page *page; /* the lengths as texts; NULL: not known */
    int64_t from, to;       /* what the page holds all lines of */
    int limit;
    bool backward;
    void (*done)(void *context, bool known);
    void *context;
};

void loki_sizes_free(struct loki_sizes *s)
{
    if (!s)
        return;
    loki_request_cancel(s->request);
    loki_page_free(s->page);
    free(s);
}

/* A page that is full was cut inside its last nanosecond. */
static void bound(struct loki_sizes *s)
{
    size_t n = loki_page_count(s->page);
    if (n < (size_t)s->limit)
        return;
    int64_t last = loki_page_time(s->page, n - 1);
    if (s->backward)
        s->from = last + 1;
    else
        s->to = last;
}

static void on_page(void *context, struct loki_page *page, const struct err *err)
{
    struct loki_sizes *s = context;
    s->request = NULL;
    if (!err->kind) {
        s->page = page;
        bound(s);
    }
    s->done(s->context, s->page != NULL);
}

struct loki_sizes *loki_sizes_ask(struct loki *l, const char *query, int64_t from, int64_t to,
                                  bool backward, void (*done)(void *context, bool known),
                                  void *context)
{
    struct loki_sizes *s = mem_alloc(sizeof *s);
    *s = (struct loki_sizes){.from = from,
                             .to = to,
                             .limit = loki_limit(l),
                             .backward = backward,
                             .done = done,
                             .context = context};
    s->request = loki_request_send(l, &(struct loki_request_conf){.query = query,
                                                                  .stages = PRINT_LENGTH,
                                                                  .from = from,
                                                                  .to = to,
                                                                  .limit = s->limit,
                                                                  .backward = backward,
                                                                  .context = s,
                                                                  .done = on_page});
    return s;
}

int loki_sizes_fit(const struct loki_sizes *s, int64_t from, int64_t to, size_t bytes)
{
    size_t sum = 0;
    int count = 0;
    if (!s->page || (s->backward ? to > s->to || to <= s->from : from < s->from || from >= s->to))
        return 0;
    for (size_t i = 0; i < loki_page_count(s->page); i++) {
        struct line line = loki_page_at(s->page, i);
        int64_t length = 0;
        if (line.time < from || line.time >= to)
            continue;
        str_to_int(line.text, &length);
        sum += (size_t)length + OVERHEAD;
        if (sum > bytes)
            return count ? count : 1;
        count++;
    }
    bool all = s->backward ? s->from <= from : s->to >= to;
    return all || !count ? INT_MAX : count;
}
