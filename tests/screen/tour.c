#include "tests/screen/tour.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "tests/screen/fill.h"
#include "ui/engine.h"

enum { FRAME_BYTES = 1 << 22, ANSWERS = 2 };

struct tour {
    struct app_conf conf;
    struct model *model;
    struct app *app;
    struct buf frame, before, asked;
    int width, height;
    const char *data, *pane, *key; /* of what is being done */
    unsigned faults, steps;
    bool loud;
};

/* How one comes to a pane with something in it, as typed on a fresh board; a line break is Enter. */
static const struct way {
    const char *pane, *typed;
    bool write;
} ways[] = {
    {"broken", ":broken\n", false},
    {"nodes", ":nodes\nj", false},
    {"pods", ":pods\nj", false},
    {"windows", ":windows\njj", false},
    {"groups", ":groups\nj", false},
    {"groups", ":groups\nj\n", false}, /* the page of one */
    {"charts", ":charts\n", false},
    {"logs", ":logs\n", false},
    {"logs", ":logs\nkkkk", false}, /* no longer following */
    {"events", ":events\nj", false},
    {"namespaces", ":namespaces\nj", false},
    {"resource", ":deployments\nj", false},
    {"volume", ":volume\n", false},
    {"graph", ":promql sum(up)\n", false},
    {"page", ":pods\nd", false},
    {"page", ":pods\ny", false},
    {"containers", ":containers\n", false},
    {"contexts", ":ctx\n", false},
    {"patterns", ":logs\nPj", false},
    {"marks", ":logs\nkk bseen\n:marks\n", false},
    {"logcli", ":logcli\n", false},
    {"actions", ":pods\nA", true},
    {"forwards", ":pf\n", false},
    {"help", "?", false},
};

static const struct scene {
    const char *data;
    int width, height;
} scenes[] = {{"incident", 120, 40}, {"incident", 80, 24}, {"foreign", 200, 60},
              {"foreign", 81, 25},   {"empty", 80, 24},    {"incident", 40, 10}};

static void fault(struct tour *t, const char *what)
{
    t->faults++;
    printf("%s, pane %s, key %s, %dx%d: %s\n", t->data, t->pane, t->key, t->width, t->height, what);
}

/* ---- what a frame may be ---- */

/* Nothing that moves a cursor, or turns the direction of writing. */
static bool steers(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200e && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0x061c || code == 0xfeff;
}

static void check_line(struct tour *t, struct str line)
{
    uint32_t code;
    if (!utf8_valid(line))
        fault(t, "a line is not UTF-8");
    else if (utf8_width(line) > t->width)
        fault(t, "a line is wider than the screen");
    for (size_t i = 0; i < line.n;) {
        i += utf8_decode(line.p + i, line.n - i, &code);
        if (steers(code)) {
            fault(t, "a byte on the screen could steer a terminal");
            return;
        }
    }
}

static void look(struct tour *t)
{
    struct str rest, line;
    int lines = 0;
    buf_clear(&t->frame);
    app_frame(t->app, t->width, t->height, &t->frame);
    rest = buf_str(&t->frame);
    for (; rest.n && str_cut(&rest, '\n', &line); lines++)
        check_line(t, line);
    if (lines != t->height)
        fault(t, "the frame has not the screen's height");
}

/* ---- going there ---- */

static int64_t tick;

static int64_t tour_tick(void)
{
    return tick;
}

/* What the key wished for is asked, comes, and is seen. */
static void settle(struct tour *t)
{
    tick += 200 * CLOCK_MS;
    look(t);
    fill_answer(t->model, FILL_NOW, NULL);
    app_work(t->app);
    look(t);
}

static void begin(struct tour *t, bool write)
{
    struct err err;
    t->model = model_new();
    if (strcmp(t->data, "incident") == 0) {
        fill_incident(t->model, FILL_NOW);
        fill_broken(t->model, FILL_NOW, "many");
    } else if (strcmp(t->data, "foreign") == 0)
        fill_foreign(t->model, FILL_NOW);
    else
        fill_empty(t->model);
    t->conf.write = write;
    t->app = app_new(t->model, &t->conf, &err);
    if (!t->app) {
        err_print(&err);
        exit(2);
    }
    settle(t);
}

static void end(struct tour *t)
{
    app_free(t->app);
    model_free(t->model);
    t->app = NULL;
    t->model = NULL;
}

static void go(struct tour *t, const struct way *way)
{
    if (prompt_is_open(t->app->prompt))
        app_key(t->app, KEYS_ESC);
    for (const char *c = way->typed; *c; c++) {
        app_key(t->app, *c == '\n' ? KEYS_ENTER : (unsigned char)*c);
        if (!prompt_is_open(t->app->prompt))
            settle(t);
    }
    for (int i = 0; i < ANSWERS; i++) /* some are asked for by others */
        settle(t);
}

/* ---- what a key does ---- */

static bool is_promised(const struct app *a, enum keys_action action)
{
    const struct keys_row *row = &keys_table[action];
    struct pane *p = engine_focused(a);
    struct list *l = pane_list_of(p);
    struct object_ref object;
    if (action == ACTION_DESCRIBE)
        return !(pane_flags(p) & PANE_PAGE) && pane_object(p, &object);
    if (action == ACTION_ENTER && l && !list_count(l))
        return false;
    return row->hint[0] && (!row->where || row->where & pane_flags(p));
}

/* All that a key may have changed, as one text. */
static void state(struct tour *t, struct buf *out)
{
    buf_clear(out);
    app_frame(t->app, t->width, t->height, out);
    app_frame_roles(t->app, out);
    buf_printf(out, "%zu %d", t->app->focus, app_wants_quit(t->app));
}

static void press(struct tour *t, uint32_t key)
{
    static char name[KEYS_NAME];
    t->key = keys_label(key, name);
    t->steps++;
    app_key(t->app, key);
}

static void resize(struct tour *t, int width, int height)
{
    t->width = width;
    t->height = height;
    look(t);
}

/* A board for each pane, size and data: its keys one after another, the screen turned on its side after each,
 * and the way there again. */
static void press_all(struct tour *t, const struct way *way)
{
    uint32_t key;
    begin(t, way->write);
    for (size_t action = 1; action < ACTION_COUNT; action++) {
        for (size_t i = 0; (key = keys_of(t->app->keys, (enum keys_action)action, i)); i++) {
            int width = t->width, height = t->height;
            if (action == ACTION_SUSPEND) /* stops the process */
                continue;
            go(t, way);
            press(t, key);
            settle(t);
            resize(t, height * 2, (width + 1) / 2);
            resize(t, width, height);
        }
    }
    end(t);
}

/* On a fresh board each: what the footer names does something. */
static void keep_promises(struct tour *t, const struct way *way)
{
    char text[200];
    for (size_t action = 1; action < ACTION_COUNT; action++) {
        begin(t, way->write);
        go(t, way);
        uint32_t key = keys_of(t->app->keys, (enum keys_action)action, 0);
        if (strcmp(engine_focused(t->app)->ops->name, way->pane) != 0 && action == 1)
            fault(t, "it does not open");
        bool promised = is_promised(t->app, (enum keys_action)action);
        if (action != ACTION_SUSPEND && (promised || t->loud)) {
            state(t, &t->before);
            press(t, key);
            buf_clear(&t->asked);
            fill_answer(t->model, FILL_NOW, &t->asked); /* what the key itself asks for */
            settle(t);
            state(t, &t->frame);
            bool same = !t->asked.n && str_eq(buf_str(&t->before), buf_str(&t->frame));
            snprintf(text, sizeof text, "nothing happens: %s %s",
                     promised ? "promised:" : "quiet:", keys_table[action].name);
            if (same && promised)
                fault(t, text);
            else if (same)
                printf("%s: %s: %s\n", t->pane, t->key, text);
        }
        end(t);
    }
}

static void visit(struct tour *t, const struct way *way)
{
    t->pane = way->pane;
    for (size_t i = sizeof scenes / sizeof *scenes; i-- > 0;) {
        t->data = scenes[i].data;
        t->width = scenes[i].width;
        t->height = scenes[i].height;
        press_all(t, way);
    }
    keep_promises(t, way); /* in the first scene */
}

static bool has_way(const char *pane)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].pane, pane) == 0)
            return true;
    return false;
}

bool tour_run(const struct app_conf *conf, const char *pane)
{
    struct tour t = {.conf = *conf, .data = "", .pane = "", .key = "none", .loud = pane};
    t.conf.monotonic = tour_tick;
    buf_init(&t.frame, FRAME_BYTES);
    buf_init(&t.before, FRAME_BYTES);
    buf_init(&t.asked, FRAME_BYTES);
    for (size_t i = 0; i < pane_count; i++) {
        t.pane = pane_table[i]->name;
        if (!has_way(t.pane))
            fault(&t, "the tour has no way to it");
    }
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++)
        if (!pane || strcmp(pane, ways[w].pane) == 0)
            visit(&t, &ways[w]);
    printf("%u keys on %zu panes, %u faults\n", t.steps, pane_count, t.faults);
    buf_free(&t.frame);
    buf_free(&t.before);
    buf_free(&t.asked);
    return t.faults == 0;
}
