/* A test's own folder below /tmp. */
#ifndef TESTS_TEMPORARY_H
#define TESTS_TEMPORARY_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEMPORARY_PATH = 64 };

/* Makes one; its path into `folder`. */
static inline bool temporary_make(char folder[TEMPORARY_PATH], const char *name)
{
    snprintf(folder, TEMPORARY_PATH, "/tmp/kubeboard-%s-XXXXXX", name);
    return mkdtemp(folder) != NULL;
}

/* With all that is in it. */
static inline void temporary_remove(const char *folder)
{
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", folder, NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

#endif
