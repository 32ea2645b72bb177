/* Discovery and `get`: recorded answers of 1.20 and 1.36, Tables of the server's, plain lists, one object, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "kube/discovery.h"
#include "kube/get.h"
#include "kube/kinds/kinds.h"
#include "kube/watch.h"
#include "tests/wire/kube_bench.h"

struct test {
    struct kube_bench *bench;
    struct discovery *discovery;
    /* the server */
    bool aggregated; /* discovery as from 1.26 on */
    bool groups_away;
    void (*answer)(struct test *t, struct server_request *r);
    struct server_request *stream;
    char asked[4096], accept[512];
    int pages;
    /* what came */
    bool done;
    int ends;
    struct err err;
    const struct kind *kind;
    char columns[1024], rows[8192];
    size_t count;
    int stop_after; /* the row that asks for no more; 0: none */
};

static const char crd[] =
    "{\"kind\":\"APIResourceList\",\"groupVersion\":\"events.k8s.io/v1\",\"resources\":["
    "{\"name\":\"widgets\",\"singularName\":\"widget\",\"namespaced\":true,\"kind\":\"Widget\","
    "\"shortNames\":[\"wd\"]},"
    "{\"name\":\"widgets/status\",\"namespaced\":true,\"kind\":\"Widget\"}]}";

static void answer_discovery(struct test *t, struct server_request *r, const char *path)
{
    bool wants_aggregated = strstr(server_header(r, "Accept"), "APIGroupDiscoveryList");
    assert_true(wants_aggregated);
    if (t->aggregated && strcmp(path, "/api") == 0)
        server_reply(
            r, 200, "application/json", NULL,
            str_of("{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{},\"versions\":[{"
                   "\"version\":\"v1\",\"resources\":[{\"resource\":\"serviceaccounts\","
                   "\"responseKind\":{"
                   "\"kind\":\"ServiceAccount\"},\"scope\":\"Namespaced\",\"shortNames\":[\"sa\"]}]"
                   "}]}]}"));
    else if (t->aggregated)
        kube_bench_replay(r, "v1.36/apis-aggregated-discovery.http", 0);
    else if (strcmp(path, "/api") == 0)
        kube_bench_replay(r, "v1.20/api.http", 0);
    else if (strcmp(path, "/api/v1") == 0)
        kube_bench_replay(r, "v1.20/api.http", 1);
    else if (strcmp(path, "/apis") == 0)
        kube_bench_replay(r, "v1.20/apis.http", 0);
    else if (t->groups_away)
        server_reply(r, 503, "text/plain", NULL, str_of("service unavailable\n"));
    else if (strcmp(path, "/apis/events.k8s.io/v1") == 0)
        server_reply(r, 200, "application/json", NULL, str_of(crd));
    else
        server_reply(
            r, 200, "application/json", NULL,
            str_of("{\"kind\":\"APIResourceList\",\"groupVersion\":\"x/v1\",\"resources\":[]}"));
}

static bool is_discovery(const char *path)
{
    int slashes = 0;
    for (const char *p = path; *p; p++)
        slashes += *p == '/';
    return strcmp(path, "/api") == 0 || strcmp(path, "/api/v1") == 0 ||
           (strncmp(path, "/apis", 5) == 0 && slashes < 4);
}

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    size_t n = strlen(t->asked);
    snprintf(t->asked + n, sizeof t->asked - n, "%s ", server_raw_target(r));
    str_copy(t->accept, sizeof t->accept, server_header(r, "Accept"));
    if (is_discovery(server_path(r)))
        answer_discovery(t, r, server_path(r));
    else
        t->answer(t, r);
}

/* ---- what comes ---- */

static void on_found(void *context, const struct kind *kind, const struct err *err)
{
    struct test *t = context;
    t->done = true;
    t->ends++;
    t->kind = kind;
    t->err = *err;
}

static void on_columns(void *context, const struct kind *kind)
{
    struct test *t = context;
    size_t n = 0;
    t->columns[0] = '\0';
    for (size_t i = 0; i < kind->column_count; i++)
        n += (size_t)snprintf(t->columns + n, sizeof t->columns - n, "%s%s ",
                              kind->columns[i].wide ? "+" : "", kind->columns[i].title);
}

static bool on_row(void *context, const struct object *row)
{
    struct test *t = context;
    size_t n = strlen(t->rows);
    snprintf(t->rows + n, sizeof t->rows - n, "%s/%s ", row->namespace_, row->name);
    return !t->stop_after || --t->stop_after;
}

static bool on_object(void *context, struct str json)
{
    struct test *t = context;
    size_t n = strlen(t->rows);
    snprintf(t->rows + n, sizeof t->rows - n, "%.*s\n", (int)json.n, json.p);
    return !t->stop_after || --t->stop_after;
}

static void on_done(void *context, size_t count, const struct err *err)
{
    struct test *t = context;
    t->done = true;
    t->ends++;
    t->count = count;
    t->err = *err;
}

static const struct kind *find(struct test *t, const char *name)
{
    t->done = false;
    t->ends = 0;
    discovery_find(t->discovery, name, on_found, t);
    assert_false(t->done); /* never from inside */
    assert_true(kube_bench_until(t->bench, &t->done, 5000));
    assert_int_equal(t->ends, 1);
    return t->kind;
}

static void get(struct test *t, const struct kind *kind, const char *ns, const char *name,
                bool objects)
{
    struct get_conf conf = {
        .kind = kind, .namespace_ = ns, .name = name, .context = t, .done = on_done};
    if (objects) {
        conf.object = on_object;
    } else {
        conf.columns = on_columns;
        conf.row = on_row;
    }
    t->done = false;
    t->ends = 0;
    t->rows[0] = t->asked[0] = t->columns[0] = '\0';
    get_start(t->bench->client, &conf);
    assert_true(kube_bench_until(t->bench, &t->done, 15000));
    assert_int_equal(t->ends, 1);
}

static int set_up(void **state)
{
    struct test *t = mem_alloc(sizeof *t);
    t->bench = kube_bench_new(t, handle);
    t->discovery = discovery_new(t->bench->client);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    discovery_free(t->discovery);
    kube_bench_free(t->bench);
    free(t);
    return 0;
}

/* ---- discovery ---- */

static void kinds_of_ours_need_no_question(void **state)
{
    struct test *t = *state;
    assert_ptr_equal(find(t, "po"), kinds_find("pods"));
    assert_int_equal(t->bench->requests, 0);
    assert_null(find(t, "secrets"));
    assert_int_equal(t->err.kind, ERR_USAGE);
    assert_int_equal(t->bench->requests, 0);
}

static void resources_of_1_20(void **state)
{
    struct test *t = *state;
    const struct kind *kind = find(t, "sa");
    assert_non_null(kind);
    assert_string_equal(kind->name, "serviceaccounts");
    assert_string_equal(kind->api, "/api/v1");
    assert_string_equal(kind->singular, "serviceaccount");
    /* Every version of every group, once: cron jobs are in v1beta1 only. */
    assert_non_null(strstr(t->asked, "/apis/events.k8s.io/v1beta1 "));
    assert_int_equal(t->bench->requests, 3 + 7);
    assert_string_equal(find(t, "wd")->name, "widgets");
    assert_string_equal(find(t, "ResourceQuota")->name, "resourcequotas");
    assert_false(find(t, "cs")->namespaced);
    assert_int_equal(t->bench->requests, 3 + 7);
    assert_null(find(t, "nonsense"));
    assert_int_equal(t->err.kind, ERR_NOT_FOUND);
    assert_string_equal(t->err.what, "the server doesn't have a resource type \"nonsense\"");
    assert_true(discovery_count(t->discovery) > 10);
    assert_string_equal(discovery_at(t->discovery, 0)->api, "/api/v1");
}

static void resources_of_1_36(void **state)
{
    struct test *t = *state;
    t->aggregated = true;
    assert_string_equal(find(t, "sa")->name, "serviceaccounts");
    assert_int_equal(t->bench->requests, 2);
    const struct kind *kind = find(t, "apiservice");
    assert_string_equal(kind->api, "/apis/apiregistration.k8s.io/v1");
    assert_false(kind->namespaced);
}

static void a_group_that_is_away(void **state)
{
    struct test *t = *state;
    t->groups_away = true;
    assert_string_equal(find(t, "quota")->name, "resourcequotas");
    assert_null(find(t, "nonsense"));
    assert_int_equal(t->err.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(t->err.what, "one of its groups did not answer: service unavailable"));
}

/* What was not told because a request broke off is asked for again soon. */
static void a_group_that_comes_back(void **state)
{
    struct test *t = *state;
    t->groups_away = true;
    assert_null(find(t, "wd"));
    size_t asked = t->bench->requests;
    assert_null(find(t, "wd"));
    assert_int_equal(t->bench->requests, asked);
    t->groups_away = false;
    kube_bench_wait(t->bench, 1100);
    assert_non_null(find(t, "wd"));
}

static void words_for_several(void **state)
{
    struct test *t = *state;
    const struct kind *kinds[8];
    assert_null(find(t, "all"));
    assert_int_equal(discovery_category(t->discovery, "all", kinds, 8), 3);
    assert_string_equal(kinds[0]->name, "pods");
    assert_string_equal(kinds[1]->name, "replicationcontrollers");
    assert_string_equal(kinds[2]->name, "services");
    assert_int_equal(discovery_category(t->discovery, "all", kinds, 2), 2);
    assert_int_equal(discovery_category(t->discovery, "al", kinds, 8), 0);
    assert_int_equal(discovery_category(t->discovery, "", kinds, 8), 0);
}

static void a_server_that_is_away(void **state)
{
    struct test *t = *state;
    kube_bench_stop(t->bench);
    assert_null(find(t, "sa"));
    assert_int_equal(t->err.kind, ERR_AWAY);
    kube_bench_start(t->bench);
    assert_non_null(find(t, "sa")); /* asked again */
    /* Forgotten and freed while under way. */
    discovery_find(t->discovery, "later.example.org", on_found, t);
    discovery_forget(t->discovery, t);
    t->ends = 0;
    kube_bench_wait(t->bench, 100);
    assert_int_equal(t->ends, 0);
}

/* ---- lists ---- */

static void two_pages(struct test *t, struct server_request *r)
{
    const char *token = server_query(r, "continue");
    t->pages++;
    kube_bench_replay(r, "v1.20/pods-limit-continue.http", token ? 1 : 0);
}

/* The recorded pages go on for ever (their third token was never asked for): the test ends it by a false. */
static void pods_of_a_recording(void **state)
{
    struct test *t = *state;
    t->answer = two_pages;
    t->stop_after = 4;
    get(t, kinds_find("pods"), "", NULL, false);
    assert_int_equal(t->err.kind, ERR_CANCELLED);
    assert_int_equal(t->count, 4);
    assert_string_equal(t->rows, "data/api-8wc2fdh9cv-bh7zm data/api-8wc2fdh9cv-bqt4j "
                                 "/api-cclgs6gkwm-9vcmv /api-cclgs6gkwm-9vcmv ");
    assert_int_equal(strncmp(t->columns, "READY STATUS RESTARTS +LAST RESTART +IP +NODE ", 46), 0);
    assert_non_null(strstr(t->asked, "/api/v1/pods?limit=100 "));
    assert_non_null(strstr(t->asked, "/api/v1/pods?limit=500&continue=eyJ2"));
}

/* Three objects on two pages; the first page breaks off behind its second object, twice. */
static void cut_pages(struct test *t, struct server_request *r)
{
    static const char first[] =
        "{\"kind\":\"NodeList\",\"metadata\":{\"resourceVersion\":\"77\",\"continue\":\"more\"},"
        "\"items\":[{\"metadata\":{"
        "\"name\":\"a\"}},{\"metadata\":{\"name\":\"b\"}},{\"metadata\":{\"na";
    static const char rest[] = "me\":\"c\"}}]}";
    static const char second[] =
        "{\"kind\":\"NodeList\",\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"d\"}}]}";
    if (server_query(r, "continue")) {
        server_reply(r, 200, "application/json", NULL, str_of(second));
        return;
    }
    server_stream(r, 200, "application/json", NULL);
    server_stream_add(r, str_of(first));
    bool cut = t->pages++ < 2;
    if (!cut)
        server_stream_add(r, str_of(rest));
    server_stream_end(r, cut);
}

static void each_row_once_and_in_order(void **state)
{
    struct test *t = *state;
    t->answer = cut_pages;
    get(t, kinds_find("nodes"), "", NULL, false);
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_string_equal(t->rows, "/a /b /c /d ");
    assert_int_equal(t->pages, 3);
    /* The first page again, of the same revision: else what was passed over might be something else. */
    assert_non_null(strstr(t->asked, "limit=100&resourceVersion=77&resourceVersionMatch=Exact "));
}

static void always_cut(struct test *t, struct server_request *r)
{
    t->pages = 0;
    cut_pages(t, r);
}

static void a_page_that_always_breaks(void **state)
{
    struct test *t = *state;
    t->answer = always_cut;
    get(t, kinds_find("nodes"), "", NULL, false);
    assert_int_equal(t->err.kind, ERR_AWAY);
    assert_int_equal(t->count, 2);
}

static void table(struct test *t, struct server_request *r)
{
    struct buf body, last;
    assert_non_null(strstr(t->accept, "as=Table"));
    kube_bench_recorded("v1.36/pods-table.http", 0, &body);
    /* The recorded head names a further page: cut that token out. */
    char *token = strstr(body.p, "\"continue\""), *end = strchr(token, ',');
    buf_init(&last, 1 << 20);
    buf_add(&last, body.p, (size_t)(token - body.p));
    buf_adds(&last, end + 1);
    server_reply(r, 200, "application/json", NULL, buf_str(&last));
    buf_free(&last);
    buf_free(&body);
}

static void rows_that_the_server_makes(void **state)
{
    struct test *t = *state;
    const struct kind *kind = find(t, "quota");
    assert_int_equal(kind->column_count, 0);
    t->answer = table;
    get(t, kind, "shop", NULL, false);
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_int_equal(t->count, 3);
    assert_string_equal(t->columns,
                        "NAME READY STATUS RESTARTS +IP +NODE +NOMINATED NODE +READINESS GATES ");
    assert_int_equal(strncmp(t->rows, "data/", 5), 0);
    assert_int_equal(strncmp(t->asked, "/api/v1/namespaces/shop/resourcequotas?limit=100", 48), 0);
    assert_int_equal(kind->column_count, 8);
}

/* Kinds of ours, as they are printed: the words are the server's, of whatever version it is. */
static bool on_cells(void *context, const struct object *row)
{
    struct test *t = context;
    char text[256];
    size_t n = strlen(t->rows);
    for (size_t i = 0; i < t->kind->column_count; i++)
        n += (size_t)snprintf(t->rows + n, sizeof t->rows - n, "%s|",
                              object_cell_text(t->kind, row, i, 0, text, sizeof text));
    snprintf(t->rows + n, sizeof t->rows - n, "\n");
    return true;
}

static void get_printed(struct test *t, const char *name, bool wide)
{
    t->kind = discovery_printed(t->discovery, kinds_find(name), wide);
    t->done = false;
    t->rows[0] = t->asked[0] = t->columns[0] = '\0';
    get_start(t->bench->client, &(struct get_conf){.kind = t->kind,
                                                   .namespace_ = "",
                                                   .context = t,
                                                   .columns = on_columns,
                                                   .row = on_cells,
                                                   .done = on_done});
    assert_true(kube_bench_until(t->bench, &t->done, 15000));
    assert_int_equal(t->err.kind, ERR_NONE);
}

static void pods_in_the_words_of_1_36(void **state)
{
    struct test *t = *state;
    t->answer = table;
    get_printed(t, "pods", false);
    assert_ptr_equal(t->kind, discovery_printed(t->discovery, kinds_find("po"), false));
    assert_null(strstr(t->asked, "includeObject"));
    assert_string_equal(t->columns, "NAME READY STATUS RESTARTS ");
    assert_non_null(strstr(t->rows, "|0/1|CrashLoopBackOff|54 (3m38s ago)|"));
    assert_null(strstr(t->rows, "10.128.5.2"));
    get_printed(t, "pods", true);
    assert_non_null(strstr(
        t->columns, "NAME READY STATUS RESTARTS +IP +NODE +NOMINATED NODE +READINESS GATES "));
    assert_non_null(strstr(t->rows, "|0/1|CrashLoopBackOff|54 (3m38s ago)|10.128.5.2|"));
}

/* The words of the server, and behind them what only we print, made of the object. */
static void whole_table(struct test *t, struct server_request *r)
{
    (void)t;
    server_reply(
        r, 200, "application/json", NULL,
        str_of(
            "{\"kind\":\"Table\",\"metadata\":{\"resourceVersion\":\"5\"},\"columnDefinitions\":["
            "{\"name\":\"Name\",\"format\":\"name\"},{\"name\":\"Schedule\"},{\"name\":\"New\"}],"
            "\"rows\":[{\"cells\":[\"cj\",\"its "
            "words\",7],\"object\":{\"metadata\":{\"name\":\"cj\","
            "\"namespace\":\"n\",\"managedFields\":[{\"a\":1}]},\"spec\":{\"schedule\":\"@daily\","
            "\"timeZone\":\"Asia/Seoul\",\"suspend\":true}}}]}"));
}

static void what_only_we_print_stands_behind(void **state)
{
    struct test *t = *state;
    t->answer = whole_table;
    get_printed(t, "cronjobs", true);
    assert_non_null(strstr(t->asked, "includeObject=Object"));
    assert_string_equal(t->columns, "NAME SCHEDULE NEW TIMEZONE SUSPEND ACTIVE LAST SCHEDULE "
                                    "+CONTAINERS +IMAGES +SELECTOR +LAST SUCCESS ");
    assert_int_equal(strncmp(t->rows, "cj|its words|7|Asia/Seoul|True|0|", 33), 0);
    assert_true(discovery_is_blank(t->kind, 1));
    assert_false(discovery_is_blank(t->kind, 3));
}

static void empty_table(struct test *t, struct server_request *r)
{
    (void)t;
    server_reply(
        r, 200, "application/json", NULL,
        str_of("{\"kind\":\"Table\",\"metadata\":{\"resourceVersion\":\"5\"},\"columnDefinitions\":"
               "[{\"name\":\"Name\"},{\"name\":\"Data\"}],\"rows\":[]}"));
}

static void no_rows_but_columns(void **state)
{
    struct test *t = *state;
    t->answer = empty_table;
    get(t, find(t, "quota"), "", NULL, false);
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_int_equal(t->count, 0);
    assert_string_equal(t->columns, "NAME DATA ");
}

/* An aggregated API that makes no Tables: the list is asked for again as it is. */
static void plain_list(struct test *t, struct server_request *r)
{
    (void)t;
    server_reply(r, 200, "application/json", NULL,
                 str_of("{\"kind\":\"WidgetList\",\"metadata\":{\"resourceVersion\":\"5\"},"
                        "\"items\":[{\"metadata\":{\"name\":\"a\",\"namespace\":\"n\"}},{"
                        "\"metadata\":{\"name\":\"b\",\"namespace\":\"n\"}}]}"));
}

static void a_server_without_tables(void **state)
{
    struct test *t = *state;
    t->answer = plain_list;
    get(t, find(t, "wd"), "", NULL, false);
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_string_equal(t->rows, "n/a n/b ");
    assert_string_equal(t->columns, "");
}

static void whole_objects_of_a_list(void **state)
{
    struct test *t = *state;
    t->answer = plain_list;
    get(t, kinds_find("events"), "", NULL, true);
    assert_string_equal(t->rows, "{\"kind\":\"Event\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":"
                                 "\"a\",\"namespace\":\"n\"}}\n"
                                 "{\"kind\":\"Event\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":"
                                 "\"b\",\"namespace\":\"n\"}}\n");
    const struct kind *widgets = find(t, "wd");
    get(t, widgets, "", NULL, true);
    assert_non_null(strstr(t->rows, "{\"kind\":\"Widget\",\"apiVersion\":\"events.k8s.io/v1\","));
    assert_null(strstr(t->accept, "Table"));
}

/* ---- one object ---- */

static void one_pod(struct test *t, struct server_request *r)
{
    (void)t;
    server_reply(r, 200, "application/json", NULL,
                 str_of("{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\","
                        "\"namespace\":\"n\"}}"));
}

static void one_by_name(void **state)
{
    struct test *t = *state;
    t->answer = one_pod;
    get(t, kinds_find("pods"), "n", "a", false);
    assert_string_equal(t->rows, "n/a ");
    assert_string_equal(t->asked, "/api/v1/namespaces/n/pods/a ");
    get(t, kinds_find("pods"), "", "a", true); /* in the context's namespace */
    assert_string_equal(t->rows, "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":"
                                 "\"a\",\"namespace\":\"n\"}}\n");
    assert_string_equal(t->asked, "/api/v1/namespaces/shop/pods/a ");
    t->answer = table;
    get(t, find(t, "wd"), "n", "a", false);
    assert_int_equal(t->count, 1);
}

static void not_found(struct test *t, struct server_request *r)
{
    (void)t;
    kube_bench_replay(r, "v1.20/not-found.http", 0);
}

static void errors_end_it(void **state)
{
    struct test *t = *state;
    t->answer = not_found;
    get(t, kinds_find("pods"), "shop", "no-such-pod", false);
    assert_int_equal(t->err.kind, ERR_NOT_FOUND);
    assert_string_equal(t->err.what, "pods \"no-such-pod\" not found");
    assert_string_equal(t->columns, "");
    static const struct kind secrets = {
        .name = "secrets", .api = "/api/v1", .object_kind = "Secret", .namespaced = true};
    size_t before = t->bench->requests;
    get(t, &secrets, "", NULL, true);
    assert_int_equal(t->err.kind, ERR_USAGE);
    assert_int_equal(t->bench->requests, before);
    struct get *g =
        get_start(t->bench->client,
                  &(struct get_conf){
                      .kind = kinds_find("nodes"), .row = on_row, .context = t, .done = on_done});
    get_cancel(g);
    kube_bench_wait(t->bench, 50);
}

static void names_as_kubectl_prints_them(void **state)
{
    static const struct kind deployments = {
        .name = "deployments", .object_kind = "Deployment", .api = "/apis/apps/v1"};
    /* The kind in small letters, whatever it calls one of them. */
    static const struct kind odd = {.name = "podses",
                                    .singular = "pod",
                                    .object_kind = "Pods",
                                    .api = "/apis/x.example.com/v1"};
    (void)state;
    char *name = get_name(&deployments, "api");
    assert_string_equal(name, "deployment.apps/api");
    free(name);
    name = get_name(kinds_find("po"), "x");
    assert_string_equal(name, "pod/x");
    free(name);
    name = get_name(&odd, "x");
    assert_string_equal(name, "pods.x.example.com/x");
    free(name);
}

/* ---- watching a kind of the server's ---- */

static void forget_stream(void *context)
{
    struct test *t = context;
    t->stream = NULL;
}

static void table_and_watch(struct test *t, struct server_request *r)
{
    if (!server_query(r, "watch")) {
        server_reply(r, 200, "application/json", NULL,
                     str_of("{\"kind\":\"Table\",\"metadata\":{\"resourceVersion\":\"5\"},"
                            "\"columnDefinitions\":[{\"name\":\"Name\",\"format\":\"name\"},{"
                            "\"name\":\"Size\"},{\"name\":\"Age\"}],"
                            "\"rows\":[{\"cells\":[\"a\",1,\"5s\"],\"object\":{\"metadata\":{"
                            "\"name\":\"a\",\"namespace\":\"n\",\"resourceVersion\":\"4\"}}}]}"));
        return;
    }
    t->stream = r;
    server_on_end(r, forget_stream, t);
    server_stream(r, 200, "application/json", NULL);
}

static void a_table_is_followed(void **state)
{
    struct test *t = *state;
    struct resource resource = {0};
    const struct kind *kind = find(t, "wd");
    t->answer = table_and_watch;
    struct watch *w =
        watch_new(t->bench->client, kind, "", &(struct watch_conf){.changed = NULL}, &resource);
    assert_null(resource.table); /* its columns are not known yet */
    for (int i = 0; i < 200 && !t->stream; i++)
        kube_bench_wait(t->bench, 10);
    assert_non_null(t->stream);
    assert_int_equal(resource.upstream.state, UPSTREAM_LIVE);
    assert_string_equal(objects_at(resource.table, 0)->cells[1].text, "1");
    server_stream_add(
        t->stream,
        str_of("{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Table\",\"metadata\":{"
               "\"resourceVersion\":\"6\"},\"columnDefinitions\":[],\"rows\":[{\"cells\":[\"a\",2,"
               "\"6s\"],\"object\":{\"metadata\":{\"name\":\"a\",\"namespace\":\"n\","
               "\"resourceVersion\":\"6\"}}}]}}\n"
               "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Table\",\"columnDefinitions\":null,"
               "\"rows\":[{\"cells\":[\"b\",7,\"0s\"],\"object\":{\"metadata\":{\"name\":\"b\","
               "\"namespace\":\"n\",\"resourceVersion\":\"7\"}}}]}}\n"
               "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Table\",\"columnDefinitions\":null,"
               "\"rows\":[{\"cells\":[\"\",\"\",\"\"],\"object\":{\"metadata\":{"
               "\"resourceVersion\":\"9\",\"creationTimestamp\":null}}}]}}\n"));
    kube_bench_wait(t->bench, 50);
    assert_int_equal(objects_count(resource.table), 2);
    const struct object *a = objects_find(resource.table, str_of("n"), str_of("a"));
    assert_string_equal(a->cells[1].text, "2");
    server_stream_end(t->stream, false);
    t->stream = NULL;
    for (int i = 0; i < 200 && !t->stream; i++)
        kube_bench_wait(t->bench, 10);
    assert_non_null(strstr(t->bench->last, "resourceVersion=9&"));
    /* Its definition was changed: a row of other columns is not shown under these. */
    server_stream_add(
        t->stream,
        str_of("{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Table\",\"columnDefinitions\":[{"
               "\"name\":\"Name\",\"format\":\"name\"},{\"name\":\"Colour\"},{\"name\":\"Age\"}],"
               "\"rows\":[{\"cells\":[\"a\",\"red\",\"6s\"],\"object\":{\"metadata\":{\"name\":"
               "\"a\",\"namespace\":\"n\",\"resourceVersion\":\"10\"}}}]}}\n"));
    for (int i = 0; i < 200 && resource.upstream.state == UPSTREAM_LIVE; i++)
        kube_bench_wait(t->bench, 10);
    assert_int_equal(resource.upstream.state, UPSTREAM_STALE);
    assert_false(discovery_is_current(t->discovery, kind));
    a = objects_find(resource.table, str_of("n"), str_of("a"));
    assert_string_equal(a->cells[1].text, "2");
    watch_free(w);
    objects_free(resource.table);
}

static void recorded_watch(struct test *t, struct server_request *r)
{
    if (!server_query(r, "watch"))
        server_reply(
            r, 200, "application/json", NULL,
            str_of("{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}"));
    else if (!t->pages++)
        kube_bench_replay(r, t->aggregated ? "v1.36/watch-pods.http" : "v1.20/watch-pods.http", 0);
    else
        server_reply(r, 500, "text/plain", NULL, str_of("over"));
}

static void on_event(void *context, enum watch_event event, const struct object *row,
                     struct str json)
{
    struct test *t = context;
    size_t n = strlen(t->rows);
    (void)json;
    snprintf(t->rows + n, sizeof t->rows - n, "%c%s:%s ", "+*-"[event], row -> name,
             row -> cells[1].text);
}

static void recorded_watches(void **state)
{
    struct test *t = *state;
    t->answer = recorded_watch;
    for (int version = 0; version < 2; version++) {
        struct resource resource = {0};
        t->aggregated = version;
        t->pages = 0;
        t->rows[0] = '\0';
        struct watch *w =
            watch_new(t->bench->client, kinds_find("pods"), "shop",
                      &(struct watch_conf){.event = on_event, .context = t}, &resource);
        for (int i = 0; i < 200 && t->pages < 2; i++)
            kube_bench_wait(t->bench, 10);
        assert_string_equal(t->rows, "+watched-pod:Pending *watched-pod:Running "
                                     "*watched-pod:Terminating -watched-pod:Terminating ");
        assert_non_null(
            strstr(t->bench->last, version ? "resourceVersion=1614&" : "resourceVersion=1543&"));
        watch_free(w);
        objects_free(resource.table);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(kinds_of_ours_need_no_question),
        TEST(resources_of_1_20),
        TEST(resources_of_1_36),
        TEST(a_group_that_is_away),
        TEST(a_group_that_comes_back),
        TEST(words_for_several),
        TEST(a_server_that_is_away),
        TEST(pods_of_a_recording),
        TEST(each_row_once_and_in_order),
        TEST(a_page_that_always_breaks),
        TEST(rows_that_the_server_makes),
        TEST(pods_in_the_words_of_1_36),
        TEST(what_only_we_print_stands_behind),
        TEST(no_rows_but_columns),
        TEST(a_server_without_tables),
        TEST(whole_objects_of_a_list),
        TEST(one_by_name),
        TEST(errors_end_it),
        TEST(names_as_kubectl_prints_them),
        TEST(a_table_is_followed),
        TEST(recorded_watches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
