#include "tests/screen/fill.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* The columns that panes ask for, by the titles of kube/kinds/kinds.h. */
static const struct column node_columns[] = {
    {.title = "STATUS", .type = CELL_TEXT},
    {.title = "ROLES", .type = CELL_TEXT},
    {.title = "VERSION", .type = CELL_TEXT},
    {.title = "INTERNAL-IP", .type = CELL_TEXT, .wide = true},
    {.title = "ZONE", .type = CELL_TEXT, .wide = true},
    {.title = "INSTANCE", .type = CELL_TEXT, .wide = true},
};
static const struct column pod_columns[] = {
    {.title = "READY", .type = CELL_RATIO},
    {.title = "STATUS", .type = CELL_TEXT},
    {.title = "RESTARTS", .type = CELL_INT},
    {.title = "IP", .type = CELL_TEXT, .wide = true},
    {.title = "NODE", .type = CELL_TEXT, .wide = true},
    {.title = "CPU REQUEST", .type = CELL_CPU, .wide = true},
    {.title = "CPU LIMIT", .type = CELL_CPU, .wide = true},
    {.title = "MEMORY LIMIT", .type = CELL_BYTES, .wide = true},
};
static const struct column namespace_columns[] = {{.title = "STATUS", .type = CELL_TEXT}};
static const struct column event_columns[] = {
    {.title = "LAST SEEN", .type = CELL_TIME}, {.title = "TYPE", .type = CELL_TEXT},
    {.title = "REASON", .type = CELL_TEXT},    {.title = "OBJECT", .type = CELL_TEXT},
    {.title = "MESSAGE", .type = CELL_TEXT},   {.title = "COUNT", .type = CELL_INT, .wide = true},
};
#define KIND_OF(name, one, object, ns, columns)                                                    \
    {                                                                                              \
        name, one, "", "/api/v1", object, ns, columns, sizeof columns / sizeof *columns            \
    }
static const struct kind kinds[] = {
    KIND_OF("nodes", "node", "Node", false, node_columns),
    KIND_OF("pods", "pod", "Pod", true, pod_columns),
    KIND_OF("namespaces", "namespace", "Namespace", false, namespace_columns),
    KIND_OF("events", "event", "Event", true, event_columns),
};

static const struct {
    const char *name, *status, *zone;
    enum health health;
    const char *trouble;
    double cpu, memory;
} nodes[] = {
    {"ip-10-0-1-12.ap-northeast-2.compute.internal", "Ready", "ap-northeast-2a", HEALTH_OK, "", .31,
     .44},
    {"ip-10-0-1-87.ap-northeast-2.compute.internal", "Ready", "ap-northeast-2a", HEALTH_OK, "", .22,
     .39},
    {"ip-10-0-2-40.ap-northeast-2.compute.internal", "Ready", "ap-northeast-2b", HEALTH_WARN,
     "MemoryPressure: kubelet has insufficient memory available", .58, .93},
    {"ip-10-0-2-41.ap-northeast-2.compute.internal", "Ready", "ap-northeast-2b", HEALTH_OK, "", .27,
     .51},
    {"ip-10-0-3-5.ap-northeast-2.compute.internal", "Ready,SchedulingDisabled", "ap-northeast-2c",
     HEALTH_WARN, "cordoned: no new pods are scheduled here", .05, .18},
    {"ip-10-0-3-77.ap-northeast-2.compute.internal", "NotReady", "ap-northeast-2c", HEALTH_BAD,
     "NodeStatusUnknown: the kubelet stopped posting its status 4m ago", NAN, NAN},
};
enum { NODES = sizeof nodes / sizeof *nodes };

static const struct {
    const char *ns, *app, *hash;
    int count;
    double cpu, memory; /* of each, cores and MiB */
} apps[] = {
    {"shop", "checkout", "7d9f8c6b5", 5, .42, 310},
    {"shop", "cart", "5b6c7d8f9", 4, .11, 180},
    {"shop", "catalog", "6f7d8c9b4", 6, .25, 420},
    {"shop", "frontend", "84c6d7b95f", 4, .09, 150},
    {"payments", "gateway", "66d5c8f7b", 3, .35, 512},
    {"payments", "ledger", "0", 3, .2, 900},
    {"kube-system", "coredns", "558bd4d5db", 2, .02, 24},
    {"kube-system", "aws-node", "", 6, .01, 48},
    {"kube-system", "kube-proxy", "", 6, .01, 22},
    {"logging", "promtail", "", 6, .04, 96},
    {"logging", "loki", "0", 1, .61, 2100},
};
enum { APPS = sizeof apps / sizeof *apps };

static int64_t ago(int64_t now, int64_t minutes)
{
    return now - minutes * CLOCK_MINUTE;
}

void fill_empty(struct model *m)
{
    struct resource *resources[] = {&m->nodes, &m->pods, &m->namespaces, &m->events};
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        resources[i]->table = objects_new(&kinds[i]);
        upstream_connecting(&resources[i]->upstream);
    }
    str_copy(m->scope.cluster, sizeof m->scope.cluster, "prod-seoul");
    upstream_connecting(&m->logs.upstream);
    upstream_connecting(&m->metrics);
    upstream_connecting(&m->windows.upstream);
    upstream_connecting(&m->windows.open_upstream);
    m->windows.width = 10 * CLOCK_MINUTE;
}

static void all_live(struct model *m)
{
    upstream_live(&m->nodes.upstream);
    upstream_live(&m->pods.upstream);
    upstream_live(&m->namespaces.upstream);
    upstream_live(&m->events.upstream);
    upstream_live(&m->logs.upstream);
    upstream_live(&m->metrics);
    upstream_live(&m->windows.upstream);
    upstream_live(&m->windows.open_upstream);
}

static struct object *row(struct objects *t, const char *ns, const char *name, int64_t created)
{
    static uint64_t version;
    struct object *o = objects_new_row(t, str_of(ns), str_of(name));
    o->created = created;
    o->version_hash = ++version;
    return o;
}

static void text(struct object *o, const struct objects *t, const char *column, const char *value)
{
    object_set_text(o, (size_t)objects_column(objects_kind(t), column), str_of(value));
}

/* An hour of points about a value; from `since` minutes ago on they are `factor` times as much. */
static void points(struct model *m, enum metric metric, const char *key, int64_t now, double value,
                   int since, double factor)
{
    uint32_t noise = 7;
    for (const char *c = key; *c; c++)
        noise = noise * 31 + (unsigned char)*c;
    for (int i = 119; i >= 0; i--) {
        noise = noise * 1103515245 + 12345;
        double v = value * (0.85 + (noise >> 16 & 255) / 850.0);
        if (i < since * 2)
            v *= factor;
        series_add(m->series[metric], str_of(key), now - i * 30 * CLOCK_SECOND, v);
    }
}

static void fill_nodes(struct model *m, int64_t now)
{
    struct objects *t = m->nodes.table;
    for (size_t i = 0; i < NODES; i++) {
        struct object *o = row(t, "", nodes[i].name, ago(now, 60 * 24 * 41 + (int64_t)i * 977));
        o->health = nodes[i].health;
        object_set_trouble(o, str_of(nodes[i].trouble));
        text(o, t, "STATUS", nodes[i].status);
        text(o, t, "VERSION", "v1.20.7-eks-135321");
        text(o, t, "ZONE", nodes[i].zone);
        text(o, t, "INSTANCE", "m5.2xlarge");
        text(o, t, "ROLES", "");
        objects_put(t, o);
        if (isnan(nodes[i].cpu))
            continue;
        bool pressed = nodes[i].memory > .9;
        points(m, METRIC_NODE_CPU, nodes[i].name, now, nodes[i].cpu, 12, pressed ? 1.2 : 1);
        points(m, METRIC_NODE_MEMORY, nodes[i].name, now, pressed ? .62 : nodes[i].memory, 12,
               pressed ? 1.38 : 1);
    }
}

/* Two of the five checkout pods crash, one waits for its image, one was killed for its memory. */
static void spoil(struct object *o, const struct objects *t, int i)
{
    static const struct {
        const char *status, *trouble;
        enum health health;
        int restarts, ready;
    } ills[] = {
        {"CrashLoopBackOff", "CrashLoopBackOff: back-off 2m40s restarting failed container=app",
         HEALTH_BAD, 6, 0},
        {"Running", "OOMKilled 3m ago: memory limit 512Mi", HEALTH_WARN, 2, 1},
        {"ImagePullBackOff", "ImagePullBackOff: Back-off pulling image \"shop/checkout:v2.4.1\"",
         HEALTH_BAD, 0, 0},
        {"CrashLoopBackOff", "CrashLoopBackOff: back-off 1m20s restarting failed container=app",
         HEALTH_BAD, 5, 0},
        {"ContainerCreating", "ContainerCreating for 11s", HEALTH_PENDING, 0, 0},
    };
    text(o, t, "STATUS", ills[i].status);
    object_set_trouble(o, str_of(ills[i].trouble));
    o->health = ills[i].health;
    o->cells[objects_column(objects_kind(t), "RESTARTS")].number = ills[i].restarts;
    o->cells[objects_column(objects_kind(t), "READY")].pair.part = ills[i].ready;
}

static void fill_pod(struct model *m, int64_t now, size_t a, int i, size_t n)
{
    struct objects *t = m->pods.table;
    char name[100], key[160], ip[20];
    bool checkout = strcmp(apps[a].app, "checkout") == 0, plain = strcmp(apps[a].hash, "0") == 0;
    if (plain)
        snprintf(name, sizeof name, "%s-%d", apps[a].app, i);
    else
        snprintf(name, sizeof name, "%s%s%s-%c%cx%dk", apps[a].app, apps[a].hash[0] ? "-" : "",
                 apps[a].hash, 'b' + i * 3 % 20, 'f' + i * 5 % 17, (i * 7 + 2) % 10);
    snprintf(ip, sizeof ip, "10.0.%zu.%zu", n % 3 + 1, 20 + n * 13 % 200);
    struct object *o =
        row(t, apps[a].ns, name, ago(now, checkout ? 12 : 60 * 24 * 3 + (int64_t)n * 97));
    const char *hash = apps[a].hash;
    char owner[80];
    snprintf(owner, sizeof owner, "%s/%s%s%s",
             !hash[0]  ? "DaemonSet"
             : hash[1] ? "ReplicaSet"
                       : "StatefulSet",
             apps[a].app, hash[0] && hash[1] ? "-" : "", hash[0] && hash[1] ? hash : "");
    object_set_owner(o, str_of(owner));
    text(o, t, "STATUS", "Running");
    text(o, t, "IP", ip);
    text(o, t, "NODE", nodes[n % 5].name);
    o->cells[objects_column(objects_kind(t), "READY")].pair.part = 1;
    o->cells[objects_column(objects_kind(t), "READY")].pair.whole = 1;
    o->cells[objects_column(objects_kind(t), "CPU REQUEST")].number = checkout ? 100 : 0;
    o->cells[objects_column(objects_kind(t), "CPU LIMIT")].number = checkout ? 1000 : 0;
    o->cells[objects_column(objects_kind(t), "MEMORY LIMIT")].number = checkout ? 512 << 20 : 0;
    if (checkout)
        spoil(o, t, i);
    objects_put(t, o);
    snprintf(key, sizeof key, "%s/%s", apps[a].ns, name);
    points(m, METRIC_POD_CPU, key, now, apps[a].cpu * (1 + i * .1), 12, checkout ? 1.9 : 1);
    points(m, METRIC_POD_MEMORY, key, now, apps[a].memory * 1048576, 12, checkout ? 1.5 : 1);
}

static void fill_events(struct model *m, int64_t now)
{
    static const struct {
        const char *ns, *type, *reason, *object, *message;
        int minutes, count;
    } events[] = {
        {"shop", "Normal", "ScalingReplicaSet", "deployment/checkout",
         "Scaled up replica set checkout-7d9f8c6b5 to 5", 12, 1},
        {"shop", "Warning", "BackOff", "pod/checkout-7d9f8c6b5-bfx2k",
         "Back-off restarting failed container", 1, 23},
        {"shop", "Warning", "Failed", "pod/checkout-7d9f8c6b5-hpx6k",
         "Failed to pull image \"shop/checkout:v2.4.1\": rpc error: code = NotFound", 2, 9},
        {"shop", "Warning", "OOMKilling", "pod/checkout-7d9f8c6b5-ekx9k",
         "Memory cgroup out of memory: Killed process 8123 (java)", 3, 2},
        {"", "Warning", "NodeNotReady", "node/ip-10-0-3-77.ap-northeast-2.compute.internal",
         "Node ip-10-0-3-77 status is now: NodeNotReady", 4, 1},
        {"payments", "Normal", "Pulled", "pod/gateway-66d5c8f7b-bfx2k",
         "Container image already present on machine", 51, 1},
    };
    struct objects *t = m->events.table;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        char name[40];
        snprintf(name, sizeof name, "event.%zu", i);
        struct object *o = row(t, events[i].ns, name, ago(now, events[i].minutes + 3));
        o->health = events[i].type[0] == 'W' ? HEALTH_WARN : HEALTH_OK;
        o->cells[objects_column(objects_kind(t), "LAST SEEN")].number = ago(now, events[i].minutes);
        o->cells[objects_column(objects_kind(t), "COUNT")].number = events[i].count;
        text(o, t, "TYPE", events[i].type);
        text(o, t, "REASON", events[i].reason);
        text(o, t, "OBJECT", events[i].object);
        text(o, t, "MESSAGE", events[i].message);
        objects_put(t, o);
    }
}

static void fill_namespaces(struct model *m, int64_t now)
{
    static const char *const names[] = {"default",  "kube-system", "logging",
                                        "payments", "shop",        "staging"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct object *o = row(m->namespaces.table, "", names[i], ago(now, 60 * 24 * 400));
        text(o, m->namespaces.table, "STATUS", "Active");
        objects_put(m->namespaces.table, o);
    }
}

/* ---- windows and groups ---- */

static const struct {
    const char *id, *template_text, *workload, *pod;
    enum level level;
    int share;       /* of a hundred lines */
    int since, till; /* minutes of the day in which it comes; 0: any */
} groups[] = {
    {"8c1f5e0a9b3d7e21",
     "dial tcp <*>: connect: connection refused upstream=payments-db attempt=<*>", "shop/checkout",
     "shop/checkout-7d9f8c6b5-bfx2k", LEVEL_ERROR, 61, 0, 0},
    {"0b9a4c3d2e1f6a75", "order <*> failed: context deadline exceeded after <*>", "shop/checkout",
     "shop/checkout-7d9f8c6b5-ekx9k", LEVEL_ERROR, 24, 0, 0},
    {"d41d8cd98f00b204", "panic: runtime error: invalid memory address or nil pointer dereference",
     "shop/checkout", "shop/checkout-7d9f8c6b5-bfx2k", LEVEL_FATAL, 9, 810, 0},
    {"77aa12bc90de34f5", "GET <*> 502 <*> upstream prematurely closed connection", "shop/frontend",
     "shop/frontend-84c6d7b95f-bfx2k", LEVEL_WARN, 5, 810, 0},
    {"3e25960a79dbc69b", "failed to write WAL segment <*>: no space left on device", "logging/loki",
     "logging/loki-0", LEVEL_ERROR, 1, 0, 0},
    {"5fd1c2b3a4958677", "slow query took <*> ms: SELECT <*>", "payments/ledger",
     "payments/ledger-0", LEVEL_WARN, 20, 0, 810},
};
enum { GROUPS = sizeof groups / sizeof *groups };

static struct window *make_window(const char *rule, int64_t from, int64_t to, uint64_t lines)
{
    struct window *w = mem_alloc(sizeof *w);
    w->cluster = mem_dup("prod-seoul");
    w->rule = mem_dup(rule);
    w->query = mem_dup("{namespace!=\"\"} |~ \"(?i)(error|fatal|panic|exception)\"");
    w->from = from;
    w->to = to;
    w->lines = w->counted = lines;
    w->complete = true;
    w->groups = mem_array(GROUPS, sizeof *w->groups);
    for (size_t i = 0; i < GROUPS; i++) {
        struct group *g = &w->groups[w->group_count];
        uint64_t count = lines * (uint64_t)groups[i].share / 100;
        int minute = (int)((from - clock_align(from, CLOCK_DAY)) / CLOCK_MINUTE);
        bool other_day = clock_align(from, CLOCK_DAY) != clock_align(FILL_NOW, CLOCK_DAY);
        if (!count || minute < groups[i].since || (other_day && groups[i].since) ||
            (groups[i].till && minute >= groups[i].till))
            continue;
        w->group_count++;
        str_copy(g->id, sizeof g->id, groups[i].id);
        g->template_text = mem_dup(groups[i].template_text);
        g->level = groups[i].level;
        g->count = count;
        g->first = from + (int64_t)i * 13 * CLOCK_SECOND;
        g->last = to - (int64_t)i * 7 * CLOCK_SECOND;
        g->minutes = 10;
        g->per_minute = mem_array(10, sizeof *g->per_minute);
        for (size_t k = 0; k < 10; k++)
            g->per_minute[k] = (uint32_t)(count * (k * (i + 1) % 7 + 1) / 30);
        tallies_add(&g->namespaces,
                    (struct str){groups[i].workload, strcspn(groups[i].workload, "/")}, count);
        tallies_add(&g->workloads, str_of(groups[i].workload), count);
        tallies_add(&g->pods, str_of(groups[i].pod), count);
        if (i == 0) {
            tallies_add(&g->workloads, str_of("shop/cart"), count / 9);
            tallies_add(&g->pods, str_of("shop/checkout-7d9f8c6b5-kux3k"), count / 3);
        }
        g->sample_time = from + 91 * CLOCK_SECOND;
        g->sample_labels =
            labels_get((struct str[]){str_of("namespace"), str_of("pod")},
                       (struct str[]){str_of("shop"), str_of("checkout-7d9f8c6b5-bfx2k")}, 2);
        g->sample_text =
            mem_dup("level=error msg=\"dial tcp 10.0.9.17:5432: connect: connection refused\" "
                    "upstream=payments-db attempt=3");
        g->sample_n = strlen(g->sample_text);
    }
    return w;
}

static uint64_t lines_of(size_t rule, int minute_of_day)
{
    int since = minute_of_day - (13 * 60 + 30);
    if (rule)
        return since < 0 ? 0 : 40 + (uint64_t)since;
    return since < 0 ? (uint64_t)(minute_of_day / 10 * 7 % 23) : 900 + (uint64_t)since * 37;
}

static void put_past(struct model *m, const char *rule, int64_t from, uint64_t lines)
{
    struct window *w = make_window(rule, from, from + m->windows.width, lines);
    pasts_put(m->windows.pasts, w);
    window_free(w);
}

/* What windows are compared with: two hours of today, and the same times of yesterday and last week
 * from 13:30 on. */
static void fill_pasts(struct model *m, size_t rule, int64_t now)
{
    const char *name = m->windows.rules[rule];
    int64_t day = clock_align(now, CLOCK_DAY), width = m->windows.width;
    for (int64_t t = clock_align(now - 3 * CLOCK_HOUR, width); t + width <= now; t += width)
        put_past(m, name, t, lines_of(rule, (int)((t - day) / CLOCK_MINUTE)));
    for (int64_t t = day + 810 * CLOCK_MINUTE; t <= now; t += width) {
        put_past(m, name, t - CLOCK_DAY, 400);
        put_past(m, name, t - 7 * CLOCK_DAY, 8);
    }
}

struct window *fill_window(const char *rule, int64_t from, int64_t to)
{
    int64_t day = clock_align(from, CLOCK_DAY);
    size_t r = strcmp(rule, "errors") != 0;
    int minute = (int)((from - day) / CLOCK_MINUTE);
    return make_window(rule, from, to,
                       lines_of(r, day == clock_align(FILL_NOW, CLOCK_DAY) ? minute : 300));
}

struct window_day *fill_day(const char *rule, int64_t day, int64_t now)
{
    int64_t width = 10 * CLOCK_MINUTE;
    size_t r = strcmp(rule, "errors") != 0;
    struct window_day *d = mem_alloc(sizeof *d);
    d->cluster = mem_dup("prod-seoul");
    d->rule = mem_dup(rule);
    d->day = day;
    for (int64_t t = day; t + width <= now && t < day + CLOCK_DAY; t += width) {
        int minute = (int)((t - day) / CLOCK_MINUTE);
        struct window_entry e = {.from = t, .to = t + width, .complete = minute != 790};
        e.lines = e.counted = lines_of(r, day == clock_align(now, CLOCK_DAY) ? minute : 300);
        e.groups = e.lines ? 2 + (uint32_t)(e.lines / 300) : 0;
        str_copy(e.top, sizeof e.top, e.lines ? groups[0].template_text : "");
        str_copy(e.namespaces[0].name, sizeof e.namespaces[0].name, "shop");
        e.namespaces[0].lines = e.lines - e.lines / 5;
        str_copy(e.namespaces[1].name, sizeof e.namespaces[1].name, "payments");
        e.namespaces[1].lines = e.lines / 5;
        e.namespace_count = 2;
        if (minute != 11 * 60 + 20)
            window_day_put(d, &e);
    }
    return d;
}

static void fill_windows(struct model *m, int64_t now, size_t rules)
{
    static const char *const names[] = {"errors", "gateway-5xx"};
    int64_t day = clock_align(now, CLOCK_DAY), width = m->windows.width;
    m->windows.rule_count = rules;
    for (size_t r = 0; r < rules; r++) {
        m->windows.rules[r] = mem_dup(names[r]);
        m->windows.days[r] = fill_day(names[r], day, now);
        m->windows.open[r] = make_window(names[r], clock_align(now, width), now, r ? 80 : 1320);
        m->windows.open[r]->open = true;
        fill_pasts(m, r, now);
    }
}

static void fill_contexts(struct model *m)
{
    static const char busan[] = "arn:aws:eks:ap-northeast-2:123456789012:cluster/prod-busan";
    contexts_add(&m->contexts, "prod-seoul", "seoul", "admin", "shop");
    contexts_add(&m->contexts, busan, busan, busan, "");
    contexts_add(&m->contexts, "kind-local", "kind-local", "kind-local", "");
    contexts_choose(&m->contexts, "prod-seoul");
}

void fill_incident(struct model *m, int64_t now)
{
    fill_empty(m);
    all_live(m);
    size_t n = 0;
    fill_nodes(m, now);
    for (size_t a = 0; a < APPS; a++)
        for (int i = 0; i < apps[a].count; i++)
            fill_pod(m, now, a, i, n++);
    fill_events(m, now);
    fill_namespaces(m, now);
    fill_windows(m, now, 1);
    fill_served(m);
    fill_contexts(m);
}

void fill_foreign(struct model *m, int64_t now)
{
    static const char *const names[] = {
        "주문-결제-서비스-7d9f8",  "注文サービス-5b6c7",
        "zażółć-gęślą-1",          "evil\x1b[31mred\x1b]0;title\x07-\xff\xfe",
        "emoji-🚀👩‍💻-2", "עברית-rtl\xe2\x80\xae-0"};
    fill_empty(m);
    all_live(m);
    fill_nodes(m, now);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct object *o = row(m->pods.table, i % 2 ? "상점" : "shop", names[i], ago(now, 100));
        o->health = i == 3 ? HEALTH_BAD : HEALTH_OK;
        object_set_trouble(o,
                           str_of(i == 3 ? "한글 오류: 연결이 거부되었습니다\r\nrewritten" : ""));
        text(o, m->pods.table, "STATUS", "Running");
        text(o, m->pods.table, "NODE", nodes[i % 3].name);
        /* Nobody measures here: what was asked for is all there is to know. */
        o->cells[objects_column(objects_kind(m->pods.table), "CPU REQUEST")].number = 100;
        o->cells[objects_column(objects_kind(m->pods.table), "MEMORY LIMIT")].number = 64 << 20;
        objects_put(m->pods.table, o);
    }
}

void fill_huge(struct model *m, int64_t now, size_t pods)
{
    char name[80], node[40], ns[20];
    fill_empty(m);
    all_live(m);
    for (size_t i = 0; i < pods / 30; i++) {
        snprintf(node, sizeof node, "node-%zu", i);
        objects_put(m->nodes.table, row(m->nodes.table, "", node, ago(now, 5000)));
    }
    for (size_t i = 0; i < pods; i++) {
        snprintf(ns, sizeof ns, "team-%zu", i % 400);
        snprintf(node, sizeof node, "node-%zu", i % (pods / 30 + 1));
        snprintf(name, sizeof name, "service-%zu-%zx-%zu", i % 3000, i * 2654435761u % 0xfffff, i);
        struct object *o =
            row(m->pods.table, ns, name, now - (int64_t)(i * 7919 % 1000000) * CLOCK_SECOND);
        o->health = i % 997 == 0 ? HEALTH_BAD : i % 331 == 0 ? HEALTH_WARN : HEALTH_OK;
        text(o, m->pods.table, "STATUS", i % 997 == 0 ? "CrashLoopBackOff" : "Running");
        text(o, m->pods.table, "NODE", node);
        o->cells[objects_column(objects_kind(m->pods.table), "RESTARTS")].number =
            (int64_t)(i % 13);
        objects_put(m->pods.table, o);
    }
}
