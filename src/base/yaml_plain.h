/* Which strings YAML 1.1 readers would take for something else when written without quotes. */
#ifndef BASE_YAML_PLAIN_H
#define BASE_YAML_PLAIN_H

#include <stdbool.h>

/* Whether a plain scalar with this text would be read as null, a boolean, a number, a time or a
 * merge: the rules are those of gopkg.in/yaml.v2 (resolve.go), which kubectl writes with. */
bool yaml_plain_misreads(const char *text);

#endif
