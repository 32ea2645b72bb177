#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/server_crowd.h"

enum { MEMBERS = 6 };

struct bench {
    struct server_crowd *crowd;
    struct server_crowd_member *members[MEMBERS];
    int ours[MEMBERS], theirs[MEMBERS];
};

static void join(struct bench *b, int i)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    b->ours[i] = pair[0];
    b->theirs[i] = pair[1];
    b->members[i] = server_crowd_join(b->crowd, pair[0]);
}

static bool is_cut(const struct bench *b, int i)
{
    char byte;
    return recv(b->theirs[i], &byte, 1, MSG_PEEK) == 0;
}

static void leave(struct bench *b, int i)
{
    server_crowd_leave(b->crowd, b->members[i]);
    close(b->ours[i]);
    close(b->theirs[i]);
}

static void the_oldest_that_waits_is_cut(void **state)
{
    struct bench b = {.crowd = server_crowd_new(3, 1000)};
    (void)state;
    for (int i = 0; i < 3; i++)
        join(&b, i);
    server_crowd_work(b.crowd, b.members[0]);
    join(&b, 3);
    assert_false(is_cut(&b, 0)); /* it is worked for */
    assert_true(is_cut(&b, 1));
    assert_false(is_cut(&b, 2));
    server_crowd_send(b.crowd, b.members[0], 10);
    server_crowd_wait(b.crowd, b.members[0]); /* the youngest now */
    join(&b, 4);
    assert_true(is_cut(&b, 2));
    assert_false(is_cut(&b, 0));
    leave(&b, 1); /* counted no more already */
    server_crowd_send(b.crowd, b.members[0], 10);
    server_crowd_work(b.crowd, b.members[3]);
    server_crowd_work(b.crowd, b.members[4]);
    join(&b, 5); /* nobody waits: who is sent to */
    assert_true(is_cut(&b, 0));
    assert_false(is_cut(&b, 3) || is_cut(&b, 4) || is_cut(&b, 5));
    leave(&b, 0);
    for (int i = 2; i < MEMBERS; i++)
        leave(&b, i);
    server_crowd_free(b.crowd);
}

static void answers_on_their_way_have_a_bound(void **state)
{
    struct bench b = {.crowd = server_crowd_new(10, 1000)};
    (void)state;
    for (int i = 0; i < 4; i++)
        join(&b, i);
    server_crowd_send(b.crowd, b.members[0], 600);
    server_crowd_send(b.crowd, b.members[1], 300);
    assert_false(is_cut(&b, 0));
    server_crowd_send(b.crowd, b.members[2], 300);
    assert_true(is_cut(&b, 0));
    assert_false(is_cut(&b, 1) || is_cut(&b, 2));
    server_crowd_wait(b.crowd, b.members[1]); /* it has gone out */
    server_crowd_send(b.crowd, b.members[3], 700);
    assert_false(is_cut(&b, 2));
    server_crowd_send(b.crowd, b.members[3], 5000); /* alone too large: it goes out */
    assert_true(is_cut(&b, 2));
    assert_false(is_cut(&b, 1) || is_cut(&b, 3));
    for (int i = 0; i < 4; i++)
        leave(&b, i);
    server_crowd_free(b.crowd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_that_waits_is_cut),
        cmocka_unit_test(answers_on_their_way_have_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
