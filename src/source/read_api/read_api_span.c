/* The windows of a span: which days there are is asked first, then each of them that lies in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/rule.h"
#include "source/read_api/read_api_call.h"

enum { DAYS_A_PAGE = 5000, DAYS_MOST = 4000 };

typedef void done_span(void *context, const struct window_entry *list, size_t count, size_t failed,
                       const struct err *err);

struct span {
    char rule[RULE_NAME_MAX + 1];
    int64_t from, to;
    bool listed;
    int64_t days[DAYS_MOST];
    size_t day_count, day;
    struct window_entry *list;
    size_t count, cap, failed;
    struct err last;
};

static void free_span(void *own)
{
    struct span *s = own;
    if (s)
        free(s->list);
    free(s);
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void add_days(struct span *s, const struct json *j)
{
    char time[CLOCK_TEXT];
    int64_t day;
    for (const struct json *i = json_first(json_member(j, "items")); i; i = json_next(i)) {
        snprintf(time, sizeof time, "%.10sT00:00:00Z", json_string(i, "day", ""));
        bool ours = strcmp(json_string(i, "rule", ""), s->rule) == 0;
        if (ours && clock_parse(str_of(time), false, &day) && day < s->to &&
            day + CLOCK_DAY > s->from && s->day_count < DAYS_MOST)
            s->days[s->day_count++] = day;
    }
}

static void take_day(struct span *s, const struct window_day *day)
{
    for (size_t i = 0; i < day->count; i++) {
        if (day->list[i].from < s->from || day->list[i].from >= s->to)
            continue;
        mem_grow(&s->list, &s->cap, s->count + 1, sizeof *s->list);
        s->list[s->count++] = day->list[i];
    }
}

static void finish(struct read_api_call *c, const struct err *err)
{
    struct span *s = c->own;
    done_span *done = (done_span *)c->done;
    void *context = c->context;
    struct err why = *err;
    c->own = NULL; /* kept for the callback */
    read_api_call_end(c);
    done(context, s->list, s->count, s->failed, &why);
    free_span(s);
}

static void next_day(struct read_api_call *c)
{
    struct span *s = c->own;
    char day[CLOCK_TEXT];
    if (s->day == s->day_count) {
        finish(c, &s->last);
        return;
    }
    clock_format(s->days[s->day], true, "%Y-%m-%d", day, sizeof day);
    buf_clear(&c->path);
    buf_printf(&c->path, "/logging/%s/%s", s->rule, day);
    c->limit = 0;
    read_api_call_send(c);
}

static void took(struct read_api_call *c, struct str body, const struct err *err)
{
    struct err why = *err;
    struct span *s = c->own;
    if (s->listed) {
        struct window_day *day =
            why.kind ? NULL : window_day_from_json(body.p, body.n, buf_text(&c->path), &why);
        if (day)
            take_day(s, day);
        else
            s->failed++;
        if (!day)
            s->last = why;
        window_day_free(day);
        s->day++;
        next_day(c);
        return;
    }
    const struct json *j = why.kind ? NULL : read_api_call_parse(c, body, &why);
    if (!j) {
        s->failed = 1;
        finish(c, &why);
        return;
    }
    add_days(s, j);
    if (read_api_call_more(c, j))
        return;
    s->listed = true;
    if (s->day_count)
        qsort(s->days, s->day_count, sizeof *s->days, by_time);
    next_day(c);
}

struct read_api_call *read_api_span(struct read_api *a, const char *rule, int64_t from, int64_t to,
                                    void *context, done_span *done)
{
    struct span *s = mem_alloc(sizeof *s);
    str_copy(s->rule, sizeof s->rule, rule);
    s->from = from;
    s->to = to;
    struct read_api_call *c = read_api_call_new(a, s, "/logging", context, (void (*)(void))done);
    c->free_own = free_span;
    c->took = took;
    c->limit = DAYS_A_PAGE;
    read_api_call_send(c);
    return c;
}
