#include "kube/describe/describe_container.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "kube/describe/describe_parts.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/trouble.h"

enum { TEXT_LONGEST = 4096 };

static void add(struct page *p, const char *key, enum page_role role, struct buf *text)
{
    if (text->n)
        page_field(p, key, role, buf_text(text));
    buf_free(text);
}

/* ---- states ---- */

static void add_times(struct page *p, const struct json *state, int64_t now)
{
    page_deeper(p);
    describe_parts_time(p, "Started", kinds_time(state, "startedAt"), now);
    describe_parts_time(p, "Finished", kinds_time(state, "finishedAt"), now);
    page_shallower(p);
}

static void add_terminated(struct page *p, const char *key, const struct json *t, int64_t now)
{
    struct buf text;
    int64_t code = json_int(t, "exitCode", 0), signal = json_int(t, "signal", 0);
    buf_init(&text, TEXT_LONGEST);
    buf_printf(&text, "Terminated: %.100s", json_string(t, "reason", code ? "Error" : "Completed"));
    buf_printf(&text, ", exit %lld", (long long)code);
    if (signal)
        buf_printf(&text, ", signal %lld", (long long)signal);
    if (*json_string(t, "message", "")) {
        buf_adds(&text, ": ");
        trouble_add(&text, json_string(t, "message", ""));
    }
    add(p, key, code || signal ? PAGE_BAD : PAGE_DONE, &text);
    add_times(p, t, now);
}

static void add_waiting(struct page *p, const char *key, const struct json *w)
{
    const char *reason = json_string(w, "reason", "");
    bool harmless = !*reason || strcmp(reason, "ContainerCreating") == 0 ||
                    strcmp(reason, "PodInitializing") == 0;
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    buf_printf(&text, "Waiting%s%.100s", *reason ? ": " : "", reason);
    if (*json_string(w, "message", "")) {
        buf_adds(&text, ": ");
        trouble_add(&text, json_string(w, "message", ""));
    }
    add(p, key, harmless ? PAGE_PENDING : PAGE_BAD, &text);
}

static void add_state(struct page *p, const char *key, const struct json *state, int64_t now)
{
    const struct json *running = json_member(state, "running"),
                      *waiting = json_member(state, "waiting"),
                      *terminated = json_member(state, "terminated");
    if (json_is_object(running)) {
        page_field(p, key, PAGE_OK, "Running");
        add_times(p, running, now);
    } else if (json_is_object(terminated)) {
        add_terminated(p, key, terminated, now);
    } else if (json_is_object(waiting)) {
        add_waiting(p, key, waiting);
    }
}

static void add_status(struct page *p, const struct json *status, int64_t now)
{
    if (!json_is_object(status))
        return;
    int64_t restarts = json_int(status, "restartCount", 0);
    bool ready = json_bool(status, "ready", false);
    bool ended = json_is_object(json_get(status, "state.terminated"));
    add_state(p, "State", json_member(status, "state"), now);
    add_state(p, "Last state", json_member(status, "lastState"), now);
    page_field(p, "Ready", ready ? PAGE_OK : ended ? PAGE_TEXT : PAGE_WARN, ready ? "yes" : "no");
    page_fieldf(p, "Restarts", restarts ? PAGE_WARN : PAGE_TEXT, "%lld", (long long)restarts);
}

/* ---- what it is ---- */

static void add_words(struct page *p, const char *key, const struct json *list)
{
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    for (const struct json *w = json_first(list); w; w = json_next(w)) {
        trouble_part(&text, " ");
        buf_adds(&text, json_value(w) ? json_value(w) : "");
    }
    add(p, key, PAGE_TEXT, &text);
}

static void add_ports(struct page *p, const struct json *ports)
{
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    for (const struct json *port = json_first(ports); port; port = json_next(port)) {
        const char *name = json_string(port, "name", "");
        buf_printf(&text, "%s%lld/%.8s", text.n ? ", " : "",
                   (long long)json_int(port, "containerPort", 0),
                   json_string(port, "protocol", "TCP"));
        if (*name)
            buf_printf(&text, " (%s)", name);
    }
    add(p, "Ports", PAGE_TEXT, &text);
}

static void add_resources(struct page *p, const struct json *resources)
{
    static const struct {
        const char *key, *member;
    } lists[] = {{"Requests", "requests"}, {"Limits", "limits"}};
    for (size_t i = 0; i < 2; i++) {
        struct buf text;
        buf_init(&text, TEXT_LONGEST);
        describe_parts_amounts(&text, json_member(resources, lists[i].member));
        if (!text.n)
            buf_adds(&text, "none");
        add(p, lists[i].key, PAGE_TEXT, &text);
    }
}

/* A port by number or name. */
static void add_target(struct buf *text, const struct json *holder)
{
    const struct json *port = json_member(holder, "port");
    if (json_value(port))
        buf_adds(text, json_value(port));
    else
        buf_printf(text, "%lld", (long long)json_int(holder, "port", 0));
}

static void add_probe(struct page *p, const char *key, const struct json *probe)
{
    const struct json *http = json_member(probe, "httpGet"), *tcp = json_member(probe, "tcpSocket"),
                      *exec = json_member(probe, "exec"), *grpc = json_member(probe, "grpc");
    struct buf text;
    if (!json_is_object(probe))
        return;
    buf_init(&text, TEXT_LONGEST);
    if (json_is_object(http)) {
        buf_printf(&text, "%s %s:",
                   strcasecmp(json_string(http, "scheme", ""), "https") == 0 ? "https-get"
                                                                             : "http-get",
                   json_string(http, "host", ""));
        add_target(&text, http);
        buf_adds(&text, json_string(http, "path", ""));
    } else if (json_is_object(tcp)) {
        buf_printf(&text, "tcp %s:", json_string(tcp, "host", ""));
        add_target(&text, tcp);
    } else if (json_is_object(grpc)) {
        buf_adds(&text, "grpc :");
        add_target(&text, grpc);
    } else {
        buf_adds(&text, "exec");
        const struct json *w = json_first(json_member(exec, "command"));
        for (; w; w = json_next(w))
            buf_printf(&text, " %.500s", json_value(w) ? json_value(w) : "");
    }
    buf_printf(&text, ", after %llds, every %llds, within %llds, %lld failures",
               (long long)json_int(probe, "initialDelaySeconds", 0),
               (long long)json_int(probe, "periodSeconds", 10),
               (long long)json_int(probe, "timeoutSeconds", 1),
               (long long)json_int(probe, "failureThreshold", 3));
    add(p, key, PAGE_TEXT, &text);
}

/* ---- environment and mounts ---- */

static bool sounds_secret(const char *name)
{
    static const char *const words[] = {"pass", "secret", "token", "key", "credential", "auth"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_find_fold(str_of(name), str_of(words[i])) >= 0)
            return true;
    return false;
}

/* A URL with a user's password in it. */
static bool holds_password(const char *value)
{
    const char *user = strstr(value, "://"), *at = user ? strchr(user, '@') : NULL;
    return at && memchr(user + 3, ':', (size_t)(at - user - 3));
}

static void add_variable(struct page *p, const struct json *e)
{
    static const struct {
        const char *from, *words, *path[2];
    } sources[] = {{"secretKeyRef", "from the secret", {"name", "key"}},
                   {"configMapKeyRef", "from the config map", {"name", "key"}},
                   {"fieldRef", "from the pod's", {"fieldPath", NULL}},
                   {"resourceFieldRef", "from the container's", {"resource", NULL}}};
    const char *name = json_string(e, "name", ""), *value = json_string(e, "value", NULL);
    const struct json *from = json_member(e, "valueFrom");
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const struct json *s = json_member(from, sources[i].from);
        const char *second = sources[i].path[1];
        if (json_is_object(s))
            page_fieldf(p, name, PAGE_DIM, "%s %.300s%s%.300s", sources[i].words,
                        json_string(s, sources[i].path[0], ""), second ? "/" : "",
                        second ? json_string(s, second, "") : "");
    }
    if (json_is_object(from))
        return;
    if (value && *value && (sounds_secret(name) || holds_password(value)))
        page_field(p, name, PAGE_DIM, "(not shown here)");
    else
        page_field(p, name, PAGE_TEXT, value);
}

static void add_environment(struct page *p, const struct json *spec)
{
    const struct json *env = json_first(json_member(spec, "env")),
                      *from = json_first(json_member(spec, "envFrom"));
    if (!env && !from)
        return;
    page_field(p, "Environment", PAGE_TEXT, "");
    page_deeper(p);
    for (; from; from = json_next(from)) {
        const char *map = json_string(from, "configMapRef.name", "");
        page_fieldf(p, "all of", PAGE_DIM, "%s %.300s", *map ? "the config map" : "the secret",
                    *map ? map : json_string(from, "secretRef.name", ""));
    }
    for (; env; env = json_next(env))
        add_variable(p, env);
    page_shallower(p);
}

static void add_mounts(struct page *p, const struct json *mounts)
{
    const struct json *m = json_first(mounts);
    if (!m)
        return;
    page_field(p, "Mounts", PAGE_TEXT, "");
    page_deeper(p);
    for (; m; m = json_next(m)) {
        const char *sub = json_string(m, "subPath", "");
        page_fieldf(p, json_string(m, "mountPath", ""), PAGE_TEXT, "%.300s%s%.300s%s",
                    json_string(m, "name", ""), *sub ? "/" : "", sub,
                    json_bool(m, "readOnly", false) ? ", read only" : "");
    }
    page_shallower(p);
}

void describe_container(struct page *p, const char *title, const struct json *spec,
                        const struct json *status, int64_t now)
{
    page_section(p, title);
    add_status(p, status, now);
    page_field(p, "Image", PAGE_TEXT, json_string(spec, "image", ""));
    add_ports(p, json_member(spec, "ports"));
    add_words(p, "Command", json_member(spec, "command"));
    add_words(p, "Arguments", json_member(spec, "args"));
    add_resources(p, json_member(spec, "resources"));
    add_probe(p, "Liveness", json_member(spec, "livenessProbe"));
    add_probe(p, "Readiness", json_member(spec, "readinessProbe"));
    add_probe(p, "Startup", json_member(spec, "startupProbe"));
    add_environment(p, spec);
    add_mounts(p, json_member(spec, "volumeMounts"));
}
