#include "kube/describe/describe_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/describe/describe_extra.h"
#include "kube/describe/describe_node.h"
#include "kube/describe/describe_parts.h"
#include "kube/describe/describe_pod.h"
#include "kube/kinds/condition.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"

enum { TEXT_LONGEST = 4096 };

/* ---- what is wrong ---- */

static void add_verdict(struct page *p, enum health health, const char *trouble)
{
    static const char *const calm[] = {
        [HEALTH_OK] = "nothing is wrong",     [HEALTH_UNKNOWN] = "its state is not known",
        [HEALTH_DONE] = "it is done",         [HEALTH_PENDING] = "it is on its way",
        [HEALTH_WARN] = "something is wrong", [HEALTH_BAD] = "something is wrong"};
    page_text(p, describe_parts_health(health), *trouble ? trouble : calm[health]);
}

/* Why an object that is being deleted is still there. */
static void explain_deletion(struct buf *words, const struct json *metadata)
{
    int64_t since = kinds_time(metadata, "deletionTimestamp");
    const struct json *f = json_first(json_member(metadata, "finalizers"));
    if (!since)
        return;
    trouble_part(words, "; ");
    buf_adds(words, "being deleted");
    trouble_time(words, " since", since);
    for (const char *before = ", held by "; f; f = json_next(f), before = ", ") {
        buf_adds(words, before);
        trouble_add(words, json_value(f) ? json_value(f) : "");
    }
}

/* Of a kind that we do not know: the conditions that nearly every controller writes. */
static enum health judge(struct buf *words, const struct json *object)
{
    static const char *const wanted[] = {"Ready",  "Available",   "Healthy",    "Synced",
                                         "Active", "Established", "Programmed", "Accepted"};
    enum health health = HEALTH_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (!condition_is(object, wanted[i], "False"))
            continue;
        trouble_part(words, "; ");
        buf_printf(words, "not %s: ", wanted[i]);
        condition_words(words, condition_find(object, wanted[i]));
        health = HEALTH_BAD;
    }
    return health;
}

static void add_wrong(struct page *p, const struct describe_page *d, const struct object *row,
                      const struct json *object)
{
    struct buf words;
    enum health health = row ? row->health : HEALTH_OK;
    trouble_init(&words);
    if (row)
        buf_adds(&words, row->trouble);
    else
        health = judge(&words, object);
    for (size_t i = 0; i < DESCRIBE_NEAR_MOST; i++)
        if (d->near[i].list && d->near[i].what->judge)
            health = d->near[i].what->judge(&words, health, object, d->near[i].list);
    explain_deletion(&words, json_member(object, "metadata"));
    if (words.n && health == HEALTH_OK)
        health = HEALTH_PENDING;
    add_verdict(p, health, buf_text(&words));
    buf_free(&words);
}

/* ---- fields ---- */

static void add_columns(struct page *p, const struct kind *kind, const struct object *row,
                        const struct json *object, int64_t now)
{
    char text[TEXT_LONGEST];
    for (size_t i = 0; row && i < kind->column_count; i++) {
        object_cell_text(kind, row, i, now, text, sizeof text);
        if (!*text || strcmp(text, "-") == 0)
            continue;
        if (kind->columns[i].type == CELL_TIME)
            describe_parts_time(p, kind->columns[i].title, row->cells[i].number, now);
        else
            page_field(p, kind->columns[i].title, PAGE_TEXT, text);
        describe_extra_link(p, kind, kind->columns[i].title, object);
    }
    describe_extra_fields(p, kind, object);
}

static void add_metadata(struct page *p, const struct json *metadata, int64_t now)
{
    const char *ns = json_string(metadata, "namespace", "");
    if (*ns) {
        page_field(p, "Namespace", PAGE_TEXT, ns);
        page_link(p, "Namespace", "", ns);
    }
    describe_parts_time(p, "Created", kinds_time(metadata, "creationTimestamp"), now);
    describe_parts_time(p, "Deletion", kinds_time(metadata, "deletionTimestamp"), now);
    describe_parts_owners(p, metadata);
}

static void add_labels(struct page *p, const struct json *metadata)
{
    describe_parts_map(p, "Labels", json_member(metadata, "labels"));
    describe_parts_annotations(p, json_member(metadata, "annotations"));
}

/* ---- any kind ---- */

/* A key and how much stands behind it. */
static void add_held(struct page *p, const char *title, const struct json *map)
{
    if (!json_count(map))
        return;
    page_section(p, title);
    for (const struct json *m = json_first(map); m; m = json_next(m)) {
        size_t n = json_value(m) ? strlen(json_value(m)) : 0;
        page_fieldf(p, json_name(m) ? json_name(m) : "", PAGE_DIM, "%zu byte%s", n,
                    n == 1 ? "" : "s");
    }
}

static void add_status(struct page *p, const struct json *status)
{
    bool any = false;
    for (const struct json *m = json_first(status); m; m = json_next(m)) {
        if (!json_name(m) || strcmp(json_name(m), "conditions") == 0)
            continue;
        if (!any)
            page_section(p, "Status");
        any = true;
        describe_parts_tree(p, json_name(m), m);
    }
}

static void add_spec_fields(struct page *p, const struct json *spec)
{
    for (const struct json *m = json_first(spec); m; m = json_next(m)) {
        const char *name = json_name(m) ? json_name(m) : "";
        if (strcmp(name, "jobTemplate") == 0)
            add_spec_fields(p, json_member(m, "spec"));
        else if (strcmp(name, "template") != 0 || !json_get(m, "spec.containers"))
            describe_parts_tree(p, name, m);
    }
}

/* A template of pods stands below the specification as pods are described. */
static void add_spec(struct page *p, const struct json *spec, int64_t now)
{
    static const char *const templates[] = {"template", "jobTemplate.spec.template"};
    if (!json_count(spec))
        return;
    page_section(p, "Spec");
    add_spec_fields(p, spec);
    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++)
        if (json_get(json_get(spec, templates[i]), "spec.containers"))
            describe_pod_sections(p, json_get(spec, templates[i]), now);
}

/* Everything that is not said elsewhere on the page. */
static void add_rest(struct page *p, const struct json *object, int64_t now)
{
    static const char *const said[] = {"kind",   "apiVersion", "metadata",   "spec",
                                       "status", "data",       "binaryData", "stringData"};
    add_spec(p, json_member(object, "spec"), now);
    add_status(p, json_member(object, "status"));
    add_held(p, "Data", json_member(object, "data"));
    add_held(p, "Binary data", json_member(object, "binaryData"));
    for (const struct json *m = json_first(object); m; m = json_next(m)) {
        bool known = !json_name(m);
        for (size_t i = 0; !known && i < sizeof said / sizeof *said; i++)
            known = strcmp(json_name(m), said[i]) == 0;
        if (known)
            continue;
        page_section(p, json_name(m));
        describe_parts_tree(p, "", m);
    }
}

/* ---- the page ---- */

static void add_title(struct page *p, const struct kind *kind, const struct json *metadata)
{
    const char *ns = json_string(metadata, "namespace", "");
    char *title = mem_printf("%s %s%s%s", kind->object_kind, ns, *ns ? "/" : "",
                             json_string(metadata, "name", ""));
    page_head(p, PAGE_TITLE, title);
    free(title);
}

struct page *describe_page_make(const struct describe_page *d, const struct json *object)
{
    struct page *p = page_new();
    const struct kinds_row *own = kinds_row_of(d->kind);
    struct objects *table = own ? objects_new(d->kind) : NULL;
    struct object *row = own ? kinds_make(d->kind, table, object) : NULL;
    const struct json *metadata = json_member(object, "metadata");
    bool pod = own == &kind_pod, node = own == &kind_node;
    add_title(p, d->kind, metadata);
    add_wrong(p, d, row, object);
    add_metadata(p, metadata, d->now);
    if (pod)
        describe_pod_fields(p, object, d->now);
    else if (node)
        describe_node_fields(p, object);
    else
        add_columns(p, d->kind, row, object, d->now);
    add_labels(p, metadata);
    describe_parts_conditions(p, object, d->now);
    for (size_t i = 0; i < DESCRIBE_NEAR_MOST; i++)
        if (d->near[i].what)
            describe_near_section(p, &d->near[i], object, d->now);
    describe_extra_sections(p, d->kind, object);
    if (pod)
        describe_pod_sections(p, object, d->now);
    else if (node)
        describe_node_sections(p, object, d->pods, d->no_pods);
    else
        add_rest(p, object, d->now);
    describe_parts_events(p, d->events, d->no_events, d->now);
    if (row)
        objects_discard(table, row);
    objects_free(table);
    return p;
}

struct page *describe_page_events(const struct describe_page *d, const struct json *object)
{
    struct page *p = page_new();
    add_title(p, d->kind, json_member(object, "metadata"));
    describe_parts_events_whole(p, d->events, d->no_events, d->now);
    return p;
}
