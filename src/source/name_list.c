#include "source/name_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **name_list_sorted(const struct json *list, size_t *count)
{
    size_t cap = json_count(list);
    const char **names = mem_array(cap + 1, sizeof *names);
    *count = 0;
    for (const struct json *j = json_first(list); j && *count < cap; j = json_next(j))
        if (json_value(j))
            names[(*count)++] = json_value(j);
    qsort(names, *count, sizeof *names, compare_text);
    return names;
}
