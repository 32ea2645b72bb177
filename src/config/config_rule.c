#include "config/config_rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/config.h"
#include "config/config_table.h"

/* `rules` and `rule_count` stand side by side in struct config; the table knows the first. */
static struct config *config_of(void *member)
{
    return (struct config *)(void *)((char *)member - offsetof(struct config, collector.rules));
}

void config_rule_release(void *member)
{
    struct config *c = config_of(member);
    for (size_t i = 0; i < c->collector.rule_count; i++)
        rule_free_inner(&c->collector.rules[i]);
    free(c->collector.rules);
    c->collector.rules = NULL;
    c->collector.rule_count = 0;
}

static bool check(const struct config_value *v, const struct rule *r)
{
    const char *name = r->name ? r->name : "";
    if (!r->name)
        return config_value_fail(v, "write name: and a text of a-z, 0-9 and -",
                                 "a rule has no name");
    if (!r->match && !r->logql)
        return config_value_fail(v, "write match: and a regular expression, or logql: and a query",
                                 "the rule '%s' has neither match nor logql", name);
    if (r->match && r->logql)
        return config_value_fail(v, "leave one of them out",
                                 "the rule '%s' has both match and logql", name);
    if (r->logql && (r->namespaces || r->exclude_namespaces))
        return config_value_fail(v, "write them into the query: {namespace=~\"shop|edge\"}",
                                 "the rule '%s' has namespaces beside logql", name);
    return true;
}

static bool is_new(const struct config_value *v, const struct rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rules[i].name, rules[count].name) == 0)
            return config_value_fail(v, "give each rule a name of its own",
                                     "there are two rules '%s'", rules[i].name);
    return true;
}

static bool set_rules(const struct config_value *v, struct config *c)
{
    struct rule *rules = c->collector.rules;
    for (const struct yaml *kid = v->y->kids; kid; kid = kid->next) {
        struct config_value e = *v;
        e.y = kid;
        struct rule *r = &rules[c->collector.rule_count++];
        if (!config_table_set_defaults(CONFIG_TABLE_RULE, r, v->err) ||
            !config_table_set_map(v->source, kid, CONFIG_TABLE_RULE, r, NULL, NULL, v->err) ||
            !check(&e, r) || !is_new(&e, rules, c->collector.rule_count - 1))
            return false;
    }
    return true;
}

bool config_rule_set(const struct config_value *v, void *member)
{
    size_t count = 0;
    for (const struct yaml *kid = v->y->kids; kid; kid = kid->next)
        count++;
    if (v->y->type != YAML_LIST)
        return config_value_fail(v, NULL, "this is a %s, but a list of rules is wanted",
                                 v->y->type == YAML_MAP ? "map" : "text");
    if (!count)
        return config_value_fail(v, "leave the key out for the default rule", "there is no rule");
    if (count > CONFIG_RULE_MAX)
        return config_value_fail(v, "join some of them", "there are %zu rules, %d are possible",
                                 count, CONFIG_RULE_MAX);
    config_rule_release(member);
    struct config *c = config_of(member);
    c->collector.rules = mem_array(count, sizeof *c->collector.rules);
    return set_rules(v, c);
}
