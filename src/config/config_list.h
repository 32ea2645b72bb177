/* Values of more than one text: lists, headers, maps. Setters and releasers of config_type.def. */
#ifndef CONFIG_CONFIG_LIST_H
#define CONFIG_CONFIG_LIST_H

#include "config/config_value.h"

/* The member is a NULL-terminated char **; each element fits the row's bounds. */
bool config_list_set_texts(const struct config_value *v, void *member);
/* The member is a NULL-terminated char ** of "Name: value". */
bool config_list_set_headers(const struct config_value *v, void *member);
void config_list_release_texts(void *member);

/* The member is a struct config_pairs; names fit the row's bounds. */
bool config_list_set_pairs(const struct config_value *v, void *member);
/* And each text compiles as a regular expression. */
bool config_list_set_patterns(const struct config_value *v, void *member);
void config_list_release_pairs(void *member);

#endif
