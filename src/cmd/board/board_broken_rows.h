/* What is broken in some tables, as rows of the model. */
#ifndef CMD_BOARD_BROKEN_ROWS_H
#define CMD_BOARD_BROKEN_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/broken_rows.h"
#include "triage/broken.h"

/* Judges the tables as of `now` and puts what is broken into rows; `whole` as broken_rows_end. Whether a row
 * changed. */
bool board_broken_rows_make(struct broken *b, struct broken_rows *rows,
                            const struct objects *const *tables, size_t count, int64_t now,
                            bool whole);

#endif
