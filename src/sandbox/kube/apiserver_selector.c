/* Label and field selectors: "a=b,c!=d,e in (f,g),!h". */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/kube/apiserver_call.h"

enum op { OP_IN, OP_NOT_IN, OP_EXISTS, OP_ABSENT };
enum { REQUIREMENTS_MAX = 50, VALUES_MAX = 200 };

struct requirement {
    char *key;
    enum op op;
    char **values;
    size_t count, cap;
    bool field;
};

struct apiserver_selector {
    struct requirement list[REQUIREMENTS_MAX];
    size_t count;
};

void apiserver_selector_free(struct apiserver_selector *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->count; i++) {
        for (size_t k = 0; k < s->list[i].count; k++)
            free(s->list[i].values[k]);
        free(s->list[i].values);
        free(s->list[i].key);
    }
    free(s);
}

static void add_value(struct requirement *r, struct str value)
{
    value = str_trim(value);
    mem_grow(&r->values, &r->cap, r->count + 1, sizeof *r->values);
    r->values[r->count++] = mem_dup_n(value.n ? value.p : "", value.n);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || strchr("-_./", c);
}

static void skip_blanks(const char **p)
{
    while (**p == ' ')
        ++*p;
}

static struct str take_word(const char **p)
{
    skip_blanks(p);
    struct str word = {*p, 0};
    while (**p && is_word(**p))
        ++*p;
    word.n = (size_t)(*p - word.p);
    skip_blanks(p);
    return word;
}

/* Behind "key in" or "key notin". */
static bool read_set(const char **p, struct requirement *r, char *error, size_t size)
{
    if (**p != '(') {
        snprintf(error, size, "unable to parse requirement: found '%.20s' expected: '('", *p);
        return false;
    }
    ++*p;
    do {
        if (r->count < VALUES_MAX)
            add_value(r, take_word(p));
    } while (**p == ',' && ++*p);
    if (**p != ')') {
        snprintf(error, size, "unable to parse requirement: found '%.20s', expected: ',' or ')'",
                 *p);
        return false;
    }
    ++*p;
    return true;
}

static bool read_operator(const char **p, struct requirement *r, char *error, size_t size)
{
    if (**p == '=' || (**p == '!' && (*p)[1] == '=')) {
        r->op = **p == '!' ? OP_NOT_IN : OP_IN;
        *p += **p == '!' || (*p)[1] == '=' ? 2 : 1;
        add_value(r, take_word(p));
        return true;
    }
    if (!**p || **p == ',') {
        r->op = OP_EXISTS;
        return true;
    }
    struct str word = take_word(p);
    if (!str_is(word, "in") && !str_is(word, "notin")) {
        snprintf(
            error, size,
            "unable to parse requirement: found '%.*s', expected: in, notin, =, ==, !=, gt, lt",
            (int)word.n, word.p);
        return false;
    }
    r->op = str_is(word, "in") ? OP_IN : OP_NOT_IN;
    return read_set(p, r, error, size);
}

static bool read_labels(struct apiserver_selector *s, const char *p, char *error, size_t size)
{
    while (*p && s->count < REQUIREMENTS_MAX) {
        struct requirement *r = &s->list[s->count];
        skip_blanks(&p);
        bool absent = *p == '!' && p[1] != '=';
        p += absent;
        struct str key = take_word(&p);
        if (!key.n) {
            snprintf(error, size, "found '%.*s', expected: !, identifier, or 'end of string'",
                     p[0] == p[1] && p[0] == '=' ? 2 : 1, p);
            return false;
        }
        r->key = mem_dup_n(key.p, key.n);
        s->count++;
        if (absent)
            r->op = OP_ABSENT;
        else if (!read_operator(&p, r, error, size))
            return false;
        if (*p == ',')
            p++;
        else if (*p) {
            snprintf(error, size, "found '%.20s', expected: ',' or 'end of string'", p);
            return false;
        }
    }
    return true;
}

static bool read_fields(struct apiserver_selector *s, const char *text, char *error, size_t size)
{
    struct str rest = str_of(text), part;
    while (str_cut(&rest, ',', &part)) {
        if (!part.n)
            continue;
        const char *equals = memchr(part.p, '=', part.n);
        if (!equals || s->count == REQUIREMENTS_MAX) {
            snprintf(error, size, "invalid selector: '%.*s'; can't understand '%.*s'", (int)part.n,
                     part.p, (int)part.n, part.p);
            return false;
        }
        struct requirement *r = &s->list[s->count++];
        size_t n = (size_t)(equals - part.p);
        r->op = n && part.p[n - 1] == '!' ? OP_NOT_IN : OP_IN;
        r->key = mem_dup_n(part.p, n - (r->op == OP_NOT_IN));
        r->field = true;
        const char *value = equals + 1;
        if (value < part.p + part.n && *value == '=')
            value++;
        add_value(r, (struct str){value, (size_t)(part.p + part.n - value)});
    }
    return true;
}

bool apiserver_selector_empty(const struct apiserver_selector *s)
{
    return s->count == 0;
}

/* A field that objects of the kind do not know; NULL: there is none. */
static const char *unknown_field(const struct apiserver_selector *s, const struct world *w,
                                 enum pretend_kinds kind)
{
    /* Any object of a kind knows the same fields: ask one that stands at the tables' begin. */
    struct pretend_stored none = {.references = 1, .rest = ""};
    struct pretend_object o = {.kind = kind, .ns = "", .name = "", .stored = &none};
    for (size_t i = 0; i < s->count; i++) {
        struct buf value;
        buf_init(&value, 1024);
        bool known = !s->list[i].field || pretend_field(w, &o, w->start, s->list[i].key, &value);
        buf_free(&value);
        if (!known)
            return s->list[i].key;
    }
    return NULL;
}

/* Each kind has its own words for it. */
static void say_unknown(char *error, size_t size, enum pretend_kinds kind, const char *field)
{
    switch (kind) {
    case PRETEND_PODS:
    case PRETEND_NODES:
    case PRETEND_NAMESPACES:
    case PRETEND_SECRETS:
    case PRETEND_EVENTS:
    case PRETEND_NEW_EVENTS:
        snprintf(error, size, "field label not supported: %.200s", field);
        break;
    case PRETEND_JOBS:
        snprintf(error, size, "field label \"%.200s\" not supported for batchv1.Job", field);
        break;
    case PRETEND_CRONJOBS:
        snprintf(error, size, "field label \"%.200s\" not supported for \"CronJob\"", field);
        break;
    default:
        snprintf(error, size,
                 "\"%.200s\" is not a known field selector: only \"metadata.name\", "
                 "\"metadata.namespace\"",
                 field);
    }
}

struct apiserver_selector *apiserver_selector_asked(struct apiserver_call *c)
{
    struct apiserver_selector *s = mem_alloc(sizeof *s);
    enum pretend_kinds kind = (enum pretend_kinds)c->kind;
    char error[300];
    if (read_labels(s, apiserver_call_param(c, "labelSelector"), error, sizeof error) &&
        read_fields(s, apiserver_call_param(c, "fieldSelector"), error, sizeof error)) {
        const char *unknown = unknown_field(s, c->conf->world, kind);
        if (!unknown)
            return s;
        say_unknown(error, sizeof error, kind, unknown);
    }
    apiserver_selector_free(s);
    apiserver_status(c, 400, "BadRequest", NULL, "%s", error);
    return NULL;
}

static bool matches(const struct requirement *r, bool present, const char *value)
{
    bool in = false;
    for (size_t k = 0; k < r->count; k++)
        in |= present && strcmp(r->values[k], value) == 0;
    switch (r->op) {
    case OP_IN:
        return in;
    case OP_NOT_IN:
        return !in;
    case OP_EXISTS:
        return present;
    default:
        return !present;
    }
}

bool apiserver_selector_matches(const struct apiserver_selector *s, const struct world *w,
                                const struct pretend_object *o, int64_t t)
{
    bool all = true;
    struct buf value;
    buf_init(&value, 4096);
    for (size_t i = 0; i < s->count && all; i++) {
        const struct requirement *r = &s->list[i];
        buf_clear(&value);
        bool present = r->field ? pretend_field(w, o, t, r->key, &value)
                                : pretend_label(w, o, t, r->key, &value);
        all = matches(r, present, buf_text(&value));
    }
    buf_free(&value);
    return all;
}
