/* The help: the keys of the pane that had the focus first, then all others, made from keys.def; the
 * commands; what marks and states mean. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "ui/commands.h"
#include "ui/pane.h"
#include "ui/table/resource_table.h"
#include "ui/table/row_pane.h"

enum { KEYS_WIDTH = 14, KEYS_TEXT = 80 };

struct row {
    char keys[KEYS_TEXT];
    const char *text;
    bool heading;
};

struct help {
    struct row_pane shown;
    struct row *rows;
    size_t count, cap;
    const struct pane *owner; /* whose keys stand first */
    uint64_t changes;
};

struct sign {
    const char *sign, *text;
};

static const struct sign legend[] = {
    {"x !", "bad (crashing, failed, lost), and worth a look"},
    {"~ ? .", "pending, unknown, done; other signs where the terminal has them"},
    {"> *", "the cursor's row, and the chosen one; a second * is the window that is still open"},
    {"F E W I D T", "levels of log lines: fatal, error, warn, info, debug, trace"},
    {"live", "the source answers"},
    {"connecting", "it was asked and has not answered yet"},
    {"now", "the moment looked at is past, and this pane knows only what is now"},
    {"stale 3m", "it was there 3 minutes ago; what is shown is as of then; we try again"},
    {"denied: ...", "it answered that something is missing: what, and kubeboard doctor says how to "
                    "mend it"},
    {"failed: ...", "it never answered; we try again"},
};

static void add(struct help *h, const char *keys, const char *text, bool heading)
{
    mem_grow(&h->rows, &h->cap, h->count + 1, sizeof *h->rows);
    struct row *r = &h->rows[h->count++];
    *r = (struct row){.text = text, .heading = heading};
    str_copy(r->keys, sizeof r->keys, keys);
}

static void add_action(struct help *h, const struct keys *keys, size_t action)
{
    char text[KEYS_TEXT] = "", label[KEYS_NAME];
    uint32_t key;
    for (size_t i = 0; (key = keys_of(keys, (enum keys_action)action, i)) != KEYS_NONE; i++) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s%s", n ? "  " : "", keys_label(key, label));
    }
    if (text[0])
        add(h, text, keys_table[action].help, false);
}

static void add_keys(struct help *h, const struct pane *p)
{
    unsigned flags = h->owner ? pane_flags(h->owner) : 0;
    for (int round = 0; round < 3; round++) {
        static const char *const titles[] = {NULL, "Everywhere", "In other panes"};
        size_t before = h->count;
        add(h,
            round      ? titles[round]
            : h->owner ? h->owner->ops->title
                       : "",
            round || !h->owner ? "" : h->owner->ops->about, true);
        for (size_t action = 1; action < ACTION_COUNT; action++) {
            unsigned where = keys_table[action].where;
            int place = where & flags ? 0 : where ? 2 : 1;
            if (place == round)
                add_action(h, p->host->keys, action);
        }
        if (h->count == before + 1)
            h->count = before;
    }
}

static void add_commands(struct help *h)
{
    char text[KEYS_TEXT];
    add(h, "Commands", "", true);
    for (size_t i = 0; i < commands_count; i++) {
        const struct commands_row *c = &commands_table[i];
        snprintf(text, sizeof text, ":%s %s", c->name, c->arguments);
        if (c->help)
            add(h, text, c->help, false);
    }
    for (size_t i = 0; i < pane_count; i++) {
        snprintf(text, sizeof text, ":%s", pane_table[i]->name);
        add(h, text, pane_table[i]->about, false);
    }
}

static void build(struct pane *p, struct help *h)
{
    h->count = 0;
    h->owner = p->host->owner != p ? p->host->owner : h->owner;
    h->changes++;
    add_keys(h, p);
    add_commands(h);
    add(h, "Signs and words", "", true);
    for (size_t i = 0; i < sizeof legend / sizeof *legend; i++)
        add(h, legend[i].sign, legend[i].text, false);
}

static size_t source_count(void *self)
{
    return ((struct help *)self)->count;
}

static uint64_t source_stamp(void *self, size_t i)
{
    return hash_mix(((struct help *)self)->changes) ^ order_id_by_place(self, i);
}

static void source_text(void *self, size_t i, struct buf *out)
{
    const struct row *r = &((struct help *)self)->rows[i];
    buf_printf(out, "%s %s", r->keys, r->text);
}

static const struct order_source source = {
    .count = source_count,
    .id = order_id_by_place,
    .stamp = source_stamp,
    .compare = order_compare_places,
    .text = source_text,
};

static void pane_open(struct pane *p)
{
    struct help *h = p->state;
    row_pane_open(&h->shown, &source, h, -1, 0);
}

static void pane_close(struct pane *p)
{
    struct help *h = p->state;
    row_pane_close(&h->shown);
    free(h->rows);
}

static bool pane_sync(struct pane *p)
{
    struct help *h = p->state;
    int64_t delay;
    if (!h->count || (p->host->owner != h->owner && p->host->owner != p)) {
        build(p, h);
        list_forget(h->shown.list);
    }
    list_sync(h->shown.list, h->changes, 0, p->host->tick, true, &delay);
    return true;
}

static void draw_row(const struct pane *p, const struct draw_area *line, size_t row, bool cursor)
{
    const struct row *r = &((struct help *)p->state)->rows[row];
    int x = r->heading ? 1 : 3;
    int used = draw_texts(line, x, 0, line->width - x, DRAW_LEFT,
                          r->heading ? ROLE_TITLE : ROLE_KEY, r->keys);
    int column = r->heading ? x + used + 2 : x + (used + 2 > KEYS_WIDTH ? used + 2 : KEYS_WIDTH);
    draw_texts(line, column, 0, line->width - column - 1, DRAW_LEFT,
               r->heading ? ROLE_DIM : ROLE_TEXT, r->text);
    pane_mark_row(p, line, cursor, false, 0);
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct help *h = p->state;
    p->first_row = 0;
    if (!list_count(h->shown.list))
        pane_draw_empty(p, body, NULL, "line", "");
    else
        row_pane_draw(&h->shown, p, body, 0, draw_row);
}

const struct pane_ops help_pane = {
    .name = "help",
    .title = "Help",
    .about = "This help; / searches it, Esc closes it.",
    .flags = PANE_ROWS | PANE_SEARCH | PANE_FILTER | PANE_OVERLAY,
    .summon = ACTION_HELP,
    .private_size = sizeof(struct help),
    .open = pane_open,
    .close = pane_close,
    .sync = pane_sync,
    .draw = pane_draw,
    .list = row_pane_list,
};
