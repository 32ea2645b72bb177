#include "tests/wire/fake_loki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/regex.h"

enum { LIMIT = 5000 };

/* ---- the query ---- */

/* A Go string literal at *p. */
static void literal(const char **p, char *out, size_t size)
{
    size_t n = 0;
    for ((*p)++; **p && **p != '"'; (*p)++) {
        char ch = **p;
        if (ch == '\\')
            ch = *++*p == 'n' ? '\n' : **p == 't' ? '\t' : **p;
        if (n + 1 < size)
            out[n++] = ch;
    }
    out[n] = '\0';
    if (**p)
        (*p)++;
}

static const char *label_of(const struct fake_loki_line *l, const char *name, size_t n)
{
    if (n == 9 && !memcmp(name, "namespace", n))
        return l->namespace_;
    if (n == 3 && !memcmp(name, "pod", n))
        return l->pod;
    return n == 3 && !memcmp(name, "app", n) ? "web" : "";
}

static bool regex_fits(const char *pattern, const char *text, bool whole)
{
    char *full = whole ? mem_printf("^(?:%s)$", pattern) : mem_dup(pattern);
    struct regex *r = regex_new(full, REGEX_DEFAULT, NULL);
    bool fits = r && regex_matches(r, str_of(text));
    regex_free(r);
    free(full);
    return fits;
}

/* One label filter: pod="a" or pod="b", pod!="a" and pod!="b". What is none fits. */
static bool filter_fits(const struct fake_loki_line *l, const char *p)
{
    char text[4096];
    bool fit = true;
    for (char joined = '|'; joined; p += strcspn(p, " ") + 1) {
        size_t n = strcspn(p, "=! ");
        bool wanted = p[n] == '=';
        const char *value = p + n + (p[n] == '!') + 1;
        if (p[n] == ' ' || !p[n] || *value != '"')
            return fit;
        literal(&value, text, sizeof text);
        bool equal = (strcmp(text, label_of(l, p, n)) == 0) == wanted;
        fit = joined == 'o' ? fit || equal : fit && equal;
        joined = strncmp(value, " or ", 4) == 0 ? 'o' : strncmp(value, " and ", 5) == 0 ? 'a' : 0;
        p = value + (joined != 0);
    }
    return fit;
}

/* The label filters behind the selector. */
static bool labels_fit(const struct fake_loki_line *l, const char *p)
{
    while ((p = strstr(p, " | ")))
        if (!filter_fits(l, p += 3))
            return false;
    return true;
}

static bool fits(const struct fake_loki_line *l, const char *query)
{
    char text[4096];
    const char *p = strchr(query, '{') + 1;
    while (*p && *p != '}') {
        size_t n = strcspn(p, "=!");
        const char *value = label_of(l, p, n), *operator= p + n;
        p += n + (operator[1] == '=' || operator[1] == '~' ? 2 : 1);
        literal(&p, text, sizeof text);
        bool equal = operator[1] == '~' ? regex_fits(text, value, true) : strcmp(text, value) == 0;
        if (equal != (*operator== '='))
            return false;
        p += *p == ',';
    }
    if (!labels_fit(l, p))
        return false;
    for (p = p + 1; (p = strstr(p, "~ \""));) {
        bool wanted = p[-1] == '|';
        p += 2;
        literal(&p, text, sizeof text);
        if (regex_fits(text, l->text, false) != wanted)
            return false;
    }
    return true;
}

/* ---- answers ---- */

static bool failed(const struct fake_loki *f, struct canned_answer *a)
{
    if (!f->fail)
        return false;
    a->status = f->fail;
    a->type = "text/plain";
    buf_adds(&a->body, "out of order\n");
    return true;
}

/* A page that is being answered. */
struct answer {
    const struct fake_loki_line *lines[2 * LIMIT];
    size_t count;
    bool shuffles, lengths; /* lengths: instead of the texts */
};

static bool is_of_stream(const struct fake_loki_line *a, const struct fake_loki_line *b)
{
    return strcmp(a->namespace_, b->namespace_) == 0 && strcmp(a->pod, b->pod) == 0;
}

/* Returns the bytes of the text. */
static size_t write_value(struct json_out *o, const struct fake_loki_line *l, bool length)
{
    char time[32], number[32];
    const char *text = l->text;
    if (length) {
        snprintf(number, sizeof number, "%zu", strlen(text));
        text = number;
    }
    snprintf(time, sizeof time, "%lld", (long long)l->time);
    json_out_array(o, NULL);
    json_out_text(o, NULL, time);
    json_out_text(o, NULL, text);
    json_out_end_array(o);
    return strlen(text);
}

/* The lines of one nanosecond the other way round. */
static void turn_ties(const struct fake_loki_line **lines, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && lines[end]->time == lines[i]->time;)
            end++;
        for (size_t a = i, b = end - 1; end - i > 2 && a < b; a++, b--) {
            const struct fake_loki_line *swap = lines[a];
            lines[a] = lines[b];
            lines[b] = swap;
        }
    }
}

/* Takes the first line's stream out of the page and writes it. */
static size_t write_stream(struct json_out *o, struct answer *page)
{
    const struct fake_loki_line **own = mem_array(page->count, sizeof *own), *l = page->lines[0];
    size_t n = 0, kept = 0, bytes = 0;
    for (size_t i = 0; i < page->count; i++)
        if (is_of_stream(page->lines[i], l))
            own[n++] = page->lines[i];
        else
            page->lines[kept++] = page->lines[i];
    page->count = kept;
    if (page->shuffles && n > 12)
        turn_ties(own, n);
    json_out_object(o, NULL);
    json_out_object(o, "stream");
    json_out_text(o, "app", "web");
    json_out_text(o, "namespace", l->namespace_);
    json_out_text(o, "pod", l->pod);
    json_out_end_object(o);
    json_out_array(o, "values");
    for (size_t i = 0; i < n; i++)
        bytes += write_value(o, own[i], page->lengths);
    json_out_end_array(o);
    json_out_end_object(o);
    free(own);
    return bytes;
}

static void refuse(struct canned_answer *a, int status, const char *words)
{
    buf_clear(&a->body);
    a->status = status;
    a->type = "text/plain";
    buf_adds(&a->body, words);
}

/* Whether a real Loki would have refused the page. */
static bool over_bounds(struct fake_loki *f, int64_t limit, size_t bytes, struct canned_answer *a)
{
    char words[200];
    int most = f->most ? f->most : LIMIT;
    if (limit > most) {
        snprintf(words, sizeof words,
                 "max entries limit per query exceeded, limit > max_entries_limit%s (%lld > %d)\n",
                 f->old ? "" : "_per_query", (long long)limit, most);
        refuse(a, 400, words);
        return true;
    }
    if (!f->message_bytes || bytes <= f->message_bytes)
        return false;
    snprintf(words, sizeof words,
             "rpc error: code = ResourceExhausted desc = trying to send message larger than max "
             "(%zu vs. %zu)",
             bytes, f->message_bytes);
    refuse(a, 500, words);
    f->too_large++;
    return true;
}

static bool is_too_long(const struct fake_loki *f, int64_t span, struct canned_answer *a)
{
    if (!f->longest || span <= f->longest)
        return false;
    refuse(a, 400, "");
    buf_printf(&a->body,
               "the query time range exceeds the limit (query length: %llds, limit: %lldms)\n",
               (long long)(span / 1000000000), (long long)(f->longest / 1000000));
    return true;
}

static bool is_too_old(const struct fake_loki *f, const char *query, struct canned_answer *a)
{
    const char *drop = strstr(query, "| drop ");
    int line = 1;
    if (f->old && !drop && strstr(query, "__line__")) {
        refuse(a, 400, "parse error : function \"__line__\" not defined\n");
        return true;
    }
    if (!f->old || !drop)
        return false;
    for (const char *p = query; p <= drop; p++)
        line += *p == '\n';
    refuse(a, 400, "");
    buf_printf(&a->body, "parse error at line %d, col 8: syntax error: unexpected IDENTIFIER\n",
               line);
    return true;
}

/* Each part is asked for `limit` lines, until there are enough; what is too much is then left out
 * behind the first line, where a real one's heap goes wrong. */
static size_t cut_parts(const struct fake_loki *f, struct answer *page, size_t limit)
{
    size_t n = 0, own = 0, over;
    for (; n < page->count; n++, own++) {
        if (n && page->lines[n]->time / f->splits != page->lines[n - 1]->time / f->splits) {
            if (n >= limit)
                break;
            own = 0;
        }
        if (own == limit)
            break;
    }
    over = n > limit ? n - limit : 0;
    memmove(page->lines + 1, page->lines + 1 + over, (n - 1 - over) * sizeof *page->lines);
    return n - over;
}

static void delay(struct fake_loki *f, struct canned_answer *a)
{
    size_t beside = canned_waiting(f->server);
    f->beside[beside < FAKE_LOKI_BESIDE ? beside : FAKE_LOKI_BESIDE]++;
    a->delay_ms = f->delay_ms;
}

static void range(void *context, const struct canned_request *r, struct canned_answer *a)
{
    struct fake_loki *f = context;
    char *query = mem_dup(canned_field(r, "query"));
    int64_t from = canned_number(r, "start", 0), to = canned_number(r, "end", 0);
    int64_t limit = canned_number(r, "limit", 100);
    size_t bytes = 0;
    const char *direction = canned_field(r, "direction");
    bool backward = direction && strcmp(direction, "backward") == 0;
    f->pages++;
    if (f->silent) {
        f->silent--;
        a->delay_ms = 60 * 1000;
    }
    bool in_lane = strstr(query, "pod=~\".*[") != NULL;
    f->in_lanes += in_lane;
    if (in_lane)
        delay(f, a);
    if (f->fail_from && from <= f->fail_from && f->fail_from < to &&
        (!f->fail_query || strstr(query, f->fail_query))) {
        a->status = 500;
        buf_adds(&a->body, "broken chunk");
        free(query);
        return;
    }
    if (!failed(f, a) && !is_too_long(f, to - from, a) && !is_too_old(f, query, a)) {
        struct json_out o = {.b = &a->body};
        json_out_object(&o, NULL);
        json_out_text(&o, "status", "success");
        json_out_object(&o, "data");
        json_out_text(&o, "resultType", "streams");
        json_out_array(&o, "result");
        struct answer *page = mem_alloc(sizeof *page);
        page->lengths = strstr(query, "| line_format `{{len __line__}}`") != NULL;
        page->shuffles = f->shuffles && !strstr(query, "| label_format __moment__=`");
        size_t most = (size_t)(limit < LIMIT ? limit : LIMIT);
        for (size_t i = 0; i < f->count && page->count < (f->splits ? 2 : 1) * most; i++) {
            const struct fake_loki_line *l = &f->lines[backward ? f->count - 1 - i : i];
            bool lost = f->whole_ms_lost && l->time == from && from % 1000000 == 0;
            /* A real one takes an empty span for one nanosecond. */
            if (l->time >= from && l->time < to + (from == to) && !lost && fits(l, query))
                page->lines[page->count++] = l;
        }
        if (f->splits && page->count)
            page->count = cut_parts(f, page, most);
        while (page->count)
            bytes += write_stream(&o, page);
        free(page);
        json_out_end_array(&o);
        json_out_end_object(&o);
        json_out_end_object(&o);
        over_bounds(f, limit, bytes, a);
    }
    free(query);
}

/* sum(count_over_time(QUERY [600000ms])) at `time`: the lines in (time - span, time]. */
static void instant(void *context, const struct canned_request *r, struct canned_answer *a)
{
    struct fake_loki *f = context;
    char *query = mem_dup(canned_field(r, "query"));
    const char *span = strrchr(query, '[');
    bool deviation = strstr(query, "count(stdvar_over_time(") != NULL;
    bool distinct = deviation || strstr(query, "] > 0)") || strstr(query, "]) > 0)");
    int64_t time = canned_number(r, "time", 0), n = distinct ? f->differ_more : f->counts_more;
    int64_t ms = span ? strtoll(span + 1, NULL, 10) : 0;
    f->counts++;
    if (deviation && f->old) {
        refuse(a, 400, "parse error : function \"__line__\" not defined\n");
    } else if (f->uncountable) {
        refuse(a, 400, "pipeline error: 'JSONParserErr' for series: '{}'.\n");
    } else if (f->counts_to_fail) {
        f->counts_to_fail--;
        refuse(a, 503, "busy\n");
    } else if (!failed(f, a) && !is_too_old(f, query, a) && !is_too_long(f, ms * 1000000, a)) {
        for (size_t i = 0; i < f->count; i++)
            n += f->lines[i].time > time - ms * 1000000 && f->lines[i].time <= time &&
                 fits(&f->lines[i], query);
        buf_printf(&a->body,
                   "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{"
                   "\"metric\":{},"
                   "\"value\":[%lld,\"%lld\"]}]}}",
                   (long long)(time / 1000000000), (long long)n);
    }
    free(query);
}

static void names(void *context, const struct canned_request *r, struct canned_answer *a)
{
    (void)r;
    if (!failed(context, a))
        buf_adds(&a->body, "{\"status\":\"success\",\"data\":[\"app\",\"namespace\",\"pod\"]}");
}

static void push(void *context, const struct canned_request *r, struct canned_answer *a)
{
    struct fake_loki *f = context;
    if (failed(f, a))
        return;
    buf_add(&f->pushes, r->body.p, r->body.n);
    buf_addc(&f->pushes, '\n');
    a->status = 204;
}

struct fake_loki *fake_loki_new(struct canned *c)
{
    struct fake_loki *f = mem_alloc(sizeof *f);
    f->server = c;
    buf_init(&f->pushes, 64 << 20);
    canned_on(c, "/loki/api/v1/query", instant, f);
    canned_on(c, "/loki/api/v1/query_range", range, f);
    canned_on(c, "/loki/api/v1/labels", names, f);
    canned_on(c, "/loki/api/v1/push", push, f);
    return f;
}

void fake_loki_free(struct fake_loki *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->lines[i].namespace_);
        free(f->lines[i].pod);
        free(f->lines[i].text);
    }
    free(f->lines);
    buf_free(&f->pushes);
    free(f);
}

void fake_loki_add(struct fake_loki *f, int64_t time, const char *ns, const char *pod,
                   const char *text)
{
    size_t at = f->count;
    mem_grow(&f->lines, &f->cap, f->count + 1, sizeof *f->lines);
    for (; at && f->lines[at - 1].time > time; at--)
        f->lines[at] = f->lines[at - 1];
    f->lines[at] = (struct fake_loki_line){time, mem_dup(ns), mem_dup(pod), mem_dup(text)};
    f->count++;
}
