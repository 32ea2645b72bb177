#include "kube/kinds/pod_resources.h"

#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "kube/kinds/quantity.h"

enum { CPU_REQUEST, CPU_LIMIT, MEMORY_REQUEST, MEMORY_LIMIT, AMOUNTS };

static int64_t positive(int64_t amount)
{
    return amount > 0 ? amount : 0;
}

/* Of {"cpu":…,"memory":…}; what is not there is 0. */
static void read_list(const struct json *list, int64_t *cpu, int64_t *memory)
{
    *cpu = *memory = 0;
    for (const struct json *j = json_first(list); j; j = json_next(j)) {
        const char *name = json_name(j), *text = json_value(j);
        int64_t amount;
        if (!name || !text)
            continue;
        if (strcmp(name, "cpu") == 0 && quantity_milli(str_of(text), &amount))
            *cpu = positive(amount);
        else if (strcmp(name, "memory") == 0 && quantity_value(str_of(text), &amount))
            *memory = positive(amount);
    }
}

static void read_amounts(const struct json *holder, int64_t amounts[AMOUNTS])
{
    const struct json *resources = json_member(holder, "resources");
    read_list(json_member(resources, "requests"), &amounts[CPU_REQUEST], &amounts[MEMORY_REQUEST]);
    read_list(json_member(resources, "limits"), &amounts[CPU_LIMIT], &amounts[MEMORY_LIMIT]);
}

static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

/* Init containers run one after the other, beside the sidecars that were started before them. */
static void read_init(const struct json *spec, int64_t sidecars[AMOUNTS], int64_t peak[AMOUNTS])
{
    const struct json *c = json_first(json_member(spec, "initContainers"));
    for (; c; c = json_next(c)) {
        int64_t amounts[AMOUNTS];
        bool sidecar = strcmp(json_string(c, "restartPolicy", ""), "Always") == 0;
        read_amounts(c, amounts);
        for (int i = 0; i < AMOUNTS; i++) {
            int64_t now = add(sidecars[i], amounts[i]);
            sidecars[i] = sidecar ? now : sidecars[i];
            peak[i] = now > peak[i] ? now : peak[i];
        }
    }
}

static void read_effective(const struct json *spec, int64_t total[AMOUNTS])
{
    int64_t own[AMOUNTS], sum[AMOUNTS] = {0}, peak[AMOUNTS] = {0}, overhead[2];
    read_amounts(spec, own);
    read_init(spec, sum, peak);
    const struct json *c = json_first(json_member(spec, "containers"));
    for (; c; c = json_next(c)) {
        int64_t amounts[AMOUNTS];
        read_amounts(c, amounts);
        for (int i = 0; i < AMOUNTS; i++)
            sum[i] = add(sum[i], amounts[i]);
    }
    read_list(json_member(spec, "overhead"), &overhead[0], &overhead[1]);
    for (int i = 0; i < AMOUNTS; i++) {
        int64_t needed = own[i] ? own[i] : sum[i] > peak[i] ? sum[i] : peak[i];
        total[i] = needed ? add(needed, overhead[i >= MEMORY_REQUEST]) : -1;
    }
}

void pod_resources_read(struct pod_resources *r, const struct json *pod)
{
    int64_t total[AMOUNTS];
    read_effective(json_member(pod, "spec"), total);
    *r = (struct pod_resources){.cpu_request = total[CPU_REQUEST],
                                .cpu_limit = total[CPU_LIMIT],
                                .memory_request = total[MEMORY_REQUEST],
                                .memory_limit = total[MEMORY_LIMIT]};
}
