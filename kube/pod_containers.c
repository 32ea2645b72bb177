#include "kube/pod_containers.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

static const struct json *status_of(const struct json *statuses, const char *name)
{
    const struct json *s = json_first(statuses);
    while (s && strcmp(json_string(s, "name", ""), name) != 0)
        s = json_next(s);
    return s;
}

static void read_state(struct pod_parts_row *row, const struct json *status)
{
    static const char *const reasons[] = {"state.waiting.reason", "state.terminated.reason"};
    const char *text = json_get(status, "state.running") ? "running" : "";
    for (size_t i = 0; !*text && i < sizeof reasons / sizeof *reasons; i++)
        text = json_string(status, reasons[i], "");
    str_copy(row->state, sizeof row->state, text);
    row->restarts = json_int(status, "restartCount", 0);
}

void pod_containers_read(struct pod_parts *c, const struct json *pod)
{
    static const struct {
        const char *role, *spec, *status;
    } parts[] = {
        {"init", "spec.initContainers", "status.initContainerStatuses"},
        {"", "spec.containers", "status.containerStatuses"},
        {"ephemeral", "spec.ephemeralContainers", "status.ephemeralContainerStatuses"},
    };
    c->count = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct json *statuses = json_get(pod, parts[i].status);
        const struct json *s = json_first(json_get(pod, parts[i].spec));
        for (; s && c->count < POD_PARTS_MOST; s = json_next(s)) {
            struct pod_parts_row *row = &c->list[c->count];
            *row = (struct pod_parts_row){.role = parts[i].role};
            str_copy(row->name, sizeof row->name, json_string(s, "name", ""));
            read_state(row, status_of(statuses, row->name));
            c->count += row->name[0] != '\0';
        }
    }
}
