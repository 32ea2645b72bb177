/* One line of a watch: {"type":"ADDED","object":{…}}. */
#ifndef KUBE_WATCH_EVENT_H
#define KUBE_WATCH_EVENT_H

#include <stdbool.h>

#include "base/str.h"

struct json;

struct watch_event_read {
    bool deleted, bookmark, error;
    const struct json *object; /* the object, a Table, or an ERROR's Status */
    const char *version;       /* resourceVersion to go on from; "" when it has none */
};
void watch_event_read(struct watch_event_read *e, const struct json *event);

/* The text of the member "object", as it came; "" when there is none. */
struct str watch_event_object(struct str event);

/* The paths of a row's list (kinds_row.keep, columns_keep) as paths of an event, with what a Status
 * needs. Free by watch_event_free_keep. */
char **watch_event_keep(const char *const *keep, bool table);
void watch_event_free_keep(char **keep); /* NULL is allowed */

#endif
