#include "ui/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/kind_names.h"
#include "ui/engine.h"
#include "ui/query/queryline.h"
#include "ui/table/browse.h"
#include "ui/view.h"

enum { WORD = 300 };

static void refuse(struct app *a, const char *what, const char *name, const char *mend)
{
    char text[PANE_TEXT];
    snprintf(text, sizeof text, "%s \"%s\"%s%s", what, name, mend[0] ? ": " : "", mend);
    engine_say(a, ROLE_ERROR, text);
}

/* A namespace that the table does not have is refused only while the table is known to be whole. */
static bool namespace_exists(const struct app *a, const char *name)
{
    const struct resource *r = &a->model->namespaces;
    if (!r->table || r->upstream.state != UPSTREAM_LIVE || r->loading || !objects_count(r->table))
        return true;
    return objects_find(r->table, str_of(""), str_of(name)) != NULL;
}

static void run_ns(struct app *a, const char *rest)
{
    if (!rest[0])
        engine_show(a, "namespaces");
    else if (strcmp(rest, "all") == 0)
        moves_namespace(a->moves, "");
    else if (namespace_exists(a, rest))
        moves_namespace(a->moves, rest);
    else
        refuse(a, "There is no namespace", rest, "Tab completes, :namespaces lists them");
}

static void offer_ns(struct app *a, struct prompt *p)
{
    const struct objects *t = a->model->namespaces.table;
    prompt_offer(p, "all");
    for (size_t i = 0; t && i < objects_count(t); i++)
        prompt_offer(p, objects_at(t, i)->name);
}

static void run_ctx(struct app *a, const char *rest)
{
    const struct contexts *known = &a->model->contexts;
    if (!rest[0])
        engine_show(a, "contexts");
    else if (known->count && !contexts_find(known, rest))
        refuse(a, "The kubeconfig has no context", rest, "Tab completes, :ctx lists them");
    else
        intents_push(a->model->intents, INTENT_CONTEXT, rest, 0, 0);
}

static void run_login(struct app *a, const char *rest)
{
    (void)rest;
    intents_push(a->model->intents, INTENT_LOGIN, NULL, 0, 0);
}

static void offer_ctx(struct app *a, struct prompt *p)
{
    for (size_t i = 0; i < a->model->contexts.count; i++)
        prompt_offer(p, a->model->contexts.list[i].name);
}

void commands_at(struct app *a, const char *text)
{
    struct err err;
    int64_t at, now = engine_now(a);
    struct str word = str_trim(str_of(text));
    if (!word.n)
        return;
    if (str_is(word, "now") || str_is(word, "live"))
        moves_live(a->moves);
    else if (!clock_parse_human(word, now, &at, &err))
        engine_say_err(a, &err);
    else if (at >= now)
        engine_say(a, ROLE_ERROR, "That time has not come yet: L is live.");
    else
        moves_time(a->moves, at);
}

static void run_live(struct app *a, const char *rest)
{
    (void)rest;
    moves_live(a->moves);
}

static void run_logql(struct app *a, const char *rest)
{
    if (rest[0])
        queryline_run(a, QUESTION_LOGQL, rest);
    else
        queryline_open(a, QUESTION_LOGQL, NULL);
}

static void run_promql(struct app *a, const char *rest)
{
    enum question_language language;
    const char *query = moves_graph_query(a->moves, &language);
    if (rest[0])
        queryline_run(a, QUESTION_PROMQL, rest);
    else
        queryline_open(a, QUESTION_PROMQL, language == QUESTION_PROMQL ? query : NULL);
}

static void run_scope(struct app *a, const char *rest)
{
    (void)rest;
    queryline_give_back(a);
}

static void run_query(struct app *a, const char *rest)
{
    char name[WORD];
    snprintf(name, sizeof name, "@%s", rest);
    if (!rest[0])
        queryline_open(a, QUESTION_LOGQL, "@");
    else
        queryline_run(a, QUESTION_LOGQL, name);
}

static void offer_query(struct app *a, struct prompt *p)
{
    for (const struct querywords_saved *s = a->conf.queries; s && s->name; s++)
        prompt_offer(p, s->name);
}

static void run_open(struct app *a, const char *rest)
{
    struct address *address = mem_alloc(sizeof *address);
    struct err err;
    if (!rest[0])
        engine_say(a, ROLE_MESSAGE, "Which view? :open ADDRESS, as @ copies it.");
    else if (!address_read(str_of(rest), address, &err) || !view_open(a, address, &err))
        engine_say_err(a, &err);
    free(address);
}

static void run_theme(struct app *a, const char *rest)
{
    struct err err;
    struct theme *t = theme_load(rest, a->conf.theme_folder, &err);
    if (!t) {
        engine_say_err(a, &err);
        return;
    }
    theme_free(a->theme);
    a->theme = t;
}

static void offer_theme(struct app *a, struct prompt *p)
{
    (void)a;
    for (size_t i = 0; theme_list(i); i++)
        prompt_offer(p, theme_list(i));
}

static void run_layout(struct app *a, const char *rest)
{
    struct err err;
    if (!engine_place(a, rest, &err))
        engine_say_err(a, &err);
    else if (!engine_is_placed(a, a->focus))
        engine_focus(a, engine_front(a, 0));
}

static void offer_layout(struct app *a, struct prompt *p)
{
    (void)a;
    for (size_t i = 0; layout_list(i); i++)
        prompt_offer(p, layout_list(i));
}

void commands_owner(struct app *a)
{
    struct object_ref ref;
    struct browse_view view;
    char kind[OBJECT_REF_KIND];
    if (!pane_object(engine_focused(a), &ref) || !ref.owner[0]) {
        engine_say(a, ROLE_MESSAGE, "Nothing is known to own this.");
        return;
    }
    struct str name = str_of(ref.owner), word;
    str_cut(&name, '/', &word);
    snprintf(kind, sizeof kind, "%.*s", (int)word.n, word.p);
    const struct kind *known = served_find(a->model->served, kind);
    if (known && !object_ref_kind(known, kind))
        return;
    browse_view(&view, kind);
    if (!known || known->namespaced)
        str_copy(view.at_namespace, sizeof view.at_namespace, ref.namespace_);
    str_copy(view.at_name, sizeof view.at_name, name.p);
    browse_push(a->browse, &view);
    engine_show(a, "resource");
}

static void run_highlight(struct app *a, const char *rest)
{
    char text[PANE_TEXT];
    if (!rest[0]) {
        highlights_clear(&a->highlights);
        engine_say(a, ROLE_MESSAGE, "No word is marked any more.");
        return;
    }
    enum highlights_result result = highlights_turn(&a->highlights, rest);
    if (result == HIGHLIGHTS_FULL) {
        refuse(a, "There is no colour left for", rest,
               ":highlight with a marked word takes it back, alone all of them");
        return;
    }
    snprintf(text, sizeof text, "\"%.200s\" is %s.", rest,
             result == HIGHLIGHTS_ADDED ? "marked in log lines" : "marked no more");
    engine_say(a, ROLE_MESSAGE, text);
}

static void offer_highlight(struct app *a, struct prompt *p)
{
    for (size_t i = 0; i < HIGHLIGHTS_MOST; i++)
        if (a->highlights.list[i].word)
            prompt_offer(p, a->highlights.list[i].word);
}

static void run_pf(struct app *a, const char *rest)
{
    (void)rest;
    engine_show(a, "forwards");
}

static void run_quit(struct app *a, const char *rest)
{
    (void)rest;
    a->quit = true;
}

const struct commands_row commands_table[] = {
    {"ns", "NAME|all", "the namespace; without a name the list of them", run_ns, offer_ns},
    {"ctx", "NAME", "another context of the kubeconfig; without a name the list of them", run_ctx,
     offer_ctx},
    {"login", "", "log in to the cluster again; the login may ask here", run_login, NULL},
    {"at", "TIME", "go to a time: 13:00, 90m, 2d, 2021-08-27T13:00:00+09:00", commands_at, NULL},
    {"live", "", "back to now", run_live, NULL},
    {"logql", "QUERY", "the lines of this query, or its chart; alone: edit the one there is",
     run_logql, NULL},
    {"promql", "QUERY", "a chart of this Prometheus query; alone: edit the one there is",
     run_promql, NULL},
    {"query", "NAME", "a query of loki.queries in the configuration", run_query, offer_query},
    {"open", "ADDRESS", "the view at an address, as @ copies it", run_open, NULL},
    {"scope", "", "the log query follows the scope again", run_scope, NULL},
    {"theme", "NAME", "the colours", run_theme, offer_theme},
    {"layout", "NAME", "where the panes stand", run_layout, offer_layout},
    {"highlight", "WORD", "mark a word in log lines, or take it back; alone: all of them",
     run_highlight, offer_highlight},
    {"pf", "", "the forwarded ports", run_pf, NULL},
    {"q", "", "quit", run_quit, NULL},
    {"quit", "", NULL, run_quit, NULL},
};
const size_t commands_count = sizeof commands_table / sizeof *commands_table;

static bool begins(const char *name, const char *word)
{
    return strncmp(name, word, strlen(word)) == 0;
}

static const char *name_at(size_t i)
{
    return i < commands_count ? commands_table[i].name : pane_table[i - commands_count]->name;
}

/* The row, or the pane behind the rows, of that name, or SIZE_MAX. */
static size_t find(const char *word)
{
    size_t all = commands_count + pane_count, i = 0;
    while (i < all && strcmp(name_at(i), word) != 0)
        i++;
    return i < all ? i : SIZE_MAX;
}

/* The only one whose name begins so, or SIZE_MAX; *several: there are more. */
static size_t find_beginning(const char *word, bool *several)
{
    size_t found = SIZE_MAX, all = commands_count + pane_count, matches = 0;
    for (size_t i = 0; i < all; i++) {
        if (begins(name_at(i), word)) {
            found = i;
            matches++;
        }
    }
    *several = matches > 1;
    return matches == 1 ? found : SIZE_MAX;
}

/* What stands outside the layout covers the focused pane, and goes back to it. */
static void show_pane(struct app *a, size_t pane)
{
    if (engine_is_placed(a, pane))
        engine_focus(a, pane);
    else
        engine_enter(a, pane);
}

static void run_found(struct app *a, size_t i, struct str rest)
{
    char *argument = mem_dup_n(rest.p, rest.n);
    if (i >= commands_count)
        show_pane(a, i - commands_count);
    else
        commands_table[i].run(a, argument);
    free(argument);
}

/* Nodes, pods and events have panes of their own. */
static void show_resource(struct app *a, const char *resource, struct str namespace_)
{
    struct browse_view view;
    size_t own = find(resource);
    if (namespace_.n) {
        char *name = mem_dup_n(namespace_.p, namespace_.n);
        run_ns(a, name);
        free(name);
    }
    if (own != SIZE_MAX && own >= commands_count) {
        show_pane(a, own - commands_count);
    } else if (browse_view(&view, resource)) {
        browse_push(a->browse, &view);
        engine_show(a, "resource");
    }
}

/* No name of a resource holds anything else. */
static bool may_be_resource(const char *word)
{
    return word[0] && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789.-")];
}

/* A resource by any of its names, or by the beginning of its plural; false: none is called so. */
static bool run_resource(struct app *a, const char *word, struct str rest)
{
    const struct served *served = a->model->served;
    char name[OBJECT_REF_KIND];
    if (kind_names_secret(word)) {
        engine_say(a, ROLE_ERROR, "kubeboard never lists Secrets: use kubectl where you must.");
        return true;
    }
    const struct kind *kind = served_find(served, word);
    if (kind && object_ref_kind(kind, name))
        show_resource(a, name, rest);
    else if (!served_count(served) && may_be_resource(word)) /* the source will know */
        show_resource(a, word, rest);
    else
        return false;
    return true;
}

static void refuse_word(struct app *a, const char *word, bool several)
{
    const struct kind *near[SERVED_NEAR];
    char text[PANE_TEXT], name[OBJECT_REF_KIND];
    size_t count = served_near(a->model->served, word, near), n = 0;
    if (several || !count) {
        refuse(a, several ? "More than one command begins with" : "There is no command or resource",
               word, "? lists commands, Tab completes");
        return;
    }
    n = (size_t)snprintf(text, sizeof text,
                         "There is no command or resource \"%s\". Near it: ", word);
    for (size_t i = 0; i < count && n < sizeof text; i++)
        if (object_ref_kind(near[i], name))
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? ", " : "", name);
    engine_say(a, ROLE_ERROR, text);
}

void commands_run(struct app *a, const char *line)
{
    struct str rest = str_trim(str_of(line)), word;
    char name[WORD];
    bool several = false;
    if (!str_cut(&rest, ' ', &word) || !word.n)
        return;
    snprintf(name, sizeof name, "%.*s", (int)word.n, word.p);
    rest = str_trim(rest);
    size_t i = find(name);
    if (i == SIZE_MAX && served_find(a->model->served, name) && run_resource(a, name, rest))
        return;
    if (i == SIZE_MAX)
        i = find_beginning(name, &several);
    if (i != SIZE_MAX)
        run_found(a, i, rest);
    else if (several || !run_resource(a, name, rest))
        refuse_word(a, name, several);
}

/* A name that is not a command's or a pane's already. */
static void offer_name(struct prompt *p, const char *name)
{
    if (find(name) == SIZE_MAX)
        prompt_offer(p, name);
}

static void offer_resources(struct app *a, struct prompt *p)
{
    const struct served *served = a->model->served;
    char name[OBJECT_REF_KIND], part_text[OBJECT_REF_KIND];
    for (size_t i = 0; i < served_count(served); i++)
        if (!kind_names_secret(served_at(served, i)->name))
            offer_name(p, served_at(served, i)->name);
    for (size_t i = 0; i < served_count(served); i++) {
        struct str rest = str_of(served_at(served, i)->short_names), part;
        while (str_cut(&rest, ' ', &part)) {
            snprintf(part_text, sizeof part_text, "%.*s", (int)part.n, part.p);
            if (part.n)
                offer_name(p, part_text);
        }
        if (object_ref_kind(served_at(served, i), name) && strchr(name, '.'))
            offer_name(p, name);
    }
}

void commands_offers(void *app, struct prompt *p, struct str before)
{
    struct app *a = app;
    bool several;
    char name[WORD];
    struct str word = str_trim(before);
    if (!word.n) {
        for (size_t i = 0; i < commands_count + pane_count; i++)
            prompt_offer(p, name_at(i));
        offer_resources(a, p);
        return;
    }
    snprintf(name, sizeof name, "%.*s", (int)word.n, word.p);
    const struct kind *kind = served_find(a->model->served, name);
    size_t i = find(name);
    if (i == SIZE_MAX && !kind)
        i = find_beginning(name, &several);
    if (i < commands_count && commands_table[i].offers)
        commands_table[i].offers(a, p);
    else if (kind && kind->namespaced)
        offer_ns(a, p);
}
