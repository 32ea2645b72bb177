/*
 * The terminal handed over to a shell in a container. The one place where foreign bytes reach the terminal
 * as they are: they are what the user's own shell writes.
 */
#ifndef CMD_BOARD_SHELL_H
#define CMD_BOARD_SHELL_H

#include "kube/operations/shell.h"

struct client;
struct loop;

struct board_shell;

/* Makes the terminal raw (the board must have given it back) and runs until the shell has ended, which
 * `ended` tells once, never from inside; the terminal is as it was then, and the board_shell gone.
 * NULL and *err when standard input is no terminal. Copies what it needs of conf; its context,
 * sizes and callbacks are not used. */
struct board_shell *
board_shell_open(struct loop *l, struct client *c, const struct shell_conf *conf, const char *title,
                 void (*ended)(void *context, int status, const struct err *err), void *context,
                 struct err *err);
void board_shell_resize(struct board_shell *s);
void board_shell_close(struct board_shell *s); /* cuts it; NULL is allowed */

#endif
