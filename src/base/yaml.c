/*
 * The reader takes libyaml's events one by one and builds the tree itself, so that every bound is
 * checked before the memory is spent: an alias copies the nodes that its anchor holds, and all the
 * copies of a text together may not pass ALIASED_MAX.
 */
#include "base/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/yaml_order.h"
#include "base/yaml_plain.h"

enum {
    TEXT_MAX = 16 * 1024 * 1024,
    NODES_MAX = 100 * 1000,
    ALIASED_MAX = 1000,
    LEVELS_MAX = 64,
};

/* A list or map that is still open. */
struct level {
    struct yaml *node;
    struct yaml **end; /* where the next kid is hung in */
    struct map *seen;  /* of a map: its keys */
    char *key;         /* read, its value not yet */
};

struct reader {
    yaml_parser_t parser;
    const char *place;
    struct str text;
    struct err *err;
    struct yaml *root;
    struct level levels[LEVELS_MAX];
    int depth;
    size_t nodes, aliased;
    struct map *anchors; /* name to node */
};

static bool fail(struct reader *r, size_t line, const char *what)
{
    char *where = mem_printf("%s:%zu", r->place, line);
    err_set(r->err, ERR_CONFIG, where, NULL, "%s", what);
    free(where);
    return false;
}

static bool fail_syntax(struct reader *r)
{
    size_t line = r->parser.problem_mark.line + 1;
    if (r->parser.error == YAML_READER_ERROR) {
        line = 1;
        for (size_t i = 0; i < r->text.n && i < r->parser.problem_offset; i++)
            line += r->text.p[i] == '\n';
    }
    char *what = mem_printf(
        "this is no YAML: %s%s%s", r->parser.problem ? r->parser.problem : "it cannot be read",
        r->parser.context ? " " : "", r->parser.context ? r->parser.context : "");
    fail(r, line, what);
    free(what);
    return false;
}

static void free_content(struct yaml *y)
{
    free(y->name);
    free(y->text);
    for (struct yaml *kid = y->kids, *next; kid; kid = next) {
        next = kid->next;
        free_content(kid);
        free(kid);
    }
}

void yaml_free(struct yaml *y)
{
    if (!y)
        return;
    free_content(y);
    free(y);
}

/* Hangs a fresh node into the open list or map, under the key that was read before it. */
static struct yaml *add_node(struct reader *r, enum yaml_type type, size_t line)
{
    if (++r->nodes > NODES_MAX) {
        fail(r, line, "this has more than 100,000 values");
        return NULL;
    }
    struct yaml *y = mem_alloc(sizeof *y);
    y->type = type;
    y->line = (int)line;
    if (!r->depth) {
        r->root = y;
        return y;
    }
    struct level *level = &r->levels[r->depth - 1];
    y->name = level->key;
    level->key = NULL;
    *level->end = y;
    level->end = &y->next;
    return y;
}

static bool awaits_key(const struct reader *r)
{
    if (!r->depth)
        return false;
    const struct level *level = &r->levels[r->depth - 1];
    return level->node->type == YAML_MAP && !level->key;
}

static void remember_anchor(struct reader *r, const unsigned char *anchor, struct yaml *node)
{
    if (anchor)
        map_put(r->anchors, str_of((const char *)anchor), node);
}

static bool open_level(struct reader *r, enum yaml_type type, const unsigned char *anchor,
                       size_t line)
{
    if (awaits_key(r))
        return fail(r, line, "a key must be a plain text, this is a list or a map");
    if (r->depth == LEVELS_MAX)
        return fail(r, line, "this is nested more than 64 levels deep");
    struct yaml *y = add_node(r, type, line);
    if (!y)
        return false;
    remember_anchor(r, anchor, y);
    r->levels[r->depth++] =
        (struct level){.node = y, .end = &y->kids, .seen = type == YAML_MAP ? map_new() : NULL};
    return true;
}

static void close_level(struct reader *r)
{
    struct level *level = &r->levels[--r->depth];
    map_free(level->seen, NULL);
    free(level->key);
}

static bool read_key(struct reader *r, struct str key, size_t line)
{
    struct level *level = &r->levels[r->depth - 1];
    if (map_put(level->seen, key, r)) {
        char *what = mem_printf("the key '%.*s' stands here a second time",
                                (int)(key.n < 100 ? key.n : 100), key.p);
        fail(r, line, what);
        free(what);
        return false;
    }
    level->key = mem_dup_n(key.p, key.n);
    return true;
}

static bool read_scalar(struct reader *r, const yaml_event_t *event)
{
    size_t line = event->start_mark.line + 1;
    struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (text.n && memchr(text.p, '\0', text.n))
        return fail(r, line, "this text holds a NUL");
    if (awaits_key(r))
        return read_key(r, text, line);
    struct yaml *y = add_node(r, YAML_SCALAR, line);
    if (!y)
        return false;
    y->text = mem_dup_n(text.p, text.n);
    y->plain =
        event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && event->data.scalar.plain_implicit;
    remember_anchor(r, event->data.scalar.anchor, y);
    return true;
}

/* Copies what stands below `from` into `to`. The depth below an anchor is bounded, but not where
 * the alias stands. */
static bool copy_below(struct reader *r, struct yaml *to, const struct yaml *from, int depth,
                       size_t line)
{
    to->plain = from->plain;
    to->text = mem_dup(from->text);
    if (++r->aliased > ALIASED_MAX)
        return fail(r, line, "the aliases of this text grow to more than 1,000 values");
    if (depth > LEVELS_MAX)
        return fail(r, line, "this is nested more than 64 levels deep");
    struct yaml **end = &to->kids;
    for (const struct yaml *kid = from->kids; kid; kid = kid->next) {
        struct yaml *copy = mem_alloc(sizeof *copy);
        copy->type = kid->type;
        copy->line = kid->line;
        copy->name = mem_dup(kid->name);
        *end = copy;
        end = &copy->next;
        if (!copy_below(r, copy, kid, depth + 1, line))
            return false;
    }
    return true;
}

static bool read_alias(struct reader *r, const yaml_event_t *event)
{
    size_t line = event->start_mark.line + 1;
    struct yaml *from = map_get(r->anchors, str_of((const char *)event->data.alias.anchor));
    if (!from)
        return fail(r, line, "there is no anchor of this name before this alias");
    if (awaits_key(r))
        return fail(r, line, "a key may not be an alias");
    for (int i = 0; i < r->depth; i++)
        if (r->levels[i].node == from)
            return fail(r, line, "this alias stands inside of its own anchor");
    struct yaml *y = add_node(r, from->type, line);
    return y && copy_below(r, y, from, r->depth, line);
}

/* Takes one event in; *done at the end of the first document. */
static bool read_event(struct reader *r, const yaml_event_t *event, bool *done)
{
    size_t line = event->start_mark.line + 1;
    switch (event->type) {
    case YAML_MAPPING_START_EVENT:
        return open_level(r, YAML_MAP, event->data.mapping_start.anchor, line);
    case YAML_SEQUENCE_START_EVENT:
        return open_level(r, YAML_LIST, event->data.sequence_start.anchor, line);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        close_level(r);
        return true;
    case YAML_SCALAR_EVENT:
        return read_scalar(r, event);
    case YAML_ALIAS_EVENT:
        return read_alias(r, event);
    case YAML_DOCUMENT_END_EVENT:
    case YAML_STREAM_END_EVENT:
        *done = true;
        return true;
    default:
        return true;
    }
}

/* Behind a document's end. */
static bool refuse_another(struct reader *r)
{
    yaml_event_t event;
    if (!yaml_parser_parse(&r->parser, &event))
        return fail_syntax(r);
    bool another = event.type == YAML_DOCUMENT_START_EVENT;
    size_t line = event.start_mark.line + 1;
    yaml_event_delete(&event);
    return !another || fail(r, line, "a second document begins here: a file holds one");
}

static bool read_document(struct reader *r)
{
    for (bool done = false; !done;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r->parser, &event))
            return fail_syntax(r);
        bool ok = read_event(r, &event, &done);
        yaml_event_delete(&event);
        if (!ok)
            return false;
    }
    return true;
}

static struct yaml *parse(const char *text, size_t n, bool only, const char *place, struct err *err)
{
    struct reader r = {.place = place, .text = {text, n}, .err = err};
    if (n > TEXT_MAX) {
        err_set(err, ERR_CONFIG, place, NULL, "this is larger than 16 MiB");
        return NULL;
    }
    if (!yaml_parser_initialize(&r.parser)) {
        err_set(err, ERR_IO, place, NULL, "the YAML reader cannot start");
        return NULL;
    }
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(n ? text : ""), n);
    r.anchors = map_new();
    bool ok = read_document(&r) && (!only || refuse_another(&r));
    while (r.depth)
        close_level(&r);
    map_free(r.anchors, NULL);
    yaml_parser_delete(&r.parser);
    if (!ok) {
        yaml_free(r.root);
        return NULL;
    }
    bool empty = !r.root || (r.root->type == YAML_SCALAR && r.root->plain && !r.root->text[0]);
    if (!empty)
        return r.root;
    yaml_free(r.root);
    struct yaml *map = mem_alloc(sizeof *map);
    *map = (struct yaml){.type = YAML_MAP, .line = 1};
    return map;
}

struct yaml *yaml_parse(const char *text, size_t n, const char *place, struct err *err)
{
    return parse(text, n, false, place, err);
}

struct yaml *yaml_parse_only(const char *text, size_t n, const char *place, struct err *err)
{
    return parse(text, n, true, place, err);
}

const struct yaml *yaml_member(const struct yaml *y, const char *name)
{
    if (!y || y->type != YAML_MAP)
        return NULL;
    for (const struct yaml *kid = y->kids; kid; kid = kid->next)
        if (strcmp(kid->name, name) == 0)
            return kid;
    return NULL;
}

const char *yaml_text(const struct yaml *y, const char *name, const char *otherwise)
{
    const struct yaml *kid = yaml_member(y, name);
    return kid && kid->type == YAML_SCALAR ? kid->text : otherwise;
}

bool yaml_bool(const struct yaml *y, const char *name, bool otherwise)
{
    const char *text = yaml_text(y, name, "");
    if (strcasecmp(text, "true") == 0)
        return true;
    return strcasecmp(text, "false") == 0 ? false : otherwise;
}

/* ---- printing ---- */

static int write_to_buf(void *out, unsigned char *bytes, size_t n)
{
    return buf_add(out, bytes, n);
}

/* yaml_emitter_emit owns the event, even when it fails. */
static bool emit(yaml_emitter_t *emitter, yaml_event_t *event, int made)
{
    return made && yaml_emitter_emit(emitter, event);
}

static bool emit_scalar(yaml_emitter_t *emitter, const char *text, size_t n,
                        yaml_scalar_style_t style)
{
    yaml_event_t event;
    return emit(emitter, &event,
                yaml_scalar_event_initialize(&event, NULL, NULL, (const unsigned char *)text,
                                             (int)n, 1, 1, style));
}

/* A NUL would end a string of parsed JSON: it is marked by bytes that no UTF-8 holds. */
static const char nul[] = "\xc0\x80";

static void add_marked(struct buf *out, struct str json)
{
    static const char escape[] = "\\u0000";
    size_t n = sizeof escape - 1;
    for (size_t i = 0; i < json.n;) {
        const char *slash = memchr(json.p + i, '\\', json.n - i);
        size_t plain = slash ? (size_t)(slash - json.p) - i : json.n - i;
        buf_add(out, json.p + i, plain);
        i += plain;
        size_t left = json.n - i;
        if (left >= n && memcmp(json.p + i, escape, n) == 0) {
            buf_adds(out, nul);
            i += n;
        } else {
            size_t pair = left < 2 ? left : 2;
            buf_add(out, json.p + i, pair);
            i += pair;
        }
    }
}

static bool emit_string(yaml_emitter_t *emitter, const char *text)
{
    size_t n = strlen(text);
    yaml_scalar_style_t style = yaml_plain_misreads(text) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
                                : strchr(text, '\n')      ? YAML_LITERAL_SCALAR_STYLE
                                                          : YAML_PLAIN_SCALAR_STYLE;
    if (utf8_valid((struct str){text, n}))
        return emit_scalar(emitter, text, n, style);
    /* libyaml refuses what is no UTF-8, and writes a NUL where it may escape it. */
    struct buf mended;
    buf_init(&mended, 3 * n);
    for (size_t i = 0; i < n;) {
        uint32_t code;
        char bytes[4];
        if (strncmp(text + i, nul, sizeof nul - 1) == 0) {
            buf_addc(&mended, '\0');
            style = YAML_DOUBLE_QUOTED_SCALAR_STYLE;
            i += sizeof nul - 1;
            continue;
        }
        i += utf8_decode(text + i, n - i, &code);
        buf_add(&mended, bytes, utf8_encode(code, bytes));
    }
    bool ok = emit_scalar(emitter, buf_text(&mended), mended.n, style);
    buf_free(&mended);
    return ok;
}

static bool emit_value(yaml_emitter_t *emitter, const struct json *j);

static bool emit_atom(yaml_emitter_t *emitter, const struct json *j)
{
    char number[SHORTEST_TEXT];
    const char *text = json_is_null(j) ? "null" : json_is_true(j) ? "true" : "false";
    if (json_is_number(j))
        text = json_number_text(j, number);
    return emit_scalar(emitter, text, strlen(text), YAML_PLAIN_SCALAR_STYLE);
}

static int by_key(const void *a, const void *b)
{
    const struct json *const *x = a, *const *y = b;
    return yaml_order(json_name(*x), json_name(*y));
}

static bool emit_members(yaml_emitter_t *emitter, const struct json *map)
{
    size_t count = json_count(map), n = 0;
    const struct json **members = mem_array(count, sizeof(const struct json *));
    for (const struct json *m = json_first(map); m; m = json_next(m))
        members[n++] = m;
    if (n)
        qsort(members, n, sizeof(const struct json *), by_key);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = emit_string(emitter, json_name(members[i])) && emit_value(emitter, members[i]);
    free(members);
    return ok;
}

static bool emit_elements(yaml_emitter_t *emitter, const struct json *list)
{
    for (const struct json *e = json_first(list); e; e = json_next(e))
        if (!emit_value(emitter, e))
            return false;
    return true;
}

/* Depth is bounded by json_parse. */
static bool emit_value(yaml_emitter_t *emitter, const struct json *j)
{
    yaml_event_t event;
    bool map = json_is_object(j);
    if (json_value(j))
        return emit_string(emitter, json_value(j));
    if (!map && !json_is_array(j))
        return emit_atom(emitter, j);
    int made =
        map ? yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE)
            : yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
                                                   YAML_BLOCK_SEQUENCE_STYLE);
    if (!emit(emitter, &event, made))
        return false;
    if (!(map ? emit_members(emitter, j) : emit_elements(emitter, j)))
        return false;
    made = map ? yaml_mapping_end_event_initialize(&event)
               : yaml_sequence_end_event_initialize(&event);
    return emit(emitter, &event, made);
}

bool yaml_print_json(struct buf *out, const struct json *value)
{
    yaml_emitter_t emitter;
    yaml_event_t event;
    if (!yaml_emitter_initialize(&emitter))
        return false;
    yaml_emitter_set_output(&emitter, write_to_buf, out);
    yaml_emitter_set_unicode(&emitter, 1);
    bool ok =
        emit(&emitter, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    ok = ok &&
         emit(&emitter, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
    ok = ok && emit_value(&emitter, value);
    ok = ok && emit(&emitter, &event, yaml_document_end_event_initialize(&event, 1));
    ok = ok && emit(&emitter, &event, yaml_stream_end_event_initialize(&event));
    yaml_emitter_delete(&emitter);
    return ok;
}

bool yaml_print_text(struct buf *out, struct str json, struct err *err)
{
    struct json_doc *doc = json_doc_new();
    struct buf text;
    buf_init(&text, 2 * json.n + 1);
    add_marked(&text, json);
    const struct json *j = json_parse(doc, text.p, text.n, err);
    bool ok = j && yaml_print_json(out, j);
    if (j && !ok)
        err_set(err, ERR_LIMIT, "yaml", "", "it is too large to be printed");
    buf_free(&text);
    json_doc_free(doc);
    return ok;
}
