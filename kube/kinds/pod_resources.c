#include "kube/kinds/pod_resources.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "kube/kinds/quantity.h"

static int64_t read_one(const struct json *holder, const char *list, const char *name)
{
    char path[64];
    int64_t amount;
    snprintf(path, sizeof path, "%s%s%s", list, *list ? "." : "", name);
    struct str text = str_of(json_string(holder, path, ""));
    if (strcmp(name, "cpu") == 0)
        quantity_milli(text, &amount);
    else
        quantity_value(text, &amount);
    return amount > 0 ? amount : 0;
}

static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static int64_t effective(const struct json *pod, const char *list, const char *name)
{
    const struct json *spec = json_member(pod, "spec"), *c;
    int64_t own = read_one(spec, list, name), sum = 0, sidecars = 0, largest = 0;
    for (c = json_first(json_member(spec, "initContainers")); c; c = json_next(c)) {
        int64_t amount = read_one(c, list, name), peak;
        if (strcmp(json_string(c, "restartPolicy", ""), "Always") == 0)
            peak = sidecars = add(sidecars, amount);
        else
            peak = add(sidecars, amount);
        if (peak > largest)
            largest = peak;
    }
    for (c = json_first(json_member(spec, "containers")); c; c = json_next(c))
        sum = add(sum, read_one(c, list, name));
    sum = add(sum, sidecars);
    int64_t total = own ? own : sum > largest ? sum : largest;
    return total ? add(total, read_one(spec, "overhead", name)) : -1;
}

void pod_resources_read(struct pod_resources *r, const struct json *pod)
{
    r->cpu_request = effective(pod, "resources.requests", "cpu");
    r->cpu_limit = effective(pod, "resources.limits", "cpu");
    r->memory_request = effective(pod, "resources.requests", "memory");
    r->memory_limit = effective(pod, "resources.limits", "memory");
}
