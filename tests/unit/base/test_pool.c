#include "base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"

static int woken_fd = -1;
static pthread_t loop;

struct job {
    struct pool *pool;
    int worked, finished; /* plain integers: the pool is what orders their use */
    bool on_loop, off_loop;
    int again;
};

static atomic_int gate_open, gate_waiting;

static void wake(void *context)
{
    (void)context;
    eventfd_write(woken_fd, 1);
}

static int setup(void **state)
{
    (void)state;
    woken_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loop = pthread_self();
    gate_open = gate_waiting = 0;
    return woken_fd < 0;
}

static int teardown(void **state)
{
    (void)state;
    close(woken_fd);
    return 0;
}

static void work(void *context)
{
    struct job *j = context;
    j->worked++;
    j->off_loop = !pthread_equal(pthread_self(), loop);
}

static void done(void *context)
{
    struct job *j = context;
    j->finished += j->worked;
    j->on_loop = pthread_equal(pthread_self(), loop);
    if (j->again-- > 0)
        assert_true(pool_run(j->pool, work, done, j));
}

static void work_behind_the_gate(void *context)
{
    gate_waiting++;
    while (!gate_open)
        usleep(100);
    work(context);
}

static void wait_for_wake(void)
{
    eventfd_t count;
    struct pollfd p = {.fd = woken_fd, .events = POLLIN};
    assert_int_equal(poll(&p, 1, 10000), 1);
    eventfd_read(woken_fd, &count);
}

static void every_job_is_done_once(void **state)
{
    (void)state;
    enum { JOBS = 3000 };
    struct pool *p = pool_new(4, wake, NULL);
    struct job *jobs = mem_array(JOBS, sizeof *jobs);
    for (int i = 0; i < JOBS; i++)
        assert_true(pool_run(p, work, done, &jobs[i]));
    for (int finished = 0; finished < JOBS;) {
        wait_for_wake();
        pool_collect(p);
        finished = 0;
        for (int i = 0; i < JOBS; i++)
            finished += jobs[i].on_loop;
    }
    for (int i = 0; i < JOBS; i++)
        assert_true(jobs[i].worked == 1 && jobs[i].finished == 1 && jobs[i].on_loop &&
                    jobs[i].off_loop);
    pool_collect(p);
    pool_free(p);
    free(jobs);
}

static void a_job_may_queue_the_next(void **state)
{
    (void)state;
    struct pool *p = pool_new(2, wake, NULL);
    struct job j = {.pool = p, .again = 50};
    assert_true(pool_run(p, work, done, &j));
    while (j.again >= 0) {
        wait_for_wake();
        pool_collect(p);
    }
    assert_int_equal(j.worked, 51);
    pool_free(p);
}

static void the_queue_has_an_end(void **state)
{
    (void)state;
    struct pool *p = pool_new(1, wake, NULL);
    struct job gate = {0};
    struct job *jobs = mem_array(POOL_QUEUE + 1, sizeof *jobs);
    assert_true(pool_run(p, work_behind_the_gate, done, &gate));
    while (!gate_waiting)
        usleep(100);
    for (int i = 0; i < POOL_QUEUE; i++)
        assert_true(pool_run(p, work, done, &jobs[i]));
    assert_false(pool_run(p, work, done, &jobs[POOL_QUEUE]));
    gate_open = 1;
    while (!jobs[POOL_QUEUE - 1].finished) {
        wait_for_wake();
        pool_collect(p);
    }
    assert_int_equal(jobs[POOL_QUEUE].worked, 0);
    assert_true(pool_run(p, work, done, &jobs[POOL_QUEUE]));
    pool_free(p);
    free(jobs);
}

static void *open_the_gate(void *context)
{
    (void)context;
    usleep(20000);
    gate_open = 1;
    return NULL;
}

static void freeing_waits_for_what_runs_and_drops_the_rest(void **state)
{
    (void)state;
    struct pool *p = pool_new(2, wake, NULL);
    struct job running[2] = {{0}}, waiting[10] = {{0}};
    for (int i = 0; i < 2; i++)
        assert_true(pool_run(p, work_behind_the_gate, done, &running[i]));
    while (gate_waiting < 2)
        usleep(100);
    for (int i = 0; i < 10; i++)
        assert_true(pool_run(p, work, done, &waiting[i]));
    pthread_t opener;
    assert_int_equal(pthread_create(&opener, NULL, open_the_gate, NULL), 0);
    pool_free(p);
    pthread_join(opener, NULL);
    for (int i = 0; i < 2; i++)
        assert_true(running[i].worked == 1 && running[i].finished == 1 && running[i].on_loop);
    for (int i = 0; i < 10; i++)
        assert_true(!waiting[i].worked && !waiting[i].finished);
    pool_free(NULL);
}

static void look_at_signals(void *context)
{
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    *(int *)context =
        sigismember(&mask, SIGWINCH) && sigismember(&mask, SIGTERM) && sigismember(&mask, SIGINT);
}

static void no_done(void *context)
{
    (void)context;
}

static void workers_take_no_signals(void **state)
{
    (void)state;
    sigset_t before, after;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    struct pool *p = pool_new(1, wake, NULL);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_int_equal(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
    int blocked = 0;
    assert_true(pool_run(p, look_at_signals, no_done, &blocked));
    wait_for_wake();
    pool_free(p);
    assert_true(blocked);
}

static void no_threads_no_pool(void **state)
{
    (void)state;
    assert_null(pool_new(0, wake, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_job_is_done_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_job_may_queue_the_next, setup, teardown),
        cmocka_unit_test_setup_teardown(the_queue_has_an_end, setup, teardown),
        cmocka_unit_test_setup_teardown(freeing_waits_for_what_runs_and_drops_the_rest, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(workers_take_no_signals, setup, teardown),
        cmocka_unit_test_setup_teardown(no_threads_no_pool, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
