/* What is being done, and was: the running operations, the forwarded ports, and the list of them in the model. For
 * board_operations.c. */
#ifndef CMD_BOARD_DOING_H
#define CMD_BOARD_DOING_H

#include "cmd/board/board_operations.h"
#include "kube/operations/operation_question.h"

struct board_doing;

struct board_doing *board_doing_new(const struct board_operations_conf *conf, const char *cluster);
void board_doing_free(struct board_doing *d);
void board_doing_do(struct board_doing *d, const struct operation_wish *wish,
                    const struct operation_target *t);
void board_doing_stop(struct board_doing *d, uint64_t id);
void board_doing_shell_ended(struct board_doing *d, int status, const struct err *err);

#endif
