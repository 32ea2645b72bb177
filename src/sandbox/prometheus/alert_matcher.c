#include "sandbox/prometheus/alert_matcher.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/regex.h"

static bool is_label_name(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] != '_' && !(i ? isalnum : isalpha)((unsigned char)name.p[i]))
            return false;
    return name.n > 0;
}

bool alert_matcher_init(struct alert_matcher *m, struct str name, struct str value, bool is_regex,
                        bool is_equal, struct buf *error)
{
    struct err err;
    if (!is_label_name(name)) {
        buf_printf(error, "invalid label name \"%.*s\"", (int)name.n, name.p);
        return false;
    }
    *m = (struct alert_matcher){mem_dup_n(name.p, name.n), mem_dup_n(value.p, value.n), is_regex,
                                is_equal, NULL};
    if (!is_regex)
        return true;
    char *whole = mem_printf("^(?:%s)$", m->value);
    m->regex = regex_new(whole, REGEX_DEFAULT, &err);
    if (!m->regex) {
        buf_printf(error, "error parsing regexp: %s: `%s`", err.what, whole);
        alert_matcher_free(m);
    }
    free(whole);
    return m->regex != NULL;
}

static struct str unquoted(struct str text)
{
    if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
        return (struct str){text.p + 1, text.n - 2};
    return text;
}

bool alert_matcher_parse(struct alert_matcher *m, const char *text, struct buf *error)
{
    struct str all = str_trim(str_of(text));
    size_t n = 0;
    while (n < all.n && (isalnum((unsigned char)all.p[n]) || strchr("_:", all.p[n])))
        n++;
    struct str name = {all.p, n};
    struct str rest = str_trim((struct str){all.p + n, all.n - n});
    bool negative = str_starts(rest, "!");
    bool regex = str_starts(rest, "=~") || str_starts(rest, "!~");
    size_t operator_n = regex || str_starts(rest, "!=") ? 2 : 1;
    if (!n || !rest.n || (!negative && rest.p[0] != '=') || (negative && operator_n == 1)) {
        buf_printf(error, "bad matcher format: %s", text);
        return false;
    }
    struct str value = unquoted(str_trim((struct str){rest.p + operator_n, rest.n - operator_n}));
    return alert_matcher_init(m, name, value, regex, !negative, error);
}

void alert_matcher_free(struct alert_matcher *m)
{
    free(m->name);
    free(m->value);
    regex_free(m->regex);
    *m = (struct alert_matcher){0};
}

void alert_matcher_free_all(struct alert_matcher *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        alert_matcher_free(&list[i]);
    free(list);
}

bool alert_matcher_fits(const struct alert_matcher *m, const char *value)
{
    bool same = m->regex ? regex_matches(m->regex, str_of(value)) : strcmp(m->value, value) == 0;
    return same == m->is_equal;
}

bool alert_matcher_same(const struct alert_matcher *a, const struct alert_matcher *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->value, b->value) == 0 &&
           a->is_regex == b->is_regex && a->is_equal == b->is_equal;
}
