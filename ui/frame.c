#include "ui/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "ui/engine.h"

enum { STATE_LEAST = 12, HINT_GAP = 2, NAME = 300, OFF = 32 + CLOCK_TEXT };
#define OFF_LEAST (5 * CLOCK_SECOND)

static enum theme_role state_role(enum upstream_state state)
{
    static const enum theme_role roles[] = {
        [UPSTREAM_OFF] = ROLE_STATE_WAIT,       [UPSTREAM_CONNECTING] = ROLE_STATE_WAIT,
        [UPSTREAM_LIVE] = ROLE_STATE_LIVE,      [UPSTREAM_STALE] = ROLE_STATE_STALE,
        [UPSTREAM_SNAPSHOT] = ROLE_STATE_STALE, [UPSTREAM_DENIED] = ROLE_STATE_FAILED,
        [UPSTREAM_FAILED] = ROLE_STATE_FAILED,
    };
    return roles[state];
}

/* ---- titles: "─ Pods 12/128 &web ─── note ──── live ─" ---- */

/* A word with a blank on both sides, over the line; the next one's column. */
static int title_word(const struct draw_area *line, int x, enum theme_role role, const char *text)
{
    int room = line->width - 2 - x;
    if (!text[0] || room < 3)
        return x;
    draw_glyph(line, x, 0, role, GLYPH_NONE);
    x += 1 + draw_texts(line, x + 1, 0, room - 1, DRAW_LEFT, role, text);
    draw_glyph(line, x, 0, role, GLYPH_NONE);
    return x;
}

/* As title_word, set apart from the word before it by a mark. */
static int title_more(const struct draw_area *line, int x, enum draw_glyph mark, const char *text)
{
    char marked[PANE_TEXT];
    if (!text[0])
        return x;
    snprintf(marked, sizeof marked, "%s %s", draw_mark(line, mark), text);
    return title_word(line, x, ROLE_DIM, marked);
}

static int title_pattern(const struct draw_area *line, int x, const char *sign,
                         const struct pane_pattern *pattern)
{
    char text[PANE_TEXT];
    if (!pattern->regex)
        return x;
    snprintf(text, sizeof text, "%s%s%s", sign, pattern->invert ? "!" : "", pattern->text);
    return title_word(line, x, ROLE_COLUMN_SORTED, text);
}

/* The state at the right end, behind column x; what is left of the line before it. */
static struct draw_area title_state(struct app *a, struct pane *p, const struct draw_area *line,
                                    int x)
{
    const struct upstream *u = p->ops->upstream ? p->ops->upstream(p) : NULL;
    char text[PANE_TEXT];
    int room = line->width - x - 4;
    if (!u || room < STATE_LEAST / 2)
        return *line;
    bool now =
        p->ops->flags & PANE_NOW && u->state == UPSTREAM_LIVE && !scope_is_live(&a->model->scope);
    upstream_text(u, a->host.now, text, sizeof text);
    if (now)
        str_copy(text, sizeof text, "now");
    int width = draw_width(line, text);
    width = width > room ? room : width;
    struct draw_area right = draw_sub(line, line->width - width - 3, 0, width + 3, 1);
    title_word(&right, 0, now ? ROLE_STATE_STALE : state_role(u->state), text);
    return draw_sub(line, 0, 0, line->width - width - 3, 1);
}

/* The other panes that share the place. */
static int title_sharing(const struct draw_area *line, int x, const struct layout_place *place,
                         size_t pane)
{
    for (size_t i = 0; place && i < place->count; i++)
        if (place->panes[i] != pane)
            x = title_more(line, x, GLYPH_VLINE, pane_table[place->panes[i]]->title);
    return x;
}

void frame_title(struct app *a, const struct layout_place *place, size_t pane, int y)
{
    struct pane *p = a->panes[pane];
    struct draw_area body = engine_body(a), line;
    char text[PANE_TEXT] = "";
    bool fills = engine_fills(a);
    line = fills ? draw_sub(&body, 0, 0, body.width, 1)
                 : draw_sub(&body, place->x, y, place->width, 1);
    draw_fill(&line, 0, 0, line.width, p->focused ? ROLE_RULE_FOCUS : ROLE_RULE,
              p->focused ? GLYPH_FOCUS : GLYPH_HLINE);
    str_copy(text, sizeof text, p->ops->title);
    if (p->ops->heading)
        p->ops->heading(p, text);
    int x = title_word(&line, 1, p->focused ? ROLE_TITLE_FOCUS : ROLE_TITLE, text);
    text[0] = '\0';
    if (p->ops->counts) {
        p->ops->counts(p, text);
        x = title_word(&line, x, ROLE_COUNT, text);
    }
    x = title_pattern(&line, x, "&", &p->filter);
    x = title_pattern(&line, x, "/", &p->search);
    if (!fills)
        x = title_sharing(&line, x, place, pane);
    struct draw_area left = title_state(a, p, &line, x);
    text[0] = '\0';
    if (p->ops->note)
        p->ops->note(p, text);
    title_more(&left, x, GLYPH_DOT, text);
}

/* ---- lines between panes that stand beside each other ---- */

static bool shows(const struct draw_area *a, int x, int y, enum draw_glyph g)
{
    const struct cells_cell *cell = cells_at(a->cells, a->x + x, a->y + y);
    const char *mark = draw_mark(a, g);
    bool line = cell && (cell->role == ROLE_RULE || cell->role == ROLE_RULE_FOCUS);
    return line && cell->n == strlen(mark) && memcmp(cell->text, mark, cell->n) == 0;
}

static void join(const struct draw_area *body, int x, int y, bool below)
{
    bool line = shows(body, x, y, GLYPH_HLINE) || shows(body, x, y, GLYPH_FOCUS);
    if (below && shows(body, x, y, GLYPH_TEE_DOWN))
        draw_glyph(body, x, y, ROLE_RULE, GLYPH_CROSS);
    else if (below ? line : true)
        draw_glyph(body, x, y, ROLE_RULE, below ? GLYPH_TEE_UP : GLYPH_TEE_DOWN);
}

void frame_lines(struct app *a)
{
    struct draw_area body = engine_body(a);
    for (size_t i = 0; i < a->layout.count; i++) {
        const struct layout_place *p = &a->layout.places[i];
        if (!p->x)
            continue;
        join(&body, p->x - 1, p->y, false);
        for (int y = 1; y < p->height; y++)
            draw_glyph(&body, p->x - 1, p->y + y, ROLE_RULE, GLYPH_VLINE);
    }
    for (size_t i = 0; i < a->layout.count; i++) {
        const struct layout_place *p = &a->layout.places[i];
        if (p->x && p->y + p->height < body.height)
            join(&body, p->x - 1, p->y + p->height, true);
    }
}

/* ---- header ---- */

/* Is the present shown? Where there is no cluster, or none that we may see, it is that of the logs. */
static bool shows_present(const struct app *a)
{
    enum upstream_state state = a->model->pods.upstream.state;
    return scope_is_live(&a->model->scope) && state != UPSTREAM_STALE &&
           state != UPSTREAM_CONNECTING && state != UPSTREAM_FAILED;
}

/* Ages are told by our clock: one that is not the cluster's makes them wrong by as much. */
static void offset_text(const struct app *a, char out[OFF])
{
    int64_t behind = a->model->clock_offset;
    char by[CLOCK_TEXT];
    out[0] = '\0';
    if (llabs(behind) >= OFF_LEAST)
        snprintf(out, OFF, "our clock %s %s  ", clock_age(llabs(behind), by),
                 behind > 0 ? "behind" : "ahead");
}

static void live_text(const struct app *a, const struct draw_area *line, char *out, size_t size)
{
    const struct upstream *cluster = &a->model->pods.upstream;
    bool present = shows_present(a);
    char clock[CLOCK_TEXT], off[OFF], state[PANE_TEXT] = "LIVE";
    if (cluster->state == UPSTREAM_FAILED)
        str_copy(state, sizeof state, "failed"); /* its pane says why */
    else if (!present)
        upstream_text(cluster, a->host.now, state, sizeof state);
    clock_format(a->host.now, false, "%H:%M:%S %Z", clock, sizeof clock);
    offset_text(a, off);
    snprintf(out, size, " %s %s  %s%s ", draw_mark(line, present ? GLYPH_LIVE : GLYPH_PAST), state,
             off, clock);
}

static void moment_text(const struct app *a, const struct draw_area *line, char *out, size_t size)
{
    const struct scope *s = &a->model->scope;
    char from[CLOCK_TEXT], to[CLOCK_TEXT], age[CLOCK_TEXT];
    if (scope_is_live(s)) {
        live_text(a, line, out, size);
        return;
    }
    clock_age(a->host.now - s->at, age);
    clock_format(s->at, false, s->rule[0] ? "%H:%M %d %b %Z" : "%H:%M:%S %d %b %Z", to, sizeof to);
    clock_format(s->from, false, "%H:%M", from, sizeof from);
    snprintf(out, size, " %s %s%s%s%s%s  %s ago  L live ", draw_mark(line, GLYPH_PAST), s->rule,
             s->rule[0] ? " " : "", s->rule[0] ? from : "", s->rule[0] ? "-" : "", to, age);
}

/* "label value", with room for `width` columns; the next column. */
static int header_part(const struct draw_area *line, int x, int width, const char *label,
                       const char *value, enum theme_role role)
{
    if (!value[0] || width < (int)strlen(label) + 4)
        return x;
    int used = draw_texts(line, x, 0, width, DRAW_LEFT, ROLE_HEADER, label);
    used += draw_texts(line, x + used, 0, width - used, DRAW_MIDDLE, role, value);
    return x + used + 2;
}

static void header_scope(struct app *a, const struct draw_area *line)
{
    const struct scope *s = &a->model->scope;
    int x = header_part(line, 1, line->width - 1, "", s->cluster[0] ? s->cluster : "kubeboard",
                        ROLE_STRONG);
    if (a->conf.write)
        x = header_part(line, x, line->width - x, "", "WRITE", ROLE_WARNING);
    const char *only = a->model->pods.only;
    bool narrowed = !s->namespace_[0] && only[0]; /* all are wanted, and one may be seen */
    const char *ns = narrowed ? only : s->namespace_;
    x = header_part(line, x, line->width - x, "", ns[0] ? "" : "all namespaces", ROLE_HEADER_SCOPE);
    x = header_part(line, x, line->width - x, narrowed ? "only namespace " : "namespace ", ns,
                    ROLE_HEADER_SCOPE);
    x = header_part(line, x, (line->width - x) / (s->pod[0] ? 2 : 1), "node ", s->node,
                    ROLE_HEADER_SCOPE);
    x = header_part(line, x, (line->width - x) / (s->pod[0] ? 2 : 1), "", s->workload,
                    ROLE_HEADER_SCOPE);
    x = header_part(line, x, line->width - x, "pod ", s->pod, ROLE_HEADER_SCOPE);
    header_part(line, x, line->width - x, "group ", s->group, ROLE_HEADER_SCOPE);
}

void frame_header(struct app *a)
{
    struct draw_area line = {&a->cells, 0, 0, a->width, 1};
    char text[PANE_TEXT];
    draw_fill(&line, 0, 0, line.width, ROLE_HEADER, GLYPH_NONE);
    moment_text(a, &line, text, sizeof text);
    int width = draw_width(&line, text);
    if (width > line.width - STATE_LEAST)
        width = line.width - STATE_LEAST;
    draw_texts(&line, line.width - width, 0, width, DRAW_LEFT,
               shows_present(a) ? ROLE_HEADER_LIVE : ROLE_HEADER_PAST, text);
    struct draw_area left = draw_sub(&line, 0, 0, line.width - width - 1, 1);
    header_scope(a, &left);
    if (a->model->insecure) {
        struct draw_area warning = {&a->cells, 0, 1, a->width, 1};
        draw_fill(&warning, 0, 0, warning.width, ROLE_TEXT, GLYPH_NONE);
        draw_glyph(&warning, 1, 0, ROLE_WARNING, GLYPH_WARN);
        draw_texts(&warning, 3, 0, warning.width - 4, DRAW_LEFT, ROLE_WARNING, a->model->insecure);
    }
}

/* ---- footer ---- */

static bool applies(const struct app *a, enum keys_action action)
{
    struct pane *p = engine_focused(a);
    const struct list *l = pane_list_of(p);
    unsigned where = keys_table[action].where, flags = pane_flags(p);
    if (action == ACTION_ENTER && l && !list_count(l)) /* into nothing */
        return false;
    /* Lines have hints enough of their own, and a page is described already. */
    if (action == ACTION_DESCRIBE && (!p->ops->object || flags & (PANE_STREAM | PANE_PAGE)))
        return false;
    return keys_table[action].hint[0] && (!where || where & flags);
}

static int hint_text(const struct app *a, enum keys_action action, char out[PANE_TEXT])
{
    char key[KEYS_NAME];
    keys_label(keys_of(a->keys, action, 0), key);
    return snprintf(out, PANE_TEXT, "%s %s", key, keys_table[action].hint);
}

static int draw_hint(struct app *a, const struct draw_area *line, int x, enum keys_action action)
{
    char text[PANE_TEXT], key[KEYS_NAME];
    uint32_t code = keys_of(a->keys, action, 0);
    if (!applies(a, action) || code == KEYS_NONE)
        return x;
    int width = hint_text(a, action, text);
    if (x + width > line->width)
        return x;
    keys_label(code, key);
    x += draw_texts(line, x, 0, width, DRAW_LEFT, ROLE_KEY, key) + 1;
    x += draw_texts(line, x, 0, width, DRAW_LEFT, ROLE_FOOTER, keys_table[action].hint);
    return x + HINT_GAP;
}

/* Hints from column x to the right end: help last, whatever else fits before it. */
static void footer_hints(struct app *a, const struct draw_area *line, int x)
{
    char text[PANE_TEXT];
    int help = hint_text(a, ACTION_HELP, text);
    struct draw_area most = draw_sub(line, 0, 0, line->width - help - HINT_GAP - 1, 1);
    for (size_t action = 1; action < ACTION_COUNT; action++)
        if (action != ACTION_HELP)
            x = draw_hint(a, &most, x, (enum keys_action)action);
    struct draw_area rest = draw_sub(line, 0, 0, line->width - 1, 1);
    draw_hint(a, &rest, x, ACTION_HELP);
}

void frame_footer(struct app *a)
{
    struct draw_area line = {&a->cells, 0, a->height - 1, a->width, 1};
    struct pane *p = engine_focused(a);
    char text[PANE_TEXT] = "";
    draw_fill(&line, 0, 0, line.width, ROLE_FOOTER, GLYPH_NONE);
    if (prompt_is_open(a->prompt)) {
        struct draw_area over = {&a->cells, 0, 1, a->width, a->height - 1};
        prompt_draw(a->prompt, &over);
        return;
    }
    if (a->host.tick < a->message_until) {
        draw_texts(&line, 1, 0, line.width - 2, DRAW_LEFT, a->message_role, a->message);
        return;
    }
    if (p->ops->status)
        p->ops->status(p, text);
    int x = 1, room = line.width * 3 / 4;
    if (text[0])
        x += draw_texts(&line, x, 0, room, DRAW_LEFT, ROLE_MESSAGE, text) + HINT_GAP + 1;
    footer_hints(a, &line, x);
}

void frame_too_small(struct app *a)
{
    struct draw_area all = {&a->cells, 0, 0, a->width, a->height};
    char text[PANE_TEXT];
    snprintf(text, sizeof text,
             "This terminal has %dx%d characters; kubeboard needs %dx%d. Make it larger, or "
             "press Q to quit.",
             a->width, a->height, LAYOUT_LEAST_WIDTH, LAYOUT_LEAST_HEIGHT);
    cells_clear(&a->cells);
    draw_message(&all, ROLE_TEXT, text);
}
