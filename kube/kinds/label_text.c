/* Both are lists of requirements ordered by their keys (k8s.io/apimachinery/pkg/labels). */
#include "kube/kinds/label_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { REQUIREMENTS = 64, VALUES = 64 };

struct requirement {
    const char *key;
    const char *value;             /* of a label; NULL: `expression` */
    const struct json *expression; /* {key, operator, values} */
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct requirement *)a)->key, ((const struct requirement *)b)->key);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t take_labels(struct requirement *list, size_t n, const struct json *map)
{
    for (const struct json *m = json_first(map); m && n < REQUIREMENTS; m = json_next(m))
        if (json_name(m) && json_value(m))
            list[n++] = (struct requirement){json_name(m), json_value(m), NULL};
    return n;
}

static size_t take_expressions(struct requirement *list, size_t n, const struct json *array)
{
    for (const struct json *e = json_first(array); e && n < REQUIREMENTS; e = json_next(e)) {
        const char *key = json_string(e, "key", "");
        if (*key)
            list[n++] = (struct requirement){key, NULL, e};
    }
    return n;
}

static void add_values(struct buf *out, const struct json *array)
{
    const char *values[VALUES];
    size_t n = 0;
    for (const struct json *v = json_first(array); v && n < VALUES; v = json_next(v))
        if (json_value(v))
            values[n++] = json_value(v);
    qsort(values, n, sizeof *values, by_text);
    buf_addc(out, '(');
    for (size_t i = 0; i < n; i++) {
        buf_adds(out, i ? "," : "");
        buf_adds(out, values[i]);
    }
    buf_addc(out, ')');
}

static void add_expression(struct buf *out, const struct requirement *r)
{
    struct str op = str_of(json_string(r->expression, "operator", ""));
    bool in = str_is(op, "In"), not_in = str_is(op, "NotIn");
    buf_adds(out, str_is(op, "DoesNotExist") ? "!" : "");
    buf_adds(out, r->key);
    if (!in && !not_in)
        return;
    buf_adds(out, in ? " in " : " notin ");
    add_values(out, json_member(r->expression, "values"));
}

static void add_all(struct buf *out, struct requirement *list, size_t n)
{
    qsort(list, n, sizeof *list, by_key);
    for (size_t i = 0; i < n; i++) {
        buf_adds(out, i ? "," : "");
        if (list[i].value)
            buf_printf(out, "%s=%s", list[i].key, list[i].value);
        else
            add_expression(out, &list[i]);
    }
}

void label_text_pairs(struct buf *out, const struct json *map)
{
    struct requirement list[REQUIREMENTS];
    add_all(out, list, take_labels(list, 0, map));
}

void label_text_selector(struct buf *out, const struct json *selector)
{
    struct requirement list[REQUIREMENTS];
    size_t n = take_labels(list, 0, json_member(selector, "matchLabels"));
    add_all(out, list, take_expressions(list, n, json_member(selector, "matchExpressions")));
}
