/* What a collector's snapshot has beside nodes, pods, namespaces and events: a table a kind, out of which any of
 * them is shown by name, and what was broken then. */
#ifndef CMD_BOARD_SNAPSHOT_H
#define CMD_BOARD_SNAPSHOT_H

#include <stdint.h>

#include "model/model.h"

struct json;
struct board_snapshot;

/* `others`: arrays whose rows the caller takes itself. */
struct board_snapshot *board_snapshot_new(struct model *m, const char *const *others, size_t count);
void board_snapshot_free(struct board_snapshot *b); /* NULL is allowed */

/* The arrays that it reads (collect/snapshot.h), from 0; NULL: no more. */
const char *board_snapshot_array(const struct board_snapshot *b, size_t i);
/* Between begin and end, the elements of all those arrays, in any order. */
void board_snapshot_begin(struct board_snapshot *b);
void board_snapshot_element(struct board_snapshot *b, const char *array,
                            const struct json *element);
/* The model's pods, nodes and events are of the same snapshot by now. */
void board_snapshot_end(struct board_snapshot *b, int64_t at);
/* No snapshot came: what there was stays and is stale. board_snapshot_empty: nor is any of that moment. */
void board_snapshot_failed(struct board_snapshot *b, const struct err *err, int64_t retry);
void board_snapshot_empty(struct board_snapshot *b);

void board_snapshot_browse(struct board_snapshot *b, const char *wanted); /* as INTENT_BROWSE's */

#endif
