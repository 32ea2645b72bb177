/* Small files, whole. All of this blocks; on the loop only for small local ones. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends the file to out, at most out->max bytes (more: ERR_LIMIT). */
bool file_read(const char *path, struct buf *out, struct err *err);

/* As file_read, for a secret (at most 1 MiB): trailing newlines cut off, terminated, no NUL inside;
 * free with mem_free_secret. NULL on error. */
char *file_read_secret(const char *path, struct err *err);

/* What the names begin with that file_write_atomic writes under before it renames: a process that was
 * killed may leave one behind. */
#define FILE_TEMPORARY ".kubeboard-new-"

/* Whole or not at all: a temporary name in the same folder, fsync, rename, fsync of the folder.
 * Missing folders are made (0700). */
bool file_write_atomic(const char *path, const void *bytes, size_t n, unsigned mode,
                       struct err *err);
/* The same, of bytes that `read` gives piece by piece: how many it wrote to `to` (at most n), 0 at the
 * end, -1: none can be had (ERR_IO). */
bool file_write_atomic_from(const char *path, ptrdiff_t (*read)(void *context, char *to, size_t n),
                            void *context, unsigned mode, struct err *err);

/* ERR_CONFIG with the chmod that mends it when the file is the user's own and others can read it.
 */
bool file_is_private(const char *path, struct err *err);

bool file_make_folders(const char *folder, unsigned mode, struct err *err); /* mkdir -p */

/* "~/x" and "~" with HOME put in (as it is when there is no HOME), relative paths put behind `base`
 * (a folder; may be NULL). free() it. */
char *file_expand(const char *path, const char *base);

#endif
