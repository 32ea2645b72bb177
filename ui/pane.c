#include "ui/pane.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

struct pane *pane_new(const struct pane_ops *ops, struct pane_host *host)
{
    struct pane *p = mem_alloc(sizeof *p);
    p->ops = ops;
    p->host = host;
    p->state = mem_alloc(ops->private_size ? ops->private_size : 1);
    if (ops->open)
        ops->open(p);
    return p;
}

void pane_free(struct pane *p)
{
    if (!p)
        return;
    if (p->ops->close)
        p->ops->close(p);
    pane_pattern_clear(&p->search);
    pane_pattern_clear(&p->filter);
    free(p->state);
    free(p);
}

bool pane_object(struct pane *p, struct object_ref *out)
{
    return p->ops->object && p->ops->object(p, out);
}

void pane_say(struct pane *p, enum theme_role role, const char *fmt, ...)
{
    char text[PANE_TEXT];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    p->host->say(p->host->app, role, text);
}

struct list *pane_list_of(struct pane *p)
{
    return p->ops->list ? p->ops->list(p) : NULL;
}

unsigned pane_flags(const struct pane *p)
{
    return p->ops->flags_now ? p->ops->flags_now(p) : p->ops->flags;
}

void pane_show(struct pane *p, const char *name)
{
    p->host->show(p->host->app, name);
}

void pane_wake(struct pane *p, int64_t delay)
{
    p->host->wake(p->host->app, p->host->tick + delay);
}

void pane_pattern_clear(struct pane_pattern *p)
{
    regex_free(p->regex);
    free(p->text);
    *p = (struct pane_pattern){.changes = p->changes + 1};
}

bool pane_pattern_set(struct pane_pattern *p, const char *typed, bool may_invert, struct err *err)
{
    bool invert = may_invert && typed[0] == '!';
    typed += invert;
    if (!typed[0]) {
        pane_pattern_clear(p);
        return true;
    }
    struct regex *r = regex_new(typed, REGEX_SMART, err);
    if (!r)
        return false;
    pane_pattern_clear(p);
    p->regex = r;
    p->text = mem_dup(typed);
    p->invert = invert;
    return true;
}

bool pane_filter(struct pane *p, const char *typed, struct err *err)
{
    struct list *l = pane_list_of(p);
    if (l) /* it may not look at the old expression any more */
        list_filter(l, NULL, false);
    bool good = pane_pattern_set(&p->filter, typed, true, err);
    if (l)
        list_filter(l, p->filter.regex, p->filter.invert);
    return good;
}

void pane_mark_row(const struct pane *p, const struct draw_area *line, bool cursor, bool chosen,
                   int width)
{
    if (chosen)
        draw_glyph(line, 0, 0, ROLE_CHOSEN, GLYPH_CHOSEN);
    else if (cursor)
        draw_glyph(line, 0, 0, p->focused ? ROLE_TEXT : ROLE_DIM, GLYPH_CURSOR);
    if (cursor && p->focused)
        draw_over(line, 0, 0, line->width, ROLE_CURSOR);
    else if (chosen)
        draw_over(line, 0, 0, width, ROLE_CHOSEN);
}

char *pane_empty_text(const struct pane *p, const struct upstream *u, const char *what,
                      const char *otherwise, char out[PANE_TEXT])
{
    if (p->filter.regex)
        snprintf(out, PANE_TEXT, "Of the %s nothing is left by &%s%s: & and Enter shows all again.",
                 what, p->filter.invert ? "!" : "", p->filter.text);
    else if (u && u->state == UPSTREAM_OFF && u->err.what[0])
        snprintf(out, PANE_TEXT, "There is no source for %s: %s%s%s.", what, u->err.what,
                 u->err.mend[0] ? ": " : "", u->err.mend);
    else if (u && u->state == UPSTREAM_OFF)
        snprintf(out, PANE_TEXT, "There is no source for %s: kubeboard doctor says what to set.",
                 what);
    else if (u && u->state == UPSTREAM_CONNECTING)
        snprintf(out, PANE_TEXT, "Connecting: no %s yet.", what);
    else if (u && (u->state == UPSTREAM_DENIED || u->state == UPSTREAM_FAILED))
        snprintf(out, PANE_TEXT, "%s: %s%s%s", u->state == UPSTREAM_DENIED ? "Denied" : "Failed",
                 u->err.what[0] ? u->err.what : "the source did not say why",
                 u->err.mend[0] ? ": " : "", u->err.mend);
    else
        snprintf(out, PANE_TEXT, "%s", otherwise);
    return out;
}

void pane_draw_empty(const struct pane *p, const struct draw_area *body, const struct upstream *u,
                     const char *what, const char *otherwise)
{
    char text[PANE_TEXT];
    draw_message(body, ROLE_DIM, pane_empty_text(p, u, what, otherwise, text));
}
