/* What all panes over a resource table do alike. */
#include <stdio.h>

#include "text/ages.h"
#include "ui/table/resource_table.h"

void resource_table_pane_open(struct pane *p)
{
    resource_table_open(p->state, p->ops->table, p);
}

bool resource_table_pane_action(struct pane *p, enum keys_action action)
{
    return resource_table_action(p->state, action);
}

struct list *resource_table_pane_list(struct pane *p)
{
    return ((struct resource_table *)p->state)->list;
}

bool resource_table_pane_copy(struct pane *p, struct buf *out)
{
    const struct object *o = resource_table_cursor(p->state);
    return o && buf_adds(out, o->name);
}

bool resource_table_pane_object(struct pane *p, struct object_ref *out)
{
    const struct resource_table *t = p->state;
    const struct object *o = resource_table_cursor(t);
    return o && object_ref_of(out, objects_kind(t->table), o);
}

bool resource_table_pane_sync(struct pane *p)
{
    return resource_table_sync(p->state);
}

void resource_table_pane_draw(struct pane *p, const struct draw_area *body)
{
    resource_table_draw(p->state, body);
}

void resource_table_pane_close(struct pane *p)
{
    resource_table_close(p->state);
}

const struct upstream *resource_table_pane_upstream(struct pane *p)
{
    const struct resource_table *t = p->state;
    return &t->spec->resource(t)->upstream;
}

/* "12/128": shown of all. */
void resource_table_pane_counts(struct pane *p, char out[PANE_TEXT])
{
    const struct resource_table *t = p->state;
    size_t shown = list_count(t->list), all = t->table ? objects_count(t->table) : 0;
    if (!t->table)
        out[0] = '\0';
    else if (shown == all)
        snprintf(out, PANE_TEXT, "%zu", all);
    else
        snprintf(out, PANE_TEXT, "%zu/%zu", shown, all);
}

static bool has_metrics(const struct resource_table *t)
{
    for (size_t i = 0; i < t->spec->count; i++)
        if (t->spec->columns[i].type == RESOURCE_TABLE_NUMBER)
            return true;
    return false;
}

/* "3 bad, 1 warn": of the rows shown, so that trouble below the edge is known. Numbers that are not of
 * now say so: the state in the title is that of the table. */
void resource_table_pane_note(struct pane *p, char out[PANE_TEXT])
{
    static const struct {
        enum health health;
        const char *word;
    } words[] = {{HEALTH_BAD, "bad"}, {HEALTH_WARN, "warn"}, {HEALTH_PENDING, "pending"}};
    const struct resource_table *t = p->state;
    char state[PANE_TEXT];
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words && n < PANE_TEXT; i++)
        if (t->healths[words[i].health])
            n += (size_t)snprintf(out + n, PANE_TEXT - n, "%s%zu %s", n ? ", " : "",
                                  t->healths[words[i].health], words[i].word);
    if (t->spec->resource(t)->loading && n < PANE_TEXT)
        n += (size_t)snprintf(out + n, PANE_TEXT - n, "%slisting", n ? ", " : "");
    const struct upstream *metrics = &p->host->model->metrics;
    if (has_metrics(t) && metrics->state == UPSTREAM_STALE && n < PANE_TEXT)
        snprintf(out + n, PANE_TEXT - n, "%sCPU and MEM %s", n ? ", " : "",
                 upstream_text(metrics, p->host->now, state, sizeof state));
}

void resource_table_pane_status(struct pane *p, char out[PANE_TEXT])
{
    const struct object *o = resource_table_cursor(p->state);
    char words[PANE_TEXT / 2];
    out[0] = '\0';
    if (o && o->trouble[0])
        snprintf(out, PANE_TEXT, "%s: %s", o->name,
                 ages_text(o->trouble, p->host->now, words, sizeof words));
}
