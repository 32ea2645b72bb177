/* A file that the user saves something to: written under another name beside it, then put in its
 * place; private (0600); never over another file unless that was asked for. Writes block as local
 * files do: write in slices. */
#ifndef UI_SAVER_H
#define UI_SAVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct saver; /* opaque */

/* `path` as typed: ~ is the home folder. NULL and *err when it cannot be written there. */
struct saver *saver_open(const char *path, bool replace, struct err *err);
bool saver_write(struct saver *s, struct str bytes, struct err *err);
/* Puts it in its place and frees it; false and *err (and no file) when that fails. */
bool saver_finish(struct saver *s, struct err *err);
void saver_cancel(struct saver *s); /* leaves nothing behind; NULL is allowed */

const char *saver_path(const struct saver *s);
uint64_t saver_bytes(const struct saver *s);

bool saver_exists(const char *path); /* whether something is there already */

#endif
