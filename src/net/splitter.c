/*
 * A state machine that never looks back. Only what it must understand is taken apart token by
 * token: the objects on the way to the array, and inside an element those that a wanted path goes
 * through. Every other value is passed whole, copied or skipped, by a scan that knows strings and
 * brackets only, sixteen bytes at a time. Bytes are copied in spans: `mark` is where the bytes
 * begin that the present sink has not got yet. An object with wanted members is made anew: between
 * them nothing is copied, and each brings its own comma and name.
 */
#include "net/splitter.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/buf.h"
#include "base/mem.h"

enum { LEVELS = 200, KEY_MAX = 128, PARTS = 8 };
enum { DEFAULT_ELEMENT = 4 << 20, DEFAULT_REST = 1 << 20 };

enum state {
    VALUE,
    VALUE_OR_END, /* behind '[' */
    KEY,
    KEY_OR_END, /* behind '{' */
    IN_KEY,
    COLON,
    AFTER, /* behind a value */
    WHOLE_CONTAINER,
    WHOLE_STRING,
    WHOLE_PLAIN, /* a number, true, false, null */
    DONE,
};

enum role {
    ROLE_OUTSIDE, /* an object on the way to the array; node: path parts matched before it */
    ROLE_ARRAY,   /* the array itself */
    ROLE_ELEMENT, /* an element whose items are handed alone */
    ROLE_ITEMS,   /* their array */
    ROLE_FILTER,  /* inside an element, a wanted path goes through it; node: of the trie */
    ROLE_WHOLE,   /* inside a value that is passed whole */
};

enum sink { SINK_NONE, SINK_REST, SINK_ELEMENT, SINK_ITEM };

struct level {
    bool object;
    bool member; /* of a filtered object: one has been copied */
    uint8_t role;
    int16_t node;
};

struct node { /* of the trie of wanted paths; node 0 is the element */
    struct str name;
    int16_t first, next; /* child, sibling; -1: none */
    bool leaf;
    bool counted; /* its members leave nulls without a name */
};

struct splitter {
    struct splitter_conf conf;
    struct str parts[PARTS]; /* of conf.array */
    int part_count;
    struct node *nodes;
    size_t node_count, node_cap;

    enum state state;
    enum sink sink;
    bool string, escape; /* inside a string; behind its backslash */
    bool failed;
    int depth, whole_base;
    struct level levels[LEVELS];
    char key[KEY_MAX];
    size_t key_n; /* KEY_MAX + 1: longer, matches nothing */
    const char *mark;
    struct buf element, item, rest;
    size_t count;
};

/* ---- the trie ---- */

static int child_of(const struct splitter *s, int node, struct str name)
{
    int at = s->nodes[node].first;
    for (; at >= 0; at = s->nodes[at].next) {
        struct str wanted = s->nodes[at].name;
        if (wanted.n == name.n && *wanted.p == *name.p && memcmp(wanted.p, name.p, name.n) == 0)
            break;
    }
    return at;
}

static int add_node(struct splitter *s, int parent, struct str name)
{
    mem_grow(&s->nodes, &s->node_cap, s->node_count + 1, sizeof *s->nodes);
    int at = (int)s->node_count++;
    s->nodes[at] = (struct node){.name = name, .first = -1, .next = -1};
    if (parent >= 0) {
        s->nodes[at].next = s->nodes[parent].first;
        s->nodes[parent].first = (int16_t)at;
    }
    return at;
}

static void add_path(struct splitter *s, const char *path)
{
    struct str rest = str_of(path), name;
    int at = 0;
    while (str_cut(&rest, '.', &name)) {
        if (str_is(name, SPLITTER_COUNT)) {
            s->nodes[at].counted = true;
            return;
        }
        int child = child_of(s, at, name);
        at = child >= 0 ? child : add_node(s, at, name);
    }
    s->nodes[at].leaf = true;
}

/* ---- scanning ---- */

/* The first quote or backslash in [p, end), or end. */
static const char *scan_string(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    for (; end - p >= 16; p += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
        int hit =
            _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, slash)));
        if (hit)
            return p + __builtin_ctz((unsigned)hit);
    }
#endif
    while (p < end && *p != '"' && *p != '\\')
        p++;
    return p;
}

/* The first quote or bracket in [p, end), or end: mostly one or two bytes away. */
static const char *scan_structure(const char *p, const char *end)
{
    static const bool wanted[256] = {
        ['"'] = true, ['{'] = true, ['}'] = true, ['['] = true, [']'] = true};
    while (p < end && !wanted[(unsigned char)*p])
        p++;
    return p;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* ---- sinks ---- */

static bool fail(struct splitter *s, struct err *err, enum err_kind kind, const char *what)
{
    s->failed = true;
    return err_set(err, kind, "", NULL, "%s", what);
}

static bool broken(struct splitter *s, struct err *err)
{
    return fail(s, err, ERR_PROTOCOL, "the answer is not JSON");
}

/* Gives the bytes before `p` to the present sink, those from there on to the next. */
static bool turn_to(struct splitter *s, const char *p, enum sink next, struct err *err)
{
    struct buf *b = s->sink == SINK_ELEMENT ? &s->element
                    : s->sink == SINK_ITEM  ? &s->item
                                            : &s->rest;
    if (s->sink != SINK_NONE && !buf_add(b, s->mark, (size_t)(p - s->mark)))
        return fail(s, err, ERR_LIMIT,
                    s->sink == SINK_REST ? "the head of the answer is too large"
                                         : "one element of the answer is too large");
    s->mark = p;
    s->sink = next;
    return true;
}

/* ---- the machine ---- */

static bool push(struct splitter *s, bool object, enum role role, int node, struct err *err)
{
    if (s->depth == LEVELS)
        return fail(s, err, ERR_PROTOCOL, "the answer nests deeper than 200 levels");
    s->levels[s->depth++] =
        (struct level){.object = object, .role = (uint8_t)role, .node = (int16_t)node};
    return true;
}

static struct level *top(struct splitter *s)
{
    return s->depth ? &s->levels[s->depth - 1] : NULL;
}

static bool at_element(const struct splitter *s)
{
    return s->depth ? s->levels[s->depth - 1].role == ROLE_ARRAY : !s->conf.array;
}

static bool at_item(const struct splitter *s)
{
    return s->depth && s->levels[s->depth - 1].role == ROLE_ITEMS;
}

/* Hands over what a callback is to have; it may say why it gives up. */
static bool hand(struct splitter *s, bool (*to)(void *context, struct str json, struct err *err),
                 struct str json, struct err *err)
{
    err_clear(err);
    if (to(s->conf.context, json, err))
        return true;
    s->failed = true;
    return err->kind == ERR_NONE ? err_set(err, ERR_CANCELLED, "", NULL, "given up") : false;
}

/* It is copied only when it came in several pieces. */
static bool item_ended(struct splitter *s, const char *p, struct err *err)
{
    struct str json = {s->mark, (size_t)(p - s->mark)};
    if (s->item.n) {
        if (!turn_to(s, p, SINK_NONE, err))
            return false;
        json = buf_str(&s->item);
    }
    s->mark = p;
    s->sink = SINK_NONE;
    s->state = AFTER;
    if (!hand(s, s->conf.item, json, err))
        return false;
    buf_clear(&s->item);
    return true;
}

/* A value has ended right before p. */
static bool value_ended(struct splitter *s, const char *p, struct err *err)
{
    if (at_item(s))
        return item_ended(s, p, err);
    if (at_element(s)) {
        if (!turn_to(s, p, SINK_NONE, err))
            return false;
        s->count++;
        if (!hand(s, s->conf.element, buf_str(&s->element), err))
            return false;
        buf_clear(&s->element);
        s->state = s->depth ? AFTER : VALUE;
        return true;
    }
    const struct level *l = top(s);
    if (l && l->role == ROLE_FILTER && !turn_to(s, p, l->object ? SINK_NONE : SINK_ELEMENT, err))
        return false;
    s->state = s->depth ? AFTER : DONE;
    return true;
}

/* Passes the value that starts with c whole to the present sink. */
static bool pass_whole(struct splitter *s, char c, struct err *err)
{
    s->whole_base = s->depth;
    s->string = c == '"';
    s->escape = false;
    if (c == '{' || c == '[') {
        s->state = WHOLE_CONTAINER;
        return push(s, c == '{', ROLE_WHOLE, 0, err);
    }
    s->state = s->string ? WHOLE_STRING : WHOLE_PLAIN;
    return true;
}

static bool enter(struct splitter *s, char c, enum role role, int node, struct err *err)
{
    s->state = c == '{' ? KEY_OR_END : VALUE_OR_END;
    return push(s, c == '{', role, node, err);
}

static bool enter_filtered(struct splitter *s, const char *p, int node, struct err *err)
{
    return enter(s, *p, ROLE_FILTER, node, err) && (*p != '{' || turn_to(s, p + 1, SINK_NONE, err));
}

static bool add(struct splitter *s, const char *bytes, size_t n, struct err *err)
{
    return buf_add(&s->element, bytes, n) ||
           fail(s, err, ERR_LIMIT, "one element of the answer is too large");
}

static bool add_name(struct splitter *s, struct str name, struct err *err)
{
    bool first = !top(s)->member;
    top(s)->member = true;
    return add(s, first ? "\"" : ",\"", first ? 1 : 2, err) && add(s, name.p, name.n, err) &&
           add(s, "\":", 2, err);
}

/* Members go without a trace where they are not counted. */
static bool skip(struct splitter *s, const char *p, struct err *err)
{
    bool list = !top(s)->object, counted = !list && s->nodes[top(s)->node].counted;
    bool good = list      ? turn_to(s, p, SINK_NONE, err) && add(s, "null", 4, err)
                : counted ? add_name(s, str_of(""), err) && add(s, "null", 4, err)
                          : true;
    return good && pass_whole(s, *p, err);
}

static struct str key_of(const struct splitter *s)
{
    return (struct str){s->key, s->key_n <= KEY_MAX ? s->key_n : 0};
}

static bool value_outside(struct splitter *s, const char *p, struct err *err)
{
    int matched = s->depth ? top(s)->node : 0;
    if (!s->depth)
        return *p == '{' ? enter(s, *p, ROLE_OUTSIDE, 0, err) : pass_whole(s, *p, err);
    if (!str_eq(key_of(s), s->parts[matched]))
        return pass_whole(s, *p, err);
    if (matched + 1 < s->part_count)
        return *p == '{' ? enter(s, *p, ROLE_OUTSIDE, matched + 1, err) : pass_whole(s, *p, err);
    if (*p != '[')
        return pass_whole(s, *p, err);
    return turn_to(s, p + 1, SINK_NONE, err) && enter(s, *p, ROLE_ARRAY, 0, err);
}

static bool value_filtered(struct splitter *s, const char *p, struct err *err)
{
    bool member = top(s)->object, container = *p == '{' || *p == '[';
    int node = member ? child_of(s, top(s)->node, key_of(s)) : top(s)->node;
    bool leaf = member && node >= 0 && s->nodes[node].leaf;
    if (node < 0 || !(leaf || container))
        return skip(s, p, err);
    if (member && !(add_name(s, s->nodes[node].name, err) && turn_to(s, p, SINK_ELEMENT, err)))
        return false;
    return leaf ? pass_whole(s, *p, err) : enter_filtered(s, p, node, err);
}

/* A member of an element, in which the items may be. */
static bool value_in_element(struct splitter *s, const char *p, struct err *err)
{
    if (*p != '[' || !str_is(key_of(s), s->conf.items))
        return pass_whole(s, *p, err);
    return turn_to(s, p + 1, SINK_NONE, err) && enter(s, *p, ROLE_ITEMS, 0, err);
}

static bool begins_value(char c)
{
    return c == '"' || c == '{' || c == '[' || c == '-' || (c >= '0' && c <= '9') || c == 't' ||
           c == 'f' || c == 'n';
}

/* A value begins at p. */
static bool value_begins(struct splitter *s, const char *p, struct err *err)
{
    if (!begins_value(*p))
        return broken(s, err);
    if (at_item(s))
        return turn_to(s, p, SINK_ITEM, err) && pass_whole(s, *p, err);
    if (at_element(s)) {
        if (!turn_to(s, p, SINK_ELEMENT, err))
            return false;
        if (s->conf.items && *p == '{')
            return enter(s, *p, ROLE_ELEMENT, 0, err);
        return s->nodes && *p == '{' ? enter_filtered(s, p, 0, err) : pass_whole(s, *p, err);
    }
    if (s->depth && top(s)->role == ROLE_ELEMENT)
        return value_in_element(s, p, err);
    return s->depth && top(s)->role == ROLE_FILTER ? value_filtered(s, p, err)
                                                   : value_outside(s, p, err);
}

/* A bracket closes the innermost level, which was taken apart; p stands behind it. */
static bool close_level(struct splitter *s, const char *p, struct err *err)
{
    struct level *l = top(s);
    if (!l || l->object != (p[-1] == '}'))
        return broken(s, err);
    enum role role = l->role;
    if (role == ROLE_FILTER && l->object && !turn_to(s, p - 1, SINK_ELEMENT, err))
        return false;
    s->depth--;
    if (role != ROLE_ARRAY && role != ROLE_ITEMS)
        return value_ended(s, p, err);
    if (!turn_to(s, p - 1, role == ROLE_ARRAY ? SINK_REST : SINK_ELEMENT, err))
        return false;
    s->state = AFTER;
    return true;
}

/* One byte between values. */
static bool between(struct splitter *s, const char *p, struct err *err)
{
    char c = *p;
    if (is_blank(c))
        return true;
    switch (s->state) {
    case VALUE_OR_END:
    case KEY_OR_END:
        if (c == ']' || c == '}')
            return close_level(s, p + 1, err);
        if (s->state == VALUE_OR_END)
            return value_begins(s, p, err);
        /* fall through */
    case KEY:
        s->state = IN_KEY;
        s->key_n = 0;
        return c == '"' || broken(s, err);
    case COLON:
        s->state = VALUE;
        return c == ':' || broken(s, err);
    case AFTER:
        if (c != ',')
            return (c == ']' || c == '}') ? close_level(s, p + 1, err) : broken(s, err);
        s->state = top(s)->object ? KEY : VALUE;
        return true;
    case VALUE:
        return value_begins(s, p, err);
    default: /* DONE */
        return broken(s, err);
    }
}

/* Reads a string up to its end: true when it ended, *p behind its quote. */
static bool string_to_end(struct splitter *s, const char **p, const char *end)
{
    while (*p < end) {
        if (s->escape) {
            s->escape = false;
            ++*p;
            continue;
        }
        *p = scan_string(*p, end);
        if (*p == end)
            return false;
        s->escape = *(*p)++ == '\\';
        if (!s->escape)
            return true;
    }
    return false;
}

static void in_key(struct splitter *s, const char **p, const char *end)
{
    const char *from = *p;
    bool ended = string_to_end(s, p, end);
    size_t n = (size_t)(*p - from) - (ended ? 1 : 0);
    if (s->key_n + n > KEY_MAX) {
        s->key_n = KEY_MAX + 1;
    } else {
        memcpy(s->key + s->key_n, from, n);
        s->key_n += n;
    }
    if (ended)
        s->state = COLON;
}

static bool in_container(struct splitter *s, const char **at, const char *end, struct err *err)
{
    const char *p = *at;
    while (p < end) {
        if (s->string) {
            if (!string_to_end(s, &p, end))
                break;
            s->string = false;
        }
        p = scan_structure(p, end);
        if (p == end)
            break;
        char c = *p++;
        if (c == '"') {
            s->string = true;
        } else if (c == '{' || c == '[') {
            if (!push(s, c == '{', ROLE_WHOLE, 0, err))
                return false;
        } else {
            if (top(s)->object != (c == '}'))
                return broken(s, err);
            if (--s->depth == s->whole_base) {
                *at = p;
                return value_ended(s, p, err);
            }
        }
    }
    *at = p;
    return true;
}

static bool step(struct splitter *s, const char **p, const char *end, struct err *err)
{
    switch (s->state) {
    case WHOLE_CONTAINER:
        return in_container(s, p, end, err);
    case WHOLE_STRING:
        return !string_to_end(s, p, end) || value_ended(s, *p, err);
    case WHOLE_PLAIN:
        while (*p < end && !is_blank(**p) && **p != ',' && **p != '}' && **p != ']')
            ++*p;
        return *p == end || value_ended(s, *p, err);
    case IN_KEY:
        in_key(s, p, end);
        return true;
    default:
        if (!between(s, *p, err))
            return false;
        ++*p;
        return true;
    }
}

bool splitter_feed(struct splitter *s, struct str bytes, struct err *err)
{
    struct err own;
    if (!err)
        err = &own;
    if (s->failed)
        return broken(s, err);
    const char *p = bytes.p, *end = p + bytes.n;
    s->mark = p;
    while (p < end)
        if (!step(s, &p, end, err))
            return false;
    return turn_to(s, end, s->sink, err);
}

bool splitter_finish(struct splitter *s, struct err *err)
{
    struct err own;
    if (!err)
        err = &own;
    if (s->failed)
        return broken(s, err);
    if (s->state == WHOLE_PLAIN && !s->depth) {
        s->mark = "";
        if (!value_ended(s, s->mark, err))
            return false;
    }
    if (s->state == DONE || (!s->conf.array && s->state == VALUE && !s->depth))
        return true;
    return fail(s, err, ERR_AWAY, "the body was cut off");
}

struct splitter *splitter_new(const struct splitter_conf *conf)
{
    struct splitter *s = mem_alloc(sizeof *s);
    s->conf = *conf;
    s->state = VALUE;
    s->sink = conf->array ? SINK_REST : SINK_NONE;
    buf_init(&s->element, conf->max_element ? conf->max_element : DEFAULT_ELEMENT);
    buf_init(&s->item, s->element.max);
    buf_init(&s->rest, conf->max_rest ? conf->max_rest : DEFAULT_REST);
    struct str path = str_of(conf->array), part;
    while (conf->array && s->part_count < PARTS && str_cut(&path, '.', &part))
        s->parts[s->part_count++] = part;
    if (conf->keep) {
        add_node(s, -1, str_of(""));
        for (const char *const *k = conf->keep; *k; k++)
            add_path(s, *k);
    }
    return s;
}

void splitter_free(struct splitter *s)
{
    if (!s)
        return;
    buf_free(&s->element);
    buf_free(&s->item);
    buf_free(&s->rest);
    free(s->nodes);
    free(s);
}

struct str splitter_rest(const struct splitter *s)
{
    return buf_str(&s->rest);
}

size_t splitter_count(const struct splitter *s)
{
    return s->count;
}
