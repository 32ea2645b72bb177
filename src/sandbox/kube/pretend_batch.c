/* Cron jobs and their jobs. An object of a job stands on its pod. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "sandbox/kube/pretend.h"

static const struct world_workload *workload_of(const struct world *w,
                                                const struct pretend_object *o)
{
    return &w->workloads[o->kind == PRETEND_JOBS ? w->pods[o->index].workload : o->index];
}

static void fill_meta(const struct world *w, const struct pretend_object *o, int64_t t,
                      struct pretend_meta *m)
{
    const struct world_workload *wl = workload_of(w, o);
    (void)t;
    pretend_pair_add(m->labels, &m->label_count, "app", wl->name);
    if (o->kind != PRETEND_JOBS)
        return;
    pretend_pair_add(m->labels, &m->label_count, "job-name", o->name);
    if (w->pods[o->index].manual)
        pretend_pair_add(m->annotations, &m->annotation_count, "cronjob.kubernetes.io/instantiate",
                         "manual");
    m->owner_kind = "CronJob";
    m->owner_api = "batch/v1beta1";
    m->owner_id = wl->id;
    snprintf(m->owner, sizeof m->owner, "%s", wl->name);
}

static void pod_template(struct json_out *out, const struct world_workload *wl)
{
    json_out_object(out, "template");
    json_out_object(out, "spec");
    json_out_array(out, "containers");
    json_out_object(out, NULL);
    json_out_text(out, "name", wl->name);
    pretend_textf(out, "image", "%s:%s", wl->image, wl->version);
    json_out_end_object(out);
    json_out_end_array(out);
    json_out_text(out, "restartPolicy", "Never");
    json_out_end_object(out);
    json_out_end_object(out);
}

static void job_status(const struct world_pod *p, const struct world_phase *ph,
                       struct json_out *out)
{
    bool done = ph->state == WORLD_COMPLETED, failed = ph->state == WORLD_FAILED;
    json_out_object(out, "status");
    if (done || failed) {
        json_out_array(out, "conditions");
        json_out_object(out, NULL);
        json_out_text(out, "type", done ? "Complete" : "Failed");
        json_out_text(out, "status", "True");
        pretend_time(out, "lastProbeTime", ph->from);
        pretend_time(out, "lastTransitionTime", ph->from);
        if (failed) {
            json_out_text(out, "reason", "BackoffLimitExceeded");
            json_out_text(out, "message", "Job has reached the specified backoff limit");
        }
        json_out_end_object(out);
        json_out_end_array(out);
    }
    pretend_time(out, "startTime", p->created);
    if (done)
        pretend_time(out, "completionTime", ph->from);
    json_out_int(out, done ? "succeeded" : failed ? "failed" : "active", 1);
    json_out_end_object(out);
}

static void write_body(const struct world *w, const struct pretend_object *o, int64_t t,
                       struct json_out *out)
{
    const struct world_workload *wl = workload_of(w, o);
    struct world_phase ph = {.state = WORLD_GONE};
    if (o->kind == PRETEND_JOBS) {
        const struct world_pod *p = &w->pods[o->index];
        world_pod_at(w, p, t, &ph);
        json_out_object(out, "spec");
        json_out_int(out, "parallelism", 1);
        json_out_int(out, "completions", 1);
        json_out_int(out, "backoffLimit", 0);
        pod_template(out, wl);
        json_out_end_object(out);
        job_status(p, &ph, out);
        return;
    }
    json_out_object(out, "spec");
    json_out_text(out, "schedule", "*/10 * * * *");
    json_out_text(out, "concurrencyPolicy", "Forbid");
    json_out_bool(out, "suspend", false);
    json_out_object(out, "jobTemplate");
    json_out_object(out, "spec");
    pod_template(out, wl);
    json_out_end_object(out);
    json_out_end_object(out);
    json_out_int(out, "successfulJobsHistoryLimit", 3);
    json_out_int(out, "failedJobsHistoryLimit", 1);
    json_out_end_object(out);
    json_out_object(out, "status");
    pretend_time(out, "lastScheduleTime", clock_align(t, 10 * CLOCK_MINUTE));
    json_out_end_object(out);
}

static bool read_field(const struct world *w, const struct pretend_object *o, int64_t t,
                       const char *path, struct buf *out)
{
    struct world_phase ph = {.state = WORLD_GONE};
    if (o->kind != PRETEND_JOBS || strcmp(path, "status.successful") != 0)
        return false;
    world_pod_at(w, &w->pods[o->index], t, &ph);
    return buf_adds(out, ph.state == WORLD_COMPLETED ? "1" : "0");
}

static void write_cells(const struct world *w, const struct pretend_object *o, int64_t t,
                        struct json_out *out)
{
    const struct world_workload *wl = workload_of(w, o);
    char text[CLOCK_TEXT];
    json_out_text(out, NULL, o->name);
    if (o->kind == PRETEND_JOBS) {
        struct world_phase ph = {.state = WORLD_GONE};
        world_pod_at(w, &w->pods[o->index], t, &ph);
        bool done = ph.state == WORLD_COMPLETED;
        json_out_text(out, NULL, done ? "1/1" : "0/1");
        json_out_text(out, NULL, clock_age((done ? ph.from : t) - o->created, text));
    } else {
        json_out_text(out, NULL, "*/10 * * * *");
        json_out_text(out, NULL, "False");
        json_out_int(out, NULL, t % (10 * CLOCK_MINUTE) < 70 * CLOCK_SECOND);
        pretend_age(out, t, clock_align(t, 10 * CLOCK_MINUTE));
    }
    pretend_age(out, t, o->created);
    json_out_text(out, NULL, wl->name);
    pretend_textf(out, NULL, "%s:%s", wl->image, wl->version);
    pretend_textf(out, NULL, "app=%s", wl->name);
}

const struct pretend_source pretend_batch = {
    .meta = fill_meta, .body = write_body, .field = read_field, .cells = write_cells};
