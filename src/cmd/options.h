/* The command line, read by the tables commands.def and options.def. */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum options_command {
#define COMMAND(id, name, arguments, help) COMMAND_##id,
#include "cmd/commands.def"
#undef COMMAND
    COMMANDS_COUNT
};

enum options_id {
#define OPTION(id, name, letter, argument, commands, help) OPTION_##id,
#include "cmd/options.def"
#undef OPTION
    OPTIONS_COUNT
};

enum { OPTIONS_REPEATED = 16 };

struct options {
    enum options_command command;
    const char
        *value[OPTIONS_COUNT]; /* argv's own; "" for an option without argument; NULL: not given */
    const char *own_config;    /* of demo: what of it the screen shows counts (config_load_own) */
    const char *faults[OPTIONS_REPEATED + 1]; /* --fault may be given more than once */
    const char *const *arguments;             /* behind the command, NULL-terminated; argv's own */
    size_t argument_count;
};

#define OPTIONS_COLORS "auto|always|never" /* in app_choice's order */

/* Reads argv (and reorders it). ERR_USAGE names the word that is wrong and how to mend it. */
bool options_parse(struct options *o, int argc, char **argv, struct err *err);

bool options_has(const struct options *o, enum options_id id);
/* The option's value, or `otherwise` when it was not given. */
const char *options_text(const struct options *o, enum options_id id, const char *otherwise);
/* A whole number in [least, most]; `otherwise` when not given. */
bool options_int(const struct options *o, enum options_id id, int64_t least, int64_t most,
                 int64_t otherwise, int64_t *out, struct err *err);
/* A time (--at, --from); *out 0: not given. */
bool options_moment(const struct options *o, enum options_id id, int64_t now, int64_t *out,
                    struct err *err);
/* --from/--to/--since as a span [from, to); `since` is the default span back from now, 0: nothing
 * is given by default (from = to = 0). */
bool options_span(const struct options *o, int64_t now, int64_t since, int64_t *from, int64_t *to,
                  struct err *err);
/* One of the words (separated by '|') that the command's -o knows; *which gets its place. The first
 * is the default. */
bool options_choice(const struct options *o, enum options_id id, const char *words, int *which,
                    struct err *err);

/* The text of --help, of one command or (COMMAND_BOARD) of the program. */
void options_help(enum options_command c, struct buf *out);

#endif
