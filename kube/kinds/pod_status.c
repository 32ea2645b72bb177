/*
 * The rules are the API server's own, as of 1.35: they print a 1.20 pod as 1.20 did but for two
 * cases, in which the newer text is the truer one (a finished pod that is being deleted stays
 * Completed; a pod whose main containers run although an init container restarts is not Init:…).
 */
#include "kube/kinds/pod_status.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "kube/kinds/condition.h"
#include "kube/kinds/kinds.h"

static void set_text(struct pod_status *s, const char *prefix, const char *text)
{
    snprintf(s->text, sizeof s->text, "%s%s", prefix, text);
}

static void set_ended(struct pod_status *s, const char *prefix, const struct json *terminated)
{
    const char *reason = json_string(terminated, "reason", "");
    int64_t signal = json_int(terminated, "signal", 0);
    if (*reason)
        set_text(s, prefix, reason);
    else if (signal)
        snprintf(s->text, sizeof s->text, "%sSignal:%lld", prefix, (long long)signal);
    else
        snprintf(s->text, sizeof s->text, "%sExitCode:%lld", prefix,
                 (long long)json_int(terminated, "exitCode", 0));
}

static const struct json *state(const struct json *container, const char *path)
{
    const struct json *found = json_get(container, path);
    return json_is_object(found) ? found : NULL;
}

static void later(int64_t *time, const struct json *container)
{
    int64_t ended = kinds_time(container, "lastState.terminated.finishedAt");
    if (ended > *time)
        *time = ended;
}

/* A sidecar is an init container that is restarted always. */
static bool is_sidecar(const struct json *init_containers, const char *name)
{
    for (const struct json *c = json_first(init_containers); c; c = json_next(c))
        if (strcmp(json_string(c, "name", ""), name) == 0)
            return strcmp(json_string(c, "restartPolicy", ""), "Always") == 0;
    return false;
}

/* Whether this init container is over or needs no waiting for; else it is the one that the status
 * names. */
static bool init_passed(struct pod_status *s, const struct json *container, bool sidecar, size_t i,
                        size_t count)
{
    const struct json *terminated = state(container, "state.terminated");
    const char *waiting = json_string(container, "state.waiting.reason", "");
    if (terminated && json_int(terminated, "exitCode", 0) == 0)
        return true;
    if (sidecar && json_bool(container, "started", false)) {
        s->ready += json_bool(container, "ready", false);
        return true;
    }
    if (terminated)
        set_ended(s, "Init:", terminated);
    else if (*waiting && strcmp(waiting, "PodInitializing") != 0)
        set_text(s, "Init:", waiting);
    else
        snprintf(s->text, sizeof s->text, "Init:%zu/%zu", i, count);
    return false;
}

struct sidecars {
    int64_t restarts, last_restart;
};

/* Whether the pod is still initializing. */
static bool read_init(struct pod_status *s, const struct json *pod, struct sidecars *sidecars)
{
    const struct json *specs = json_get(pod, "spec.initContainers");
    size_t i = 0, count = json_count(specs);
    const struct json *c = json_first(json_get(pod, "status.initContainerStatuses"));
    for (; c; c = json_next(c), i++) {
        bool sidecar = is_sidecar(specs, json_string(c, "name", ""));
        int64_t restarts = json_int(c, "restartCount", 0);
        s->restarts += restarts;
        later(&s->last_restart, c);
        if (sidecar) {
            sidecars->restarts += restarts;
            later(&sidecars->last_restart, c);
        }
        if (!init_passed(s, c, sidecar, i, count))
            return true;
    }
    return false;
}

/*
 * kubectl goes through the containers from the last to the first and lets each overwrite the
 * reason: so of those that have something to say the first in order counts. `chosen` and `failed`
 * remember it while we go forward.
 */
static void read_containers(struct pod_status *s, const struct json *pod)
{
    const struct json *c = json_first(json_get(pod, "status.containerStatuses"));
    struct pod_status chosen = {.text = ""}, failed = {.text = ""};
    bool has_running = false;
    for (; c; c = json_next(c)) {
        struct pod_status said = {.text = ""};
        const struct json *terminated = state(c, "state.terminated");
        const char *waiting = json_string(c, "state.waiting.reason", "");
        s->restarts += json_int(c, "restartCount", 0);
        later(&s->last_restart, c);
        if (*waiting) {
            set_text(&said, "", waiting);
        } else if (terminated) {
            set_ended(&said, "", terminated);
            if (json_int(terminated, "exitCode", 0) != 0 && !*failed.text)
                failed = said;
        } else if (json_bool(c, "ready", false) && state(c, "state.running")) {
            has_running = true;
            s->ready++;
        }
        if (*said.text && !*chosen.text)
            chosen = said;
    }
    if (*chosen.text)
        set_text(s, "", chosen.text);
    if (strcmp(s->text, "Completed") != 0)
        return;
    if (has_running && condition_is(pod, "Ready", "True"))
        set_text(s, "", "Running");
    else if (*failed.text)
        set_text(s, "", failed.text);
    else if (has_running)
        set_text(s, "", "NotReady");
}

static int32_t count_total(const struct json *pod)
{
    size_t total = json_count(json_get(pod, "spec.containers"));
    const struct json *c = json_first(json_get(pod, "spec.initContainers"));
    for (; c; c = json_next(c))
        total += strcmp(json_string(c, "restartPolicy", ""), "Always") == 0;
    return (int32_t)total;
}

void pod_status_read(struct pod_status *s, const struct json *pod)
{
    const char *phase = json_string(pod, "status.phase", ""),
               *reason = json_string(pod, "status.reason", "");
    *s = (struct pod_status){.total = count_total(pod)};
    set_text(s, "", *reason ? reason : phase);
    const struct json *scheduled = condition_find(pod, "PodScheduled");
    if (strcmp(json_string(scheduled, "reason", ""), "SchedulingGated") == 0)
        set_text(s, "", "SchedulingGated");
    struct sidecars sidecars = {0, 0};
    bool initializing = read_init(s, pod, &sidecars);
    if (!initializing || condition_is(pod, "Initialized", "True")) {
        s->restarts = sidecars.restarts;
        s->last_restart = sidecars.last_restart;
        read_containers(s, pod);
    }
    if (!json_value(json_get(pod, "metadata.deletionTimestamp")))
        return;
    if (strcmp(reason, "NodeLost") == 0)
        set_text(s, "", "Unknown");
    else if (strcmp(phase, "Succeeded") != 0 && strcmp(phase, "Failed") != 0)
        set_text(s, "", "Terminating");
}
