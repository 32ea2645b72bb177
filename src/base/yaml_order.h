/* The order of a map's keys in YAML that is written. */
#ifndef BASE_YAML_ORDER_H
#define BASE_YAML_ORDER_H

/* < 0, 0, > 0 as strcmp: the order of gopkg.in/yaml.v2 (sorter.go), which kubectl writes with: letters
 * behind all else, numbers inside of keys by their value ("port9" before "port10"). */
int yaml_order(const char *a, const char *b);

#endif
