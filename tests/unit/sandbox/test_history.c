#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/world/founding.h"
#include "sandbox/world/history.h"
#include "sandbox/world/log_text.h"
#include "sandbox/world/world.h"

#define START INT64_C(1630069200000000000)

struct bench {
    struct world *world;
    struct history *history;
};

static int setup(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    b->world = founding_world(3, START, 0, 0);
    b->history = history_new(b->world);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    history_free(b->history);
    world_free(b->world);
    free(b);
    return 0;
}

struct lines {
    struct buf text;
    int64_t last, from, to;
    size_t count, matching, limit;
    const char *word;
};

static bool each(void *context, int64_t time, struct str text)
{
    struct lines *l = context;
    assert_true(time >= l->from && time < l->to && time >= l->last);
    l->last = time;
    l->matching += l->word && str_find(text, str_of(l->word)) >= 0;
    buf_printf(&l->text, "%lld ", (long long)time);
    buf_add(&l->text, text.p, text.n);
    buf_addc(&l->text, '\n');
    return ++l->count != l->limit;
}

static struct lines read_lines(struct bench *b, size_t stream, int64_t from, int64_t to,
                               const char *word)
{
    struct lines l = {.from = from, .to = to, .word = word};
    buf_init(&l.text, 64 << 20);
    history_read(b->history, history_at(b->history, stream), from, to, each, &l);
    return l;
}

static const char *label(const struct history_stream *s, const char *name)
{
    for (size_t i = 0; i < s->label_count; i++)
        if (strcmp(s->labels[i].name, name) == 0)
            return s->labels[i].value;
    return "";
}

/* However a span is cut, it holds the same lines. */
static void parts_make_the_whole(void **state)
{
    struct bench *b = *state;
    static const int64_t cuts[] = {7, 13 * CLOCK_SECOND + 5, 30 * CLOCK_SECOND, 41 * CLOCK_SECOND,
                                   179 * CLOCK_SECOND};
    for (size_t i = 0; i < history_count(b->history); i += 7) {
        int64_t from = START - 14 * CLOCK_MINUTE + 3, to = START + CLOCK_MINUTE;
        struct lines whole = read_lines(b, i, from, to, NULL);
        struct buf parts;
        buf_init(&parts, 64 << 20);
        int64_t at = from;
        for (size_t k = 0; k <= 5; k++) {
            int64_t end = k < 5 ? from + cuts[k] : to;
            struct lines part = read_lines(b, i, at, end, NULL);
            buf_add(&parts, part.text.p, part.text.n);
            buf_free(&part.text);
            at = end;
        }
        assert_string_equal(buf_text(&parts), buf_text(&whole.text));
        buf_free(&parts);
        buf_free(&whole.text);
    }
}

static void the_same_seed_gives_the_same_lines(void **state)
{
    struct bench *b = *state, *other;
    void *made;
    setup(&made);
    other = made;
    assert_int_equal(history_count(b->history), history_count(other->history));
    for (size_t i = 0; i < history_count(b->history); i += 5) {
        struct lines x = read_lines(b, i, START - CLOCK_HOUR, START, NULL),
                     y = read_lines(other, i, START - CLOCK_HOUR, START, NULL);
        assert_string_equal(buf_text(&x.text), buf_text(&y.text));
        buf_free(&x.text);
        buf_free(&y.text);
    }
    teardown(&made);
}

static void reading_stops_when_told(void **state)
{
    struct bench *b = *state;
    struct lines l = {.from = START - CLOCK_HOUR, .to = START, .limit = 5};
    buf_init(&l.text, 1 << 20);
    history_read(b->history,
                 history_of_pod(b->history,
                                world_find_workload(b->world, "edge", "gateway")->first_pod, false),
                 l.from, l.to, each, &l);
    assert_int_equal(l.count, 5);
    buf_free(&l.text);
}

/* Nobody writes while not running; who crashes says so at the end. */
static void only_running_containers_write(void **state)
{
    struct bench *b = *state;
    const struct world_workload *wl = world_find_workload(b->world, "shop", "checkout");
    size_t crashes = 0, starts = 0;
    for (size_t i = 0; i < wl->pod_count; i++) {
        const struct world_pod *p = &b->world->pods[wl->first_pod + i];
        const struct history_stream *s = history_of_pod(b->history, wl->first_pod + i, false);
        for (size_t k = 0; k + 1 < p->phase_count && p->phases[k].from < START; k++) {
            struct lines l = {.from = p->phases[k].from + CLOCK_MS, .to = p->phases[k + 1].from};
            buf_init(&l.text, 1 << 20);
            if (l.to > START)
                l.to = START;
            if (l.to > l.from && p->phases[k].from > START - CLOCK_HOUR)
                history_read(b->history, s, l.from, l.to, each, &l);
            if (!world_is_running(p->phases[k].state))
                assert_int_equal(l.count, 0);
            bool dies =
                world_is_running(p->phases[k].state) && p->phases[k + 1].state == WORLD_FAILED;
            if (dies && p->phases[k + 1].exit_code == 1 && l.to < START)
                crashes += strstr(buf_text(&l.text), "panic: runtime error") != NULL;
            starts += strstr(buf_text(&l.text), "starting checkout") != NULL;
            buf_free(&l.text);
        }
    }
    assert_in_range(crashes, 12, 60);
    assert_in_range(starts, 12, 60);
}

static size_t count(struct bench *b, const char *ns, int64_t from, int64_t to, const char *word,
                    size_t *lines)
{
    size_t found = 0;
    *lines = 0;
    for (size_t i = 0; i < history_count(b->history); i++) {
        if (*ns && strcmp(label(history_at(b->history, i), "namespace"), ns) != 0)
            continue;
        struct lines l = read_lines(b, i, from, to, word);
        found += l.matching;
        *lines += l.count;
        buf_free(&l.text);
    }
    return found;
}

/* The day has its shape, and the incident stands out. */
static void errors_have_a_shape(void **state)
{
    struct bench *b = *state;
    size_t lines, quiet = SIZE_MAX, busy = 0;
    for (int i = 2; i < 30; i++) {
        int64_t from = START - i * 10 * CLOCK_MINUTE;
        size_t n = count(b, "", from, from + 10 * CLOCK_MINUTE, "rror", &lines);
        quiet = n < quiet ? n : quiet;
        busy = n > busy ? n : busy;
        assert_in_range(lines, 3000, 15000);
    }
    size_t now = count(b, "", START - 10 * CLOCK_MINUTE, START, "rror", &lines);
    assert_true(quiet > 5);
    assert_true(busy > quiet + quiet / 2);
    assert_true(now > 2 * busy);
    assert_true(count(b, "shop", START - 10 * CLOCK_MINUTE, START,
                      "5433: connect: connection refused", &lines) > 50);
    assert_int_equal(
        count(b, "shop", START - 3 * CLOCK_HOUR, START - 13 * CLOCK_MINUTE, ".7:5433", &lines), 0);
}

static void there_are_no_lines_before_the_day(void **state)
{
    struct bench *b = *state;
    size_t lines;
    count(b, "", START - 3 * CLOCK_DAY, START - CLOCK_DAY - 2 * CLOCK_HOUR, NULL, &lines);
    assert_int_equal(lines, 0);
}

static void templates_are_filled_in(void **state)
{
    (void)state;
    struct log_text_writer w = {.version = "1.2.3", .database_port = 5433, .second = -1};
    struct dice d = dice_of(1, 2, 3);
    struct buf out;
    buf_init(&out, 4096);
    log_text_write(&w, "%t|%T|%k|%j|%q|%y|%r|%v|%b|%%", INT64_C(1630069205123456789), &d, &out);
    assert_string_equal(
        buf_text(&out),
        "2021-08-27T13:00:05.123Z|27/Aug/2021:13:00:05 +0000|0827 13:00:05.123456|2021-08-27 "
        "13:00:05,123|2021/08/27 13:00:05|2021-08-27 13:00:05.123 UTC|27 Aug 2021 "
        "13:00:05.123|1.2.3|5433|%");
    buf_clear(&out);
    log_text_write(&w, "%t", INT64_C(1709164800000000000), &d, &out);
    assert_string_equal(buf_text(&out), "2024-02-29T00:00:00.000Z");
    buf_free(&out);
}

/* Every template of every set can be written, and says something. */
static void every_template_works(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "checkout", "cart",     "catalog", "recommendation", "web",   "payments", "ledger",
        "fraud",    "postgres", "gateway", "kafka",          "redis", "etl",      "prometheus",
        "loki",     "klog",     "awsnode", "coredns",        "envoy"};
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        const struct log_text_set *s = log_text_set(sets[i]);
        assert_non_null(s);
        assert_true(s->count[LOG_TEXT_INFO] > 0);
        for (int c = 0; c < LOG_TEXT_CLASSES; c++)
            for (size_t k = 0; k < s->count[c]; k++) {
                struct log_text_writer w = {.version = "1", .second = -1};
                struct dice d = dice_of(i, (uint64_t)c, k);
                buf_clear(&out);
                log_text_write(&w, s->lines[c][k].text, START, &d, &out);
                assert_true(out.n > 20);
                assert_null(strchr(s->lines[c][k].text + strcspn(s->lines[c][k].text, "%"), '\r'));
            }
    }
    assert_null(log_text_set("nobody"));
    buf_free(&out);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(parts_make_the_whole),    T(the_same_seed_gives_the_same_lines),
        T(reading_stops_when_told), T(only_running_containers_write),
        T(errors_have_a_shape),     T(there_are_no_lines_before_the_day),
        T(templates_are_filled_in), T(every_template_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
