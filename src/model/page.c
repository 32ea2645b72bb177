#include "model/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"

enum { LINES = 20000, TEXT_BYTES = 8 << 20, FORMATTED = 2048, DEEPEST = 32 };

struct page {
    struct page_line *lines;
    size_t count, cap, dropped;
    struct arena texts;
    int depth;
    bool full; /* the last line fell out: its link too */
};

const char *page_role_word(enum page_role r)
{
    static const char *const words[] = {
        [PAGE_TEXT] = "text",       [PAGE_DIM] = "dim",         [PAGE_STRONG] = "strong",
        [PAGE_TITLE] = "title",     [PAGE_OK] = "ok",           [PAGE_DONE] = "done",
        [PAGE_UNKNOWN] = "unknown", [PAGE_PENDING] = "pending", [PAGE_WARN] = "warn",
        [PAGE_BAD] = "bad"};
    return words[r];
}

struct page *page_new(void)
{
    struct page *p = mem_alloc(sizeof *p);
    arena_init(&p->texts);
    return p;
}

void page_free(struct page *p)
{
    if (!p)
        return;
    arena_free(&p->texts);
    free(p->lines);
    free(p);
}

size_t page_bytes(const struct page *p)
{
    return arena_bytes(&p->texts) + p->cap * sizeof *p->lines;
}

size_t page_count(const struct page *p)
{
    return p->count;
}

const struct page_line *page_at(const struct page *p, size_t i)
{
    return &p->lines[i];
}

size_t page_dropped(const struct page *p)
{
    return p->dropped;
}

static void add(struct page *p, enum page_kind kind, enum page_role role, int depth, struct str key,
                struct str value)
{
    p->full = p->count == LINES || arena_bytes(&p->texts) + key.n + value.n > TEXT_BYTES;
    if (p->full) {
        p->dropped++;
        return;
    }
    mem_grow(&p->lines, &p->cap, p->count + 1, sizeof *p->lines);
    p->lines[p->count++] = (struct page_line){.kind = kind,
                                              .role = role,
                                              .depth = depth,
                                              .key = arena_dup(&p->texts, key),
                                              .value = arena_dup(&p->texts, value),
                                              .link_kind = "",
                                              .link_namespace = "",
                                              .link_name = ""};
}

static struct str without_end(struct str s)
{
    while (s.n && strchr(" \t\r\n", s.p[s.n - 1]))
        s.n--;
    return s;
}

/* The first line of the value stands with the key, the others below it. */
static void add_lines(struct page *p, enum page_kind kind, enum page_role role, const char *key,
                      struct str value)
{
    struct str rest = without_end(value), line = {"", 0};
    bool many = rest.n && memchr(rest.p, '\n', rest.n);
    if (kind == PAGE_FIELD && many) {
        add(p, kind, role, p->depth, str_of(key), (struct str){"", 0});
        kind = PAGE_PLAIN;
    } else {
        if (many)
            str_cut(&rest, '\n', &line);
        add(p, kind, role, p->depth, str_of(key), many ? without_end(line) : rest);
        if (!many)
            return;
    }
    while (str_cut(&rest, '\n', &line))
        add(p, PAGE_PLAIN, role, p->depth + 1, (struct str){"", 0}, without_end(line));
}

void page_head(struct page *p, enum page_role role, const char *text)
{
    add_lines(p, PAGE_HEAD, role, "", str_of(text));
}

void page_section(struct page *p, const char *title)
{
    p->depth = 0;
    add(p, PAGE_SECTION, PAGE_STRONG, 0, (struct str){"", 0}, str_of(title));
}

void page_field(struct page *p, const char *key, enum page_role role, const char *value)
{
    add_lines(p, PAGE_FIELD, role, key, str_of(value));
}

void page_fieldf(struct page *p, const char *key, enum page_role role, const char *fmt, ...)
{
    char text[FORMATTED];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    page_field(p, key, role, text);
}

void page_text(struct page *p, enum page_role role, const char *text)
{
    add_lines(p, PAGE_PLAIN, role, "", str_of(text));
}

void page_textf(struct page *p, enum page_role role, const char *fmt, ...)
{
    char text[FORMATTED];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    page_text(p, role, text);
}

void page_code(struct page *p, enum page_role role, struct str key, struct str value)
{
    add(p, PAGE_CODE, role, 0, key, without_end(value));
}

void page_link(struct page *p, const char *kind, const char *ns, const char *name)
{
    if (!p->count || p->full)
        return;
    struct page_line *line = &p->lines[p->count - 1];
    line->link_kind = arena_dup(&p->texts, str_of(kind));
    line->link_namespace = arena_dup(&p->texts, str_of(ns));
    line->link_name = arena_dup(&p->texts, str_of(name));
}

void page_deeper(struct page *p)
{
    p->depth += p->depth < DEEPEST;
}

void page_shallower(struct page *p)
{
    p->depth -= p->depth > 0;
}
