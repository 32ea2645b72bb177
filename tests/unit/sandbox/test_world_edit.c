/* What clients do to the world: from then on, and not before. */
#include "sandbox/world/founding.h"
#include "sandbox/world/world_edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "sandbox/kube/shelf.h"

#define START (INT64_C(1630069200) * CLOCK_SECOND)
#define NOW (START + CLOCK_MINUTE)
#define LATER (NOW + CLOCK_MINUTE)

struct test {
    struct world *world;
    struct shelf *shelf;
    struct world_workload *web;
};

static int set_up(void **state)
{
    static struct test t;
    t.world = founding_world(1, START, 0, 0);
    t.shelf = shelf_new(t.world, START);
    t.web = world_find_workload(t.world, "shop", "web");
    shelf_tick(t.shelf, NOW - 1);
    *state = &t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    shelf_free(t->shelf);
    world_free(t->world);
    return 0;
}

static int pods_at(const struct test *t, int generation, int64_t when, int *ready)
{
    int pods;
    world_count_pods(t->world, t->web, generation, when, &pods, ready);
    return pods;
}

static size_t told(const struct test *t, enum pretend_kinds kind, enum shelf_type type)
{
    size_t n = 0;
    const struct shelf_change *c;
    for (size_t i = 0; (c = shelf_change_at(t->shelf, i)) != NULL; i++)
        n += c->now.kind == kind && c->type == type && c->time >= NOW - 1 &&
             strcmp(c->now.ns, "shop") == 0 && strncmp(c->now.name, "web", 3) == 0;
    return n;
}

static void a_deleted_pod_is_made_anew(void **state)
{
    struct test *t = *state;
    struct world_pod *p = &t->world->pods[t->web->first_pod];
    struct world_phase ph;
    int ready, before = pods_at(t, 0, NOW - 1, &ready);
    assert_true(world_edit_end_pod(t->world, p, NOW, 30));
    shelf_tick(t->shelf, NOW);
    assert_true(world_pod_at(t->world, p, NOW, &ph));
    assert_int_equal(ph.state, WORLD_TERMINATING);
    assert_int_equal(pods_at(t, 0, NOW, &ready), before);
    assert_int_equal(ready, before - 1);
    shelf_tick(t->shelf, LATER);
    assert_false(world_pod_at(t->world, p, LATER, &ph));
    assert_int_equal(pods_at(t, 0, LATER, &ready), before);
    assert_int_equal(ready, before);
    assert_null(shelf_find(t->shelf, PRETEND_PODS, "shop", p->name));
    assert_int_equal(told(t, PRETEND_PODS, SHELF_ADDED), 1);
    assert_int_equal(told(t, PRETEND_PODS, SHELF_DELETED), 1);
    /* The past is as it was. */
    assert_true(world_pod_at(t->world, p, NOW - 1, &ph));
    assert_int_equal(ph.state, WORLD_RUNNING);
}

static void scaling_makes_and_ends_pods(void **state)
{
    struct test *t = *state;
    int ready;
    assert_true(world_edit_scale(t->world, t->web, NOW, 5));
    shelf_tick(t->shelf, LATER);
    assert_int_equal(pods_at(t, 0, LATER, &ready), 5);
    assert_int_equal(ready, 5);
    assert_int_equal(world_wish_at(t->web, NOW - 1).replicas, t->web->replicas);
    assert_int_equal(world_wish_at(t->web, NOW).replicas, 5);
    assert_true(world_edit_scale(t->world, t->web, LATER + 1, 0));
    shelf_tick(t->shelf, LATER + CLOCK_MINUTE);
    assert_int_equal(pods_at(t, 0, LATER + CLOCK_MINUTE, &ready), 0);
}

static void a_restart_is_another_replica_set(void **state)
{
    struct test *t = *state;
    int ready, wanted = t->web->replicas;
    assert_true(world_edit_restart(t->world, t->web, NOW, "2021-08-27T13:00:00Z"));
    shelf_tick(t->shelf, LATER);
    struct world_wish wish = world_wish_at(t->web, LATER);
    assert_int_equal(wish.generation, 1);
    assert_string_not_equal(wish.hash, t->web->hash);
    assert_int_equal(pods_at(t, 0, LATER, &ready), 0);
    assert_int_equal(pods_at(t, 1, LATER, &ready), wanted);
    assert_int_equal(ready, wanted);
    /* Never fewer than are wanted on the way. */
    for (int64_t when = NOW; when < LATER; when += CLOCK_SECOND) {
        int old_ready, new_ready;
        pods_at(t, 0, when, &old_ready);
        pods_at(t, 1, when, &new_ready);
        assert_true(old_ready + new_ready >= wanted);
    }
    char name[100];
    snprintf(name, sizeof name, "web-%s", wish.hash);
    assert_non_null(shelf_find(t->shelf, PRETEND_REPLICASETS, "shop", name));
}

static void no_pod_goes_to_a_cordoned_node(void **state)
{
    struct test *t = *state;
    struct world *w = t->world;
    size_t planned = w->pod_count;
    for (size_t i = 0; i < w->node_count; i++)
        assert_true(i == 3 || world_edit_cordon(w, &w->nodes[i], NOW, true));
    assert_true(world_is_cordoned(&w->nodes[0], NOW));
    assert_false(world_is_cordoned(&w->nodes[0], NOW - 1));
    assert_true(world_edit_scale(w, t->web, NOW + 1, t->web->replicas + 4));
    for (size_t i = planned; i < w->pod_count; i++)
        assert_int_equal(w->pods[i].node, 3);
    assert_true(world_edit_cordon(w, &w->nodes[3], NOW + 2, true));
    assert_true(world_edit_scale(w, t->web, NOW + 3, t->web->replicas + 5));
    struct world_phase ph;
    assert_true(world_pod_at(w, &w->pods[w->pod_count - 1], LATER, &ph));
    assert_int_equal(ph.state, WORLD_PENDING);
    for (int i = 0; i < WORLD_CORDONS; i++)
        world_edit_cordon(w, &w->nodes[3], NOW + 4 + i, i & 1);
    assert_true(world_is_cordoned(&w->nodes[3], LATER));
}

static void a_job_runs_and_ends(void **state)
{
    struct test *t = *state;
    struct world_workload *cron = world_find_workload(t->world, "data", "orders-etl");
    struct world_phase ph;
    const struct world_pod *p = world_edit_run(t->world, cron, NOW, "by-hand");
    assert_non_null(p);
    shelf_tick(t->shelf, NOW);
    assert_non_null(shelf_find(t->shelf, PRETEND_JOBS, "data", "by-hand"));
    shelf_tick(t->shelf, LATER);
    assert_true(world_pod_at(t->world, p, LATER, &ph));
    assert_int_equal(ph.state, WORLD_COMPLETED);
}

static void a_broken_version_stays_broken(void **state)
{
    struct test *t = *state;
    struct world_workload *wl = world_find_workload(t->world, "shop", "checkout");
    struct world_phase ph;
    size_t planned = t->world->pod_count;
    assert_true(world_edit_restart(t->world, wl, NOW, "x"));
    assert_true(t->world->pod_count > planned);
    bool failed = false;
    for (int64_t when = NOW; when < NOW + 5 * CLOCK_MINUTE; when += CLOCK_SECOND)
        failed |= world_pod_at(t->world, &t->world->pods[planned], when, &ph) &&
                  ph.state == WORLD_BACKOFF;
    assert_true(failed);
}

static void what_is_deleted_takes_its_pods_along(void **state)
{
    struct test *t = *state;
    int ready;
    assert_true(world_edit_delete(t->world, t->web, NOW));
    shelf_tick(t->shelf, LATER);
    assert_null(shelf_find(t->shelf, PRETEND_DEPLOYMENTS, "shop", "web"));
    assert_int_equal(pods_at(t, 0, LATER, &ready), 0);
    assert_int_equal(told(t, PRETEND_REPLICASETS, SHELF_DELETED), 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_deleted_pod_is_made_anew),
        T(scaling_makes_and_ends_pods),
        T(a_restart_is_another_replica_set),
        T(no_pod_goes_to_a_cordoned_node),
        T(a_job_runs_and_ends),
        T(a_broken_version_stays_broken),
        T(what_is_deleted_takes_its_pods_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
