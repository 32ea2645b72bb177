#include "kube/kinds/columns.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"

enum { CELL_LONGEST = 4096, TITLE_LONGEST = 64 };

/* A row names its object below "object"; the items of a plain list are the objects. */
const char *const columns_keep[] = {"cells",
                                    "object.metadata.uid",
                                    "object.metadata.name",
                                    "object.metadata.namespace",
                                    "object.metadata.resourceVersion",
                                    "object.metadata.creationTimestamp",
                                    "object.metadata.deletionTimestamp",
                                    "object.metadata.ownerReferences.kind",
                                    "object.metadata.ownerReferences.name",
                                    "object.metadata.ownerReferences.controller",
                                    KINDS_METADATA,
                                    NULL};

/* A watch knows by the version whether a row changed that looks as it did. */
const char *const columns_keep_printed[] = {"cells",
                                            "object.metadata.name",
                                            "object.metadata.namespace",
                                            "object.metadata.resourceVersion",
                                            "object.metadata.creationTimestamp",
                                            "metadata.name",
                                            "metadata.namespace",
                                            "metadata.resourceVersion",
                                            "metadata.creationTimestamp",
                                            NULL};

/* An object's age stands in every row; a column may be called so and tell another time. */
static bool is_age(const struct json *definition)
{
    static const char path[] = "Custom resource definition column (in JSONPath format): ";
    struct str said = str_of(json_string(definition, "description", ""));
    return strcasecmp(json_string(definition, "name", ""), "age") == 0 &&
           (!str_starts(said, path) || str_ends(said, ".metadata.creationTimestamp"));
}

static bool is_served(const struct columns *c, const char *title)
{
    size_t i = 0;
    while (i < c->served && strcmp(c->list[i].title, title) != 0)
        i++;
    return i < c->served;
}

static const struct {
    const char *titles, *word;
    enum health health;
} words[] = {
#define WORD(titles, word, health) {titles, word, health},
#include "kube/kinds/columns_words.def"
#undef WORD
};

/* Whether " A B " holds the title as a word. */
static bool is_among(const char *titles, const char *title)
{
    size_t n = strlen(title);
    const char *at = n ? strstr(titles, title) : NULL;
    return at && at[-1] == ' ' && at[n] == ' ';
}

/* Whether anything is concluded from what stands in such a column. */
static bool is_judged(const char *title)
{
    size_t i = 0;
    while (i < sizeof words / sizeof *words && !is_among(words[i].titles, title))
        i++;
    return i < sizeof words / sizeof *words || strcmp(title, "READY") == 0;
}

/* What we know of the object beyond what the server prints. */
static void add_own(struct columns *c)
{
    const struct kind *own = &c->own->kind;
    c->maker = objects_new(own);
    for (size_t i = 0; i < own->column_count && c->count < COLUMNS_MAX; i++) {
        if (is_served(c, own->columns[i].title))
            continue;
        c->cell[c->count] = (unsigned char)i;
        c->list[c->count] = own->columns[i];
        c->list[c->count++].title = mem_dup(own->columns[i].title);
    }
}

/* As kubectl finds it, which decorates the first string of this format. The API server says the same
 * of other names (a volume attachment's attacher), and events have theirs last. */
static bool is_name(const struct json *definition, bool first)
{
    bool called = strcasecmp(json_string(definition, "name", ""), "name") == 0;
    bool named = str_is(str_of(json_string(definition, "format", "")), "name");
    return first ? called || named : called && named;
}

static bool has_name(const struct columns *c)
{
    size_t i = 0;
    while (i < c->count && !c->list[i].renames)
        i++;
    return i < c->count;
}

bool columns_read(struct columns *c, const struct json *definitions, enum columns_use use,
                  const struct kinds_row *own)
{
    *c = (struct columns){.own = own, .age = COLUMNS_NO_AGE};
    const struct json *d = json_is_array(definitions) ? json_first(definitions) : NULL;
    for (unsigned cell = 0; d && c->count < COLUMNS_MAX && cell <= 255; d = json_next(d), cell++) {
        struct str title = str_of(json_string(d, "name", ""));
        bool wide = json_int(d, "priority", 0) > 0;
        if (is_age(d)) {
            c->age = c->count;
            c->age_wide = wide;
            continue;
        }
        if (wide && use == COLUMNS_PRINT)
            continue;
        if (title.n > TITLE_LONGEST)
            title.n = TITLE_LONGEST;
        char *upper = mem_dup_n(title.p, title.n);
        for (char *p = upper; *p; p++)
            *p = (char)toupper((unsigned char)*p);
        c->cell[c->count] = (unsigned char)cell;
        c->judged[c->count] = use == COLUMNS_PANE && is_judged(upper);
        c->list[c->count++] = (struct column){.title = upper,
                                              .type = CELL_TEXT,
                                              .wide = wide,
                                              .renames = is_name(d, cell == 0) && !has_name(c)};
    }
    c->served = c->count;
    if (own)
        add_own(c);
    return json_is_array(definitions) && json_first(definitions);
}

void columns_free(struct columns *c)
{
    for (size_t i = 0; i < c->count; i++)
        free((char *)(uintptr_t)c->list[i].title);
    objects_free(c->maker);
    *c = (struct columns){.count = 0};
}

bool columns_are(const struct columns *c, const struct json *definitions, enum columns_use use)
{
    struct columns now;
    columns_read(&now, definitions, use, NULL);
    bool same = now.count == c->served && now.age == c->age && now.age_wide == c->age_wide;
    for (size_t i = 0; same && i < now.count; i++)
        same = now.cell[i] == c->cell[i] && now.list[i].wide == c->list[i].wide &&
               strcmp(now.list[i].title, c->list[i].title) == 0;
    columns_free(&now);
    return same;
}

static void set_cell(struct object *row, size_t column, const struct json *value)
{
    const char *text = json_value(value);
    char number[SHORTEST_TEXT];
    if (!value || json_is_null(value))
        return;
    if (json_is_number(value))
        text = json_number_text(value, number);
    if (text) {
        object_set_text(row, column, (struct str){text, strnlen(text, CELL_LONGEST)});
        return;
    }
    struct buf shown;
    buf_init(&shown, CELL_LONGEST);
    json_out_json(&(struct json_out){.b = &shown}, NULL, value);
    object_set_text(row, column, buf_str(&shown));
    buf_free(&shown);
}

/* The first word of the cell counts: "False (ServiceNotFound)". Of "1/3" a part is not ready. */
static enum health health_of(const char *title, const char *text)
{
    size_t n = strcspn(text, " (,:");
    int part, whole;
    char behind;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(words[i].word, text, n) == 0 && !words[i].word[n] &&
            is_among(words[i].titles, title))
            return words[i].health;
    bool ratio =
        strcmp(title, "READY") == 0 && sscanf(text, "%9d/%9d%c", &part, &whole, &behind) == 2;
    return ratio && part < whole ? HEALTH_WARN : HEALTH_OK;
}

static void take_own(const struct columns *c, struct object *row, const struct json *object)
{
    struct object *own = kinds_make(&c->own->kind, c->maker, object);
    if (!own)
        return;
    for (size_t i = c->served; i < c->count; i++)
        if (c->list[i].type == CELL_TEXT)
            object_set_text(row, i, str_of(own->cells[c->cell[i]].text));
        else
            row->cells[i] = own->cells[c->cell[i]];
    row->health = own->health;
    object_set_trouble(row, str_of(own->trouble));
    objects_discard(c->maker, own);
}

struct object *columns_make(const struct columns *c, const struct objects *table,
                            const struct json *row)
{
    const struct json *inner = json_get(row, "object.metadata");
    struct object *o = kinds_make_bare(table, inner ? inner : json_member(row, "metadata"));
    if (!o)
        return NULL;
    const struct json *value = json_first(json_member(row, "cells"));
    size_t column = 0;
    for (unsigned cell = 0; value && column < c->served; value = json_next(value), cell++)
        if (c->cell[column] == cell)
            set_cell(o, column++, value);
    if (c->own)
        take_own(c, o, inner ? json_member(row, "object") : row);
    for (size_t i = 0; i < column && !c->own; i++)
        if (c->judged[i])
            trouble_worsen(o, health_of(c->list[i].title, o->cells[i].text));
    if (o->deleted)
        o->health = HEALTH_PENDING;
    return o;
}
