/* What a credential plugin says when it fails, made a line for a person, and what mends it. */
#ifndef KUBE_EXEC_WORDS_H
#define KUBE_EXEC_WORDS_H

#include <stddef.h>

#include "base/str.h"

struct kubeconfig_exec;

/* The end of a plugin's standard error, which names the reason, as one line without control
 * characters. Returns out. */
char *exec_words_line(struct str errors, char *out, size_t size);
/* The command that logs in again, by what the plugins of the clouds say ("aws sso login --profile
 * prod"); "" when the words are none of those. Returns out. */
char *exec_words_mend(const struct kubeconfig_exec *e, const char *words, char *out, size_t size);

#endif
