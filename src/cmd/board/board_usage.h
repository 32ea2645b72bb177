/*
 * CPU and memory by metrics.k8s.io for the board: polled, so the series grow from now on. They are
 * kept here too, since what the board shows is made anew when it goes to the past and back.
 */
#ifndef CMD_BOARD_USAGE_H
#define CMD_BOARD_USAGE_H

#include "base/err.h"

struct board_usage;
struct client;
struct model;

/* Adds to model->series while the model's scope is live. `told`: an answer came (ERR_NONE) or did not;
 * not from inside. */
struct board_usage *board_usage_start(struct client *c, struct model *m,
                                      void (*told)(void *context, const struct err *err),
                                      void *context);
void board_usage_free(struct board_usage *u); /* NULL is allowed */
/* The model's series were made anew: fills in what is kept. */
void board_usage_refill(struct board_usage *u);

#endif
