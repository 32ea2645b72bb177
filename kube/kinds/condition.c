#include "kube/kinds/condition.h"

#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"

const struct json *condition_find(const struct json *object, const char *type)
{
    const struct json *c = json_first(json_get(object, "status.conditions")), *found = NULL;
    for (; c; c = json_next(c))
        if (str_is(str_of(json_string(c, "type", "")), type))
            found = c;
    return found;
}

bool condition_is(const struct json *object, const char *type, const char *status)
{
    const struct json *c = condition_find(object, type);
    return c && str_is(str_of(json_string(c, "status", "")), status);
}

void condition_words(struct buf *words, const struct json *condition)
{
    const char *reason = json_string(condition, "reason", ""),
               *message = json_string(condition, "message", "");
    trouble_add(words, *reason ? reason : json_string(condition, "type", ""));
    trouble_time(words, " since", kinds_time(condition, "lastTransitionTime"));
    if (*message) {
        buf_adds(words, ": ");
        trouble_add(words, message);
    }
}
