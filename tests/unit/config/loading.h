/* A configuration written into a folder of its own and loaded from there; what the caller's
 * environment says is not seen. */
#ifndef TESTS_UNIT_CONFIG_LOADING_H
#define TESTS_UNIT_CONFIG_LOADING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "config/config.h"
#include "config/config_table.h"

static char loading_folder[64];

static inline int loading_setup(void **state)
{
    (void)state;
    char variable[120];
    for (size_t i = 0; i < config_table_count(); i++)
        unsetenv(config_value_variable(config_table_at(i)->key, variable, sizeof variable));
    unsetenv("KUBEBOARD_CONFIG");
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("HOME");
    snprintf(loading_folder, sizeof loading_folder, "/tmp/kubeboard-config-XXXXXX");
    return mkdtemp(loading_folder) ? 0 : -1;
}

/* The path of a file in the folder; good until the next call. */
static inline const char *loading_path(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", loading_folder, name);
    return path;
}

static inline void loading_write(const char *name, const char *text, unsigned mode)
{
    assert_true(file_write_atomic(loading_path(name), text, strlen(text), mode, NULL));
}

static inline int loading_teardown(void **state)
{
    (void)state;
    static const char *const names[] = {"c.yaml", "token", "kubeboard/config.yaml",
                                        ".config/kubeboard/config.yaml"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(loading_path(names[i]));
    static const char *const folders[] = {"kubeboard", ".config/kubeboard", ".config", ""};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        rmdir(loading_path(folders[i]));
    return 0;
}

static inline struct config *loading_load(const char *yaml, struct err *err)
{
    loading_write("c.yaml", yaml, 0600);
    return config_load(loading_path("c.yaml"), NULL, err);
}

static inline struct config *loading_good(const char *yaml)
{
    struct err err = {0};
    char line[1024];
    struct config *c = loading_load(yaml, &err);
    if (!c)
        fail_msg("%s: %s", yaml, err_line(&err, line, sizeof line));
    return c;
}

/* The error's whole line, where the folder's name stands as DIR. */
static inline void loading_bad(const char *yaml, const char *expected)
{
    struct err err = {0};
    char line[1024], shown[1100] = "";
    struct config *c = loading_load(yaml, &err);
    if (c)
        fail_msg("%s: was taken", yaml);
    assert_int_equal(err.kind, ERR_CONFIG);
    const char *rest = err_line(&err, line, sizeof line), *at;
    while ((at = strstr(rest, loading_folder))) {
        snprintf(shown + strlen(shown), sizeof shown - strlen(shown), "%.*sDIR", (int)(at - rest),
                 rest);
        rest = at + strlen(loading_folder);
    }
    snprintf(shown + strlen(shown), sizeof shown - strlen(shown), "%s", rest);
    assert_string_equal(shown, expected);
    assert_null(loading_load(yaml, NULL));
}

#endif
