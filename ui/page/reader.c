#include "ui/page/reader.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

enum { TEXT_MAX_BYTES = 1 << 20, LABEL_WIDTH = 12, HITS_MOST = 64 };

void reader_init(struct reader *r)
{
    *r = (struct reader){0};
    buf_init(&r->text, TEXT_MAX_BYTES);
}

void reader_free(struct reader *r)
{
    buf_free(&r->text);
}

struct buf *reader_open(struct reader *r)
{
    buf_clear(&r->text);
    r->top = r->found = 0;
    r->open = true;
    return &r->text;
}

static void add_text(struct buf *out, struct str text)
{
    struct str trimmed = str_trim(text);
    size_t before = out->n;
    if (trimmed.n && (trimmed.p[0] == '{' || trimmed.p[0] == '[')) {
        struct json_doc *doc = json_doc_new();
        const struct json *j = json_parse(doc, trimmed.p, trimmed.n, NULL);
        if (j)
            json_out_pretty(out, j);
        json_doc_free(doc);
    }
    if (out->n == before)
        buf_add(out, text.p, text.n < TEXT_MAX_BYTES / 2 ? text.n : TEXT_MAX_BYTES / 2);
    buf_addc(out, '\n');
}

void reader_add_line(struct buf *out, int64_t time, const struct labels *labels, struct str text)
{
    char local[CLOCK_TEXT], utc[CLOCK_TEXT];
    clock_format(time, false, "%Y-%m-%d %H:%M:%S %Z", local, sizeof local);
    buf_printf(out, "%-*s %s   %s\n", LABEL_WIDTH, "time", local, clock_rfc3339(time, true, utc));
    for (size_t i = 0; labels && i < labels->count; i++)
        buf_printf(out, "%-*s %s\n", LABEL_WIDTH, labels->list[i].name, labels->list[i].value);
    buf_addc(out, '\n');
    add_text(out, text);
}

/* A row of the text as it is shown, with the first match of its line that ends in or behind it. */
struct row {
    struct str line, part; /* made safe; part: what the row holds of it */
    size_t number;
    struct regex *regex;
    size_t from, to; /* SIZE_MAX: there is none */
};

static void next_match(struct row *r, size_t at)
{
    if (!r->regex || at > r->line.n || !regex_find(r->regex, r->line, at, &r->from, &r->to))
        r->from = r->to = SIZE_MAX;
}

/* The rows of one line from number *n on; `each` ends it by false. */
static bool walk_line(struct str safe, int width, struct regex *regex, size_t *n,
                      bool (*each)(void *context, const struct row *r), void *context)
{
    struct row r = {.line = safe, .part = {safe.p, 0}, .regex = regex};
    next_match(&r, 0);
    do {
        size_t at = (size_t)(r.part.p - safe.p);
        r.part.n = safe.n > at ? draw_wrap((struct str){r.part.p, safe.n - at}, width) : 0;
        while (r.from != SIZE_MAX && r.to <= at && r.from < at)
            next_match(&r, r.to > r.from ? r.to : r.to + 1);
        r.number = (*n)++;
        if (!each(context, &r))
            return false;
        r.part.p += r.part.n;
    } while (r.part.p < safe.p + safe.n);
    return true;
}

/* All rows of the text; how many there are, or were until `each` ended it. */
static size_t walk(const struct reader *r, struct regex *regex,
                   bool (*each)(void *context, const struct row *row), void *context)
{
    struct str rest = buf_str(&r->text), line;
    struct buf safe;
    size_t rows = 0;
    bool more = true;
    buf_init(&safe, TEXT_MAX_BYTES * 2);
    while (more && str_cut(&rest, '\n', &line)) {
        buf_clear(&safe);
        utf8_safe(&safe, line, r->ascii ? UTF8_SAFE_ASCII : UTF8_SAFE_DEFAULT);
        more = walk_line(buf_str(&safe), r->width, regex, &rows, each, context);
    }
    buf_free(&safe);
    return rows;
}

static bool count_row(void *context, const struct row *r)
{
    (void)context;
    (void)r;
    return true;
}

struct drawing {
    const struct reader *reader;
    const struct draw_area *body;
};

static void draw_matches(const struct draw_area *line, const struct row *r)
{
    size_t at = (size_t)(r->part.p - r->line.p), end = at + r->part.n;
    struct row m = *r;
    for (int i = 0; i < HITS_MOST && m.from < end; i++) {
        size_t from = m.from > at ? m.from - at : 0, to = m.to < end ? m.to - at : r->part.n;
        int x = utf8_width((struct str){r->part.p, from});
        if (to > from)
            draw_over(line, x, 0, utf8_width((struct str){r->part.p + from, to - from}),
                      ROLE_MATCH);
        next_match(&m, m.to > m.from ? m.to : m.to + 1);
    }
}

static bool draw_row(void *context, const struct row *r)
{
    const struct drawing *d = context;
    const struct reader *reader = d->reader;
    if (r->number < reader->top)
        return true;
    if (r->number >= reader->top + reader->height)
        return false;
    struct draw_area line = draw_sub(d->body, 1, (int)(r->number - reader->top), reader->width, 1);
    draw_text(&line, 0, 0, line.width, DRAW_HARD, ROLE_TEXT, r->part);
    draw_matches(&line, r);
    return true;
}

void reader_draw(struct reader *r, const struct draw_area *body, struct regex *search)
{
    struct drawing d = {r, body};
    r->width = body->width - 2 > 1 ? body->width - 2 : 1;
    r->ascii = body->cells->ascii;
    r->height = (size_t)body->height;
    r->rows = walk(r, NULL, count_row, NULL);
    size_t most = r->rows > r->height ? r->rows - r->height : 0;
    r->top = r->top > most ? most : r->top;
    walk(r, search, draw_row, &d);
    if (r->top + r->height < r->rows)
        draw_texts(body, body->width - 6, body->height - 1, 6, DRAW_RIGHT, ROLE_DIM, " more ");
}

/* The rows in which a match begins, before and behind the one that was found last. */
struct search {
    size_t at; /* SIZE_MAX: none was found yet */
    size_t before, behind, first, last;
};

static bool note_row(void *context, const struct row *r)
{
    struct search *s = context;
    size_t at = (size_t)(r->part.p - r->line.p);
    if (r->from < at || r->from >= at + r->part.n)
        return true;
    s->first = s->first == SIZE_MAX ? r->number : s->first;
    s->last = r->number;
    if (s->at != SIZE_MAX && r->number < s->at)
        s->before = r->number;
    else if (s->behind == SIZE_MAX && (s->at == SIZE_MAX || r->number > s->at))
        s->behind = r->number;
    return true;
}

bool reader_search(struct reader *r, struct regex *search, bool forward)
{
    struct search s = {r->found ? r->found - 1 : SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    walk(r, search, note_row, &s);
    size_t row = forward ? s.behind : s.before;
    if (row == SIZE_MAX)
        row = forward ? s.first : s.last; /* around the end */
    if (row == SIZE_MAX)
        return false;
    r->found = row + 1;
    if (row < r->top || row >= r->top + r->height)
        r->top = row > r->height / 3 ? row - r->height / 3 : 0;
    return true;
}

bool reader_action(struct reader *r, enum keys_action action)
{
    int64_t rows = keys_rows(action, (int)r->height), top = (int64_t)r->top + rows;
    if (action == ACTION_BACK || action == ACTION_ENTER)
        r->open = false;
    else if (rows)
        r->top = top > 0 ? (size_t)top : 0; /* drawing keeps it before the end */
    else
        return false;
    return true;
}
