/* The table of all keys (config.def), and reading a map by it. */
#ifndef CONFIG_CONFIG_TABLE_H
#define CONFIG_CONFIG_TABLE_H

#include "config/config_value.h"

#define CONFIG_TABLE_RULE "collector.rules[]." /* before the members of a rule */

size_t config_table_count(void);
const struct config_value_key *config_table_at(size_t i);
const struct config_value_key *config_table_find(const char *key); /* NULL when there is none */

/* Is the row a member of the struct that `prefix` names: "" for struct config, CONFIG_TABLE_RULE
 * for struct rule? */
bool config_table_is_in(const struct config_value_key *row, const char *prefix);

/* Sets the defaults of the rows in `prefix`. */
bool config_table_set_defaults(const char *prefix, void *base, struct err *err);

/*
 * Sets what the map says into the struct at `base`. A key that is null, or that does not count for
 * the source, keeps what was there.
 * `came`, when not NULL, is told of each row that was set. False and ERR_CONFIG at the first fault.
 */
bool config_table_set_map(const struct config_value_source *source, const struct yaml *map,
                          const char *prefix, void *base,
                          void (*came)(void *context, const struct config_value_key *row, int line),
                          void *context, struct err *err);

#endif
