#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "sandbox/world/founding.h"
#include "sandbox/world/incident.h"
#include "sandbox/world/world.h"

#define START INT64_C(1630069200000000000) /* 2021-08-27T13:00:00Z */

static int setup(void **state)
{
    *state = founding_world(7, START, 0, 0);
    return 0;
}

static int teardown(void **state)
{
    world_free(*state);
    return 0;
}

static void the_same_seed_gives_the_same_cluster(void **state)
{
    struct world *a = *state, *b = founding_world(7, START, 0, 0),
                 *c = founding_world(8, START, 0, 0);
    assert_int_equal(a->pod_count, b->pod_count);
    size_t other = 0;
    for (size_t i = 0; i < a->pod_count; i++) {
        assert_string_equal(a->pods[i].name, b->pods[i].name);
        assert_int_equal(a->pods[i].id, b->pods[i].id);
        assert_int_equal(a->pods[i].node, b->pods[i].node);
        assert_int_equal(a->pods[i].phase_count, b->pods[i].phase_count);
        for (size_t k = 0; k < a->pods[i].phase_count; k++)
            assert_int_equal(a->pods[i].phases[k].from, b->pods[i].phases[k].from);
        other += i < c->pod_count && strcmp(a->pods[i].name, c->pods[i].name) != 0;
    }
    for (size_t i = 0; i < a->node_count; i++)
        assert_string_equal(a->nodes[i].name, b->nodes[i].name);
    assert_true(other > a->pod_count / 2);
    world_free(b);
    world_free(c);
}

static size_t pods_at(const struct world *w, int64_t t)
{
    struct world_phase phase;
    size_t n = 0;
    for (size_t i = 0; i < w->pod_count; i++)
        n += world_pod_at(w, &w->pods[i], t, &phase);
    return n;
}

static void it_has_the_promised_size(void **state)
{
    struct world *w = *state;
    assert_int_equal(w->node_count, 6);
    assert_in_range(pods_at(w, START), 40, 70);
    struct world *large = founding_world(1, START, 1000, 10000);
    assert_int_equal(large->node_count, 1000);
    assert_in_range(pods_at(large, START), 10000, 10100);
    for (size_t i = 0; i < large->node_count; i++)
        for (size_t k = i + 1; k < large->node_count; k++)
            assert_string_not_equal(large->nodes[i].ip, large->nodes[k].ip);
    world_free(large);
}

static void names_are_unique(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < w->pod_count; i++)
        for (size_t k = i + 1; k < w->pod_count; k++)
            assert_string_not_equal(w->pods[i].name, w->pods[k].name);
    for (size_t i = 0; i < w->event_count; i++)
        for (size_t k = i + 1; k < w->event_count; k++)
            if (strcmp(w->events[i]->ns, w->events[k]->ns) == 0)
                assert_string_not_equal(w->events[i]->name, w->events[k]->name);
}

/* The play, minute by minute. */
static void the_rollout_breaks_checkout(void **state)
{
    struct world *w = *state;
    const struct world_workload *wl = world_find_workload(w, "shop", "checkout");
    int pods, ready;
    world_count_pods(w, wl, WORLD_OLD, START - 13 * CLOCK_MINUTE, &pods, &ready);
    assert_int_equal(pods, 4);
    assert_int_equal(ready, 4);
    world_count_pods(w, wl, 0, START - 13 * CLOCK_MINUTE, &pods, &ready);
    assert_int_equal(pods, 0);
    world_count_pods(w, wl, WORLD_OLD, START - 10 * CLOCK_MINUTE, &pods, &ready);
    assert_int_equal(pods, 0);
    world_count_pods(w, wl, 0, START - 11 * CLOCK_MINUTE, &pods, &ready);
    assert_int_equal(pods, 4);
    assert_true(ready >= 3);
    world_count_pods(w, wl, 0, START, &pods, &ready);
    assert_int_equal(pods, 4);
    assert_int_equal(ready, 0);
    assert_true(incident_depth(w, START - 12 * CLOCK_MINUTE) == 0);
    assert_true(incident_depth(w, START) > 0.5);
}

static void one_pod_is_killed_for_its_memory(void **state)
{
    struct world *w = *state;
    size_t killed = 0;
    int64_t when = 0;
    for (size_t i = 0; i < w->pod_count; i++)
        for (size_t k = 0; k < w->pods[i].phase_count; k++) {
            const struct world_phase *p = &w->pods[i].phases[k];
            if (p->state != WORLD_FAILED || p->exit_code != 137)
                continue;
            killed++;
            when = p->from;
            assert_string_equal(p->reason, "OOMKilled");
            assert_true(w->nodes[w->pods[i].node].pressure != 0);
        }
    assert_int_equal(killed, 1);
    assert_int_equal(when, START - 6 * CLOCK_MINUTE);
    assert_int_equal(when, incident_oom(w));
}

static void restarts_grow_as_it_plays_on(void **state)
{
    struct world *w = *state;
    const struct world_workload *wl = world_find_workload(w, "shop", "checkout");
    int before = 0, after = 0;
    struct world_phase phase;
    for (size_t i = 0; i < wl->pod_count; i++) {
        const struct world_pod *p = &w->pods[wl->first_pod + i];
        if (world_pod_at(w, p, START, &phase))
            before += phase.restarts;
        if (world_pod_at(w, p, START + CLOCK_HOUR, &phase))
            after += phase.restarts;
    }
    assert_in_range(before, 12, 40);
    assert_true(after > before + 20);
}

static void phases_follow_each_other(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < w->pod_count; i++) {
        const struct world_pod *p = &w->pods[i];
        for (size_t k = 1; k < p->phase_count; k++) {
            assert_true(p->phases[k].from >= p->phases[k - 1].from);
            assert_true(p->phases[k].restarts >= p->phases[k - 1].restarts);
            assert_true(p->phases[k - 1].state != WORLD_GONE);
        }
        if (p->phase_count)
            assert_int_equal(p->phases[0].from, p->created);
    }
}

static void one_node_runs_short_and_evicts(void **state)
{
    struct world *w = *state;
    size_t short_of_memory = 0, evicted = 0;
    struct world_phase phase;
    for (size_t i = 0; i < w->node_count; i++)
        short_of_memory += w->nodes[i].pressure == incident_pressure(w);
    for (size_t i = 0; i < w->pod_count; i++)
        evicted += world_pod_at(w, &w->pods[i], START, &phase) && phase.state == WORLD_EVICTED;
    assert_int_equal(short_of_memory, 1);
    assert_int_equal(evicted, 1);
}

static void events_recur_and_are_forgotten(void **state)
{
    struct world *w = *state;
    const struct world_event *backoff = NULL;
    for (size_t i = 0; i < w->event_count; i++)
        if (strcmp(w->events[i]->reason, "BackOff") == 0)
            backoff = w->events[i];
    assert_non_null(backoff);
    int64_t first, last, first2, last2;
    assert_int_equal(world_event_at(backoff, START - 12 * CLOCK_MINUTE, &first, &last), 0);
    size_t now = world_event_at(backoff, START, &first, &last);
    size_t later = world_event_at(backoff, START + 10 * CLOCK_MINUTE, &first2, &last2);
    assert_true(now > 3 && later > now && first == first2 && last2 > last && last <= START);
    const struct world_event *scaled = NULL;
    for (size_t i = 0; i < w->event_count; i++)
        if (strcmp(w->events[i]->reason, "ScalingReplicaSet") == 0)
            scaled = w->events[i];
    assert_non_null(scaled);
    assert_int_equal(world_event_at(scaled, START, &first, &last), 1);
    assert_int_equal(world_event_at(scaled, START + CLOCK_HOUR, &first, &last), 0);
}

static void changes_are_in_order_and_to_come(void **state)
{
    struct world *w = *state;
    assert_true(w->change_count > 1000);
    assert_true(w->changes[0].time > START);
    for (size_t i = 1; i < w->change_count; i++)
        assert_true(w->changes[i].time >= w->changes[i - 1].time);
}

static void a_job_runs_every_ten_minutes(void **state)
{
    struct world *w = *state;
    const struct world_workload *wl = world_find_workload(w, "data", "orders-etl");
    size_t failed = 0, done = 0;
    for (size_t i = 0; i < wl->pod_count; i++) {
        const struct world_pod *p = &w->pods[wl->first_pod + i];
        assert_int_equal(p->created % (10 * CLOCK_MINUTE), 0);
        failed += p->phases[p->phase_count - 2].state == WORLD_FAILED;
        done += p->phases[p->phase_count - 2].state == WORLD_COMPLETED;
    }
    assert_true(failed > 0 && done > 10 * failed);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(the_same_seed_gives_the_same_cluster),
        T(it_has_the_promised_size),
        T(names_are_unique),
        T(the_rollout_breaks_checkout),
        T(one_pod_is_killed_for_its_memory),
        T(restarts_grow_as_it_plays_on),
        T(phases_follow_each_other),
        T(one_node_runs_short_and_evicts),
        T(events_recur_and_are_forgotten),
        T(changes_are_in_order_and_to_come),
        T(a_job_runs_every_ten_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
