#include "cmd/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

#define C(command) (UINT64_C(1) << COMMAND_##command)
#define ALL UINT64_MAX
#ifdef KUBEBOARD_HEADLESS
#define DEMO_ONLY UINT64_C(0)
#define CONFIGURED ALL
#else
#define DEMO_ONLY C(DEMO)
#define CONFIGURED                                                                                 \
    (ALL & ~(C(DEMO) | C(SANDBOX))) /* those that make their own world read nothing */
#endif

struct command_row {
    const char *name, *arguments, *help;
};

static const struct command_row commands[] = {
#define COMMAND(id, name, arguments, help) {name, arguments, help},
#include "cmd/commands.def"
#undef COMMAND
};

struct option_row {
    const char *name;
    char letter;
    const char *argument;
    uint64_t commands;
    const char *help;
};

static const struct option_row rows[] = {
#define OPTION(id, name, letter, argument, set, help) {name, letter, argument, set, help},
#include "cmd/options.def"
#undef OPTION
};

enum { FIRST_LONG = 256 };

static void make_getopt(struct option *longs, char *shorts)
{
    *shorts++ = ':';
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        longs[i] = (struct option){rows[i].name, rows[i].argument ? required_argument : no_argument,
                                   NULL, FIRST_LONG + i};
        if (!rows[i].letter)
            continue;
        *shorts++ = rows[i].letter;
        if (rows[i].argument)
            *shorts++ = ':';
    }
    longs[OPTIONS_COUNT] = (struct option){0};
    *shorts = '\0';
}

static int row_of(int found)
{
    if (found >= FIRST_LONG)
        return found - FIRST_LONG;
    for (int i = 0; i < OPTIONS_COUNT; i++)
        if (rows[i].letter && rows[i].letter == found)
            return i;
    return -1;
}

static bool repeat_fault(struct options *o, const char *fault, struct err *err)
{
    for (size_t i = 0; i < OPTIONS_REPEATED; i++) {
        if (!o->faults[i]) {
            o->faults[i] = fault;
            return true;
        }
    }
    return err_set(err, ERR_USAGE, "--fault", "give fewer", "it was given more than %d times",
                   OPTIONS_REPEATED);
}

static bool read_options(struct options *o, int argc, char **argv, struct err *err)
{
    struct option longs[OPTIONS_COUNT + 1];
    char shorts[2 * OPTIONS_COUNT + 2];
    make_getopt(longs, shorts);
    opterr = 0;
    optind = 1;
    for (int found; (found = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        const char *word = argv[optind - 1];
        if (found == ':')
            return err_set(err, ERR_USAGE, word, "see kubeboard --help", "it needs an argument");
        int row = found == '?' ? -1 : row_of(found);
        if (row < 0)
            return err_set(err, ERR_USAGE, word, "see kubeboard --help", "there is no such option");
        o->value[row] = rows[row].argument ? optarg : "";
#ifndef KUBEBOARD_HEADLESS
        if (row == OPTION_FAULT && !repeat_fault(o, optarg, err))
            return false;
#else
        (void)repeat_fault;
#endif
    }
    return true;
}

static bool find_command(struct options *o, const char *word, struct err *err)
{
    for (int i = 0; i < COMMANDS_COUNT; i++) {
        if (strcmp(commands[i].name, word) == 0 && *word) {
            o->command = (enum options_command)i;
            return true;
        }
    }
    return err_set(err, ERR_USAGE, word, "see kubeboard --help", "there is no such command");
}

bool options_parse(struct options *o, int argc, char **argv, struct err *err)
{
    *o = (struct options){.command = COMMAND_BOARD};
    if (!read_options(o, argc, argv, err))
        return false;
    if (optind < argc) {
        if (!find_command(o, argv[optind], err))
            return false;
        optind++;
    }
    o->arguments = (const char *const *)(argv + optind);
    o->argument_count = (size_t)(argc - optind);
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        if (o->value[i] && !(rows[i].commands & UINT64_C(1) << o->command)) {
            char place[64];
            snprintf(place, sizeof place, "--%s", rows[i].name);
            const char *name = commands[o->command].name;
            return err_set(err, ERR_USAGE, place, "see kubeboard COMMAND --help",
                           "%s%s does not take it", *name ? "kubeboard " : "the dashboard", name);
        }
    }
    /* Every command takes it; what has no colours to switch still says what a wrong word is. */
    int colour;
    return options_choice(o, OPTION_COLOR, OPTIONS_COLORS, &colour, err);
}

bool options_has(const struct options *o, enum options_id id)
{
    return o->value[id] != NULL;
}

const char *options_text(const struct options *o, enum options_id id, const char *otherwise)
{
    return o->value[id] ? o->value[id] : otherwise;
}

static bool usage(struct err *err, enum options_id id, const char *mend, const char *value)
{
    char place[64];
    snprintf(place, sizeof place, "--%s", rows[id].name);
    return err_set(err, ERR_USAGE, place, mend, "'%.80s' is not possible here", value);
}

bool options_int(const struct options *o, enum options_id id, int64_t least, int64_t most,
                 int64_t otherwise, int64_t *out, struct err *err)
{
    *out = otherwise;
    if (!o->value[id])
        return true;
    if (str_to_int(str_of(o->value[id]), out) && *out >= least && *out <= most)
        return true;
    char mend[80];
    snprintf(mend, sizeof mend, "write a whole number from %lld to %lld", (long long)least,
             (long long)most);
    return usage(err, id, mend, o->value[id]);
}

bool options_moment(const struct options *o, enum options_id id, int64_t now, int64_t *out,
                    struct err *err)
{
    struct err bad;
    *out = 0;
    if (!o->value[id] || clock_parse_human(str_of(o->value[id]), now, out, &bad))
        return true;
    return usage(err, id, bad.mend, o->value[id]);
}

bool options_span(const struct options *o, int64_t now, int64_t since, int64_t *from, int64_t *to,
                  struct err *err)
{
    const char *start = o->value[OPTION_FROM], *end = o->value[OPTION_TO];
    const char *back = o->value[OPTION_SINCE];
    *from = *to = 0;
    if (back && start)
        return err_set(err, ERR_USAGE, "--since", "give --since or --from, not both",
                       "the span has two starts");
    if (!since && !start && !end && !back)
        return true;
    *to = now;
    if (end && !options_moment(o, OPTION_TO, now, to, err))
        return false;
    if (back && !clock_parse_span(str_of(back), &since))
        return usage(err, OPTION_SINCE, "write a span as 90m, 6h or 2d", back);
    *from = *to - since;
    if (start && !options_moment(o, OPTION_FROM, now, from, err))
        return false;
    if (*from >= *to)
        return err_set(err, ERR_USAGE, "--from", "the start must lie before the end",
                       "the span is empty");
    return true;
}

bool options_choice(const struct options *o, enum options_id id, const char *words, int *which,
                    struct err *err)
{
    *which = 0;
    if (!o->value[id])
        return true;
    struct str rest = str_of(words), word;
    for (int i = 0; str_cut(&rest, '|', &word); i++) {
        if (str_is(word, o->value[id])) {
            *which = i;
            return true;
        }
    }
    char mend[120];
    snprintf(mend, sizeof mend, "write one of %s", words);
    return usage(err, id, mend, o->value[id]);
}

static void option_help(const struct option_row *row, struct buf *out)
{
    char left[64];
    int n = row->letter ? snprintf(left, sizeof left, "-%c, ", row->letter)
                        : snprintf(left, sizeof left, "    ");
    snprintf(left + n, sizeof left - (size_t)n, "--%s%s%s", row->name, row->argument ? " " : "",
             row->argument ? row->argument : "");
    buf_printf(out, "  %-26s %s\n", left, row->help);
}

void options_help(enum options_command c, struct buf *out)
{
    const struct command_row *command = &commands[c];
    buf_printf(out, "kubeboard%s%s%s%s: %s\n", *command->name ? " " : "", command->name,
               *command->arguments ? " " : "", command->arguments, command->help);
    if (c == COMMAND_BOARD) {
        buf_adds(out, "\nCommands (kubeboard COMMAND --help tells more):\n");
        for (int i = 1; i < COMMANDS_COUNT; i++) {
            char left[48];
            snprintf(left, sizeof left, "%s %s", commands[i].name, commands[i].arguments);
            buf_printf(out, "  %-26s %s\n", left, commands[i].help);
        }
    }
    buf_adds(out, "\nOptions:\n");
    for (int i = 0; i < OPTIONS_COUNT; i++)
        if (rows[i].commands & UINT64_C(1) << c)
            option_help(&rows[i], out);
    buf_adds(out, "\nTimes: 2021-08-27T13:00:00+09:00, 13:00 (the last one), 90m (back from now).\n"
                  "Exit status: 0 done, 1 failed or incomplete, 2 usage or configuration, "
                  "3 some sources failed, 130 interrupted.\n");
}
