/* The commands of logcli and kubectl that give the lines of the log pane: to be copied. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/log/logcli.h"
#include "ui/log/patterns.h"
#include "ui/page/reader.h"
#include "ui/pane.h"

struct state {
    struct reader reader;
    char *query; /* that the text is of */
};

static void pane_open(struct pane *p)
{
    struct state *s = p->state;
    reader_init(&s->reader);
}

static void pane_close(struct pane *p)
{
    struct state *s = p->state;
    reader_free(&s->reader);
    free(s->query);
}

/* Made once each time it is shown: the text stays while it is read. */
static bool pane_sync(struct pane *p)
{
    struct state *s = p->state;
    const struct model_logs *m = &p->host->model->logs;
    const char *query = m->query ? m->query : "";
    if (s->reader.open && s->query && strcmp(s->query, query) == 0)
        return true;
    free(s->query);
    s->query = mem_dup(query);
    const struct pane *owner = p->host->owner;
    bool lines = owner && owner->ops->flags & PANE_STREAM;
    logcli_commands(reader_open(&s->reader), m, lines ? &owner->filter : NULL,
                    patterns_is_choosing(p->host->patterns), p->host->labels, p->host->now);
    return true;
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct state *s = p->state;
    p->first_row = 0;
    reader_draw(&s->reader, body, p->search.regex);
}

static bool action(struct pane *p, enum keys_action a)
{
    struct state *s = p->state;
    if (a == ACTION_BACK) {
        s->reader.open = false;
        return false;
    }
    return a != ACTION_ENTER && reader_action(&s->reader, a);
}

static bool copy(struct pane *p, struct buf *out)
{
    struct state *s = p->state;
    return buf_add(out, s->reader.text.p, s->reader.text.n);
}

static bool search(struct pane *p, bool forward)
{
    return reader_search(&((struct state *)p->state)->reader, p->search.regex, forward);
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    (void)p;
    str_copy(out, PANE_TEXT, "c copies them all");
}

const struct pane_ops logcli_pane = {
    .name = "logcli",
    .title = "Commands",
    .about = "The logcli and kubectl commands that give the lines of the log pane.",
    .flags = PANE_ROWS | PANE_SEARCH | PANE_OVERLAY,
    .private_size = sizeof(struct state),
    .open = pane_open,
    .close = pane_close,
    .sync = pane_sync,
    .draw = pane_draw,
    .action = action,
    .copy = copy,
    .search = search,
    .status = status,
};
