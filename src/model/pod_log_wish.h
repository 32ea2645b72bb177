/* A container's log through the API server, as the text that stands for its query: in an intent, in
 * model_logs and in the log pane's title. */
#ifndef MODEL_POD_LOG_WISH_H
#define MODEL_POD_LOG_WISH_H

#include <stdbool.h>

#include "model/scope.h"

struct pod_log_wish {
    char namespace_[SCOPE_NAME], pod[SCOPE_NAME], container[SCOPE_NAME];
    bool previous; /* of the run before */
};

enum { POD_LOG_WISH_TEXT = 3 * SCOPE_NAME + 32 };

/* "container app of shop/web-1, previous". Returns out. */
char *pod_log_wish_text(const struct pod_log_wish *w, char out[POD_LOG_WISH_TEXT]);
bool pod_log_wish_read(const char *text, struct pod_log_wish *out);

#endif
