/*
 * The text is kept as valid UTF-8 and edited by grapheme clusters. Tab puts the next candidate in
 * the place of the last word; any other key begins anew from what then stands there.
 */
#include "ui/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/keys.h"

enum { TEXT_MAX_BYTES = 4096, PAST = 100, CANDIDATES = 64, CONTROL_A = 1 };

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
    char *candidates[CANDIDATES];
    size_t candidate_count, candidate;
    size_t word; /* where the word begins that Tab completes */
    size_t word_n;
    bool completing;
};

struct prompt *prompt_new(void)
{
    struct prompt *p = mem_alloc(sizeof *p);
    buf_init(&p->text, TEXT_MAX_BYTES);
    return p;
}

static void forget_candidates(struct prompt *p)
{
    for (size_t i = 0; i < p->candidate_count; i++)
        free(p->candidates[i]);
    p->candidate_count = p->candidate = 0;
    p->completing = false;
}

void prompt_close(struct prompt *p)
{
    p->open = false;
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

static void remember(struct prompt *p)
{
    struct past *past = &p->past[p->kind];
    const char *text = prompt_text(p);
    if (!text[0] || p->kind == PROMPT_PANE ||
        (past->count && strcmp(past->list[past->count - 1], text) == 0))
        return;
    if (past->count == PAST) {
        free(past->list[0]);
        memmove(&past->list[0], &past->list[1], (PAST - 1) * sizeof *past->list);
        past->count--;
    }
    past->list[past->count++] = mem_dup(text);
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

void prompt_offer(struct prompt *p, const char *word)
{
    struct str typed = {buf_text(&p->text) + p->word, p->cursor - p->word};
    if (p->candidate_count == CANDIDATES || strlen(word) < typed.n ||
        (typed.n && memcmp(word, typed.p, typed.n) != 0))
        return;
    p->candidates[p->candidate_count++] = mem_dup(word);
}

static void complete(struct prompt *p)
{
    if (!p->offers)
        return;
    if (!p->completing) {
        p->word = p->cursor;
        while (p->word && p->text.p[p->word - 1] != ' ')
            p->word--;
        p->offers(p->context, p, (struct str){buf_text(&p->text), p->word});
        p->word_n = p->cursor - p->word;
        p->completing = p->candidate_count > 0;
    } else {
        p->candidate = (p->candidate + 1) % p->candidate_count;
    }
    if (!p->completing)
        return;
    const char *word = p->candidates[p->candidate];
    replace(p, p->word, p->word + p->word_n, word, strlen(word));
    p->word_n = strlen(word);
    if (p->candidate_count == 1) {
        replace(p, p->cursor, p->cursor, " ", 1);
        forget_candidates(p);
    }
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
    if (key == KEYS_TAB) {
        complete(p);
        return PROMPT_MORE;
    }
    forget_candidates(p);
    if (key == KEYS_ENTER) {
        remember(p);
        return PROMPT_ACCEPTED;
    }
    bool control_c = key == CONTROL_A + 'c' - 'a';
    if (key == KEYS_ESC || control_c || (key == KEYS_BACKSPACE && !p->text.n))
        return PROMPT_CANCELLED;
    edit(p, key);
    return PROMPT_MORE;
}

/* Where the text shown begins, so that the cursor is seen in `width` columns. */
static size_t shown_from(const struct prompt *p, int width)
{
    size_t from = 0;
    int columns;
    while (from < p->cursor &&
           utf8_width((struct str){p->text.p + from, p->cursor - from}) >= width)
        from += utf8_cluster(p->text.p + from, p->text.n - from, &columns);
    return from;
}

void prompt_draw(const struct prompt *p, const struct draw_area *line)
{
    int x = draw_texts(line, 0, 0, line->width, DRAW_LEFT, ROLE_PROMPT, p->label);
    int width = line->width - x;
    size_t from = shown_from(p, width);
    struct str text = {buf_text(&p->text) + from, p->text.n - from};
    int used = draw_text(line, x, 0, width, DRAW_HARD, ROLE_TEXT, text);
    line->cells->cursor_x = line->x + x + utf8_width((struct str){text.p, p->cursor - from});
    line->cells->cursor_y = line->y;
    for (size_t i = 0; i < p->candidate_count; i++) {
        enum theme_role role = i == p->candidate ? ROLE_STRONG : ROLE_DIM;
        used += 2;
        used += draw_texts(line, x + used, 0, width - used, DRAW_LEFT, role, p->candidates[i]);
    }
}
