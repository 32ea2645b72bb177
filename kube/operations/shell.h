/* A shell in a container: exec with a terminal. */
#ifndef KUBE_SHELL_H
#define KUBE_SHELL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct client;
struct shell;

struct shell_conf {
    const char *namespace_, *pod, *container;
    const char *term; /* $TERM for it; NULL or odd: xterm */
    int width, height;
    void *context;
    void (*opened)(void *context);
    /* What it writes, foreign bytes as they are. */
    void (*output)(void *context, struct str bytes);
    /* The end, once, never from inside: its exit status, or -1 with *err: it could not be started or
     * the connection broke. */
    void (*ended)(void *context, int status, const struct err *err);
};

/* bash where the container has it, else sh. Copies what it needs of conf. */
struct shell *shell_open(struct client *c, const struct shell_conf *conf);
/* What was typed; false when so much waits that it is lost. Before `opened` it is kept. */
bool shell_input(struct shell *s, struct str bytes);
void shell_resize(struct shell *s, int width, int height);
void shell_close(struct shell *s); /* no callback any more; NULL is allowed; not after `ended` */

/* The exit status in the Status that the error channel carries, or -1 and *err. */
int shell_status(struct str json, struct err *err);

#endif
