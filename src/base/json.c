/*
 * cJSON spends about 40 % of a parse in malloc and free. Its allocation hooks are process-wide, so
 * they ask a thread-local pointer for the arena of the document that this thread is parsing just
 * now: set around the one call into cJSON, and nowhere else. Freeing inside a parse (cJSON undoes
 * a failed one) leaves arena memory alone.
 */
#include "base/json.h"

#include <cJSON.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"

enum { DEPTH_MAX = 200, ARENA_KEPT = 4 * 1024 * 1024 };

/* From here on a double does not hold every whole number: 2^53. */
#define DOUBLE_EXACT 9007199254740992.0

struct json_doc {
    struct arena arena;
};

static _Thread_local struct arena *current;
static pthread_once_t hooked = PTHREAD_ONCE_INIT;

static void *hook_malloc(size_t size)
{
    return current ? arena_take(current, size) : mem_alloc(size);
}

static void hook_free(void *p)
{
    if (!current || !arena_owns(current, p))
        free(p);
}

static void set_hooks(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = hook_malloc, .free_fn = hook_free});
}

struct json_doc *json_doc_new(void)
{
    struct json_doc *d = mem_alloc(sizeof *d);
    arena_init(&d->arena);
    return d;
}

void json_doc_free(struct json_doc *d)
{
    if (!d)
        return;
    arena_free(&d->arena);
    free(d);
}

struct look {
    bool deep;  /* deeper than allowed: nothing more was looked at */
    bool large; /* there is a number that may have been another one before it became a double */
};

static void look_at(const cJSON *j, int left, struct look *l)
{
    if (j->type & cJSON_Number)
        l->large = l->large || fabs(j->valuedouble) >= DOUBLE_EXACT;
    if (j->type & (cJSON_Array | cJSON_Object))
        l->deep = l->deep || !left;
    for (const cJSON *kid = j->child; kid && !l->deep; kid = kid->next)
        look_at(kid, left - 1, l);
}

/* The first number at or behind *at, which moves behind it; strings are passed over. */
static struct str next_number(const char **at, const char *end)
{
    static const char begins[] = "-0123456789", more[] = "+-.eE0123456789";
    const char *p = *at;
    bool inside = false;
    for (; p < end && (inside || !*p || !strchr(begins, *p)); p++) {
        if (*p == '"')
            inside = !inside;
        else if (*p == '\\')
            p++;
    }
    const char *from = p;
    while (p < end && *p && strchr(more, *p))
        p++;
    *at = p;
    return (struct str){from, (size_t)(p - from)};
}

/* The tree has the numbers in the order of the text. */
static void keep_digits(struct json_doc *d, cJSON *j, const char **at, const char *end)
{
    int64_t value;
    if (j->type & cJSON_Number) {
        struct str text = next_number(at, end);
        if (fabs(j->valuedouble) >= DOUBLE_EXACT && str_to_int(text, &value))
            j->valuestring = arena_dup(&d->arena, text);
    }
    for (cJSON *kid = j->child; kid; kid = kid->next)
        keep_digits(d, kid, at, end);
}

static bool is_blank(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p == end;
}

const struct json *json_parse(struct json_doc *d, const char *p, size_t n, struct err *err)
{
    pthread_once(&hooked, set_hooks);
    if (arena_bytes(&d->arena) > ARENA_KEPT)
        arena_free(&d->arena);
    else
        arena_reset(&d->arena);
    const char *end = p;
    current = &d->arena;
    cJSON *root = n ? cJSON_ParseWithLengthOpts(p, n, &end, false) : NULL;
    current = NULL;
    if (!root || !is_blank(end, p + n)) {
        err_set(err, ERR_PROTOCOL, NULL, NULL, "this is no JSON, from byte %td of %zu on", end - p,
                n);
        return NULL;
    }
    struct look look = {0};
    look_at(root, DEPTH_MAX, &look);
    if (look.deep) {
        err_set(err, ERR_PROTOCOL, NULL, NULL, "JSON nested more than %d levels deep", DEPTH_MAX);
        return NULL;
    }
    if (look.large)
        keep_digits(d, root, &p, p + n);
    return (const struct json *)root;
}

static const cJSON *node(const struct json *j)
{
    return (const cJSON *)j;
}

static bool is_type(const struct json *j, int type)
{
    return j && node(j)->type & type;
}

static const cJSON *step(const cJSON *container, const char *name, size_t n)
{
    if (container->type & cJSON_Array) {
        int64_t index;
        if (!str_to_int((struct str){name, n}, &index) || index < 0)
            return NULL;
        const cJSON *j = container->child;
        while (j && index--)
            j = j->next;
        return j;
    }
    if (!(container->type & cJSON_Object))
        return NULL;
    for (const cJSON *j = container->child; j; j = j->next)
        if (*j->string == *name && strncmp(j->string, name, n) == 0 && !j->string[n])
            return j;
    return NULL;
}

const struct json *json_get(const struct json *j, const char *path)
{
    const cJSON *at = node(j);
    while (at && *path) {
        size_t n = (size_t)(strchrnul(path, '.') - path);
        at = step(at, path, n);
        path += n;
        path += *path == '.';
    }
    return (const struct json *)at;
}

const struct json *json_member(const struct json *j, const char *name)
{
    return is_type(j, cJSON_Object) ? (const struct json *)step(node(j), name, strlen(name)) : NULL;
}

const char *json_string(const struct json *j, const char *path, const char *otherwise)
{
    const char *text = json_value(json_get(j, path));
    return text ? text : otherwise;
}

int64_t json_int(const struct json *j, const char *path, int64_t otherwise)
{
    j = json_get(j, path);
    int64_t value;
    if (is_type(j, cJSON_String) || json_digits(j))
        return str_to_int(str_of(node(j)->valuestring), &value) ? value : otherwise;
    double number = json_as_number(j, NAN);
    /* The bounds are the doubles beyond which the conversion is undefined. */
    return number >= -9223372036854775808.0 && number < 9223372036854775808.0 ? (int64_t)number
                                                                              : otherwise;
}

double json_number(const struct json *j, const char *path, double otherwise)
{
    j = json_get(j, path);
    double value;
    if (is_type(j, cJSON_String))
        return str_to_double(str_of(node(j)->valuestring), &value) ? value : otherwise;
    return json_as_number(j, otherwise);
}

bool json_bool(const struct json *j, const char *path, bool otherwise)
{
    j = json_get(j, path);
    return is_type(j, cJSON_True | cJSON_False) ? is_type(j, cJSON_True) : otherwise;
}

const struct json *json_first(const struct json *j)
{
    return j ? (const struct json *)node(j)->child : NULL;
}

const struct json *json_next(const struct json *j)
{
    return j ? (const struct json *)node(j)->next : NULL;
}

const char *json_name(const struct json *j)
{
    return j ? node(j)->string : NULL;
}

const char *json_value(const struct json *j)
{
    return is_type(j, cJSON_String) ? node(j)->valuestring : NULL;
}

size_t json_count(const struct json *j)
{
    size_t count = 0;
    for (const struct json *e = json_first(j); e; e = json_next(e))
        count++;
    return count;
}

bool json_is_object(const struct json *j)
{
    return is_type(j, cJSON_Object);
}

bool json_is_array(const struct json *j)
{
    return is_type(j, cJSON_Array);
}

bool json_is_null(const struct json *j)
{
    return is_type(j, cJSON_NULL);
}

bool json_is_true(const struct json *j)
{
    return is_type(j, cJSON_True);
}

bool json_is_number(const struct json *j)
{
    return is_type(j, cJSON_Number);
}

double json_as_number(const struct json *j, double otherwise)
{
    return is_type(j, cJSON_Number) ? node(j)->valuedouble : otherwise;
}

const char *json_digits(const struct json *j)
{
    return is_type(j, cJSON_Number) ? node(j)->valuestring : NULL;
}

const char *json_number_text(const struct json *j, char out[SHORTEST_TEXT])
{
    const char *digits = json_digits(j);
    return digits ? digits : shortest_text(json_as_number(j, 0), out);
}
