/* Rounds of the collector against a Loki of a few lines and a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/wire/collect_bench.h"

static int64_t at(const struct collect_bench *b, int window, int64_t seconds)
{
    return b->base + window * COLLECT_BENCH_WIDTH + seconds * CLOCK_SECOND;
}

static void fill(struct collect_bench *b)
{
    char text[100];
    for (int w = 0; w < 3; w++) {
        for (int i = 0; i < 20 + w; i++) {
            snprintf(text, sizeof text, "error %d: no route to host 10.0.0.%d", i, i);
            fake_loki_add(b->fake, at(b, w, i * 20), "shop", i % 3 ? "web-1" : "web-2", text);
            fake_loki_add(b->fake, at(b, w, i * 20 + 1), "shop", "web-1", "all is well");
        }
    }
}

static void does_what_is_due_oldest_first_and_once(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    fill(b);
    collect_bench_round(b, &conf);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_true(b->round.stored >= 3 && b->round.stored <= 4);
    assert_int_equal(b->round.lines, 20 + 21 + 22);
    struct window *w = collect_bench_window(b, at(b, 1, 0));
    assert_non_null(w);
    assert_true(w->complete && !w->truncated);
    assert_int_equal(w->lines, 21);
    assert_int_equal(w->counted, 21);
    assert_int_equal(w->group_count, 1);
    window_free(w);

    char *before = collect_bench_files(b, NULL);
    collect_bench_round(b, &conf);
    char *after = collect_bench_files(b, NULL);
    if (b->round.stored == 0) /* else a window was over meanwhile */
        assert_string_equal(before, after);
    free(before);
    free(after);
}

static void a_window_of_another_day_is_due_with_a_short_catch_up(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    conf.catch_up = 0;
    collect_bench_round(b, &conf);
    assert_int_equal(b->round.stored, 1);
}

static void late_lines_make_a_window_again(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    fill(b);
    collect_bench_round(b, &conf);
    fake_loki_add(b->fake, at(b, 1, 599), "shop", "web-9", "late error");
    collect_bench_round(b, &conf);
    assert_true(b->round.stored >= 1);
    struct window *w = collect_bench_window(b, at(b, 1, 0));
    assert_int_equal(w->lines, 22);
    assert_true(w->complete);
    window_free(w);
}

static void fewer_lines_replace_nothing_without_force(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    fill(b);
    collect_bench_round(b, &conf);
    b->fake->count -= 2; /* Loki forgot: the newest lines of the last window */
    conf.again_from = at(b, 2, 0);
    conf.again_to = at(b, 3, 0);
    char *before = collect_bench_files(b, NULL);
    collect_bench_round(b, &conf);
    assert_int_equal(b->round.kept, 1);
    assert_int_equal(b->round.stored, 0);
    char *after = collect_bench_files(b, NULL);
    assert_string_equal(before, after);
    free(before);
    free(after);
    conf.force = true;
    collect_bench_round(b, &conf);
    assert_int_equal(b->round.stored, 1);
    struct window *w = collect_bench_window(b, at(b, 2, 0));
    assert_int_equal(w->lines, 21);
    window_free(w);
    b->fake->count += 2;
}

static void a_count_that_never_fits_is_incomplete(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    fill(b);
    b->fake->counts_more = b->fake->differ_more = 5;
    collect_bench_round(b, &conf);
    struct window *w = collect_bench_window(b, at(b, 0, 0));
    assert_false(w->complete);
    assert_int_equal(w->lines, 20);
    assert_int_equal(w->counted, 25);
    window_free(w);
    /* It heals: what Loki counted and did not give is gone. */
    b->fake->counts_more = b->fake->differ_more = 0;
    collect_bench_round(b, &conf);
    w = collect_bench_window(b, at(b, 0, 0));
    assert_true(w->complete);
    assert_int_equal(w->counted, 20);
    window_free(w);
}

static void lines_that_count_twice_are_not_missing(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    fill(b);
    b->fake->counts_more = 5;
    collect_bench_round(b, &conf);
    struct window *w = collect_bench_window(b, at(b, 0, 0));
    assert_true(w->complete);
    assert_int_equal(w->lines, 20);
    assert_int_equal(w->counted, 20);
    window_free(w);
    collect_bench_round(b, &conf);
    assert_true(b->round.stored <= 1); /* a window may be over meanwhile */
}

static void a_limit_cuts_and_keeps_the_count(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    fill(b);
    b->rule.limit = 7;
    collect_bench_round(b, &conf);
    struct window *w = collect_bench_window(b, at(b, 0, 0));
    assert_true(w->truncated && !w->complete);
    assert_int_equal(w->lines, 7);
    assert_int_equal(w->counted, 20);
    window_free(w);
    /* Young as it is, it is not read again as long as there are no more lines. */
    size_t pages = b->fake->pages;
    collect_bench_round(b, &conf);
    assert_true(b->fake->pages - pages <= 1);
}

static void nothing_is_done_while_loki_is_away(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    fill(b);
    canned_stop(b->canned);
    collect_bench_round(b, &conf);
    assert_int_equal(b->err.kind, ERR_AWAY);
    assert_int_equal(b->round.stored, 0);
    canned_start(b->canned);
    collect_bench_round(b, &conf);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_true(b->round.stored >= 3);
}

/* The bytes that an undisturbed run leaves, of the first two windows, which no later round touches.
 */
static char *undisturbed(struct collect_bench *b, const struct collector_conf *conf)
{
    collect_bench_round(b, conf);
    char *files = collect_bench_files(b, "*/errors/*");
    char *groups = collect_bench_files(b, "*groups.json");
    char *both = mem_printf("%s%s", files, groups);
    free(files);
    free(groups);
    collect_bench_empty(b);
    collect_bench_reopen(b);
    return both;
}

/* Kills the collector after so many turns of its loop. */
static bool killed_after(struct collect_bench *b, const struct collector_conf *conf, int turns)
{
    b->ended = false;
    struct collector *c = collect_bench_start(b, conf);
    for (int i = 0; i < turns && !b->ended; i++)
        loop_turn(b->loop, 1000);
    bool finished = b->ended;
    collector_free(c);
    collect_bench_reopen(b);
    for (int i = 0; i < 3; i++)
        loop_turn(b->loop, 1);
    return finished;
}

static void stopped_between_any_two_steps_it_heals(void **state)
{
    struct collect_bench *b = *state;
    fill(b);
    struct collector_conf conf = collect_bench_conf(b);
    char *wanted = undisturbed(b, &conf);
    int64_t started = clock_align(clock_now() - conf.grace, COLLECT_BENCH_WIDTH);
    bool finished = false;
    for (int turns = 1; !finished && turns < 400; turns += 1 + turns / 12) {
        finished = killed_after(b, &conf, turns);
        collect_bench_round(b, &conf);
        char *files = collect_bench_files(b, "*/errors/*");
        char *groups = collect_bench_files(b, "*groups.json");
        char *both = mem_printf("%s%s", files, groups);
        if (clock_align(clock_now() - conf.grace, COLLECT_BENCH_WIDTH) == started)
            assert_string_equal(both, wanted);
        free(both);
        free(files);
        free(groups);
        collect_bench_empty(b);
        collect_bench_reopen(b);
    }
    assert_true(finished);
    free(wanted);
}

static void a_lost_index_and_catalogue_heal(void **state)
{
    struct collect_bench *b = *state;
    fill(b);
    struct collector_conf conf = collect_bench_conf(b);
    collect_bench_round(b, &conf);
    char *before = collect_bench_files(b, "*");
    char *command =
        mem_printf("cd '%s' && find . -name index.json -delete && rm test/groups.json", b->folder);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    free(command);
    /* One window is done again, which writes both. */
    fake_loki_add(b->fake, at(b, 2, 599), "shop", "web-9", "error of its own kind: late");
    collect_bench_round(b, &conf);
    b->fake->count--;
    conf.again_from = at(b, 2, 0);
    conf.again_to = at(b, 3, 0);
    conf.force = true;
    collect_bench_round(b, &conf);
    char *after = collect_bench_files(b, "*index.json");
    assert_non_null(strstr(before, after));
    free(before);
    free(after);
    b->fake->count++;
}

static void write_window(struct collect_bench *b, int64_t from, const char *json)
{
    char key[WINDOW_KEY_SIZE], path[400];
    window_key_window(key, "test", "errors", from);
    snprintf(path, sizeof path, "%s/%s", b->folder, key);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(json, f);
    fclose(f);
}

static void a_newer_schema_is_left_alone_and_a_broken_one_made_again(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    fill(b);
    collect_bench_round(b, &conf);
    write_window(b, at(b, 0, 0), "{\"schema\":2,\"new\":true}");
    write_window(b, at(b, 1, 0), "{\"schema\":1,");
    conf.again_from = at(b, 0, 0);
    conf.again_to = at(b, 2, 0);
    collect_bench_round(b, &conf);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->round.kept, 1);
    assert_int_equal(b->round.stored, 1);
    struct window *w = collect_bench_window(b, at(b, 1, 0));
    assert_int_equal(w->lines, 21);
    window_free(w);
    assert_null(collect_bench_window(b, at(b, 0, 0)));
}

static void a_window_that_broke_behind_its_index_is_noticed_and_made_again(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    fill(b);
    collect_bench_round(b, &conf);
    char *before = collect_bench_files(b, NULL);
    write_window(b, at(b, 1, 0), "{\"schema\":1,\"cluster\":\"te");
    collect_bench_round(b, &conf);
    char *after = collect_bench_files(b, NULL);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_true(b->round.stored >= 1);
    if (b->round.stored == 1) /* else a window was over meanwhile */
        assert_string_equal(before, after);
    free(before);
    free(after);
}

static void what_loki_forgot_of_a_broken_window_comes_from_its_raw_lines(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    struct buf raw, again;
    fill(b);
    collect_bench_round(b, &conf);
    collect_bench_raw(b, at(b, 2, 0), &raw);
    write_window(b, at(b, 2, 0), "");
    b->fake->count -= 2; /* Loki forgot: the newest lines of the last window */
    for (int i = 0; i < 2; i++) {
        collect_bench_round(b, &conf);
        struct window *w = collect_bench_window(b, at(b, 2, 0));
        assert_int_equal(w->lines, 22);
        assert_false(w->complete); /* nothing proves it any more */
        window_free(w);
        collect_bench_raw(b, at(b, 2, 0), &again);
        assert_string_equal(buf_text(&raw), buf_text(&again));
        buf_free(&again);
        assert_int_equal(b->round.kept, 0); /* nor is it tried in each round */
    }
    b->fake->count += 2; /* it was only away: the proof is made up for */
    collect_bench_round(b, &conf);
    struct window *w = collect_bench_window(b, at(b, 2, 0));
    assert_true(w->complete);
    window_free(w);
    buf_free(&raw);
}

static void a_broken_window_that_nothing_can_make_again_stays_in_its_index(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    char key[WINDOW_KEY_SIZE], path[400];
    fill(b);
    collect_bench_round(b, &conf);
    window_key_lines(key, "test", "errors", at(b, 2, 0));
    snprintf(path, sizeof path, "%s/%s", b->folder, key);
    assert_int_equal(unlink(path), 0);
    write_window(b, at(b, 2, 0), "{}");
    b->fake->count -= 2;
    char *before = collect_bench_files(b, "index.json");
    collect_bench_round(b, &conf);
    assert_int_equal(b->round.failed, 1);
    assert_int_equal(b->err.kind, ERR_NONE); /* the others are done all the same */
    char *after = collect_bench_files(b, "index.json");
    if (b->round.stored == 0)
        assert_string_equal(before, after);
    free(before);
    free(after);
    b->fake->count += 2;
}

static void reprocessing_gives_the_same_windows(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    fill(b);
    fake_loki_add(b->fake, at(b, 0, 3), "shop", "web-3",
                  "error: mail to joe@example.com bounced\t\"x\"");
    b->rule.around = 1;
    collect_bench_round(b, &conf);
    char *before = collect_bench_files(b, NULL);
    conf.reprocess = true;
    conf.loki = NULL;
    size_t pages = b->fake->pages;
    collect_bench_round(b, &conf);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_true(b->round.stored >= 3);
    assert_int_equal(b->round.failed, 0);
    assert_int_equal(b->fake->pages, pages);
    char *after = collect_bench_files(b, NULL);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

int main(void)
{
#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, collect_bench_set_up, collect_bench_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(does_what_is_due_oldest_first_and_once),
        TEST(a_window_of_another_day_is_due_with_a_short_catch_up),
        TEST(late_lines_make_a_window_again),
        TEST(fewer_lines_replace_nothing_without_force),
        TEST(a_count_that_never_fits_is_incomplete),
        TEST(lines_that_count_twice_are_not_missing),
        TEST(a_limit_cuts_and_keeps_the_count),
        TEST(nothing_is_done_while_loki_is_away),
        TEST(stopped_between_any_two_steps_it_heals),
        TEST(a_lost_index_and_catalogue_heal),
        TEST(a_newer_schema_is_left_alone_and_a_broken_one_made_again),
        TEST(a_window_that_broke_behind_its_index_is_noticed_and_made_again),
        TEST(what_loki_forgot_of_a_broken_window_comes_from_its_raw_lines),
        TEST(a_broken_window_that_nothing_can_make_again_stays_in_its_index),
        TEST(reprocessing_gives_the_same_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
