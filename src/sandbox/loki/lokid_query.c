/* Log queries over HTTP: what was found, as result streams, or as an instant. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "sandbox/loki/lokid.h"

/* Result streams: entries whose shown labels are the same. */
struct group {
    char *labels;
    struct buf values;
};

static int by_labels(const void *a, const void *b)
{
    return strcmp((*(struct group *const *)a)->labels, (*(struct group *const *)b)->labels);
}

struct groups {
    struct group **list;
    size_t count, cap;
    struct map *index;
};

static struct group *group_of(struct groups *g, const struct buf *labels)
{
    struct group *group = map_get(g->index, buf_str(labels));
    if (group)
        return group;
    group = mem_alloc(sizeof *group);
    group->labels = mem_dup(buf_text(labels));
    buf_init(&group->values, 64 << 20);
    map_put(g->index, buf_str(labels), group);
    mem_grow(&g->list, &g->cap, g->count + 1, sizeof(struct group *));
    g->list[g->count++] = group;
    return group;
}

static void free_groups(struct groups *g)
{
    for (size_t i = 0; i < g->count; i++) {
        free(g->list[i]->labels);
        buf_free(&g->list[i]->values);
        free(g->list[i]);
    }
    free(g->list);
    map_free(g->index, NULL);
}

/* A page of the wire's message between the parts of Loki: about what its protocol needs. */
static size_t part_size(const struct lokid_found *f)
{
    size_t bytes = 0;
    for (size_t i = 0; i < f->count; i++) {
        bytes += f->entries[i].text.n + 24;
        for (size_t k = 0; k < f->entries[i].label_count; k++)
            bytes +=
                strlen(f->entries[i].labels[k].name) + strlen(f->entries[i].labels[k].value) + 6;
    }
    return bytes;
}

static size_t largest_part(const struct lokid_join *j)
{
    size_t largest = 0;
    for (size_t i = 0; i < j->count; i++) {
        size_t bytes = part_size(&j->parts[i]);
        largest = bytes > largest ? bytes : largest;
    }
    return largest;
}

static void group_found(struct groups *g, const struct lokid_found *f, bool categories)
{
    struct buf labels;
    buf_init(&labels, 8 << 20);
    for (size_t i = 0; i < f->count; i++) {
        const struct lokid_entry *e = &f->entries[i];
        buf_clear(&labels);
        lokid_find_labels(&f->streams[e->stream], e, categories, &labels);
        struct group *group = group_of(g, &labels);
        if (group->values.n)
            buf_addc(&group->values, ',');
        lokid_find_value(e, categories, &group->values);
    }
    buf_free(&labels);
}

static void write_joined(struct reply *p, const struct lokid_join *j, bool categories)
{
    struct groups g = {.index = map_new()};
    struct lokid_found sum = {0};
    struct buf json;
    buf_init(&json, 256 << 20);
    for (size_t i = 0; i < j->count; i++) {
        group_found(&g, &j->parts[i], categories);
        sum.scanned += j->parts[i].scanned;
        sum.bytes += j->parts[i].bytes;
        sum.count += j->parts[i].count;
    }
    if (g.count)
        qsort(g.list, g.count, sizeof *g.list, by_labels);
    buf_printf(&json, "{\"status\":\"success\",\"data\":{\"resultType\":\"streams\",%s\"result\":[",
               categories ? "\"encodingFlags\":[\"categorize-labels\"]," : "");
    for (size_t i = 0; i < g.count; i++) {
        buf_printf(&json, "%s{\"stream\":%s,\"values\":[", i ? "," : "", g.list[i]->labels);
        buf_add(&json, g.list[i]->values.p, g.list[i]->values.n);
        buf_adds(&json, "]}");
    }
    buf_adds(&json, "]");
    lokid_stats(&json, sum.scanned, sum.bytes, sum.count);
    buf_adds(&json, "}}\n");
    lokid_json(p, buf_str(&json));
    free_groups(&g);
    buf_free(&json);
}

static void log_query(struct lokid *d, struct reply *p, const struct logql *q, int64_t start,
                      int64_t end)
{
    const char *limit_text = lokid_param(p, "limit"), *direction = lokid_param(p, "direction");
    int64_t limit = 100;
    char text[200];
    bool forward = strcmp(direction, "forward") == 0 || strcmp(direction, "FORWARD") == 0;
    if (*limit_text && (!str_to_int(str_of(limit_text), &limit) || limit <= 0)) {
        reply_text(p, 400, "limit must be a positive value");
        return;
    }
    if (*direction && !forward && strcmp(direction, "backward") != 0 &&
        strcmp(direction, "BACKWARD") != 0) {
        snprintf(text, sizeof text, "invalid direction '%.100s'", direction);
        reply_text(p, 400, text);
        return;
    }
    if (limit > LOKID_LIMIT) {
        snprintf(
            text, sizeof text,
            "max entries limit per query exceeded, limit > max_entries_limit_per_query (%lld > %d)",
            (long long)limit, LOKID_LIMIT);
        reply_text(p, 400, text);
        return;
    }
    struct lokid_join joined;
    bool categories = lokid_wants_categories(p);
    end += start == end; /* an empty span is taken for its one nanosecond */
    lokid_join_find(d, q, start, end, (size_t)limit, forward, categories, &joined);
    size_t bytes = largest_part(&joined);
    if (bytes > LOKID_PAGE) {
        snprintf(text, sizeof text,
                 "rpc error: code = ResourceExhausted desc = grpc: trying to send message larger "
                 "than max (%zu vs. %d)",
                 bytes, LOKID_PAGE);
        reply_text(p, 500, text);
    } else {
        write_joined(p, &joined, categories);
    }
    lokid_join_free(&joined);
}

/* ---- requests ---- */

/* "60", "0.5", "1m"; false: answered. */
static bool read_step(struct reply *p, int64_t start, int64_t end, int64_t *step)
{
    const char *text = lokid_param(p, "step");
    double seconds;
    if (!*text) {
        *step = (end - start) / 250 / CLOCK_SECOND * CLOCK_SECOND;
        if (*step < CLOCK_SECOND)
            *step = CLOCK_SECOND;
        return true;
    }
    if (str_to_double(str_of(text), &seconds))
        *step = (int64_t)(seconds * 1e9);
    else if (!clock_parse_span(str_of(text), step)) {
        reply_text(p, 400, "cannot parse step to a valid duration");
        return false;
    }
    if (*step <= 0)
        reply_text(p, 400,
                   "zero or negative query resolution step widths are not accepted. Try a positive "
                   "integer");
    else if ((end - start) / *step > LOKID_POINTS)
        reply_text(p, 400,
                   "exceeded maximum resolution of 11,000 points per time series. Try increasing "
                   "the value of the step parameter");
    return *step > 0 && (end - start) / *step <= LOKID_POINTS;
}

static bool check_range(struct reply *p, int64_t start, int64_t end)
{
    const int64_t most = 30 * CLOCK_DAY + CLOCK_HOUR;
    if (end < start) {
        reply_text(p, 400, "end timestamp must not be before or equal to start time");
        return false;
    }
    if (end - start <= most)
        return true;
    char text[200];
    int64_t seconds = (end - start) / CLOCK_SECOND;
    snprintf(text, sizeof text,
             "the query time range exceeds the limit (query length: %lldh%lldm%llds, limit: 30d1h)",
             (long long)(seconds / 3600), (long long)(seconds / 60 % 60),
             (long long)(seconds % 60));
    reply_text(p, 400, text);
    return false;
}

void lokid_query_range(struct lokid *d, struct reply *p)
{
    int64_t now = clock_now(), start, end, step;
    if (!lokid_time(p, "end", now, &end) || !lokid_time(p, "start", end - CLOCK_HOUR, &start))
        return;
    if (!check_range(p, start, end))
        return;
    struct logql *q = lokid_query_param(p);
    if (!q)
        return;
    if (!q->metric)
        log_query(d, p, q, start, end);
    else if (read_step(p, start, end, &step))
        lokid_metric(d, p, q, start / step * step, (end + step - 1) / step * step, step, false);
    logql_free(q);
}

void lokid_query_instant(struct lokid *d, struct reply *p)
{
    int64_t at;
    if (!lokid_time(p, "time", clock_now(), &at))
        return;
    struct logql *q = lokid_query_param(p);
    if (!q)
        return;
    if (q->metric)
        lokid_metric(d, p, q, at, at, CLOCK_SECOND, true);
    else
        reply_text(p, 400,
                   "log queries are not supported as an instant query type, please change your "
                   "query to a range query type");
    logql_free(q);
}
