/* Windows, days and the catalogue in a folder. */
#include "help.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "store/spool.h"
#include "store/window_store.h"

struct ground {
    struct help *help;
    struct store *store;
    struct window_store *windows;
};

static int set_up(void **state)
{
    struct ground *g = mem_alloc(sizeof *g);
    void *help = NULL;
    if (help_set_up(&help) != 0)
        return -1;
    g->help = help;
    g->store = help_open_folder(g->help, g->help->folder);
    g->windows = window_store_new(g->store, g->store, "prod");
    *state = g;
    return 0;
}

static int tear_down(void **state)
{
    struct ground *g = *state;
    void *help = g->help;
    window_store_free(g->windows);
    store_free(g->store);
    free(g);
    return help_tear_down(&help);
}

static int64_t at(const char *text)
{
    int64_t t;
    assert_true(clock_parse(str_of(text), false, &t));
    return t;
}

/* A window of one group, whose id is made of `group`. */
static struct window *make_window(const char *rule, const char *from, int group, uint64_t lines)
{
    struct window *w = mem_alloc(sizeof *w);
    w->cluster = mem_dup("prod");
    w->rule = mem_dup(rule);
    w->query = mem_dup("{}");
    w->from = at(from);
    w->to = w->from + 10 * CLOCK_MINUTE;
    w->lines = w->counted = lines;
    w->complete = true;
    w->groups = mem_array(1, sizeof *w->groups);
    w->group_count = 1;
    struct group *g = w->groups;
    snprintf(g->id, sizeof g->id, "%016d", group);
    g->template_text = mem_printf("failed <*> of %s", from);
    g->level = LEVEL_ERROR;
    g->count = lines;
    g->first = w->from + CLOCK_SECOND;
    g->last = w->from + 5 * CLOCK_MINUTE;
    g->minutes = 10;
    g->per_minute = mem_array(10, sizeof *g->per_minute);
    g->sample_time = g->first;
    g->sample_text = mem_dup("failed 1");
    g->sample_n = 8;
    return w;
}

struct got {
    bool came;
    struct err err;
    struct window *window;
    struct window_day *day;
    struct catalogue *catalogue;
    bool rebuilt;
    int64_t times[400];
    size_t count, failed;
    char names[400];
    uint64_t lines; /* of all entries */
    struct buf bytes;
};

static void got_free(struct got *g)
{
    window_free(g->window);
    window_day_free(g->day);
    catalogue_free(g->catalogue);
    buf_free(&g->bytes);
    *g = (struct got){0};
}

static void end(struct got *g, const struct err *err)
{
    g->err = *err;
    g->came = true;
}

static void got_plain(void *context, const struct err *err)
{
    end(context, err);
}

static void got_window(void *context, struct window *yours, const struct err *err)
{
    ((struct got *)context)->window = yours;
    end(context, err);
}

static void got_day(void *context, struct window_day *yours, const struct err *err)
{
    ((struct got *)context)->day = yours;
    end(context, err);
}

static void got_catalogue(void *context, struct catalogue *yours, bool rebuilt,
                          const struct err *err)
{
    ((struct got *)context)->catalogue = yours;
    ((struct got *)context)->rebuilt = rebuilt;
    end(context, err);
}

static void got_times(void *context, const int64_t *times, size_t count, const struct err *err)
{
    struct got *g = context;
    g->count = count;
    assert_true(count <= 400);
    if (count)
        memcpy(g->times, times, count * sizeof *times);
    end(context, err);
}

static void got_names(void *context, const char *const *names, size_t count, const struct err *err)
{
    struct got *g = context;
    g->count = count;
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(g->names);
        snprintf(g->names + n, sizeof g->names - n, "%s ", names[i]);
    }
    end(context, err);
}

static void got_span(void *context, const struct window_entry *list, size_t count, size_t failed,
                     const struct err *err)
{
    struct got *g = context;
    g->count = count;
    g->failed = failed;
    for (size_t i = 0; i < count; i++) {
        g->times[i] = list[i].from;
        g->lines += list[i].lines;
    }
    end(context, err);
}

static void got_snapshot(void *context, int64_t found, struct str packed, const struct err *err)
{
    struct got *g = context;
    g->times[0] = found;
    buf_init(&g->bytes, packed.n + 1);
    buf_add(&g->bytes, packed.p, packed.n);
    end(context, err);
}

static void got_lines(void *context, struct spool *yours, const struct err *err)
{
    char bytes[100];
    ptrdiff_t n = yours ? spool_read(yours, bytes, sizeof bytes) : 0;
    spool_free(yours);
    got_snapshot(context, 0, (struct str){bytes, (size_t)n}, err);
}

#define DO(ground, got, call)                                                                      \
    do {                                                                                           \
        got_free(&(got));                                                                          \
        call;                                                                                      \
        assert_false((got).came);                                                                  \
        help_wait((ground)->help, &(got).came);                                                    \
    } while (0)

static void save(struct ground *g, const char *rule, const char *from, int group, uint64_t lines,
                 bool index)
{
    struct window *w = make_window(rule, from, group, lines);
    struct got a = {0};
    DO(g, a, window_store_save(g->windows, w, &a, got_plain));
    assert_int_equal(a.err.kind, ERR_NONE);
    if (index) {
        DO(g, a, window_store_day_index(g->windows, w, &a, got_plain));
        assert_int_equal(a.err.kind, ERR_NONE);
    }
    window_free(w);
}

static char *path_of(struct ground *g, const char *key)
{
    return mem_printf("%s/%s", g->help->folder, key);
}

static void write_key(struct ground *g, const char *key, const char *text)
{
    assert_int_equal(help_put(g->help, g->store, key, str_of(text)), ERR_NONE);
}

/* Long enough ago that nothing counts as newer than what is written now. */
static void make_old(struct ground *g, const char *key)
{
    char *path = path_of(g, key);
    struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    free(path);
}

static size_t day_count(struct ground *g, const char *day)
{
    struct got a = {0};
    DO(g, a, window_store_day_load(g->windows, "errors", at(day), &a, got_day));
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_string_equal(a.day->rule, "errors");
    assert_string_equal(a.day->cluster, "prod");
    size_t n = a.day->count;
    got_free(&a);
    return n;
}

static void keeps_windows(void **state)
{
    struct ground *g = *state;
    struct got a = {0};
    save(g, "errors", "2021-08-27T13:00:00Z", 1, 7, false);
    DO(g, a, window_store_load(g->windows, "errors", at("2021-08-27T13:00:00Z"), &a, got_window));
    assert_int_equal(a.window->lines, 7);
    assert_string_equal(a.window->groups[0].id, "0000000000000001");
    DO(g, a, window_store_load(g->windows, "errors", at("2021-08-27T13:10:00Z"), &a, got_window));
    assert_int_equal(a.err.kind, ERR_NOT_FOUND);
    assert_null(a.window);
    DO(g, a, window_store_load(g->windows, "../errors", 0, &a, got_window));
    assert_int_equal(a.err.kind, ERR_USAGE);
    write_key(g, "prod/windows/errors/2021/08/27/1320.json", "{\"schema\":2}");
    DO(g, a, window_store_load(g->windows, "errors", at("2021-08-27T13:20:00Z"), &a, got_window));
    assert_int_equal(a.err.kind, ERR_PROTOCOL);
    assert_non_null(strstr(a.err.what, "newer"));
    got_free(&a);
}

static void reads_lines(void **state)
{
    struct ground *g = *state;
    struct got a = {0};
    int64_t t = at("2021-08-27T13:00:00Z");
    write_key(g, "prod/lines/errors/2021/08/27/1300.log.gz", "packed");
    DO(g, a, window_store_load_lines(g->windows, "errors", t, &a, got_lines));
    assert_true(str_is(buf_str(&a.bytes), "packed"));
    DO(g, a, window_store_list_windows(g->windows, true, "errors", 0, t + 1, &a, got_times));
    assert_int_equal(a.count, 1);
    struct window_store *reader = window_store_new(NULL, g->store, "prod");
    DO(g, a, window_store_load_lines(reader, "errors", t, &a, got_lines));
    assert_int_equal(a.err.kind, ERR_CONFIG);
    DO(g, a, window_store_list_rules(reader, true, &a, got_names));
    assert_int_equal(a.err.kind, ERR_CONFIG);
    window_store_free(reader);
    got_free(&a);
}

static void an_index_is_written_and_read(void **state)
{
    struct ground *g = *state;
    assert_int_equal(day_count(g, "2021-08-27T00:00:00Z"), 0);
    save(g, "errors", "2021-08-27T13:00:00Z", 1, 7, true);
    save(g, "errors", "2021-08-27T13:10:00Z", 1, 8, true);
    save(g, "errors", "2021-08-28T00:00:00Z", 1, 9, true);
    assert_int_equal(day_count(g, "2021-08-27T23:59:59Z"), 2);
    assert_int_equal(day_count(g, "2021-08-28T00:00:00Z"), 1);
    /* By one GET: the windows themselves are not asked. */
    char *path = path_of(g, "prod/windows/errors/2021/08/27/1300.json");
    assert_int_equal(unlink(path), 0);
    free(path);
    assert_int_equal(day_count(g, "2021-08-27T00:00:00Z"), 2);
}

static void an_index_heals(void **state)
{
    struct ground *g = *state;
    struct got a = {0};
    const char *index = "prod/windows/errors/2021/08/27/index.json";
    /* Windows whose index was never written. */
    save(g, "errors", "2021-08-27T13:00:00Z", 1, 1, false);
    save(g, "errors", "2021-08-27T13:10:00Z", 1, 1, false);
    save(g, "errors", "2021-08-27T13:20:00Z", 1, 1, true);
    char *path = path_of(g, index);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(day_count(g, "2021-08-27T00:00:00Z"), 3);
    /* A broken and a missing one are made again by a reader, which writes nothing. */
    write_key(g, index, "{\"schema\":1,\"day\":");
    assert_int_equal(day_count(g, "2021-08-27T00:00:00Z"), 3);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(day_count(g, "2021-08-27T00:00:00Z"), 3);
    assert_int_equal(access(path, F_OK), -1);
    save(g, "errors", "2021-08-27T13:30:00Z", 1, 1, true);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(day_count(g, "2021-08-27T00:00:00Z"), 4);
    /* A window that was done again, and its index not: newer than the index. */
    make_old(g, index);
    save(g, "errors", "2021-08-27T13:00:00Z", 1, 50, false);
    save(g, "errors", "2021-08-27T13:40:00Z", 1, 1, true);
    DO(g, a,
       window_store_day_span(g->windows, "errors", at("2021-08-27T00:00:00Z"),
                             at("2021-08-28T00:00:00Z"), &a, got_span));
    assert_int_equal(a.count, 5);
    assert_int_equal(a.lines, 54);
    /* A window that has gone, and one that is broken. */
    char *gone = path_of(g, "prod/windows/errors/2021/08/27/1310.json");
    assert_int_equal(unlink(gone), 0);
    write_key(g, "prod/windows/errors/2021/08/27/1500.json", "broken");
    save(g, "errors", "2021-08-27T13:50:00Z", 1, 1, true);
    assert_int_equal(day_count(g, "2021-08-27T00:00:00Z"), 5);
    free(gone);
    free(path);
    got_free(&a);
}

static void a_newer_index_is_left_alone(void **state)
{
    struct ground *g = *state;
    struct got a = {0};
    const char *index = "prod/windows/errors/2021/08/27/index.json";
    const char *newer = "{\"schema\":9,\"day\":\"2021-08-27\",\"windows\":[]}";
    write_key(g, index, newer);
    struct window *w = make_window("errors", "2021-08-27T13:00:00Z", 1, 1);
    DO(g, a, window_store_day_index(g->windows, w, &a, got_plain));
    assert_int_equal(a.err.kind, ERR_PROTOCOL);
    assert_non_null(strstr(a.err.what, "newer"));
    help_expect(g->help, g->store, index, str_of(newer));
    window_free(w);
    got_free(&a);
}

static void many_windows_are_indexed_one_after_another(void **state)
{
    struct ground *g = *state;
    struct got all[30] = {0};
    for (int i = 0; i < 30; i++) {
        char from[40];
        snprintf(from, sizeof from, "2021-08-27T%02d:%02d:00Z", i / 6, i % 6 * 10);
        struct window *w = make_window("errors", from, 1, 1);
        window_store_save(g->windows, w, &all[i], got_plain);
        window_free(w);
    }
    for (int i = 0; i < 30; i++) {
        help_wait(g->help, &all[i].came);
        got_free(&all[i]);
        char from[40];
        snprintf(from, sizeof from, "2021-08-27T%02d:%02d:00Z", i / 6, i % 6 * 10);
        struct window *w = make_window("errors", from, 1, 1);
        struct window_store_op *op = window_store_day_index(g->windows, w, &all[i], got_plain);
        window_free(w);
        if (i % 10 == 5) {
            window_store_cancel(op);
            all[i].came = true;
        }
    }
    for (int i = 0; i < 30; i++) {
        help_wait(g->help, &all[i].came);
        assert_int_equal(all[i].err.kind, ERR_NONE);
    }
    assert_int_equal(day_count(g, "2021-08-27T00:00:00Z"), 30);
}

static void merge_one(struct ground *g, int group, const char *text, int64_t first, int64_t last)
{
    struct got a = {0};
    char id[17];
    struct catalogue *c = catalogue_new("prod");
    snprintf(id, sizeof id, "%016d", group);
    catalogue_merge_group(c, id, text, first, last);
    DO(g, a, window_store_groups_merge(g->windows, c, &a, got_plain));
    assert_int_equal(a.err.kind, ERR_NONE);
    catalogue_free(c);
}

static void the_catalogue_merges(void **state)
{
    struct ground *g = *state;
    struct got a = {0};
    DO(g, a, window_store_groups_load(g->windows, &a, got_catalogue));
    assert_int_equal(a.catalogue->count, 0);
    assert_true(a.rebuilt);
    merge_one(g, 1, "one", 100, 200);
    merge_one(g, 2, "two", 100, 200);
    merge_one(g, 1, "other words", 50, 150);
    DO(g, a, window_store_groups_load(g->windows, &a, got_catalogue));
    assert_int_equal(a.catalogue->count, 2);
    assert_false(a.rebuilt);
    assert_string_equal(a.catalogue->list[0].template_text, "one");
    assert_true(a.catalogue->list[0].first == 50 && a.catalogue->list[0].last == 200);
    /* Nothing new: not written again. */
    make_old(g, "prod/groups.json");
    merge_one(g, 1, "one", 60, 70);
    char *path = path_of(g, "prod/groups.json");
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mtime, 1000000000);
    free(path);
    write_key(g, "prod/groups.json", "{\"schema\":2,\"groups\":[]}");
    DO(g, a, window_store_groups_load(g->windows, &a, got_catalogue));
    assert_int_equal(a.err.kind, ERR_PROTOCOL);
    assert_null(a.catalogue);
    got_free(&a);
}

static void a_lost_catalogue_comes_from_the_windows(void **state)
{
    struct ground *g = *state;
    struct got a = {0};
    /* Of two rules; the oldest window has the words that stay. */
    save(g, "b", "2021-08-27T13:10:00Z", 1, 1, false);
    save(g, "a", "2021-08-27T13:20:00Z", 1, 1, false);
    save(g, "b", "2020-12-31T23:50:00Z", 1, 1, false);
    save(g, "a", "2021-08-27T13:00:00Z", 2, 1, false);
    write_key(g, "prod/windows/a/2021/08/27/1330.json", "no window");
    write_key(g, "prod/groups.json", "broken");
    DO(g, a, window_store_groups_load(g->windows, &a, got_catalogue));
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_true(a.rebuilt);
    assert_int_equal(a.catalogue->count, 2);
    assert_string_equal(a.catalogue->list[0].template_text, "failed <*> of 2020-12-31T23:50:00Z");
    assert_true(a.catalogue->list[0].first == at("2020-12-31T23:50:01Z"));
    assert_true(a.catalogue->list[0].last == at("2021-08-27T13:25:00Z"));
    merge_one(g, 3, "three", 1, 2);
    DO(g, a, window_store_groups_load(g->windows, &a, got_catalogue));
    assert_false(a.rebuilt);
    assert_int_equal(a.catalogue->count, 3);
    got_free(&a);
}

static void lists_what_is_there(void **state)
{
    struct ground *g = *state;
    struct got a = {0};
    DO(g, a, window_store_list_rules(g->windows, false, &a, got_names));
    assert_int_equal(a.count, 0);
    static const char *const times[] = {"2020-12-31T23:50:00Z", "2021-01-01T00:00:00Z",
                                        "2021-08-27T13:00:00Z", "2021-08-27T13:10:00Z",
                                        "2021-08-30T00:00:00Z", "2022-02-01T12:00:00Z"};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        save(g, "errors", times[i], 1, 1, i != 3);
    save(g, "gateway-5xx", times[2], 1, 1, false);
    write_key(g, "prod/windows/Not_a_rule/x", "x");
    write_key(g, "prod2/windows/other/x", "x");
    DO(g, a, window_store_list_rules(g->windows, false, &a, got_names));
    assert_string_equal(a.names, "errors gateway-5xx ");
    DO(g, a, window_store_list_days(g->windows, "windows", "errors", 0, INT64_MAX, &a, got_times));
    assert_int_equal(a.count, 5);
    assert_true(a.times[0] == at("2020-12-31T00:00:00Z"));
    assert_true(a.times[4] == at("2022-02-01T00:00:00Z"));
    DO(g, a,
       window_store_list_days(g->windows, "windows", "errors", at("2021-08-27T23:00:00Z"),
                              at("2021-08-30T00:00:00Z"), &a, got_times));
    assert_int_equal(a.count, 1);
    DO(g, a,
       window_store_list_windows(g->windows, false, "errors", at("2021-01-01T00:00:00Z"),
                                 at("2021-08-27T13:10:00Z"), &a, got_times));
    assert_int_equal(a.count, 2);
    assert_true(a.times[0] == at("2021-01-01T00:00:00Z"));
    assert_true(a.times[1] == at("2021-08-27T13:00:00Z"));
    DO(g, a,
       window_store_day_span(g->windows, "errors", at("2020-12-31T23:55:00Z"),
                             at("2022-02-01T12:00:00Z"), &a, got_span));
    assert_int_equal(a.failed, 0);
    assert_int_equal(a.count, 3);
    write_key(g, "prod/windows/errors/2021/08/30/index.json",
              "{\"schema\":7,\"day\":\"2021-08-30\",\"windows\":[]}");
    DO(g, a, window_store_day_span(g->windows, "errors", 0, INT64_MAX, &a, got_span));
    assert_int_equal(a.failed, 1);
    assert_int_equal(a.err.kind, ERR_PROTOCOL);
    assert_int_equal(a.count, 4);
    DO(g, a, window_store_day_span(g->windows, "none", 0, INT64_MAX, &a, got_span));
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_int_equal(a.count, 0);
    got_free(&a);
}

static void save_snapshot(struct ground *g, const char *time)
{
    char key[WINDOW_KEY_SIZE];
    write_key(g, window_key_snapshot(key, "prod", at(time)), time);
}

static void expect_snapshot(struct ground *g, const char *time, const char *found)
{
    struct got a = {0};
    DO(g, a, window_store_snapshot_load(g->windows, at(time), &a, got_snapshot));
    if (!found) {
        assert_int_equal(a.err.kind, ERR_NOT_FOUND);
    } else {
        assert_int_equal(a.err.kind, ERR_NONE);
        assert_true(a.times[0] == at(found));
        assert_string_equal(buf_text(&a.bytes), found);
    }
    got_free(&a);
}

static void finds_the_snapshot_of_a_moment(void **state)
{
    struct ground *g = *state;
    struct got a = {0};
    expect_snapshot(g, "2021-08-27T13:00:00Z", NULL);
    save_snapshot(g, "2021-08-27T13:00:00Z");
    save_snapshot(g, "2021-08-27T13:10:00Z");
    save_snapshot(g, "2021-12-01T00:10:00Z");
    expect_snapshot(g, "2021-08-27T12:59:59Z", NULL);
    expect_snapshot(g, "2021-08-27T13:00:00Z", "2021-08-27T13:00:00Z");
    expect_snapshot(g, "2021-08-27T13:09:59Z", "2021-08-27T13:00:00Z");
    expect_snapshot(g, "2021-08-27T20:00:00Z", "2021-08-27T13:10:00Z");
    expect_snapshot(g, "2021-12-01T00:09:00Z", "2021-08-27T13:10:00Z");
    expect_snapshot(g, "2030-01-01T00:00:00Z", "2021-12-01T00:10:00Z");
    DO(g, a,
       window_store_list_snapshots(g->windows, at("2021-08-27T13:10:00Z"),
                                   at("2021-12-01T00:10:00Z"), &a, got_times));
    assert_int_equal(a.count, 1);
    got_free(&a);
}

static void closing_is_silent(void **state)
{
    struct ground *g = *state;
    struct got all[8] = {0};
    save(g, "errors", "2021-08-27T13:00:00Z", 1, 1, false);
    for (int turns = 0; turns < 12; turns++) {
        struct window_store *w = window_store_new(g->store, g->store, "prod");
        struct window *window = make_window("errors", "2021-08-27T13:00:00Z", 1, 1);
        window_store_day_load(w, "errors", window->from, &all[0], got_day);
        window_store_day_index(w, window, &all[1], got_plain);
        window_store_groups_load(w, &all[2], got_catalogue);
        window_store_day_span(w, "errors", 0, INT64_MAX, &all[3], got_span);
        window_store_snapshot_load(w, window->from, &all[4], got_snapshot);
        window_store_save(w, window, &all[5], got_plain);
        window_store_list_rules(w, false, &all[6], got_names);
        window_store_list_days(w, "windows", "errors", 0, INT64_MAX, &all[7], got_times);
        for (int i = 0; i < turns; i++)
            loop_turn(g->help->loop, 2);
        bool came[8];
        for (int i = 0; i < 8; i++)
            came[i] = all[i].came;
        window_store_free(w);
        window_free(window);
        help_run_for(g->help, 10);
        for (int i = 0; i < 8; i++) {
            assert_int_equal(all[i].came, came[i]);
            got_free(&all[i]);
        }
    }
}

#define ON_GROUND(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_GROUND(keeps_windows),
        ON_GROUND(reads_lines),
        ON_GROUND(an_index_is_written_and_read),
        ON_GROUND(an_index_heals),
        ON_GROUND(a_newer_index_is_left_alone),
        ON_GROUND(many_windows_are_indexed_one_after_another),
        ON_GROUND(the_catalogue_merges),
        ON_GROUND(a_lost_catalogue_comes_from_the_windows),
        ON_GROUND(lists_what_is_there),
        ON_GROUND(finds_the_snapshot_of_a_moment),
        ON_GROUND(closing_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
