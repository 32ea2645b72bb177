/* One value of the configuration: where it came from, its row in the table, and setting it into its
 * struct. */
#ifndef CONFIG_CONFIG_VALUE_H
#define CONFIG_CONFIG_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/yaml.h"

enum config_value_type {
#define CONFIG_TYPE(id, name, write, set, release) CONFIG_VALUE_##id,
#include "config/config_type.def"
#undef CONFIG_TYPE
};

struct config_value_key {
    const char *key;
    enum config_value_type type;
    size_t offset; /* of the member in struct config, or in struct rule */
    const char *default_text, *bounds, *help;
};

enum config_value_origin {
    CONFIG_VALUE_DEFAULT,
    CONFIG_VALUE_FILE,
    CONFIG_VALUE_ENVIRONMENT,
    CONFIG_VALUE_OVERRIDE
};

/* Where values come from. */
struct config_value_source {
    enum config_value_origin origin;
    const char *file;                /* its path, of CONFIG_VALUE_FILE */
    const char *folder;              /* that relative paths are put behind */
    bool (*counts)(const char *key); /* others are passed over; NULL: all count */
};

/* A value that is being set. */
struct config_value {
    const struct config_value_source *source;
    const struct config_value_key *row;
    const struct yaml *y;
    struct err *err;
};

/* Sets the row's member of the struct at `base`, freeing what was there. ERR_CONFIG names place,
 * fault and mend. */
bool config_value_set(const struct config_value *v, void *base);
/* Frees what the row's member holds. */
void config_value_release(const struct config_value_key *row, void *base);

const char *config_value_type_name(enum config_value_type type);
bool config_value_is_scalar(enum config_value_type type);

/* The whole text must match the pattern (a row's bounds; NULL: anything without control
 * characters). */
bool config_value_fits(const struct config_value *v, const char *text);
/* A scalar's text; false and an error when the node is none, or an empty one where `row` wants
 * something. */
bool config_value_text(const struct config_value *v, const struct yaml *y, const char **text);
/* The pattern compiles. */
bool config_value_check_pattern(const struct config_value *v, const char *pattern);

/* "FILE:LINE: KEY", the variable, or the key. Returns out. */
char *config_value_place(const struct config_value_source *source, const char *key, int line,
                         char *out, size_t size);
/* Fills *err with the value's place; mend NULL: how its type is written. Returns false. */
bool config_value_fail(const struct config_value *v, const char *mend, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* KUBEBOARD_LOKI_URL of loki.url. Returns out. */
char *config_value_variable(const char *key, char *out, size_t size);

#endif
