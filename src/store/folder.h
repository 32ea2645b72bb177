/* What the two files of the folder kind share: folder.c keeps objects as files, folder_walk.c lists
 * and cleans. */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct store_job;

struct folder {
    char *root; /* absolute, without a slash at its end */
    int references;
    mode_t file_mode, folder_mode;
};

/* *err from errno, with the mend that this errno has. False. */
bool folder_errno(struct err *err, const char *path, const char *what);

/* On a worker. */
void folder_walk_list(struct store_job *j);
void folder_walk_clean(struct store_job *j);

#endif
