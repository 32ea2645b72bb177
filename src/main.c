/* The program: reads the command line, then the command's own file does the rest. */
#include <locale.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/version.h"

static int (*const commands[COMMANDS_COUNT])(const struct options *) = {
    [COMMAND_GET] = cmd_get,         [COMMAND_TOP] = cmd_top,     [COMMAND_LOGS] = cmd_logs,
    [COMMAND_WINDOWS] = cmd_windows, [COMMAND_GROUP] = cmd_group, [COMMAND_COLLECT] = cmd_collect,
    [COMMAND_DOCTOR] = cmd_doctor,
#ifndef KUBEBOARD_HEADLESS
    [COMMAND_BOARD] = cmd_board,     [COMMAND_DEMO] = cmd_demo,   [COMMAND_SANDBOX] = cmd_sandbox,
#endif
};

static int fail(const struct err *err)
{
    err_print(err);
    return err_exit_status(err);
}

static int print_and_flush(const struct buf *text)
{
    struct err err;
    output_write(buf_str(text));
    return output_flush(&err) ? 0 : fail(&err);
}

/* A core file of this process would hold tokens and keys. */
static void no_core_dumps(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
}

/* Buffers of pages and answers go back to the system when they are freed. Left alone, glibc raises
 * this bound as they come and go, and keeps them in a heap full of holes: 2 to 4 MiB more for `logs`
 * over lines of 1 kB. */
static void return_large_buffers(void)
{
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

static bool start_log(const struct options *o, struct err *err)
{
    log_set_level(options_has(o, OPTION_VERBOSE) ? LOG_DEBUG : LOG_INFO);
    const char *file = options_text(o, OPTION_LOG_FILE, NULL);
    return !file || log_to_file(file, err);
}

static bool freeze_clock(struct err *err)
{
    const char *fixed = getenv("KUBEBOARD_CLOCK");
    int64_t now;
    if (!fixed)
        return true;
    if (!clock_parse(str_of(fixed), false, &now))
        return err_set(err, ERR_USAGE, "KUBEBOARD_CLOCK", "write 2021-08-27T13:00:00Z",
                       "this is no time");
    clock_freeze(now);
    return true;
}

int main(int argc, char **argv)
{
    struct options o;
    struct err err;
    struct buf text;
    /* Not LC_ALL: numbers and dates are written the same wherever the user lives. */
    setlocale(LC_CTYPE, "");
    no_core_dumps();
    return_large_buffers();
    output_start();
    buf_init(&text, 1 << 16);
    if (!options_parse(&o, argc, argv, &err) || !freeze_clock(&err))
        return fail(&err);
    if (options_has(&o, OPTION_HELP))
        options_help(o.command, &text);
    else if (options_has(&o, OPTION_VERSION))
        version_text(&text);
    if (text.n) {
        int status = print_and_flush(&text);
        buf_free(&text);
        return status;
    }
    if (!start_log(&o, &err))
        return fail(&err);
    if (!commands[o.command]) {
        err_set(&err, ERR_USAGE, "dashboard",
                "give a command (see kubeboard --help), or build it without HEADLESS=1",
                "this build has none");
        return fail(&err);
    }
    return commands[o.command](&o);
}
