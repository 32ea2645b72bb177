/* The subcommands: one function and one file each; the exit status as CONTRACT.md has it. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "cmd/options.h"

int cmd_board(const struct options *o);
int cmd_demo(const struct options *o);
int cmd_get(const struct options *o);
int cmd_top(const struct options *o);
int cmd_logs(const struct options *o);
int cmd_windows(const struct options *o);
int cmd_group(const struct options *o);
int cmd_collect(const struct options *o);
int cmd_doctor(const struct options *o);
int cmd_sandbox(const struct options *o);

#endif
