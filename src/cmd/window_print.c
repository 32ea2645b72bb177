#include "cmd/window_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/window_history.h"
#include "net/loop.h"
#include "text/table.h"
#include "triage/comparison.h"

struct window_print {
    struct window_print_conf conf;
    struct window_history *history;
    struct pasts *pasts;
    struct catalogue *catalogue;
    void *catalogue_op;
    struct loop_timer *timer;
    struct table *table;
};

void window_print_free(struct window_print *p)
{
    if (!p)
        return;
    p->conf.source.ops->cancel(p->catalogue_op);
    window_history_free(p->history);
    pasts_free(p->pasts);
    catalogue_free(p->catalogue);
    loop_timer_free(p->timer);
    table_free(p->table);
    window_free(p->conf.window);
    free(p);
}

/* ---- the table ---- */

static const struct table_column columns[] = {
    {"COUNT", true, false, 0}, {"STATE", false, false, 0},         {"LEVEL", false, false, 0},
    {"ID", false, false, 0},   {"WORKLOADS/PODS", true, false, 0}, {"MESSAGE", false, true, 30},
};

static void print_row(struct window_print *p, uint64_t count, enum badge badge, enum level level,
                      const char *id, const char *places, const char *text)
{
    char number[24];
    snprintf(number, sizeof number, "%" PRIu64, count);
    table_add_safe(p->table, number);
    table_add_safe(p->table, badge_word(badge));
    table_add_safe(p->table, level_name(level));
    table_add_safe(p->table, id);
    table_add_safe(p->table, places);
    table_add_foreign(p->table, text);
}

static void print_gone(void *context, const struct past_group *g)
{
    char id[20];
    snprintf(id, sizeof id, "%016" PRIx64, g->id);
    print_row(context, g->count, BADGE_GONE, g->level, id, "-", g->text);
}

static void print_head(struct window_print *p, const struct comparison *c)
{
    const struct window *w = p->conf.window;
    struct buf *out = p->conf.out;
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    size_t unknown = 0;
    clock_format(w->from, false, "%Y-%m-%d %H:%M", from, sizeof from);
    clock_format(w->to - 1, false, "%H:%M %Z", to, sizeof to);
    buf_printf(out, "%s  %s–%s  %" PRIu64 " lines (Loki counts %" PRIu64 "), %zu groups, %s\n",
               w->rule, from, to, w->lines, w->counted, w->group_count,
               w->truncated  ? "truncated"
               : w->complete ? "complete"
                             : "incomplete");
    utf8_safe(out, str_of(w->query), UTF8_SAFE_DEFAULT);
    for (int i = 0; i < BADGE_WITH; i++)
        if (!c->past[i])
            buf_printf(out, "%s%s", unknown++ ? ", " : "\nnot known to compare with: ",
                       badge_with_words((enum badge_with)i));
    buf_adds(out, "\n\n");
}

static void print(struct window_print *p)
{
    const struct window *w = p->conf.window;
    struct comparison c;
    char places[64];
    comparison_of(&c, w, p->pasts, p->catalogue);
    print_head(p, &c);
    p->table = table_new(p->conf.out, columns, sizeof columns / sizeof *columns, NULL);
    for (size_t i = 0; i < w->group_count; i++) {
        const struct group *g = &w->groups[i];
        snprintf(places, sizeof places, "%zu/%zu", g->workloads.count, g->pods.count);
        print_row(p, g->count, comparison_badge(&c, g), g->level, g->id, places, g->template_text);
    }
    comparison_gone(&c, p, print_gone);
    table_finish(p->table);
}

/* ---- what it needs ---- */

static void look(void *context)
{
    struct window_print *p = context;
    struct err none = {0};
    if (p->catalogue_op || !window_history_settled(p->history))
        return;
    print(p);
    void (*done)(void *, const struct err *) = p->conf.done;
    void *whose = p->conf.context;
    window_print_free(p);
    done(whose, &none);
}

static void on_changed(void *context)
{
    loop_timer_set(((struct window_print *)context)->timer, 0);
}

static void on_catalogue(void *context, struct catalogue *yours, bool rebuilt,
                         const struct err *err)
{
    struct window_print *p = context;
    (void)rebuilt;
    (void)err;
    p->catalogue_op = NULL;
    p->catalogue = yours;
    on_changed(p);
}

struct window_print *window_print_start(const struct window_print_conf *conf)
{
    struct window_print *p = mem_alloc(sizeof *p);
    const struct window *w = conf->window;
    p->conf = *conf;
    p->pasts = pasts_new();
    p->timer = loop_timer_new(conf->loop, look, p);
    p->history = window_history_new(&(struct window_history_conf){.loop = conf->loop,
                                                                  .source = conf->source,
                                                                  .pasts = p->pasts,
                                                                  .wants = BADGE_WITH,
                                                                  .context = p,
                                                                  .changed = on_changed});
    struct window_history_want want = {w->rule, w->from, w->to - w->from};
    window_history_show(p->history, &want, 1);
    p->catalogue_op = conf->source.ops->catalogue(conf->source.self, p, on_catalogue);
    return p;
}
