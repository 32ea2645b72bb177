/* The collector's rules: setter and releaser of config_type.def. The member is struct config's
 * collector.rules. */
#ifndef CONFIG_CONFIG_RULE_H
#define CONFIG_CONFIG_RULE_H

#include "config/config_value.h"

enum { CONFIG_RULE_MAX = 64 };

bool config_rule_set(const struct config_value *v, void *member);
void config_rule_release(void *member);

#endif
