#include "ui/query/candidates.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { HELP_LEAST = 20, GAP = 2 };

void candidates_clear(struct candidates *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->list[i].word);
        free(c->list[i].help);
    }
    memset(c, 0, sizeof *c);
    c->chosen = CANDIDATES_NONE;
}

void candidates_offer(struct candidates *c, struct str typed, bool within, const char *word,
                      const char *help)
{
    struct str text = str_of(word);
    bool begins = text.n >= typed.n && (!typed.n || memcmp(word, typed.p, typed.n) == 0);
    if (!begins && (!within || str_find_fold(text, typed) < 0))
        return;
    if (c->count == CANDIDATES_MOST) {
        c->more++;
        if (!begins || c->begin == c->count)
            return;
        c->count--;
        free(c->list[c->count].word);
        free(c->list[c->count].help);
    }
    size_t at = begins ? c->begin : c->count;
    memmove(&c->list[at + 1], &c->list[at], (c->count - at) * sizeof *c->list);
    c->list[at].word = mem_dup(word);
    c->list[at].help = mem_dup(help);
    c->begin += begins;
    c->count++;
}

const char *candidates_step(struct candidates *c, int step)
{
    int count = (int)c->count;
    if (!count)
        return NULL;
    if (c->chosen == CANDIDATES_NONE)
        c->chosen = step > 0 ? 0 : count - 1;
    else
        c->chosen = (c->chosen + step + count) % count;
    return c->list[c->chosen].word;
}

int candidates_rows(const struct candidates *c)
{
    int rows = c->count > CANDIDATES_ROWS ? CANDIDATES_ROWS : (int)c->count;
    return rows + (rows || c->title[0]);
}

static void draw_title(const struct candidates *c, const struct draw_area *line)
{
    draw_fill(line, 0, 0, line->width, ROLE_RULE_FOCUS, GLYPH_HLINE);
    if (!c->title[0] || line->width < 4)
        return;
    draw_glyph(line, 1, 0, ROLE_DIM, GLYPH_NONE);
    int x = 2 + draw_texts(line, 2, 0, line->width - 4, DRAW_LEFT, ROLE_DIM, c->title);
    draw_glyph(line, x, 0, ROLE_DIM, GLYPH_NONE);
    if (c->count + c->more <= CANDIDATES_ROWS)
        return;
    draw_printf(line, x, 0, line->width - x - 2, ROLE_DIM, " %zu%s ", c->count + c->more,
                c->more ? ", type more of it" : "");
}

void candidates_draw(const struct candidates *c, const struct draw_area *a)
{
    struct draw_area title = draw_sub(a, 0, 0, a->width, 1);
    int rows = a->height - 1, widest = 0;
    draw_title(c, &title);
    int first = c->chosen >= rows ? c->chosen - rows + 1 : 0;
    for (int y = 0; y < rows && first + y < (int)c->count; y++) {
        int width = draw_width(a, c->list[first + y].word);
        widest = width > widest ? width : widest;
    }
    int room = a->width - HELP_LEAST - 4;
    widest = widest > room ? room : widest;
    for (int y = 0; y < rows; y++) {
        struct draw_area line = draw_sub(a, 0, y + 1, a->width, 1);
        int i = first + y;
        draw_fill(&line, 0, 0, line.width, ROLE_TEXT, GLYPH_NONE);
        if (i >= (int)c->count)
            continue;
        bool helped = c->list[i].help && c->list[i].help[0];
        int used = draw_texts(&line, 2, 0, helped ? widest : line.width - 3, DRAW_LEFT,
                              i == c->chosen ? ROLE_STRONG : ROLE_TEXT, c->list[i].word);
        if (helped)
            draw_texts(&line, 2 + (used > widest ? used : widest) + GAP, 0, line.width, DRAW_LEFT,
                       ROLE_DIM, c->list[i].help);
        if (i == c->chosen)
            draw_over(&line, 0, 0, line.width, ROLE_CURSOR);
    }
}

void candidates_draw_line(const struct candidates *c, const struct draw_area *line, int x)
{
    for (size_t i = 0; i < c->count; i++) {
        enum theme_role role = (int)i == c->chosen ? ROLE_STRONG : ROLE_DIM;
        x += GAP;
        x += draw_texts(line, x, 0, line->width - x, DRAW_LEFT, role, c->list[i].word);
    }
}
