/*
 * Plays a script on the dashboard and prints what it shows: the screen tests (make screen). A line of
 * the script is one of
 *
 *     size 120x40        fill incident|empty|foreign|huge N        ascii | labels | layout NAME
 *     keys j j Enter     type :ns shop        wait 200ms           do stale pods (answer.c)
 *     put TEXT           typed without the Enter of `type`; · is a blank
 *     shot TITLE         roles TITLE          intents on|off       answer on|off
 *
 * The clock is the script's: it stands still but for `wait`. `play -i` shows the same data in a real
 * terminal, with lines that come; `play -b N` times keys on N pods; `play -s SEED N` types at random;
 * `play -t` presses every key on every pane (tour.h).
 */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "tests/screen/fill.h"
#include "tests/screen/tour.h"
#include "ui/app.h"

enum { FRAME_BYTES = 1 << 24, SCRIPT_BYTES = 1 << 20 };

static int64_t wall = FILL_NOW, tick = 5 * CLOCK_SECOND;

static int64_t play_now(void)
{
    return wall;
}

static int64_t play_tick(void)
{
    return tick;
}

struct play {
    struct model *model;
    struct app *app;
    struct app_conf conf;
    struct buf out;
    int width, height;
    bool intents, silent;
};

__attribute__((noreturn)) static void die(const char *what, struct str which)
{
    fprintf(stderr, "play: %s: %.*s\n", what, (int)which.n, which.p);
    exit(2);
}

static struct app *app_of(struct play *p)
{
    struct err err;
    if (!p->model)
        die("fill comes first", str_of(""));
    if (!p->app && !(p->app = app_new(p->model, &p->conf, &err))) {
        err_print(&err);
        exit(2);
    }
    return p->app;
}

static void answer(struct play *p)
{
    if (!p->silent)
        fill_answer(p->model, wall, p->intents ? &p->out : NULL);
}

/* A frame that nobody sees: what a terminal would have drawn meanwhile. */
static void turn(struct play *p)
{
    struct buf nobody;
    buf_init(&nobody, FRAME_BYTES);
    app_frame(app_of(p), p->width, p->height, &nobody);
    answer(p);
    buf_free(&nobody);
}

static void do_size(struct play *p, struct str rest)
{
    struct str width;
    int64_t w, h;
    if (!str_cut(&rest, 'x', &width) || !str_to_int(width, &w) || !str_to_int(rest, &h))
        die("size", rest);
    p->width = (int)w;
    p->height = (int)h;
}

static void do_fill(struct play *p, struct str rest)
{
    struct str name;
    int64_t n = 1000;
    str_cut(&rest, ' ', &name);
    str_to_int(rest, &n);
    app_free(p->app);
    model_free(p->model);
    p->app = NULL;
    p->model = model_new();
    if (str_is(name, "incident"))
        fill_incident(p->model, wall);
    else if (str_is(name, "empty"))
        fill_empty(p->model);
    else if (str_is(name, "foreign"))
        fill_foreign(p->model, wall);
    else if (str_is(name, "huge"))
        fill_huge(p->model, wall, (size_t)n);
    else
        die("fill", name);
}

static void do_keys(struct play *p, struct str rest)
{
    struct str word;
    char name[KEYS_NAME + 1];
    while (str_cut(&rest, ' ', &word)) {
        snprintf(name, sizeof name, "%.*s", (int)word.n, word.p);
        uint32_t key = keys_parse(name);
        if (word.n && key == KEYS_NONE)
            die("no such key", word);
        if (word.n)
            app_key(app_of(p), key);
        turn(p);
    }
}

/* Typed, without the Enter behind it. */
static void do_put(struct play *p, struct str rest)
{
    for (size_t i = 0; i < rest.n;) {
        uint32_t code;
        i += utf8_decode(rest.p + i, rest.n - i, &code);
        app_key(app_of(p), code == 0xb7 ? ' ' : code);
    }
    turn(p);
}

static void do_type(struct play *p, struct str rest)
{
    do_put(p, rest);
    app_key(app_of(p), KEYS_ENTER);
    turn(p);
    turn(p);
}

static void do_wait(struct play *p, struct str rest)
{
    int64_t span;
    if (!clock_parse_span(rest, &span))
        die("wait", rest);
    wall += span;
    tick += span;
    clock_freeze(wall);
    turn(p);
    turn(p);
}

static void do_do(struct play *p, struct str rest)
{
    char what[200];
    snprintf(what, sizeof what, "%.*s", (int)rest.n, rest.p);
    if (!fill_change(p->model, wall, what))
        die("do", rest);
}

static void do_shot(struct play *p, struct str rest)
{
    turn(p);
    buf_printf(&p->out, "==== %.*s (%dx%d)\n", (int)rest.n, rest.p, p->width, p->height);
    app_frame(app_of(p), p->width, p->height, &p->out);
}

static void do_roles(struct play *p, struct str rest)
{
    turn(p);
    buf_printf(&p->out, "==== roles: %.*s (%dx%d)\n", (int)rest.n, rest.p, p->width, p->height);
    app_frame_roles(app_of(p), &p->out);
}

static void do_intents(struct play *p, struct str rest)
{
    p->intents = str_is(rest, "on");
}

static void do_answer(struct play *p, struct str rest)
{
    p->silent = str_is(rest, "off");
}

static void do_write(struct play *p, struct str rest)
{
    (void)rest;
    p->conf.write = true;
}

static void do_ascii(struct play *p, struct str rest)
{
    (void)rest;
    p->conf.ascii = APP_ALWAYS;
}

static void do_layout(struct play *p, struct str rest)
{
    static char layout[100];
    snprintf(layout, sizeof layout, "%.*s", (int)rest.n, rest.p);
    p->conf.layout = layout;
}

static const struct {
    const char *name;
    void (*run)(struct play *, struct str);
} steps[] = {
    {"size", do_size},   {"fill", do_fill},       {"keys", do_keys},     {"type", do_type},
    {"put", do_put},     {"wait", do_wait},       {"do", do_do},         {"shot", do_shot},
    {"roles", do_roles}, {"intents", do_intents}, {"answer", do_answer}, {"ascii", do_ascii},
    {"write", do_write}, {"layout", do_layout},
};

static void play_line(struct play *p, struct str line)
{
    struct str name;
    line = str_trim(line);
    if (!line.n || line.p[0] == '#')
        return;
    str_cut(&line, ' ', &name);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (str_is(name, steps[i].name)) {
            steps[i].run(p, line);
            return;
        }
    }
    die("no such step", name);
}

static int play_script(struct play *p, const char *path)
{
    struct buf script;
    struct err err;
    buf_init(&script, SCRIPT_BYTES);
    if (!file_read(path, &script, &err)) {
        err_print(&err);
        return 2;
    }
    struct str rest = buf_str(&script), line;
    while (str_cut(&rest, '\n', &line))
        play_line(p, line);
    fwrite(buf_text(&p->out), 1, p->out.n, stdout);
    buf_free(&script);
    return 0;
}

/* ---- in a real terminal ---- */

static void live_loop(struct play *p, int resized)
{
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = resized, .events = POLLIN}};
    int64_t next = clock_monotonic();
    while (!app_wants_quit(p->app)) {
        app_draw(p->app);
        fill_answer(p->model, clock_now(), NULL);
        if (clock_monotonic() > next) {
            next = clock_monotonic() + 700 * CLOCK_MS;
            if (!p->model->logs.to)
                fill_lines(p->model, clock_now(), 2);
        }
        int64_t wait = app_next_draw_ms(p->app);
        poll(fds, 2, (int)(wait > 200 ? 200 : wait));
        struct signalfd_siginfo info;
        if (fds[1].revents && read(resized, &info, sizeof info) > 0)
            app_resize(p->app);
        if (fds[0].revents)
            app_input(p->app);
    }
}

static int play_live(struct play *p, const char *data)
{
    struct err err;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    clock_freeze(0);
    wall = clock_now();
    do_fill(p, str_of(data));
    p->conf.now = NULL;
    p->conf.monotonic = NULL;
    p->conf.mouse = true;
    if (!app_terminal_start(app_of(p), &err)) {
        err_print(&err);
        return 2;
    }
    live_loop(p, signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    return 0;
}

/* ---- how long a key takes ---- */

static int bench(struct play *p, const char *pods)
{
    static const char *const keys[] = {"G", "k", "s", "s", "s", "s", "s", "S", "g", "0"};
    char fill[40];
    snprintf(fill, sizeof fill, "huge %s", pods);
    do_fill(p, str_of(fill));
    do_size(p, str_of("200x60"));
    int64_t start = clock_monotonic();
    turn(p);
    printf("first frame %.1f ms\n", (double)(clock_monotonic() - start) / 1e6);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        start = clock_monotonic();
        do_keys(p, str_of(keys[i]));
        printf("key %s %.1f ms\n", keys[i], (double)(clock_monotonic() - start) / 1e6);
    }
    start = clock_monotonic();
    do_type(p, str_of("&service-77-"));
    printf("filter %.1f ms\n", (double)(clock_monotonic() - start) / 1e6);
    do_keys(p, str_of("Esc"));
    fill_change(p->model, wall, "pod one-more");
    start = clock_monotonic();
    do_keys(p, str_of("j"));
    printf("key after a change %.1f ms\n", (double)(clock_monotonic() - start) / 1e6);
    return 0;
}

/* ---- random keys, sizes and changes: nothing may break, whatever is typed ---- */

static uint32_t roll(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 8) % n;
}

static void one_change(struct play *p, uint32_t *state)
{
    static const char *const changes[] = {
        "lines 9",     "lines 300",    "gap",         "late",        "pod a-new-one", "remove c",
        "pod another", "stale pods",   "live pods",   "denied logs", "live logs",     "off metrics",
        "remove a",    "live metrics", "stale store", "live store",  "stale open",    "live open",
    };
    fill_change(p->model, wall, changes[roll(state, sizeof changes / sizeof *changes)]);
}

static uint32_t one_key(uint32_t *state)
{
    static const uint32_t special[] = {KEYS_TAB,  KEYS_ENTER,   KEYS_ESC,   KEYS_BACKSPACE,
                                       KEYS_UP,   KEYS_DOWN,    KEYS_LEFT,  KEYS_PGUP,
                                       KEYS_PGDN, KEYS_BACKTAB, KEYS_HOME,  KEYS_END,
                                       0x1f680,   0xc8fc,       KEYS_DELETE};
    /* Not o, which writes files. */
    static const char letters[] =
        "jkgGs/&:?z[]LTu0lmvFeEwtnNqhq!(1234560<>SPPaacxxb''  {{{}}V@+-=\"|ns";
    uint32_t kind = roll(state, 10);
    if (kind < 3)
        return special[roll(state, sizeof special / sizeof *special)];
    if (kind < 9)
        return (unsigned char)letters[roll(state, sizeof letters - 1)];
    return roll(state, 26) + 1 == 26 ? 1 : roll(state, 25) + 1; /* not Ctrl-Z, which stops */
}

static int storm(struct play *p, const char *seed, const char *count)
{
    uint32_t state = (uint32_t)strtoul(seed, NULL, 10);
    static const char *const data[] = {"incident", "foreign", "empty", "huge 3000"};
    for (long i = 0; i < strtol(count, NULL, 10); i++) {
        if (i % 700 == 0)
            do_fill(p, str_of(data[roll(&state, 4)]));
        uint32_t what = roll(&state, 20);
        if (what == 0) {
            p->width = (int)roll(&state, 260) + 1;
            p->height = (int)roll(&state, 90) + 1;
        } else if (what == 1) {
            do_wait(p, str_of(roll(&state, 9) ? "70ms" : "3m"));
        } else if (what == 2) {
            one_change(p, &state);
        } else {
            app_key(app_of(p), one_key(&state));
        }
        if (roll(&state, 3) == 0)
            turn(p);
    }
    printf("%s steps of seed %s: nothing broke\n", count, seed);
    return 0;
}

int main(int argc, char **argv)
{
    struct play p = {.width = 120, .height = 40};
    int status = 2;
    setlocale(LC_ALL, "");
    buf_init(&p.out, FRAME_BYTES);
    static const struct querywords_saved queries[] = {
        {"slow", "{namespace=\"shop\"} | json | duration > 1s"}, {NULL, NULL}};
    p.conf = (struct app_conf){.now = play_now, .monotonic = play_tick, .queries = queries};
    clock_freeze(wall);
    if (argc >= 2 && strcmp(argv[1], "-i") == 0)
        status = play_live(&p, argc > 2 ? argv[2] : "incident");
    else if (argc == 3 && strcmp(argv[1], "-b") == 0)
        status = bench(&p, argv[2]);
    else if (argc == 4 && strcmp(argv[1], "-s") == 0)
        status = storm(&p, argv[2], argv[3]);
    else if (argc >= 2 && strcmp(argv[1], "-t") == 0)
        status = !tour_run(&p.conf, argc > 2 ? argv[2] : NULL);
    else if (argc == 2)
        status = play_script(&p, argv[1]);
    else
        fprintf(stderr,
                "usage: play SCRIPT | play -i [incident|empty|foreign|huge N] | play -b PODS | "
                "play -s SEED STEPS | play -t [PANE]\n");
    app_free(p.app);
    model_free(p.model);
    buf_free(&p.out);
    return status;
}
