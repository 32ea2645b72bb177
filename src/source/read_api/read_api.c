/* Windows, days and the catalogue are the objects of the store, so they are read by the model's own
 * readers. */
#include "source/read_api/read_api.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/rule.h"
#include "source/read_api/read_api_call.h"

enum { PATH = 200, DAYS_A_PAGE = 5000, ITEMS_A_PAGE = 2000, RULES_MOST = 256 };

typedef void done_rules(void *context, const char *const *rules, size_t count,
                        const struct err *err);
typedef void done_day(void *context, struct window_day *yours, const struct err *err);
typedef void done_window(void *context, struct window *yours, const struct err *err);
typedef void done_groups(void *context, struct catalogue *yours, bool rebuilt,
                         const struct err *err);

/* ---- rules ---- */

struct rules {
    char *names[RULES_MOST];
    size_t count;
};

static void free_rules(void *own)
{
    struct rules *r = own;
    for (size_t i = 0; i < r->count; i++)
        free(r->names[i]);
    free(r);
}

static bool is_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return n && n <= RULE_NAME_MAX && !name[n];
}

static void add_rule(struct rules *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->names[i], name) == 0)
            return;
    if (r->count < RULES_MOST && is_name(name))
        r->names[r->count++] = mem_dup(name);
}

static void took_rules(struct read_api_call *c, struct str body, const struct err *err)
{
    struct err why = *err;
    struct rules *r = c->own;
    const struct json *j = why.kind ? NULL : read_api_call_parse(c, body, &why);
    for (const struct json *i = json_first(json_member(j, "items")); i; i = json_next(i))
        add_rule(r, json_string(i, "rule", ""));
    if (j && read_api_call_more(c, j))
        return;
    done_rules *done = (done_rules *)c->done;
    void *context = c->context;
    c->own = NULL; /* kept for the callback */
    c->free_own = NULL;
    read_api_call_end(c);
    done(context, (const char *const *)r->names, why.kind ? 0 : r->count, &why);
    free_rules(r);
}

struct read_api_call *read_api_rules(struct read_api *a, void *context, done_rules *done)
{
    struct read_api_call *c = read_api_call_new(a, mem_alloc(sizeof(struct rules)), "/logging",
                                                context, (void (*)(void))done);
    c->free_own = free_rules;
    c->kept = true;
    c->took = took_rules;
    c->limit = DAYS_A_PAGE;
    read_api_call_send(c);
    return c;
}

/* ---- whole objects ---- */

static void took_day(struct read_api_call *c, struct str body, const struct err *err)
{
    struct err why = *err;
    struct window_day *day =
        why.kind ? NULL : window_day_from_json(body.p, body.n, buf_text(&c->path), &why);
    done_day *done = (done_day *)c->done;
    void *context = c->context;
    read_api_call_end(c);
    done(context, day, &why);
}

static void took_window(struct read_api_call *c, struct str body, const struct err *err)
{
    struct err why = *err;
    if (why.kind == ERR_NOT_FOUND)
        str_copy(why.what, sizeof why.what, "this window is not stored");
    struct window *w = why.kind ? NULL : window_from_json(body.p, body.n, buf_text(&c->path), &why);
    done_window *done = (done_window *)c->done;
    void *context = c->context;
    read_api_call_end(c);
    done(context, w, &why);
}

static void took_groups(struct read_api_call *c, struct str body, const struct err *err)
{
    struct err why = *err;
    struct catalogue *k =
        why.kind ? NULL : catalogue_from_json(body.p, body.n, buf_text(&c->path), &why);
    done_groups *done = (done_groups *)c->done;
    void *context = c->context;
    read_api_call_end(c);
    done(context, k, false, &why);
}

static struct read_api_call *
ask(struct read_api *a, const char *path, void *context, void (*done)(void),
    void (*took)(struct read_api_call *c, struct str body, const struct err *err))
{
    struct read_api_call *c = read_api_call_new(a, NULL, path, context, done);
    c->took = took;
    c->kept = true;
    read_api_call_send(c);
    return c;
}

/* A rule's name that is none is no path: the server answers 404. */
static void path_of(char path[PATH], const char *rule, int64_t time, const char *format)
{
    char when[CLOCK_TEXT];
    clock_format(time, true, format, when, sizeof when);
    snprintf(path, PATH, "/logging/%s/%s", is_name(rule) ? rule : "-", when);
}

struct read_api_call *read_api_day(struct read_api *a, const char *rule, int64_t day, void *context,
                                   done_day *done)
{
    char path[PATH];
    path_of(path, rule, day, "%Y-%m-%d");
    return ask(a, path, context, (void (*)(void))done, took_day);
}

struct read_api_call *read_api_window(struct read_api *a, const char *rule, int64_t from,
                                      void *context, done_window *done)
{
    char path[PATH];
    path_of(path, rule, from, "%Y-%m-%d/%H%M");
    return ask(a, path, context, (void (*)(void))done, took_window);
}

struct read_api_call *read_api_groups(struct read_api *a, void *context, done_groups *done)
{
    return ask(a, "/groups", context, (void (*)(void))done, took_groups);
}

/* ---- elements of a snapshot ---- */

struct list {
    struct read_api_list call;
    int64_t found;
    char cluster[64];
    size_t told;
};

static void tell_elements(struct list *l, const struct json *j)
{
    size_t most = l->call.most ? l->call.most : SIZE_MAX;
    for (const struct json *e = json_first(json_member(j, "items")); e && l->told < most;
         e = json_next(e), l->told++)
        l->call.element(l->call.context, e);
}

/* Further pages are of the snapshot that the first one was of. */
static bool more_elements(struct read_api_call *c, struct list *l, const struct json *j)
{
    char at[CLOCK_TEXT];
    if (c->pages == 1 && !l->call.at)
        read_api_call_query(c, "at", clock_rfc3339(l->found, false, at));
    return (!l->call.most || l->told < l->call.most) && read_api_call_more(c, j);
}

static void took_elements(struct read_api_call *c, struct str body, const struct err *err)
{
    struct err why = *err;
    struct list *l = c->own;
    const struct json *j = why.kind ? NULL : read_api_call_parse(c, body, &why);
    if (j && !clock_parse(str_of(json_string(j, "at", "")), false, &l->found))
        err_set(&why, ERR_PROTOCOL, read_api_place(c->owner), "is this the address of a collector?",
                "the snapshot has no time");
    if (j && !why.kind) {
        str_copy(l->cluster, sizeof l->cluster, json_string(j, "cluster", ""));
        tell_elements(l, j);
        if (more_elements(c, l, j))
            return;
    }
    struct list copy = *l;
    read_api_call_end(c);
    copy.call.done(copy.call.context, copy.found, copy.cluster, &why);
}

struct read_api_call *read_api_list(struct read_api *a, const struct read_api_list *list)
{
    struct list *l = mem_alloc(sizeof *l);
    char at[CLOCK_TEXT];
    l->call = *list;
    struct read_api_call *c = read_api_call_new(a, l, "/cluster-info", NULL, NULL);
    read_api_call_query(c, "kind", list->kind);
    if (list->namespace_ && *list->namespace_)
        read_api_call_query(c, "namespace", list->namespace_);
    if (list->at)
        read_api_call_query(c, "at", clock_rfc3339(list->at, false, at));
    c->limit = list->most && list->most < ITEMS_A_PAGE ? list->most : ITEMS_A_PAGE;
    c->kept = list->most == 1; /* whether there is a newer one */
    c->took = took_elements;
    read_api_call_send(c);
    return c;
}

/* ---- usage ---- */

static void tell_item(const struct read_api_usage *u, const struct json *times,
                      const struct json *item)
{
    char key[600];
    bool pod = strcmp(json_string(item, "kind", ""), "pod") == 0;
    const struct json *time = json_first(times), *cpu = json_first(json_member(item, "cpu")),
                      *memory = json_first(json_member(item, "memory"));
    snprintf(key, sizeof key, "%s%s%s", pod ? json_string(item, "namespace", "") : "",
             pod ? "/" : "", json_string(item, "name", ""));
    for (; time && cpu && memory;
         time = json_next(time), cpu = json_next(cpu), memory = json_next(memory)) {
        int64_t at;
        if (clock_parse(str_of(json_value(time)), false, &at))
            u->point(u->context, pod, key, at, json_as_number(cpu, NAN),
                     json_as_number(memory, NAN));
    }
}

static void took_usage(struct read_api_call *c, struct str body, const struct err *err)
{
    struct err why = *err;
    struct read_api_usage u = *(struct read_api_usage *)c->own;
    const struct json *j = why.kind ? NULL : read_api_call_parse(c, body, &why);
    const struct json *times = json_member(j, "times");
    for (const struct json *i = json_first(json_member(j, "items")); i; i = json_next(i))
        tell_item(&u, times, i);
    if (j && read_api_call_more(c, j))
        return;
    read_api_call_end(c);
    u.done(u.context, &why);
}

struct read_api_call *read_api_usage(struct read_api *a, const struct read_api_usage *usage)
{
    struct read_api_usage *own = mem_alloc(sizeof *own);
    char time[CLOCK_TEXT];
    *own = *usage;
    struct read_api_call *c = read_api_call_new(a, own, "/infra", NULL, NULL);
    read_api_call_query(c, "from", clock_rfc3339(usage->from, false, time));
    read_api_call_query(c, "to", clock_rfc3339(usage->to, false, time));
    c->limit = ITEMS_A_PAGE;
    c->took = took_usage;
    read_api_call_send(c);
    return c;
}
