/*
 * What answers an exec in the sandbox: a small shell of our own, which runs nothing, knows a dozen words and
 * says what it is. With a terminal it echoes and edits a line as one does.
 */
#ifndef SANDBOX_PODSHELL_H
#define SANDBOX_PODSHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct loop;
struct podshell;

struct podshell_conf {
    struct loop *loop;
    const char *ns, *pod, *container, *image, *node, *ip;
    bool terminal;
    void *context;
    void (*out)(void *context, bool is_error, struct str bytes);
    void (*ended)(void *context, int status); /* once, never from inside podshell_new; last */
};

/* Runs a command as exec gives it (`sh`, `sh -c SCRIPT`, `cat /etc/hostname`): NULL and *missing when there
 * is no such program. Texts of conf must live as long as the shell. */
struct podshell *podshell_new(const struct podshell_conf *conf, const char *const *command,
                              size_t count, const char **missing);
void podshell_free(struct podshell *s);
void podshell_input(struct podshell *s, struct str bytes);
void podshell_input_end(struct podshell *s);
void podshell_resize(struct podshell *s, int width, int height);

#endif
