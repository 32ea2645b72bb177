#include "ui/page/reader.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

enum { TEXT_MAX_BYTES = 1 << 20, LABEL_WIDTH = 12 };

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
    r->top = 0;
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

/* Draws, or with `rows` only counts, one line of the text from screen row y on. */
static size_t draw_line(const struct draw_area *body, struct str line, int64_t y, int width)
{
    struct buf safe;
    size_t rows = 0;
    buf_init(&safe, TEXT_MAX_BYTES);
    utf8_safe(&safe, line, body->cells->ascii ? UTF8_SAFE_ASCII : UTF8_SAFE_DEFAULT);
    struct str rest = buf_str(&safe);
    do {
        size_t n = rest.n ? draw_wrap(rest, width) : 0;
        if (y >= 0 && y < body->height)
            draw_text(body, 1, (int)y, width, DRAW_HARD, ROLE_TEXT, (struct str){rest.p, n});
        rest.p += n;
        rest.n -= n;
        rows++;
        y++;
    } while (rest.n);
    buf_free(&safe);
    return rows;
}

void reader_draw(struct reader *r, const struct draw_area *body)
{
    int width = body->width - 2 > 1 ? body->width - 2 : 1;
    r->height = (size_t)body->height;
    for (int round = 0; round < 2; round++) {
        struct str rest = buf_str(&r->text), line;
        int64_t y = -(int64_t)r->top;
        r->rows = 0;
        while (str_cut(&rest, '\n', &line)) {
            size_t rows = draw_line(body, line, round ? y : -1 - INT32_MAX, width);
            y += (int64_t)rows;
            r->rows += rows;
        }
        size_t most = r->rows > r->height ? r->rows - r->height : 0;
        r->top = r->top > most ? most : r->top;
    }
    if (r->top + r->height < r->rows)
        draw_texts(body, body->width - 6, body->height - 1, 6, DRAW_RIGHT, ROLE_DIM, " more ");
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
