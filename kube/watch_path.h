/* The request of a watch. */
#ifndef KUBE_WATCH_PATH_H
#define KUBE_WATCH_PATH_H

#include <stdbool.h>

struct watch_conf;

/* Of a collection's path, from a resourceVersion on, for so many seconds; objects: a Table's rows
 * bring whole objects. The caller frees it. */
char *watch_path(const char *collection, const struct watch_conf *conf, const char *version,
                 bool objects, int seconds);

#endif
