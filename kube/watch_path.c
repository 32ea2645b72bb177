#include "kube/watch_path.h"

#include <stdio.h>

#include "base/buf.h"
#include "kube/kinds/columns.h"
#include "kube/watch.h"
#include "net/conn.h"

enum { PATH_LONGEST = 16384 };

char *watch_path(const char *collection, const struct watch_conf *conf, const char *version,
                 bool objects, int seconds)
{
    struct buf path;
    bool first = true;
    char text[16];
    buf_init(&path, PATH_LONGEST);
    snprintf(text, sizeof text, "%d", seconds);
    buf_adds(&path, collection);
    conn_query(&path, &first, "watch", "1");
    conn_query(&path, &first, "allowWatchBookmarks", "true");
    conn_query(&path, &first, "resourceVersion", version);
    conn_query(&path, &first, "timeoutSeconds", text);
    if (objects)
        conn_query(&path, &first, COLUMNS_OBJECTS, "Object");
    if (conf->label_selector)
        conn_query(&path, &first, "labelSelector", conf->label_selector);
    if (conf->field_selector)
        conn_query(&path, &first, "fieldSelector", conf->field_selector);
    return buf_take(&path, NULL);
}
