/*
 * The feed of the actions: what may be done to an object, the question, the doing, the forwarded ports. It
 * fills model->offers; only with --write there is one.
 */
#ifndef CMD_BOARD_OPERATIONS_H
#define CMD_BOARD_OPERATIONS_H

#include <stdbool.h>

#include "kube/operations/shell.h"
#include "model/model.h"

struct board_operations;
struct client;
struct discovery;

struct board_operations_conf {
    struct client *client;
    struct discovery *discovery; /* of that client */
    struct model *model;
    const char *cluster; /* as questions name it */
    void *context;
    /* One line for the footer. Never from inside the functions below. */
    void (*say)(void *context, bool is_error, const char *text);
    /* The user agreed to a shell: the terminal is to be handed over (board_shell.h). Texts are valid
     * during the call. */
    void (*shell)(void *context, const struct shell_conf *conf, const char *title);
};

struct board_operations *board_operations_start(const struct board_operations_conf *conf);
void board_operations_free(struct board_operations *b); /* ends forwarded ports; NULL is allowed */
/* The intents of offers (INTENT_OFFERS to INTENT_STOP); false: another one. */
bool board_operations_obey(struct board_operations *b, const struct intent *wish);
/* How a shell ended. */
void board_operations_shell_ended(struct board_operations *b, int status, const struct err *err);

#endif
