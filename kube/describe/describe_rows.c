#include "kube/describe/describe_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/describe/describe_parts.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"

enum { SHOWN = 100, STATUSES = 8, TEXT_LONGEST = 2048 };

/* An element as the row that kinds.h makes of it. */
struct line {
    struct object *row;
    const struct json *element;
    int64_t rank; /* the higher the earlier; then by name */
};

struct lines {
    struct objects *table; /* makes the rows */
    struct line *list;
    size_t count;
};

static int by_rank(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    return str_compare_natural(x->row->name, y->row->name);
}

/* `rank` may look at the row and at the page's object. */
static struct lines lines_of(const struct kinds_row *kind, const struct json *object,
                             const struct json *list,
                             int64_t (*rank)(const struct line *line, const struct json *object))
{
    struct lines l = {.table = objects_new(&kind->kind),
                      .list = mem_array(json_count(list) + 1, sizeof *l.list)};
    for (const struct json *e = json_first(list); e; e = json_next(e)) {
        struct line *line = &l.list[l.count];
        *line = (struct line){.row = kinds_make(&kind->kind, l.table, e), .element = e};
        if (!line->row)
            continue;
        line->rank = rank(line, object);
        l.count++;
    }
    qsort(l.list, l.count, sizeof *l.list, by_rank);
    return l;
}

static void lines_free(struct lines *l)
{
    for (size_t i = 0; i < l->count; i++)
        objects_discard(l->table, l->list[i].row);
    objects_free(l->table);
    free(l->list);
}

static const union cell *cell(const struct lines *l, const struct line *line, const char *title)
{
    return &line->row->cells[objects_column(objects_kind(l->table), title)];
}

/* The age behind what the line says, and the way there. */
static void add(struct page *p, const struct lines *l, const struct line *line, struct buf *text,
                int64_t now)
{
    char age[CLOCK_TEXT];
    if (line->row->created)
        buf_printf(text, ", %s old", clock_age(now - line->row->created, age));
    page_field(p, line->row->name, describe_parts_health(line->row->health), buf_text(text));
    page_link(p, objects_kind(l->table)->object_kind, line->row->namespace_, line->row->name);
}

static void add_lines(struct page *p, const struct lines *l, int64_t now, const struct json *object,
                      void (*say)(struct buf *text, const struct lines *l, const struct line *line,
                                  const struct json *object))
{
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    for (size_t i = 0; i < l->count && i < SHOWN; i++) {
        buf_clear(&text);
        say(&text, l, &l->list[i], object);
        add(p, l, &l->list[i], &text, now);
    }
    buf_free(&text);
    if (l->count > SHOWN)
        page_textf(p, PAGE_DIM, "and %zu more", l->count - SHOWN);
}

/* ---- pods ---- */

static int64_t by_health(const struct line *line, const struct json *object)
{
    (void)object;
    return line->row->health;
}

static void say_pod(struct buf *text, const struct lines *l, const struct line *line,
                    const struct json *object)
{
    const union cell *ready = cell(l, line, "READY");
    long long restarts = (long long)cell(l, line, "RESTARTS")->number;
    const char *node = cell(l, line, "NODE")->text;
    (void)object;
    trouble_add(text, cell(l, line, "STATUS")->text);
    buf_printf(text, " %d/%d", (int)ready->pair.part, (int)ready->pair.whole);
    if (restarts)
        buf_printf(text, ", %lld restart%s", restarts, restarts == 1 ? "" : "s");
    if (*node)
        buf_printf(text, ", on %.253s", node);
}

/* "3 Running, 1 Pending" */
static void add_statuses(struct page *p, const struct lines *l)
{
    const char *seen[STATUSES];
    size_t counts[STATUSES], n = 0, others = 0;
    struct buf text;
    for (size_t i = 0; i < l->count; i++) {
        const char *status = cell(l, &l->list[i], "STATUS")->text; /* interned */
        size_t k = 0;
        while (k < n && seen[k] != status)
            k++;
        if (k == n && n == STATUSES) {
            others++;
            continue;
        }
        if (k == n) {
            seen[n] = status;
            counts[n++] = 0;
        }
        counts[k]++;
    }
    buf_init(&text, TEXT_LONGEST);
    for (size_t k = 0; k < n; k++) {
        trouble_part(&text, ", ");
        buf_printf(&text, "%zu %.100s", counts[k], seen[k]);
    }
    if (others)
        buf_printf(&text, ", %zu others", others);
    page_text(p, PAGE_TEXT, buf_text(&text));
    buf_free(&text);
}

void describe_rows_pods(struct page *p, const struct json *object, const struct json *list,
                        int64_t now)
{
    struct lines l = lines_of(&kind_pod, object, list, by_health);
    if (l.count > 1)
        add_statuses(p, &l);
    add_lines(p, &l, now, object, say_pod);
    lines_free(&l);
}

enum health describe_rows_judge_pods(struct buf *words, enum health health,
                                     const struct json *object, const struct json *list)
{
    if (health < HEALTH_WARN)
        return health;
    struct lines l = lines_of(&kind_pod, object, list, by_health);
    if (l.count && *l.list[0].row->trouble) {
        trouble_part(words, "; ");
        buf_printf(words, "pod %.253s: ", l.list[0].row->name);
        trouble_add(words, l.list[0].row->trouble);
    }
    lines_free(&l);
    return health;
}

/* ---- replica sets ---- */

#define REVISION_MOST (INT64_C(1) << 40)
#define REVISION "deployment.kubernetes.io/revision"

static int64_t revision(const struct json *object)
{
    const struct json *annotations = json_get(object, "metadata.annotations");
    const char *text = json_value(json_member(annotations, REVISION));
    int64_t n;
    bool is = text && str_to_int(str_of(text), &n) && n > 0;
    return !is ? 0 : n < REVISION_MOST ? n : REVISION_MOST;
}

/* The controller writes the newest revision to the deployment, whichever set was made last. */
static bool is_new(const struct line *line, const struct json *deployment)
{
    return revision(line->element) && revision(line->element) == revision(deployment);
}

static int64_t by_revision(const struct line *line, const struct json *deployment)
{
    int64_t place = is_new(line, deployment) ? 3 : line->row->health != HEALTH_DONE ? 2 : 1;
    return place * 2 * REVISION_MOST + revision(line->element);
}

static void say_replicaset(struct buf *text, const struct lines *l, const struct line *line,
                           const struct json *deployment)
{
    long long wanted = (long long)cell(l, line, "DESIRED")->number,
              ready = (long long)cell(l, line, "READY")->number;
    buf_adds(text, is_new(line, deployment) ? "new" : "old");
    if (revision(line->element))
        buf_printf(text, ", revision %lld", (long long)revision(line->element));
    buf_printf(text, ": %lld of %lld ready, ", ready, wanted);
    trouble_add(text, cell(l, line, "IMAGES")->text);
}

void describe_rows_replicasets(struct page *p, const struct json *deployment,
                               const struct json *list, int64_t now)
{
    struct lines l = lines_of(&kind_replicaset, deployment, list, by_revision);
    add_lines(p, &l, now, deployment, say_replicaset);
    lines_free(&l);
}

/* ---- jobs ---- */

static int64_t by_age(const struct line *line, const struct json *object)
{
    (void)object;
    return line->row->created;
}

static void say_job(struct buf *text, const struct lines *l, const struct line *line,
                    const struct json *object)
{
    const char *duration = cell(l, line, "DURATION")->text;
    (void)object;
    buf_printf(text, "%s %s", cell(l, line, "STATUS")->text, cell(l, line, "COMPLETIONS")->text);
    if (*duration)
        buf_printf(text, " in %s", duration);
    if (*line->row->trouble) {
        buf_adds(text, ": ");
        trouble_add(text, line->row->trouble);
    }
}

void describe_rows_jobs(struct page *p, const struct json *cronjob, const struct json *list,
                        int64_t now)
{
    struct lines l = lines_of(&kind_job, cronjob, list, by_age);
    add_lines(p, &l, now, cronjob, say_job);
    lines_free(&l);
}
