/* Rows made from JSON texts, as list and watch make them, and what is in them. */
#ifndef TESTS_UNIT_KUBE_MAKING_H
#define TESTS_UNIT_KUBE_MAKING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "kube/kinds/kinds.h"

struct made {
    const struct kind *kind;
    struct objects *table;
    struct json_doc *doc;
    struct object *row;
};

static inline struct made making_of(const struct kind *kind, const char *json, size_t n)
{
    struct made m = {.kind = kind, .doc = json_doc_new()};
    struct err err;
    assert_non_null(m.kind);
    m.table = objects_new(m.kind);
    const struct json *element = json_parse(m.doc, json, n, &err);
    if (!element)
        fail_msg("%s", err.what);
    m.row = kinds_make(m.kind, m.table, element);
    return m;
}

static inline struct made making_json(const char *kind, const char *json)
{
    return making_of(kinds_find(kind), json, strlen(json));
}

/* The text with ' for ". */
static inline char *making_quoted(const char *text)
{
    char *json = mem_dup(text);
    for (char *p = json; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    return json;
}

/* The same from a text with ' for ". */
static inline struct made making(const char *kind, const char *text)
{
    char *json = making_quoted(text);
    struct made m = making_json(kind, json);
    free(json);
    return m;
}

static inline void making_done(struct made *m)
{
    if (m->row)
        objects_discard(m->table, m->row);
    objects_free(m->table);
    json_doc_free(m->doc);
}

static inline const union cell *making_cell(const struct made *m, const char *title)
{
    int column = objects_column(m->kind, title);
    if (column < 0) {
        fail_msg("%s has no column %s", m->kind->name, title);
        abort();
    }
    return &m->row->cells[column];
}

static inline const char *making_text(const struct made *m, const char *title)
{
    return making_cell(m, title)->text;
}

static inline int64_t making_number(const struct made *m, const char *title)
{
    return making_cell(m, title)->number;
}

/* Puts what no server sends into the place of each member, one after another: no row may fall over
 * it. */
static inline void making_replace_each(const char *kind, const char *json)
{
    static const char *const wrong[] = {
        "null",   "7",     "\"x\"", "[]",           "{}",     "true",
        "[null]", "[[1]]", "[{}]",  "{\"a\":null}", "-1e999", "\"\\u0000\\u001b[2J\xff\""};
    for (const char *colon = strchr(json, ':'); colon; colon = strchr(colon + 1, ':')) {
        /* Only the colons behind a member's name. */
        if (colon[-1] != '"')
            continue;
        const char *value = colon + 1, *end = value;
        int depth = 0;
        bool string = false;
        for (; *end; end++) {
            if (*end == '"' && end[-1] != '\\')
                string = !string;
            if (string)
                continue;
            if (*end == '{' || *end == '[')
                depth++;
            if ((*end == '}' || *end == ']') && depth-- == 0)
                break;
            if (*end == ',' && !depth)
                break;
        }
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            char *broken = mem_printf("%.*s%s%s", (int)(value - json), json, wrong[i], end);
            struct made m = making_json(kind, broken);
            making_done(&m);
            free(broken);
        }
    }
}

#endif
