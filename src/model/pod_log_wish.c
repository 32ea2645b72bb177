#include "model/pod_log_wish.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const char previous[] = ", previous";

char *pod_log_wish_text(const struct pod_log_wish *w, char out[POD_LOG_WISH_TEXT])
{
    snprintf(out, POD_LOG_WISH_TEXT, "container %s of %s/%s%s", w->container, w->namespace_, w->pod,
             w->previous ? previous : "");
    return out;
}

static bool take(struct str *rest, char end, char out[SCOPE_NAME])
{
    struct str part;
    if (!str_cut(rest, end, &part) || !part.n || part.n >= SCOPE_NAME)
        return false;
    snprintf(out, SCOPE_NAME, "%.*s", (int)part.n, part.p);
    return true;
}

bool pod_log_wish_read(const char *text, struct pod_log_wish *out)
{
    char word[SCOPE_NAME];
    struct str rest = str_of(text);
    *out = (struct pod_log_wish){.previous = str_ends(rest, previous)};
    if (out->previous)
        rest.n -= strlen(previous);
    return take(&rest, ' ', word) && strcmp(word, "container") == 0 &&
           take(&rest, ' ', out->container) && take(&rest, ' ', word) && strcmp(word, "of") == 0 &&
           take(&rest, '/', out->namespace_) && take(&rest, '\0', out->pod);
}
