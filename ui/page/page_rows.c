#include "ui/page/page_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"

enum {
    STEP = 2,
    MARGIN = 1,
    KEY_MOST = 26,
    VALUE_LEAST = 20,
    SAFE_BYTES = 32 << 20,
    ROWS_MOST = 200000
};

struct page_rows {
    struct page_rows_row *list;
    size_t count, cap;
    struct arena texts;
    struct map *seen; /* a line's own hash -> how many of them there were */
    int width, flags;
};

struct page_rows *page_rows_new(void)
{
    struct page_rows *r = mem_alloc(sizeof *r);
    arena_init(&r->texts);
    r->seen = map_new();
    return r;
}

void page_rows_free(struct page_rows *r)
{
    if (!r)
        return;
    arena_free(&r->texts);
    map_free(r->seen, NULL);
    free(r->list);
    free(r);
}

static struct str make_safe(struct page_rows *r, const char *text)
{
    struct buf safe;
    buf_init(&safe, SAFE_BYTES);
    utf8_safe(&safe, str_of(text), r->flags);
    struct str kept = {arena_dup(&r->texts, buf_str(&safe)), safe.n};
    buf_free(&safe);
    return kept;
}

/* Fields are known by their key, other lines by all they say; equal ones are counted. */
static uint64_t id_of(struct page_rows *r, const struct page_line *l, uint64_t section)
{
    const char *own = l->kind == PAGE_FIELD ? l->key : l->value;
    uint64_t hash = hash_bytes(own, strlen(own)) ^ hash_mix(section + (uint64_t)l->depth) ^
                    hash_mix((uint64_t)l->kind + 7);
    if (l->kind == PAGE_CODE)
        hash ^= hash_bytes(l->key, strlen(l->key));
    struct str key = {(const char *)&hash, sizeof hash};
    uintptr_t before = (uintptr_t)map_get(r->seen, key);
    map_put(r->seen, key, (void *)(before + 1));
    return hash ^ hash_mix((uint64_t)before + 1);
}

static void add(struct page_rows *r, const struct page_rows_row *row)
{
    if (r->count == ROWS_MOST)
        return;
    mem_grow(&r->list, &r->cap, r->count + 1, sizeof *r->list);
    r->list[r->count++] = *row;
}

/* The value in as many rows as it needs; what follows the first stands below the value. */
static void add_wrapped(struct page_rows *r, struct page_rows_row row, struct str value)
{
    int room = r->width - row.column - MARGIN;
    row.first = true;
    if (room < VALUE_LEAST && row.key.n && value.n) { /* the value begins below its key */
        row.value = (struct str){"", 0};
        add(r, &row);
        row.key = (struct str){"", 0};
        row.first = false;
        row.id = hash_mix(row.id);
        row.column = row.indent + STEP;
        room = r->width - row.column - MARGIN;
    }
    room = room < 1 ? 1 : room;
    do {
        size_t n = value.n ? draw_wrap(value, room) : 0;
        row.value = (struct str){value.p, n};
        add(r, &row);
        value = (struct str){value.p + n, value.n - n};
        row.key = (struct str){"", 0};
        row.first = false;
        row.id = hash_mix(row.id);
    } while (value.n);
}

static int indent_of(const struct page_line *l)
{
    bool top = l->kind == PAGE_HEAD || l->kind == PAGE_SECTION || l->kind == PAGE_CODE;
    return MARGIN + (top ? 0 : STEP * l->depth);
}

static int safe_width(const struct page_rows *r, const char *text)
{
    struct buf safe;
    buf_init(&safe, SAFE_BYTES);
    utf8_safe(&safe, str_of(text), r->flags);
    int width = utf8_width(buf_str(&safe));
    buf_free(&safe);
    return width;
}

/* The column of the values of the fields from line i on that stand together. */
static int column_of(const struct page_rows *r, const struct page *p, size_t i)
{
    const struct page_line *l = page_at(p, i);
    int most = 0, limit = r->width / 3 < KEY_MOST ? r->width / 3 : KEY_MOST;
    for (size_t k = i; k < page_count(p); k++) {
        const struct page_line *n = page_at(p, k);
        if (n->kind == PAGE_SECTION || n->depth < l->depth)
            break;
        int width = n->kind == PAGE_FIELD && n->depth == l->depth && n->value[0]
                        ? safe_width(r, n->key)
                        : 0;
        most = width > most && width <= limit ? width : most;
    }
    return indent_of(l) + most + STEP;
}

static void add_line(struct page_rows *r, const struct page *p, size_t i, uint64_t section,
                     int column)
{
    const struct page_line *l = page_at(p, i);
    struct page_rows_row row = {
        .line = i, .id = id_of(r, l, section), .indent = indent_of(l), .key = make_safe(r, l->key)};
    int key = utf8_width(row.key);
    row.column = row.indent;
    if (l->kind == PAGE_FIELD)
        row.column = row.indent + key + STEP > column ? row.indent + key + STEP : column;
    else if (l->kind == PAGE_CODE)
        row.column = row.indent + key;
    add_wrapped(r, row, make_safe(r, l->value));
}

void page_rows_make(struct page_rows *r, const struct page *page, int width, bool ascii)
{
    uint64_t section = 0;
    int columns[64] = {0}; /* by depth; 0: not known */
    arena_reset(&r->texts);
    map_clear(r->seen, NULL);
    r->count = 0;
    r->width = width;
    r->flags = ascii ? UTF8_SAFE_ASCII : UTF8_SAFE_DEFAULT;
    for (size_t i = 0; page && i < page_count(page); i++) {
        const struct page_line *l = page_at(page, i);
        size_t depth = l->depth < 64 ? (size_t)l->depth : 63;
        if (l->kind == PAGE_SECTION) {
            memset(columns, 0, sizeof columns);
            section = hash_bytes(l->value, strlen(l->value));
            if (r->count)
                add(r, &(struct page_rows_row){.line = SIZE_MAX,
                                               .id = hash_mix(section ^ (uint64_t)i),
                                               .value = {"", 0},
                                               .key = {"", 0}});
        }
        if (l->kind == PAGE_FIELD && !columns[depth])
            columns[depth] = column_of(r, page, i);
        for (size_t d = depth + 1; d < 64; d++)
            columns[d] = 0;
        add_line(r, page, i, section, columns[depth]);
    }
}

size_t page_rows_count(const struct page_rows *r)
{
    return r->count;
}

const struct page_rows_row *page_rows_at(const struct page_rows *r, size_t i)
{
    return &r->list[i];
}

size_t page_rows_of(const struct page_rows *r, size_t line)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->list[i].line != SIZE_MAX && r->list[i].line >= line)
            return i;
    return 0;
}

static enum theme_role role_of(const struct page_line *l)
{
    static const enum theme_role roles[] = {
        [PAGE_TEXT] = ROLE_TEXT,       [PAGE_DIM] = ROLE_DIM,         [PAGE_STRONG] = ROLE_STRONG,
        [PAGE_TITLE] = ROLE_TITLE,     [PAGE_OK] = ROLE_OK,           [PAGE_DONE] = ROLE_DONE,
        [PAGE_UNKNOWN] = ROLE_UNKNOWN, [PAGE_PENDING] = ROLE_PENDING, [PAGE_WARN] = ROLE_WARN,
        [PAGE_BAD] = ROLE_BAD};
    return l->kind == PAGE_SECTION ? ROLE_TITLE : roles[l->role];
}

void page_rows_draw(const struct page_rows *r, size_t i, const struct page *page,
                    const struct draw_area *line)
{
    const struct page_rows_row *row = &r->list[i];
    if (row->line == SIZE_MAX)
        return;
    const struct page_line *l = page_at(page, row->line);
    enum theme_role role = role_of(l);
    if (l->link_kind[0] && role == ROLE_TEXT)
        role = ROLE_STRONG;
    draw_text(line, row->indent, 0, line->width - row->indent, DRAW_LEFT,
              l->kind == PAGE_CODE ? ROLE_SOURCE : ROLE_DIM, row->key);
    draw_text(line, row->column, 0, line->width - row->column, DRAW_LEFT, role, row->value);
}
