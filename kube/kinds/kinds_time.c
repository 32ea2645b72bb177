#include "kube/kinds/kinds.h"

#include "base/clock.h"
#include "base/json.h"

int64_t kinds_time(const struct json *j, const char *path)
{
    int64_t time;
    const char *text = json_string(j, path, "");
    return *text && clock_parse(str_of(text), false, &time) ? time : 0;
}
