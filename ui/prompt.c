/*
 * The text is kept as valid UTF-8 and edited by grapheme clusters. Tab puts the next candidate in
 * the place of the word at the cursor; any other key begins anew from what then stands there. Ctrl-R
 * does the same with what was typed before, in the place of the whole text.
 */
#include "ui/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/keys.h"
#include "ui/query/candidates.h"

enum { TEXT_MAX_BYTES = 4096, PAST = 100, NOTE = 600, NOTE_ROWS = 3, CONTROL_A = 1 };

struct past {
    char *list[PAST];
    size_t count, at; /* at == count: the line being typed */
};

struct prompt {
    bool open;
    enum prompt_kind kind;
    const char *label;
    struct buf text;
    size_t cursor; /* bytes before it */
    struct past past[PROMPT_KINDS];
    char *typed; /* kept while history is walked */
    prompt_offers *offers;
    void *context;
    struct candidates candidates;
    size_t word; /* where the word begins that Tab completes */
    size_t word_n;
    bool completing, recalling; /* Tab, Ctrl-R has put a candidate in */
    char *before;               /* the whole text before that */
    size_t before_cursor;
    char note[NOTE]; /* below the text */
    enum theme_role note_role;
    int note_column;
    bool waits; /* has no cursor */
};

/* Whether what may come next is shown while one types. */
static bool is_lively(const struct prompt *p)
{
    return p->kind == PROMPT_QUERY || p->kind == PROMPT_PROMQL;
}

struct prompt *prompt_new(void)
{
    struct prompt *p = mem_alloc(sizeof *p);
    buf_init(&p->text, TEXT_MAX_BYTES);
    candidates_clear(&p->candidates);
    return p;
}

static void forget_candidates(struct prompt *p)
{
    candidates_clear(&p->candidates);
    p->completing = p->recalling = false;
    free(p->before);
    p->before = NULL;
}

void prompt_close(struct prompt *p)
{
    p->open = p->waits = false;
    p->note[0] = '\0';
    forget_candidates(p);
    free(p->typed);
    p->typed = NULL;
}

void prompt_free(struct prompt *p)
{
    if (!p)
        return;
    prompt_close(p);
    for (size_t kind = 0; kind < PROMPT_KINDS; kind++)
        for (size_t i = 0; i < p->past[kind].count; i++)
            free(p->past[kind].list[i]);
    buf_free(&p->text);
    free(p);
}

static void set_text(struct prompt *p, const char *text)
{
    buf_clear(&p->text);
    buf_adds(&p->text, text);
    p->cursor = p->text.n;
}

void prompt_open(struct prompt *p, enum prompt_kind kind, const char *label, const char *text,
                 prompt_offers *offers, void *context)
{
    prompt_close(p);
    p->open = true;
    p->kind = kind;
    p->label = label;
    p->offers = offers;
    p->context = context;
    p->past[kind].at = p->past[kind].count;
    set_text(p, text);
    prompt_refresh(p);
}

bool prompt_is_open(const struct prompt *p)
{
    return p->open;
}

enum prompt_kind prompt_kind(const struct prompt *p)
{
    return p->kind;
}

const char *prompt_text(const struct prompt *p)
{
    return buf_text(&p->text);
}

static void replace(struct prompt *p, size_t from, size_t to, const char *bytes, size_t n)
{
    if (p->text.n - (to - from) + n > TEXT_MAX_BYTES)
        return;
    char *rest = mem_dup_n(buf_text(&p->text) + to, p->text.n - to);
    size_t rest_n = p->text.n - to;
    p->text.n = from;
    buf_add(&p->text, bytes, n);
    buf_add(&p->text, rest, rest_n);
    p->cursor = from + n;
    free(rest);
}

static size_t next_cluster(const struct prompt *p)
{
    int width;
    if (p->cursor >= p->text.n)
        return p->cursor;
    return p->cursor + utf8_cluster(p->text.p + p->cursor, p->text.n - p->cursor, &width);
}

static size_t previous_cluster(const struct prompt *p)
{
    size_t at = 0, before = 0;
    int width;
    while (at < p->cursor) {
        before = at;
        at += utf8_cluster(p->text.p + at, p->text.n - at, &width);
    }
    return before;
}

static size_t word_start(const struct prompt *p)
{
    size_t i = p->cursor;
    while (i && p->text.p[i - 1] == ' ')
        i--;
    while (i && p->text.p[i - 1] != ' ')
        i--;
    return i;
}

void prompt_learn(struct prompt *p, enum prompt_kind kind, const char *text)
{
    struct past *past = &p->past[kind];
    if (!text[0] || kind == PROMPT_PANE || kind == PROMPT_COSTLY ||
        (past->count && strcmp(past->list[past->count - 1], text) == 0))
        return;
    if (past->count == PAST) {
        free(past->list[0]);
        memmove(&past->list[0], &past->list[1], (PAST - 1) * sizeof *past->list);
        past->count--;
    }
    past->list[past->count++] = mem_dup(text);
}

const char *prompt_past(const struct prompt *p, enum prompt_kind kind, size_t i)
{
    const struct past *past = &p->past[kind];
    return i < past->count ? past->list[past->count - 1 - i] : NULL;
}

static void walk(struct prompt *p, int step)
{
    struct past *past = &p->past[p->kind];
    if (step < 0 ? past->at == 0 : past->at == past->count)
        return;
    if (past->at == past->count) {
        free(p->typed);
        p->typed = mem_dup(prompt_text(p));
    }
    past->at = step < 0 ? past->at - 1 : past->at + 1;
    set_text(p, past->at < past->count ? past->list[past->at] : p->typed);
}

struct str prompt_before(const struct prompt *p)
{
    return (struct str){buf_text(&p->text), p->cursor};
}

void prompt_word(struct prompt *p, size_t start)
{
    p->word = start < p->cursor ? start : p->cursor;
}

void prompt_title(struct prompt *p, const char *text)
{
    str_copy(p->candidates.title, sizeof p->candidates.title, text);
}

void prompt_offer_with(struct prompt *p, const char *word, const char *help)
{
    struct str typed = {buf_text(&p->text) + p->word, p->cursor - p->word};
    if (!is_lively(p) || !str_eq(typed, str_of(word))) /* a word that stands there whole is none */
        candidates_offer(&p->candidates, typed, is_lively(p), word, help);
}

void prompt_offer(struct prompt *p, const char *word)
{
    prompt_offer_with(p, word, NULL);
}

static void collect(struct prompt *p)
{
    forget_candidates(p);
    p->word = p->cursor;
    while (p->word && p->text.p[p->word - 1] != ' ')
        p->word--;
    if (p->offers)
        p->offers(p->context, p, (struct str){buf_text(&p->text), p->word});
    p->word_n = p->cursor - p->word;
}

void prompt_refresh(struct prompt *p)
{
    if (p->open && is_lively(p) && !p->completing && !p->recalling)
        collect(p);
}

static void put_in(struct prompt *p, int step)
{
    const char *word = candidates_step(&p->candidates, step);
    if (!word)
        return;
    if (!p->before) {
        p->before = mem_dup(prompt_text(p));
        p->before_cursor = p->cursor;
    }
    replace(p, p->word, p->word + p->word_n, word, strlen(word));
    p->word_n = p->cursor - p->word;
}

static void complete(struct prompt *p, int step)
{
    if (!p->completing && !p->recalling)
        collect(p);
    if (!p->candidates.count)
        return;
    bool only = p->candidates.count == 1 && !p->recalling;
    p->completing = !p->recalling;
    put_in(p, step);
    if (!only)
        return;
    if (!is_lively(p))
        replace(p, p->cursor, p->cursor, " ", 1);
    forget_candidates(p);
    prompt_refresh(p);
}

/* Ctrl-R: what was typed before and holds the text, the newest first. */
static void recall(struct prompt *p)
{
    const char *text;
    if (p->recalling) {
        put_in(p, 1);
        return;
    }
    forget_candidates(p);
    prompt_title(p, "typed before: Ctrl-R or Tab the next, Esc none of them");
    struct str typed = buf_str(&p->text);
    for (size_t i = 0; (text = prompt_past(p, p->kind, i)); i++)
        if (!str_eq(typed, str_of(text)) && str_find_fold(str_of(text), typed) >= 0)
            candidates_offer(&p->candidates, str_of(""), false, text, NULL);
    p->word = 0;
    p->word_n = p->text.n;
    p->recalling = p->candidates.count > 0;
    if (!p->recalling)
        prompt_title(p, "nothing that was typed before holds this");
    put_in(p, 1);
}

/* Esc while something is put in: as it was typed. */
static bool take_back(struct prompt *p)
{
    if (!p->before || !is_lively(p))
        return false;
    size_t cursor = p->before_cursor;
    set_text(p, p->before);
    p->cursor = cursor < p->text.n ? cursor : p->text.n;
    forget_candidates(p);
    return true;
}

void prompt_say(struct prompt *p, enum theme_role role, int column, const char *text)
{
    struct buf safe;
    buf_init(&safe, sizeof p->note);
    utf8_safe(&safe, str_of(text), UTF8_SAFE_DEFAULT);
    str_copy(p->note, sizeof p->note, buf_text(&safe));
    buf_free(&safe);
    p->note_role = role;
    p->note_column = column;
    p->waits = false;
    forget_candidates(p);
}

void prompt_wait(struct prompt *p, const char *text)
{
    prompt_say(p, ROLE_DIM, 0, text);
    p->waits = true;
}

static void insert(struct prompt *p, uint32_t key)
{
    char bytes[4];
    if (key < ' ' || key == KEYS_BACKSPACE || key >= KEYS_UP || (key >= 0x80 && key < 0xa0))
        return;
    replace(p, p->cursor, p->cursor, bytes, utf8_encode(key, bytes));
}

static void edit(struct prompt *p, uint32_t key)
{
    if (key == KEYS_LEFT || key == CONTROL_A + 'b' - 'a')
        p->cursor = previous_cluster(p);
    else if (key == KEYS_RIGHT || key == CONTROL_A + 'f' - 'a')
        p->cursor = next_cluster(p);
    else if (key == KEYS_HOME || key == CONTROL_A)
        p->cursor = 0;
    else if (key == KEYS_END || key == CONTROL_A + 'e' - 'a')
        p->cursor = p->text.n;
    else if (key == KEYS_UP || key == CONTROL_A + 'p' - 'a')
        walk(p, -1);
    else if (key == KEYS_DOWN || key == CONTROL_A + 'n' - 'a')
        walk(p, 1);
    else if (key == KEYS_BACKSPACE)
        replace(p, previous_cluster(p), p->cursor, "", 0);
    else if (key == KEYS_DELETE || key == CONTROL_A + 'd' - 'a')
        replace(p, p->cursor, next_cluster(p), "", 0);
    else if (key == CONTROL_A + 'u' - 'a')
        replace(p, 0, p->cursor, "", 0);
    else if (key == CONTROL_A + 'k' - 'a')
        replace(p, p->cursor, p->text.n, "", 0);
    else if (key == CONTROL_A + 'w' - 'a')
        replace(p, word_start(p), p->cursor, "", 0);
    else
        insert(p, key);
}

enum prompt_result prompt_key(struct prompt *p, uint32_t key)
{
    p->note[0] = '\0';
    p->waits = false;
    if (key == KEYS_TAB || key == KEYS_BACKTAB) {
        complete(p, key == KEYS_TAB ? 1 : -1);
        return PROMPT_MORE;
    }
    if (key == CONTROL_A + 'r' - 'a') {
        recall(p);
        return PROMPT_MORE;
    }
    if (key == KEYS_ESC && take_back(p))
        return PROMPT_MORE;
    forget_candidates(p);
    if (key == KEYS_ENTER) {
        prompt_learn(p, p->kind, prompt_text(p));
        return PROMPT_ACCEPTED;
    }
    bool control_c = key == CONTROL_A + 'c' - 'a';
    if (key == KEYS_ESC || control_c || (key == KEYS_BACKSPACE && !p->text.n))
        return PROMPT_CANCELLED;
    edit(p, key);
    prompt_refresh(p);
    return PROMPT_MORE;
}

/* The bytes before the character that the mark is under. */
static size_t marked(const struct prompt *p)
{
    size_t i = 0;
    uint32_t code;
    for (int k = 1; k < p->note_column && i < p->text.n; k++)
        i += utf8_decode(p->text.p + i, p->text.n - i, &code);
    return i;
}

/* Where the text shown begins, so that the cursor, or the mark before it, is seen in `width` columns. */
static size_t shown_from(const struct prompt *p, int width)
{
    size_t from = 0, mark = p->note[0] && p->note_column ? marked(p) : SIZE_MAX;
    int columns;
    while (from < p->cursor &&
           utf8_width((struct str){p->text.p + from, p->cursor - from}) >= width)
        from += utf8_cluster(p->text.p + from, p->text.n - from, &columns);
    return mark < from ? mark : from;
}

/* The next row of a note; the last one that may be holds all the rest. */
static struct str note_row(struct str *rest, int width, int row)
{
    size_t n = row + 1 < NOTE_ROWS ? draw_wrap(*rest, width) : rest->n;
    struct str part = {rest->p, n};
    rest->p += n;
    rest->n -= n;
    return str_trim(part);
}

static int note_width(int width)
{
    return width > 2 ? width - 2 : 1;
}

static int note_rows(const struct prompt *p, int width)
{
    int rows = 0;
    for (struct str rest = str_of(p->note); rest.n; rows++)
        note_row(&rest, note_width(width), rows);
    return rows + (rows && p->note_column);
}

int prompt_rows(const struct prompt *p, int width)
{
    return 1 + note_rows(p, width) +
           (is_lively(p) || p->recalling ? candidates_rows(&p->candidates) : 0);
}

/* A mark under the character that is meant, and the words under it. */
static void draw_note(const struct prompt *p, const struct draw_area *a, int x, size_t from)
{
    int y = 0;
    for (int i = 0; i < a->height; i++)
        draw_fill(a, 0, i, a->width, ROLE_TEXT, GLYPH_NONE);
    if (p->note_column) {
        size_t at = marked(p);
        int column = x + (at > from ? utf8_width((struct str){p->text.p + from, at - from}) : 0);
        draw_texts(a, column < a->width ? column : a->width - 1, y++, 1, DRAW_HARD, p->note_role,
                   "^");
    }
    struct str rest = str_of(p->note);
    for (int row = 0; rest.n; row++)
        draw_text(a, 1, y + row, note_width(a->width), DRAW_LEFT, p->note_role,
                  note_row(&rest, note_width(a->width), row));
}

/* The text with the cursor in it; returns where the rest of the line begins. */
static int draw_line(const struct prompt *p, const struct draw_area *line, int *x, size_t *from)
{
    draw_fill(line, 0, 0, line->width, ROLE_FOOTER, GLYPH_NONE);
    *x = draw_texts(line, 0, 0, line->width, DRAW_LEFT, ROLE_PROMPT, p->label);
    int width = line->width - *x;
    *from = shown_from(p, width);
    struct str text = {buf_text(&p->text) + *from, p->text.n - *from};
    int used = draw_text(line, *x, 0, width, DRAW_HARD, ROLE_TEXT, text);
    int column = utf8_width((struct str){text.p, p->cursor - *from});
    if (!p->waits && column < width) { /* else the mark is seen, and it is not */
        line->cells->cursor_x = line->x + *x + column;
        line->cells->cursor_y = line->y;
    }
    return *x + used;
}

void prompt_draw(const struct prompt *p, const struct draw_area *area)
{
    int rows = prompt_rows(p, area->width), below = note_rows(p, area->width), x;
    size_t from;
    rows = rows > area->height ? area->height : rows;
    below = below > rows - 1 ? rows - 1 : below;
    struct draw_area a = draw_sub(area, 0, area->height - rows, area->width, rows);
    struct draw_area line = draw_sub(&a, 0, rows - 1 - below, a.width, 1);
    struct draw_area list = draw_sub(&a, 0, 0, a.width, rows - 1 - below);
    struct draw_area note = draw_sub(&a, 0, rows - below, a.width, below);
    int end = draw_line(p, &line, &x, &from);
    if (below)
        draw_note(p, &note, x, from);
    if (list.height > 0)
        candidates_draw(&p->candidates, &list);
    else
        candidates_draw_line(&p->candidates, &line, end);
}
