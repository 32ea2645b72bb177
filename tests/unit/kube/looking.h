/* Pages made from JSON, read as text. */
#ifndef TESTS_UNIT_KUBE_LOOKING_H
#define TESTS_UNIT_KUBE_LOOKING_H

#include "tests/unit/kube/making.h"

#include "base/buf.h"
#include "base/clock.h"
#include "kube/describe/describe_page.h"

/* When the pages are made: 2021-08-27T13:00:00Z. */
#define LOOKING_NOW (INT64_C(1630069200) * CLOCK_SECOND)

struct looking {
    struct page *page;
    struct json_doc *doc;
    struct buf text;
};

/* The page as text: sections behind "==", roles but text in brackets, links behind "->". */
static inline void looking_print(struct looking *l)
{
    buf_init(&l->text, 1 << 20);
    for (size_t i = 0; i < page_count(l->page); i++) {
        const struct page_line *line = page_at(l->page, i);
        if (line->kind == PAGE_SECTION)
            buf_adds(&l->text, "== ");
        if (line->kind == PAGE_CODE) {
            buf_printf(&l->text, "%s%s\n", line->key, line->value);
            continue;
        }
        buf_printf(&l->text, "%*s%s%s%s", 2 * line->depth, "", line->key, *line->key ? ": " : "",
                   line->value);
        if (line->role != PAGE_TEXT && line->kind != PAGE_SECTION)
            buf_printf(&l->text, " [%s]", page_role_word(line->role));
        if (*line->link_kind)
            buf_printf(&l->text, " -> %s/%s/%s", line->link_kind, line->link_namespace,
                       line->link_name);
        buf_addc(&l->text, '\n');
    }
}

static inline struct looking looking_at(const struct describe_page *how, const char *text)
{
    struct looking l = {.doc = json_doc_new()};
    char *json = making_quoted(text);
    struct err err;
    const struct json *object = json_parse(l.doc, json, strlen(json), &err);
    if (!object)
        fail_msg("%s", err.what);
    l.page = describe_page_make(how, object);
    free(json);
    looking_print(&l);
    return l;
}

static inline struct looking looking(const char *kind, const char *text)
{
    struct describe_page how = {.kind = kinds_find(kind),
                                .no_events = "not allowed",
                                .no_pods = "pods are forbidden",
                                .now = LOOKING_NOW};
    return looking_at(&how, text);
}

static inline void looking_done(struct looking *l)
{
    page_free(l->page);
    json_doc_free(l->doc);
    buf_free(&l->text);
}

static inline void looking_has(const struct looking *l, const char *text)
{
    if (!strstr(buf_text(&l->text), text))
        fail_msg("'%s' is not in:\n%s", text, buf_text(&l->text));
}

static inline void looking_has_not(const struct looking *l, const char *text)
{
    if (strstr(buf_text(&l->text), text))
        fail_msg("'%s' is in:\n%s", text, buf_text(&l->text));
}

#endif
