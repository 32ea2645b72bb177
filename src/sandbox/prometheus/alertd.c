#include "sandbox/prometheus/alertd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "net/server.h"
#include "sandbox/prometheus/alertd_internal.h"
#include "sandbox/prometheus/promd.h"

#define EVALUATION CLOCK_MINUTE    /* how often Prometheus sends what fires */
#define RESOLVE (4 * CLOCK_MINUTE) /* without news an alert ends so long after the last */
#define RECEIVER "sandbox"

struct alertd *alertd_new(const struct world *w, struct faults *f)
{
    struct alertd *d = mem_alloc(sizeof *d);
    *d = (struct alertd){w, f, silences_new(), clock_now()};
    return d;
}

void alertd_free(struct alertd *d)
{
    if (!d)
        return;
    silences_free(d->silences);
    free(d);
}

/* ---- alerts ---- */

enum { LABELS = 4 };

/* By name, as they are hashed. */
static const char *const label_names[LABELS] = {"alertname", "cluster", "namespace", "severity"};

static const char *label_at(const struct promd_alert *a, size_t i)
{
    const char *const values[LABELS] = {a->name, ALERTD_CLUSTER, a->namespace_, a->severity};
    return values[i];
}

static const char *label(const void *alert, const char *name)
{
    for (size_t i = 0; i < LABELS; i++)
        if (strcmp(label_names[i], name) == 0)
            return label_at(alert, i);
    return "";
}

/* Prometheus' LabelSet.Fingerprint: FNV-1a 64 of names and values by name, each ended by 0xff. */
static uint64_t fingerprint(const struct promd_alert *a)
{
    uint64_t state = HASH_ID_SEED;
    for (size_t i = 0; i < LABELS; i++) {
        const char *value = label_at(a, i);
        if (!*value)
            continue;
        state = hash_id(label_names[i], strlen(label_names[i]), state);
        state = hash_id("\xff", 1, state);
        state = hash_id(value, strlen(value), state);
        state = hash_id("\xff", 1, state);
    }
    return state;
}

/* Writes who silences it when `o` is given; returns how many do. */
static size_t silenced_by(struct alertd *d, const struct promd_alert *a, int64_t now,
                          struct json_out *o)
{
    size_t count, n = 0;
    struct silence **list = silences_sorted(d->silences, now, &count);
    for (size_t i = 0; i < count; i++) {
        if (silence_state_at(list[i], now) != SILENCE_ACTIVE || !silence_fits(list[i], label, a))
            continue;
        n++;
        if (o)
            json_out_text(o, NULL, list[i]->id);
    }
    free(list);
    return n;
}

static void write_alert(struct alertd *d, struct json_out *o, const struct promd_alert *a,
                        int64_t now, bool silenced)
{
    int64_t sent = clock_align(now, EVALUATION);
    char text[24], url[200];
    json_out_object(o, NULL);
    json_out_object(o, "annotations");
    json_out_text(o, "summary", a->summary);
    json_out_end_object(o);
    sent = sent < a->since ? a->since : sent;
    alertd_time(o, "endsAt", sent + RESOLVE);
    snprintf(text, sizeof text, "%016llx", (unsigned long long)fingerprint(a));
    json_out_text(o, "fingerprint", text);
    json_out_array(o, "receivers");
    json_out_object(o, NULL);
    json_out_text(o, "name", RECEIVER);
    json_out_end_object(o);
    json_out_end_array(o);
    alertd_time(o, "startsAt", a->since);
    json_out_object(o, "status");
    json_out_array(o, "inhibitedBy");
    json_out_end_array(o);
    json_out_array(o, "silencedBy");
    silenced_by(d, a, now, o);
    json_out_end_array(o);
    json_out_text(o, "state", silenced ? "suppressed" : "active");
    json_out_end_object(o);
    alertd_time(o, "updatedAt", sent);
    snprintf(url, sizeof url,
             "http://prometheus.monitoring:9090/graph?g0.expr=ALERTS%%7Balertname"
             "%%3D%%22%s%%22%%7D&g0.tab=1",
             a->name);
    json_out_text(o, "generatorURL", url);
    json_out_object(o, "labels");
    for (size_t i = 0; i < LABELS; i++)
        if (*label_at(a, i))
            json_out_text(o, label_names[i], label_at(a, i));
    json_out_end_object(o);
    json_out_end_object(o);
}

/* Absent: true. False: answered. */
static bool read_flag(struct reply *p, const char *name, bool *out)
{
    const char *text = server_query(p->r, name);
    char message[200];
    *out = !text || strcmp(text, "true") == 0;
    if (*out || strcmp(text, "false") == 0)
        return true;
    snprintf(message, sizeof message, "%s in query must be of type boolean: \"%.60s\"", name, text);
    alertd_refuse_code(p, 422, 601, message);
    return false;
}

static void alerts(struct alertd *d, struct reply *p)
{
    bool active, silenced, inhibited, unprocessed;
    struct promd_alert list[PROMD_ALERTS];
    struct alertd_filters filters;
    struct buf b;
    struct json_out o = {&b, false};
    int64_t now = alertd_now(d);
    if (!read_flag(p, "active", &active) || !read_flag(p, "silenced", &silenced) ||
        !read_flag(p, "inhibited", &inhibited) || !read_flag(p, "unprocessed", &unprocessed) ||
        !alertd_read_filters(p, &filters))
        return;
    buf_init(&b, ALERTD_ANSWER_MAX);
    json_out_array(&o, NULL);
    size_t count = promd_alerts(d->world, now, list);
    for (size_t i = 0; i < count; i++) {
        bool quiet = silenced_by(d, &list[i], now, NULL) > 0;
        if (list[i].firing && (quiet ? silenced : active) &&
            alertd_passes(&filters, label, &list[i]))
            write_alert(d, &o, &list[i], now, quiet);
    }
    json_out_end_array(&o);
    buf_addc(&b, '\n');
    alertd_answer(p, 200, buf_str(&b));
    buf_free(&b);
    alertd_free_filters(&filters);
}

/* ---- the rest ---- */

static void status(struct alertd *d, struct reply *p)
{
    static const char *const version[][2] = {
        {"branch", "sandbox"},     {"buildDate", "20230409-09:50:43"}, {"buildUser", "sandbox"},
        {"goVersion", "go1.19.8"}, {"revision", "0.25.0-1+b4"},        {"version", "0.25.0"}};
    struct buf b;
    struct json_out o = {&b, false};
    buf_init(&b, ALERTD_ANSWER_MAX);
    json_out_object(&o, NULL);
    json_out_object(&o, "cluster");
    json_out_array(&o, "peers");
    json_out_end_array(&o);
    json_out_text(&o, "status", "disabled");
    json_out_end_object(&o);
    json_out_object(&o, "config");
    json_out_text(&o, "original",
                  "global:\n  resolve_timeout: 5m\nroute:\n  receiver: " RECEIVER
                  "\n  group_by:\n  - alertname\nreceivers:\n- name: " RECEIVER
                  "\ntemplates: []\n");
    json_out_end_object(&o);
    alertd_time(&o, "uptime", d->started);
    json_out_object(&o, "versionInfo");
    for (size_t i = 0; i < sizeof version / sizeof *version; i++)
        json_out_text(&o, version[i][0], version[i][1]);
    json_out_end_object(&o);
    json_out_end_object(&o);
    buf_addc(&b, '\n');
    alertd_answer(p, 200, buf_str(&b));
    buf_free(&b);
}

static void ready(struct alertd *d, struct reply *p)
{
    (void)d;
    reply_text(p, 200, "OK");
}

struct route {
    const char *method, *path;
    void (*handle)(struct alertd *d, struct reply *p);
};

static const struct route routes[] = {
    {"GET", "/api/v2/alerts", alerts},
    {"GET", "/api/v2/status", status},
    {"GET", "/api/v2/silences", alertd_silences_list},
    {"POST", "/api/v2/silences", alertd_silences_post},
    {"GET", "/-/ready", ready},
    {"GET", "/-/healthy", ready},
};

#define ONE "/api/v2/silence/"

void alertd_handle(struct alertd *d, struct reply *p)
{
    const char *method = server_method(p->r);
    char message[300];
    bool known = false;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        bool path = strcmp(p->path, routes[i].path) == 0;
        known = known || path;
        if (path && strcmp(method, routes[i].method) == 0) {
            routes[i].handle(d, p);
            return;
        }
    }
    bool one = strncmp(p->path, ONE, strlen(ONE)) == 0;
    if (one && strcmp(method, "GET") == 0) {
        alertd_silences_get(d, p, p->path + strlen(ONE));
    } else if (one && strcmp(method, "DELETE") == 0) {
        alertd_silences_delete(d, p, p->path + strlen(ONE));
    } else if (one || known) {
        snprintf(message, sizeof message, "method %.20s is not allowed", method);
        alertd_refuse_code(p, 405, 405, message);
    } else {
        snprintf(message, sizeof message, "path %.200s was not found", p->path);
        alertd_refuse_code(p, 404, 404, message);
    }
}
