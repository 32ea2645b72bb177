#include "config/config_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/config.h"

static size_t kid_count(const struct yaml *y)
{
    size_t count = 0;
    for (const struct yaml *kid = y->kids; kid; kid = kid->next)
        count++;
    return count;
}

static bool is_type(const struct config_value *v, enum yaml_type type)
{
    static const char *const names[] = {"text", "list", "map"};
    if (v->y->type == type)
        return true;
    return config_value_fail(v, NULL, "this is a %s, but a %s is wanted", names[v->y->type],
                             config_value_type_name(v->row->type));
}

/* The value of an element, so that errors name its line. */
static struct config_value element(const struct config_value *v, const struct yaml *kid)
{
    struct config_value e = *v;
    e.y = kid;
    return e;
}

void config_list_release_texts(void *member)
{
    char ***list = member;
    for (char **p = *list; p && *p; p++)
        free(*p);
    free(*list);
    *list = NULL;
}

/* `take` makes a text of an element, or says what is wrong with it and gives NULL. */
static bool set_list(const struct config_value *v, enum yaml_type type, void *member,
                     char *(*take)(const struct config_value *element))
{
    if (!is_type(v, type))
        return false;
    char **list = mem_array(kid_count(v->y) + 1, sizeof *list);
    size_t count = 0;
    for (const struct yaml *kid = v->y->kids; kid; kid = kid->next) {
        struct config_value e = element(v, kid);
        if (!(list[count++] = take(&e))) {
            config_list_release_texts(&list);
            return false;
        }
    }
    config_list_release_texts(member);
    *(char ***)member = list;
    return true;
}

static char *take_text(const struct config_value *e)
{
    const char *text;
    bool ok = config_value_text(e, e->y, &text) && config_value_fits(e, text);
    return ok ? mem_dup(text) : NULL;
}

bool config_list_set_texts(const struct config_value *v, void *member)
{
    return set_list(v, YAML_LIST, member, take_text);
}

/* Headers may be secret: nothing of a value is shown. */
static char *take_header(const struct config_value *e)
{
    const char *text, *name = e->y->name;
    bool ok = config_value_fits(e, name) && config_value_text(e, e->y, &text);
    if (ok && strcspn(text, "\r\n") != strlen(text))
        ok = config_value_fail(e, NULL, "the value of %s has more than one line", name);
    return ok ? mem_printf("%s: %s", name, text) : NULL;
}

bool config_list_set_headers(const struct config_value *v, void *member)
{
    return set_list(v, YAML_MAP, member, take_header);
}

void config_list_release_pairs(void *member)
{
    struct config_pairs *pairs = member;
    for (size_t i = 0; i < pairs->count; i++) {
        free(pairs->list[i].name);
        free(pairs->list[i].value);
    }
    free(pairs->list);
    *pairs = (struct config_pairs){0};
}

static bool set_pairs(const struct config_value *v, struct config_pairs *member,
                      bool (*check)(const struct config_value *, const char *))
{
    if (!is_type(v, YAML_MAP))
        return false;
    struct config_pairs pairs = {mem_array(kid_count(v->y), sizeof *pairs.list), 0};
    for (const struct yaml *kid = v->y->kids; kid; kid = kid->next) {
        struct config_value e = element(v, kid);
        const char *text;
        if (!config_value_fits(&e, kid->name) || !config_value_text(&e, kid, &text) ||
            (check && !check(&e, text))) {
            config_list_release_pairs(&pairs);
            return false;
        }
        pairs.list[pairs.count++] = (struct config_pair){mem_dup(kid->name), mem_dup(text)};
    }
    config_list_release_pairs(member);
    *member = pairs;
    return true;
}

bool config_list_set_pairs(const struct config_value *v, void *member)
{
    return set_pairs(v, member, NULL);
}

bool config_list_set_patterns(const struct config_value *v, void *member)
{
    return set_pairs(v, member, config_value_check_pattern);
}
