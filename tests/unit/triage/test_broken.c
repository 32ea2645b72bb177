/* The ranked list of what is broken, over tables with the columns that kube/kinds/kinds.h names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/intern.h"
#include "base/mem.h"
#include "triage/broken.h"

enum { TABLES = 16 };

static const struct column pod_columns[] = {{.title = "STATUS", .type = CELL_TEXT},
                                            {.title = "LAST RESTART",
                                             .type = CELL_TIME,
                                             .wide = true}},
                           job_columns[] = {{.title = "STATUS", .type = CELL_TEXT}},
                           lease_columns[] = {{.title = "HOLDER", .type = CELL_TEXT},
                                              {.title = "RENEWED", .type = CELL_TIME, .wide = true},
                                              {.title = "LASTS", .type = CELL_INT, .wide = true}},
                           event_columns[] = {{.title = "LAST SEEN", .type = CELL_TIME},
                                              {.title = "REASON", .type = CELL_TEXT},
                                              {.title = "OBJECT", .type = CELL_TEXT},
                                              {.title = "MESSAGE", .type = CELL_TEXT}};

#define KIND(plural, Kind, list)                                                                   \
    {                                                                                              \
        .name = plural, .object_kind = Kind, .namespaced = true, .columns = list,                  \
        .column_count = sizeof list / sizeof *list                                                 \
    }
#define BARE(plural, Kind)                                                                         \
    {                                                                                              \
        .name = plural, .object_kind = Kind, .namespaced = true                                    \
    }

enum {
    PODS,
    NODES,
    DEPLOYS,
    SETS,
    DAEMONS,
    REPLICAS,
    JOBS,
    CRONS,
    SCALERS,
    CLAIMS,
    SERVICES,
    LEASES,
    EVENTS,
    WIDGETS,
    COUNT
};

static const struct kind kinds[COUNT] = {
    [PODS] = KIND("pods", "Pod", pod_columns),
    [NODES] = BARE("nodes", "Node"),
    [DEPLOYS] = BARE("deployments", "Deployment"),
    [SETS] = BARE("statefulsets", "StatefulSet"),
    [DAEMONS] = BARE("daemonsets", "DaemonSet"),
    [REPLICAS] = BARE("replicasets", "ReplicaSet"),
    [JOBS] = KIND("jobs", "Job", job_columns),
    [CRONS] = BARE("cronjobs", "CronJob"),
    [SCALERS] = BARE("horizontalpodautoscalers", "HorizontalPodAutoscaler"),
    [CLAIMS] = BARE("persistentvolumeclaims", "PersistentVolumeClaim"),
    [SERVICES] = BARE("services", "Service"),
    [LEASES] = KIND("leases", "Lease", lease_columns),
    [EVENTS] = KIND("events", "Event", event_columns),
    [WIDGETS] = BARE("widgets", "Widget"),
};

struct cluster {
    struct objects *tables[COUNT];
    struct broken *broken;
    char text[8192];
};

/* Times are spans back from now. */
static const int64_t now = INT64_C(1630069200) * CLOCK_SECOND;

struct thing {
    int kind;
    const char *ns, *name, *owner;
    enum health health;
    const char *trouble;
    const char *status;   /* the first text cell */
    int64_t age, restart; /* 0: a day; never */
    bool deleted;
};

static int set_up(void **state)
{
    struct cluster *c = mem_alloc(sizeof *c);
    for (int i = 0; i < COUNT; i++)
        c->tables[i] = objects_new(&kinds[i]);
    c->broken = broken_new();
    *state = c;
    return 0;
}

static int tear_down(void **state)
{
    struct cluster *c = *state;
    for (int i = 0; i < COUNT; i++)
        objects_free(c->tables[i]);
    broken_free(c->broken);
    free(c);
    return 0;
}

static struct object *row_of(struct cluster *c, const struct thing *t)
{
    struct object *row = objects_new_row(c->tables[t->kind], str_of(t->ns), str_of(t->name));
    row->health = t->health;
    row->created = now - (t->age ? t->age : CLOCK_DAY);
    row->deleted = t->deleted ? row->created : 0;
    object_set_owner(row, str_of(t->owner));
    object_set_trouble(row, str_of(t->trouble));
    if (t->kind == PODS || t->kind == JOBS)
        object_set_text(row, 0, str_of(t->status));
    if (t->kind == PODS)
        row->cells[1].number = t->restart ? now - t->restart : 0;
    return row;
}

static void put(struct cluster *c, struct thing t)
{
    objects_put(c->tables[t.kind], row_of(c, &t));
}

static void put_lease(struct cluster *c, const char *ns, const char *name, const char *holder,
                      int64_t renewed, int64_t lasts)
{
    struct object *row = objects_new_row(c->tables[LEASES], str_of(ns), str_of(name));
    object_set_text(row, 0, str_of(holder));
    row->cells[1].number = now - renewed;
    row->cells[2].number = lasts;
    objects_put(c->tables[LEASES], row);
}

static void put_event(struct cluster *c, const char *name, const char *object, int64_t age,
                      enum health health, const char *reason, const char *message)
{
    struct object *row = objects_new_row(c->tables[EVENTS], str_of("shop"), str_of(name));
    row->cells[0].number = now - age;
    row->health = health;
    object_set_text(row, 1, str_of(reason));
    object_set_text(row, 2, str_of(object));
    object_set_text(row, 3, str_of(message));
    objects_put(c->tables[EVENTS], row);
}

/* A line a row: class, count+others, group, reason. */
static const char *make(struct cluster *c)
{
    const struct objects *tables[COUNT + 1] = {NULL};
    size_t n = 0;
    for (int i = 0; i < COUNT; i++)
        tables[i + 1] = c->tables[i];
    broken_make(c->broken, tables, COUNT + 1, now);
    c->text[0] = '\0';
    for (size_t i = 0; i < broken_count(c->broken); i++) {
        const struct broken_row *r = broken_at(c->broken, i);
        n += (size_t)snprintf(c->text + n, sizeof c->text - n, "%s %zu+%zu %s/%s/%s %s%s\n",
                              broken_class_words(r->class), r->count, r->others, r->namespace_,
                              r->kind, r->name, r->reason, r->stuck ? " stuck" : "");
    }
    return c->text;
}

static void drop(struct cluster *c, int kind)
{
    objects_free(c->tables[kind]);
    c->tables[kind] = objects_new(&kinds[kind]);
}

#define CRASH(name_)                                                                               \
    {                                                                                              \
        .kind = PODS, .ns = "shop", .name = name_, .owner = "ReplicaSet/web-6b7f9c8d5x",           \
        .health = HEALTH_BAD, .status = "CrashLoopBackOff",                                        \
        .trouble = "CrashLoopBackOff: web, 9 restarts, last exit 1 (Error)"                        \
    }

/* ---- calm ---- */

static void calm_when_nothing_is_wrong(void **state)
{
    struct cluster *c = *state;
    static const struct thing fine[] = {
        {.kind = PODS, .ns = "a", .name = "ok", .status = "Running"},
        {.kind = PODS, .ns = "a", .name = "done", .status = "Completed", .health = HEALTH_DONE},
        {.kind = PODS,
         .ns = "a",
         .name = "new",
         .status = "ContainerCreating",
         .health = HEALTH_PENDING,
         .age = CLOCK_MINUTE},
        {.kind = PODS,
         .ns = "a",
         .name = "gated",
         .status = "SchedulingGated",
         .health = HEALTH_PENDING,
         .trouble = "SchedulingGated: waits"},
        {.kind = PODS,
         .ns = "a",
         .name = "starting",
         .status = "Running",
         .health = HEALTH_WARN,
         .trouble = "not ready",
         .age = 20 * CLOCK_SECOND},
        {.kind = PODS,
         .ns = "a",
         .name = "restarted",
         .status = "Running",
         .health = HEALTH_WARN,
         .trouble = "not ready",
         .restart = 20 * CLOCK_SECOND},
        {.kind = PODS,
         .ns = "a",
         .name = "scaling-up",
         .status = "Pending",
         .health = HEALTH_BAD,
         .trouble = "Unschedulable: 0/3",
         .age = 30 * CLOCK_SECOND},
        {.kind = PODS,
         .ns = "a",
         .name = "killed-long-ago",
         .status = "Running",
         .health = HEALTH_WARN,
         .trouble = "OOMKilled: web (runs again)",
         .restart = 2 * CLOCK_HOUR},
        {.kind = PODS,
         .ns = "a",
         .name = "going",
         .status = "Terminating",
         .health = HEALTH_PENDING,
         .deleted = true,
         .age = CLOCK_MINUTE},
        {.kind = NODES,
         .ns = "",
         .name = "cordoned",
         .health = HEALTH_WARN,
         .trouble = "cordoned: takes no new pods"},
        {.kind = DEPLOYS,
         .ns = "a",
         .name = "rolling",
         .health = HEALTH_PENDING,
         .trouble = "1 of 3 updated"},
        {.kind = DEPLOYS,
         .ns = "a",
         .name = "young",
         .health = HEALTH_BAD,
         .trouble = "3 of 3 unavailable",
         .age = 20 * CLOCK_SECOND},
        {.kind = REPLICAS,
         .ns = "a",
         .name = "rs",
         .owner = "Deployment/x",
         .health = HEALTH_WARN,
         .trouble = "1 of 3 not ready"},
        {.kind = CRONS, .ns = "a", .name = "suspended", .health = HEALTH_DONE},
        {.kind = CLAIMS,
         .ns = "a",
         .name = "claim",
         .health = HEALTH_PENDING,
         .trouble = "Pending: waits",
         .age = CLOCK_MINUTE},
        {.kind = SERVICES,
         .ns = "a",
         .name = "lb",
         .health = HEALTH_PENDING,
         .trouble = "waits for the load balancer's address",
         .age = CLOCK_MINUTE},
        {.kind = WIDGETS, .ns = "a", .name = "w", .health = HEALTH_PENDING},
    };
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        put(c, fine[i]);
    put_lease(c, "kube-system", "held", "me", 5 * CLOCK_SECOND, 15);
    put_lease(c, "kube-system", "skewed", "me", 38 * CLOCK_SECOND, 15);
    put_lease(c, "kube-system", "given-back", "", CLOCK_HOUR, 15);
    put_lease(c, "kube-system", "abandoned", "me", 3 * CLOCK_DAY, 15);
    /* The mark of one process that is gone, not an office. */
    put_lease(c, "kube-system", "apiserver-x", "apiserver-x_0af3", CLOCK_HOUR, 15);
    put_event(c, "e", "pod/ok", CLOCK_MINUTE, HEALTH_WARN, "Unhealthy", "probe failed");
    assert_string_equal(make(c), "");
    broken_make(c->broken, NULL, 0, now);
    assert_int_equal(broken_count(c->broken), 0);
}

static void leases_are_judged_as_of_their_list(void **state)
{
    struct cluster *c = *state;
    put_lease(c, "kube-system", "scheduler", "me", CLOCK_MINUTE, 15);
    objects_set_taken(c->tables[LEASES], now - 55 * CLOCK_SECOND);
    assert_string_equal(make(c), "");
    objects_set_taken(c->tables[LEASES], now - 5 * CLOCK_SECOND);
    assert_string_equal(make(c), "lease expired 1+0 kube-system/Lease/scheduler Expired\n");
}

/* ---- grouping ---- */

static void sixty_pods_are_one_row(void **state)
{
    struct cluster *c = *state;
    char name[40];
    put(c, (struct thing){.kind = REPLICAS,
                          .ns = "shop",
                          .name = "web-6b7f9c8d5x",
                          .owner = "Deployment/web",
                          .health = HEALTH_BAD,
                          .trouble = "60 of 60 not ready"});
    put(c, (struct thing){.kind = DEPLOYS,
                          .ns = "shop",
                          .name = "web",
                          .health = HEALTH_BAD,
                          .trouble = "ProgressDeadlineExceeded since 2021-08-27 13:00 UTC: x"});
    for (int i = 0; i < 60; i++) {
        snprintf(name, sizeof name, "web-6b7f9c8d5x-bcd%c%c", "bcdfghjklm"[i / 10],
                 "bcdfghjklm"[i % 10]);
        struct thing t = CRASH(name);
        if (i >= 58) {
            t.status = "ImagePullBackOff";
            t.trouble = "ImagePullBackOff: web";
        }
        put(c, t);
    }
    assert_string_equal(make(c), "crash loop 58+2 shop/Deployment/web CrashLoopBackOff stuck\n");
    const struct broken_row *r = broken_at(c->broken, 0);
    assert_string_equal(r->member_kind, "Pod");
    assert_string_equal(r->member, "web-6b7f9c8d5x-bcdbb");
    assert_string_equal(r->words, "CrashLoopBackOff: web, 9 restarts, last exit 1 (Error)");
    assert_int_equal(r->health, HEALTH_BAD);
    /* Twice gives the same, and nothing stays of what went. */
    assert_string_equal(make(c), "crash loop 58+2 shop/Deployment/web CrashLoopBackOff stuck\n");
    drop(c, PODS);
    assert_string_equal(make(c),
                        "rollout stuck 1+0 shop/Deployment/web ProgressDeadlineExceeded stuck\n");
    drop(c, DEPLOYS);
    assert_string_equal(make(c), "");
}

/* Without a table of replica sets or jobs, pods are known by their names. */
static void owners_without_their_tables(void **state)
{
    struct cluster *c = *state;
    put(c, (struct thing)CRASH("web-6b7f9c8d5x-bcdfg"));
    put(c, (struct thing){.kind = PODS,
                          .ns = "shop",
                          .name = "etl-29922900-bcdfg",
                          .owner = "Job/etl-29922900",
                          .health = HEALTH_BAD,
                          .status = "Error",
                          .trouble = "Error: etl, exit 1"});
    put(c, (struct thing){.kind = PODS,
                          .ns = "shop",
                          .name = "once-bcdfg",
                          .owner = "Job/once",
                          .health = HEALTH_BAD,
                          .status = "Error",
                          .trouble = "Error: once"});
    put(c, (struct thing){.kind = PODS,
                          .ns = "shop",
                          .name = "db-0",
                          .owner = "StatefulSet/db",
                          .health = HEALTH_BAD,
                          .status = "Init:CrashLoopBackOff",
                          .trouble = "CrashLoopBackOff: migrate"});
    put(c, (struct thing){.kind = PODS,
                          .ns = "shop",
                          .name = "alone",
                          .health = HEALTH_BAD,
                          .status = "ErrImagePull",
                          .trouble = "ErrImagePull: a"});
    put(c, (struct thing){.kind = PODS,
                          .ns = "shop",
                          .name = "static-n1",
                          .owner = "Node/n1",
                          .health = HEALTH_BAD,
                          .status = "RunContainerError",
                          .trouble = "RunContainerError: a"});
    assert_string_equal(make(c), "crash loop 1+0 shop/StatefulSet/db CrashLoopBackOff\n"
                                 "crash loop 1+0 shop/Deployment/web CrashLoopBackOff\n"
                                 "image cannot be pulled 1+0 shop/Pod/alone ErrImagePull\n"
                                 "cannot start 1+0 shop/Pod/static-n1 RunContainerError\n"
                                 "failed 1+0 shop/CronJob/etl Error\n"
                                 "failed 1+0 shop/Job/once Error\n");
    /* A replica set that nobody owns is itself the workload. */
    put(c, (struct thing){.kind = REPLICAS,
                          .ns = "shop",
                          .name = "web-6b7f9c8d5x",
                          .health = HEALTH_BAD,
                          .trouble = "1 of 1 not ready"});
    assert_non_null(strstr(make(c), "crash loop 1+0 shop/ReplicaSet/web-6b7f9c8d5x Crash"));
}

/* ---- what counts ---- */

static void classes_of_pods(void **state)
{
    static const struct {
        const char *status, *trouble, *line;
    } cases[] = {
        {"OOMKilled", "OOMKilled: a, exit 137", "out of memory 1+0 shop/Pod/p OOMKilled\n"},
        {"CrashLoopBackOff", "CrashLoopBackOff: a, last exit 137 (OOMKilled)",
         "out of memory 1+0 shop/Pod/p OOMKilled\n"},
        {"Init:ImagePullBackOff", "ImagePullBackOff: i",
         "image cannot be pulled 1+0 shop/Pod/p ImagePullBackOff\n"},
        {"InvalidImageName", "InvalidImageName: i",
         "image cannot be pulled 1+0 shop/Pod/p InvalidImageName\n"},
        {"CreateContainerConfigError", "CreateContainerConfigError: no config map",
         "cannot start 1+0 shop/Pod/p CreateContainerConfigError\n"},
        {"Pending", "Unschedulable: 0/3 nodes are available",
         "no node takes it 1+0 shop/Pod/p Unschedulable\n"},
        {"Running", "not ready since 2021-08-27 13:00 UTC", "not ready 1+0 shop/Pod/p NotReady\n"},
        {"Error", "Error: a, exit 3", "failed 1+0 shop/Pod/p Error\n"},
        {"ExitCode:7", "exit 7: a", "failed 1+0 shop/Pod/p exit\n"},
        {"Evicted", "Evicted: low on memory", "evicted 1+0 shop/Pod/p Evicted\n"},
        {"Error", "Evicted: low on memory", "evicted 1+0 shop/Pod/p Evicted\n"},
        {"Unknown", "NodeLost", "not ready 1+0 shop/Pod/p Unknown\n"},
    };
    struct cluster *c = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        drop(c, PODS);
        put(c, (struct thing){.kind = PODS,
                              .ns = "shop",
                              .name = "p",
                              .health = HEALTH_BAD,
                              .status = cases[i].status,
                              .trouble = cases[i].trouble});
        assert_string_equal(make(c), cases[i].line);
    }
    drop(c, PODS);
    put(c, (struct thing){.kind = PODS,
                          .ns = "shop",
                          .name = "p",
                          .health = HEALTH_WARN,
                          .status = "Running",
                          .trouble = "OOMKilled: a (runs again), exit 137",
                          .restart = 10 * CLOCK_MINUTE});
    assert_string_equal(make(c), "was out of memory 1+0 shop/Pod/p OOMKilled\n");
}

static void ranked_by_urgency(void **state)
{
    static const struct thing things[] = {
        {.kind = PODS,
         .ns = "b",
         .name = "evicted",
         .health = HEALTH_WARN,
         .status = "Evicted",
         .trouble = "Evicted: x"},
        {.kind = CLAIMS,
         .ns = "b",
         .name = "claim",
         .health = HEALTH_PENDING,
         .trouble = "Pending: waits for a volume of class gp3",
         .age = CLOCK_HOUR},
        {.kind = SCALERS,
         .ns = "b",
         .name = "max",
         .health = HEALTH_WARN,
         .trouble = "at its maximum of 5 since 2021-08-27 13:00 UTC"},
        {.kind = SCALERS,
         .ns = "b",
         .name = "blind",
         .health = HEALTH_BAD,
         .trouble = "FailedGetResourceMetric: no metrics; at its maximum of 5"},
        {.kind = JOBS,
         .ns = "b",
         .name = "job",
         .health = HEALTH_BAD,
         .status = "Failed",
         .trouble = "BackoffLimitExceeded since 2021-08-27 13:00 UTC: x"},
        {.kind = NODES,
         .ns = "",
         .name = "n2",
         .health = HEALTH_WARN,
         .trouble = "MemoryPressure since 2021-08-27 13:00 UTC: x; cordoned: takes no new pods"},
        {.kind = NODES,
         .ns = "",
         .name = "n10",
         .health = HEALTH_BAD,
         .trouble = "NotReady since 2021-08-27 13:00 UTC: kubelet stopped"},
        {.kind = NODES, .ns = "", .name = "n9", .health = HEALTH_BAD, .trouble = "NotReady"},
        {.kind = SETS,
         .ns = "b",
         .name = "db",
         .health = HEALTH_WARN,
         .trouble = "1 of 3 not ready"},
        {.kind = DAEMONS,
         .ns = "b",
         .name = "agent",
         .health = HEALTH_BAD,
         .trouble = "FailedCreate: quota"},
        {.kind = WIDGETS, .ns = "b", .name = "odd", .health = HEALTH_BAD, .trouble = "Odd: x"},
    };
    struct cluster *c = *state;
    for (size_t i = 0; i < sizeof things / sizeof *things; i++)
        put(c, things[i]);
    put_lease(c, "kube-system", "operator", "operator-7d9-x_1", 10 * CLOCK_MINUTE, 15);
    assert_string_equal(make(c), "node down 1+0 /Node/n9 NotReady\n"
                                 "node down 1+0 /Node/n10 NotReady\n"
                                 "rollout stuck 1+0 b/DaemonSet/agent FailedCreate stuck\n"
                                 "node under pressure 1+0 /Node/n2 MemoryPressure\n"
                                 "replicas missing 1+0 b/StatefulSet/db Unavailable\n"
                                 "job failing 1+0 b/Job/job BackoffLimitExceeded\n"
                                 "volume missing 1+0 b/PersistentVolumeClaim/claim Pending\n"
                                 "autoscaler blind 1+0 b/HorizontalPodAutoscaler/blind "
                                 "FailedGetResourceMetric\n"
                                 "autoscaler at its maximum 1+0 b/HorizontalPodAutoscaler/max "
                                 "AtMaximum\n"
                                 "lease expired 1+0 kube-system/Lease/operator Expired\n"
                                 "evicted 1+0 b/Pod/evicted Evicted\n"
                                 "not well 1+0 b/Widget/odd Odd\n");
    assert_string_equal(broken_at(c->broken, 9)->words,
                        "expired: operator-7d9-x_1 renewed it last 10m ago");
}

/* More pods come first, but a pod more or less moves nothing. */
static void the_order_is_stable(void **state)
{
    struct cluster *c = *state;
    char name[40], owner[40];
    static const int pods[] = {2, 9, 3, 8};
    for (int d = 0; d < 4; d++)
        for (int i = 0; i < pods[d]; i++) {
            snprintf(name, sizeof name, "d%d-%d", d, i);
            snprintf(owner, sizeof owner, "StatefulSet/d%d", d);
            struct thing t = CRASH(name);
            t.owner = owner;
            put(c, t);
        }
    static const char order[] = "crash loop 9+0 shop/StatefulSet/d1 CrashLoopBackOff\n"
                                "crash loop 8+0 shop/StatefulSet/d3 CrashLoopBackOff\n"
                                "crash loop 2+0 shop/StatefulSet/d0 CrashLoopBackOff\n"
                                "crash loop 3+0 shop/StatefulSet/d2 CrashLoopBackOff\n";
    assert_string_equal(make(c), order);
    for (int i = 9; i < 13; i++) {
        snprintf(name, sizeof name, "d3-%d", i);
        struct thing t = CRASH(name);
        t.owner = "StatefulSet/d3";
        put(c, t);
    }
    assert_non_null(strstr(make(c), "d1 CrashLoopBackOff\ncrash loop 12+0 shop/StatefulSet/d3"));
}

/* ---- time and neighbours ---- */

static void failed_runs_are_forgotten(void **state)
{
    struct cluster *c = *state;
    struct thing failed = {.kind = JOBS,
                           .ns = "shop",
                           .name = "etl-1",
                           .owner = "CronJob/etl",
                           .health = HEALTH_BAD,
                           .status = "Failed",
                           .trouble = "BackoffLimitExceeded: x",
                           .age = 3 * CLOCK_HOUR};
    struct thing pod = {.kind = PODS,
                        .ns = "shop",
                        .name = "etl-1-bcdfg",
                        .owner = "Job/etl-1",
                        .health = HEALTH_BAD,
                        .status = "Error",
                        .trouble = "Error: etl"};
    struct thing later = {.kind = JOBS,
                          .ns = "shop",
                          .name = "etl-2",
                          .owner = "CronJob/etl",
                          .health = HEALTH_DONE,
                          .status = "Complete",
                          .age = 4 * CLOCK_HOUR};
    put(c, failed);
    put(c, pod);
    put(c, later); /* it was before */
    /* The job and its pod are one trouble of the cron job's. */
    assert_string_equal(make(c), "job failing 2+0 shop/CronJob/etl BackoffLimitExceeded\n");
    later.age = CLOCK_HOUR;
    put(c, later);
    assert_string_equal(make(c), "");
    /* A pod that failed before its job was done after all. */
    failed.status = "Complete";
    failed.health = HEALTH_DONE;
    failed.trouble = "";
    drop(c, JOBS);
    put(c, failed);
    assert_string_equal(make(c), "");
}

static void what_is_stuck_says_why(void **state)
{
    struct cluster *c = *state;
    put(c, (struct thing){.kind = PODS,
                          .ns = "shop",
                          .name = "web-1",
                          .health = HEALTH_PENDING,
                          .status = "ContainerCreating",
                          .age = 25 * CLOCK_MINUTE});
    put(c, (struct thing){.kind = PODS,
                          .ns = "shop",
                          .name = "gone",
                          .health = HEALTH_PENDING,
                          .status = "Terminating",
                          .age = CLOCK_HOUR,
                          .deleted = true});
    put(c, (struct thing){.kind = CLAIMS,
                          .ns = "shop",
                          .name = "data",
                          .health = HEALTH_PENDING,
                          .trouble = "Pending: waits for a volume of class gp3",
                          .age = CLOCK_HOUR});
    put_event(c, "e1", "pod/web-1", 9 * CLOCK_MINUTE, HEALTH_WARN, "FailedMount", "older");
    put_event(c, "e2", "pod/web-1", 2 * CLOCK_MINUTE, HEALTH_WARN, "FailedMount",
              "MountVolume.SetUp failed for volume \"cfg\"");
    put_event(c, "e3", "pod/web-1", CLOCK_MINUTE, HEALTH_OK, "Pulled", "no warning");
    put_event(c, "e4", "persistentvolumeclaim/data", CLOCK_MINUTE, HEALTH_WARN,
              "ProvisioningFailed", "quota exceeded");
    make(c);
    assert_int_equal(broken_count(c->broken), 3);
    assert_string_equal(broken_at(c->broken, 0)->words,
                        "Pending: waits for a volume of class gp3: ProvisioningFailed: quota "
                        "exceeded");
    assert_string_equal(broken_at(c->broken, 1)->name, "gone");
    assert_string_equal(broken_at(c->broken, 1)->words, "Terminating for 60m");
    assert_string_equal(broken_at(c->broken, 2)->words,
                        "ContainerCreating for 25m: FailedMount: MountVolume.SetUp failed for "
                        "volume \"cfg\"");
    assert_string_equal(broken_at(c->broken, 2)->reason, "ContainerCreating");
}

static void leases_of_nodes_are_one_trouble(void **state)
{
    struct cluster *c = *state;
    put(c, (struct thing){.kind = NODES, .ns = "", .name = "n1"});
    put(c, (struct thing){.kind = NODES, .ns = "", .name = "n2"});
    put(c,
        (struct thing){
            .kind = NODES, .ns = "", .name = "down", .health = HEALTH_BAD, .trouble = "NotReady"});
    static const char *const names[] = {"n1", "n2", "down", "removed"};
    for (size_t i = 0; i < 4; i++)
        put_lease(c, "kube-node-lease", names[i], names[i], 10 * CLOCK_MINUTE, 40);
    assert_string_equal(make(c), "node down 1+0 /Node/down NotReady\n"
                                 "lease expired 2+0 kube-node-lease/Lease/of the nodes Expired\n");
    assert_string_equal(broken_at(c->broken, 1)->member, "n1");
}

/* An eviction is news for an hour. Then it is a record of a pod that its controller has replaced;
 * one that nobody replaced is still missing. */
static void evictions_are_forgotten(void **state)
{
    struct cluster *c = *state;
    static const struct {
        const char *name, *owner;
        int64_t age;
    } pods[] = {{"lone", "", CLOCK_DAY},
                {"static", "Node/n1", CLOCK_DAY},
                {"long-ago", "DaemonSet/agent", CLOCK_DAY},
                {"old-but-evicted-now", "DaemonSet/agent", CLOCK_DAY},
                {"young", "DaemonSet/agent", 10 * CLOCK_MINUTE}};
    for (size_t i = 0; i < sizeof pods / sizeof *pods; i++)
        put(c, (struct thing){.kind = PODS,
                              .ns = "shop",
                              .name = pods[i].name,
                              .owner = pods[i].owner,
                              .health = HEALTH_WARN,
                              .status = "Evicted",
                              .trouble = "Evicted: low on memory",
                              .age = pods[i].age});
    put_event(c, "e1", "pod/long-ago", 2 * CLOCK_HOUR, HEALTH_WARN, "Evicted", "low on memory");
    put_event(c, "e2", "pod/long-ago", CLOCK_MINUTE, HEALTH_WARN, "BackOff", "else");
    put_event(c, "e3", "pod/old-but-evicted-now", CLOCK_MINUTE, HEALTH_WARN, "Evicted", "low");
    assert_string_equal(make(c), "evicted 2+0 shop/DaemonSet/agent Evicted\n"
                                 "evicted 1+0 shop/Pod/lone Evicted\n"
                                 "evicted 1+0 shop/Pod/static Evicted\n");
    /* Without events nothing says when it was. */
    objects_free(c->tables[EVENTS]);
    c->tables[EVENTS] = NULL;
    assert_string_equal(make(c), "evicted 3+0 shop/DaemonSet/agent Evicted\n"
                                 "evicted 1+0 shop/Pod/lone Evicted\n"
                                 "evicted 1+0 shop/Pod/static Evicted\n");
}

static void texts_are_kept_until_the_next_time(void **state)
{
    struct cluster *c = *state;
    size_t held = intern_count();
    put(c, (struct thing)CRASH("web-6b7f9c8d5x-bcdfg"));
    make(c);
    drop(c, PODS);
    /* What is shown lives on without the rows it came from. */
    assert_string_equal(broken_at(c->broken, 0)->name, "web");
    make(c);
    assert_int_equal(intern_count(), held);
}

/* A long cluster: 20,000 pods, of which one in a hundred is broken. */
static void large(void **state)
{
    struct cluster *c = *state;
    char name[40], owner[40];
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof name, "d%d-%d", i / 200, i);
        snprintf(owner, sizeof owner, "StatefulSet/d%d", i / 200);
        struct thing t = CRASH(name);
        t.owner = owner;
        if (i % 100)
            t = (struct thing){.kind = PODS, .ns = "shop", .name = name, .status = "Running"};
        put(c, t);
    }
    int64_t start = clock_monotonic();
    make(c);
    int64_t took = clock_monotonic() - start;
    assert_int_equal(broken_count(c->broken), 100);
    assert_int_equal(broken_at(c->broken, 0)->count, 2);
    assert_true(took < CLOCK_SECOND);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(calm_when_nothing_is_wrong),
        TEST(sixty_pods_are_one_row),
        TEST(owners_without_their_tables),
        TEST(classes_of_pods),
        TEST(ranked_by_urgency),
        TEST(the_order_is_stable),
        TEST(failed_runs_are_forgotten),
        TEST(what_is_stuck_says_why),
        TEST(leases_are_judged_as_of_their_list),
        TEST(leases_of_nodes_are_one_trouble),
        TEST(evictions_are_forgotten),
        TEST(texts_are_kept_until_the_next_time),
        TEST(large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
