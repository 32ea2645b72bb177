#include "kube/watch_event.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "kube/json_cut.h"

void watch_event_read(struct watch_event_read *e, const struct json *event)
{
    struct str type = str_of(json_string(event, "type", ""));
    e->object = json_member(event, "object");
    e->deleted = str_is(type, "DELETED");
    e->bookmark = str_is(type, "BOOKMARK");
    e->error = str_is(type, "ERROR");
    e->version = json_string(e->object, "metadata.resourceVersion", "");
    if (*e->version)
        return;
    const struct json *row = json_first(json_member(e->object, "rows"));
    e->version = json_string(row, "object.metadata.resourceVersion", "");
}

struct str watch_event_object(struct str event)
{
    struct json_cut object;
    return json_cut_find(event, "object", &object) ? object.value : (struct str){"", 0};
}

char **watch_event_keep(const char *const *keep, bool table)
{
    static const char *const always[] = {"type",
                                         "object.kind",
                                         "object.code",
                                         "object.reason",
                                         "object.message",
                                         "object.details.retryAfterSeconds",
                                         "object.metadata.resourceVersion"};
    size_t n = 0, fixed = sizeof always / sizeof *always;
    while (keep[n])
        n++;
    char **list = mem_array(n + fixed + 2, sizeof *list);
    size_t i = 0;
    if (table)
        list[i++] = mem_dup("object.columnDefinitions");
    for (size_t k = 0; k < fixed; k++)
        list[i++] = mem_dup(always[k]);
    for (size_t k = 0; k < n; k++)
        list[i++] = mem_printf("object.%s%s", table ? "rows." : "", keep[k]);
    return list;
}

void watch_event_free_keep(char **keep)
{
    for (char **p = keep; p && *p; p++)
        free(*p);
    free(keep);
}
