#include "kube/operations/operation.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/client.h"

#define STRATEGIC "application/strategic-merge-patch+json"
#define MERGE "application/merge-patch+json"
#define RESTARTED "kubectl.kubernetes.io/restartedAt"

enum { BODY_LONGEST = 1 << 20, JOB_NAME_LONGEST = 63, SUFFIX = 5 };

struct operation {
    struct client *client;
    struct client_request *request;
    struct operation_conf conf;
    char *path, *namespace_, *name, *uid;
    char outcome[300];
};

static void free_operation(struct operation *d)
{
    free(d->path);
    free(d->namespace_);
    free(d->name);
    free(d->uid);
    free(d);
}

void operation_cancel(struct operation *d)
{
    if (!d)
        return;
    client_cancel(d->request);
    free_operation(d);
}

static void unanswered(struct err *err, int status)
{
    if (err->kind == ERR_AWAY && !status)
        str_copy(err->mend, sizeof err->mend,
                 "no answer came: it may have been done, look before you do it again");
}

static void end(struct operation *d, int status, const struct err *err)
{
    struct err said = *err;
    unanswered(&said, status);
    /* A precondition of a DELETE, or a patch that would change the uid. */
    bool other = (said.kind == ERR_CONFLICT && strstr(said.what, "UID in the precondition")) ||
                 (said.kind == ERR_REFUSED && strstr(said.what, "metadata.uid: Invalid value"));
    if (other)
        err_set(&said, ERR_CONFLICT, err->where, "nothing was done",
                "it is another object of the same name by now");
    d->conf.done(d->conf.context, said.kind ? "" : d->outcome, &said);
    free_operation(d);
}

static void on_done(void *context, struct http_request *r, int status, struct str body,
                    const struct err *err)
{
    struct operation *d = context;
    (void)r;
    d->request = NULL;
    if (!err->kind && d->conf.id == OPERATION_DELETE) {
        struct json_doc *doc = json_doc_new();
        const struct json *left = json_parse(doc, body.p, body.n, NULL);
        int64_t grace = json_int(left, "metadata.deletionGracePeriodSeconds", 0);
        if (json_get(left, "metadata.finalizers"))
            str_copy(d->outcome, sizeof d->outcome, "is being deleted (it has finalizers)");
        else if (json_get(left, "metadata.deletionTimestamp") && grace > 0)
            snprintf(d->outcome, sizeof d->outcome,
                     "is being deleted (it has up to %" PRId64 " s to end)", grace);
        json_doc_free(doc);
    }
    end(d, status, err);
}

static void send_body(struct operation *d, const char *method, const char *type, struct buf *body)
{
    d->request = client_send(d->client, &(struct http_call){.method = method,
                                                            .path = d->path,
                                                            .body = buf_str(body),
                                                            .content_type = type,
                                                            .context = d,
                                                            .done = on_done});
}

static void begin_patch(struct json_out *o, const struct operation *d)
{
    json_out_object(o, NULL);
    if (!*d->uid)
        return;
    json_out_object(o, "metadata");
    json_out_text(o, "uid", d->uid);
    json_out_end_object(o);
}

/* ---- each of them ---- */

static void delete_object(struct operation *d, struct buf *body)
{
    struct json_out o = {.b = body};
    json_out_object(&o, NULL);
    json_out_text(&o, "kind", "DeleteOptions");
    json_out_text(&o, "apiVersion", "v1");
    json_out_text(&o, "propagationPolicy", "Background");
    if (*d->uid) {
        json_out_object(&o, "preconditions");
        json_out_text(&o, "uid", d->uid);
        json_out_end_object(&o);
    }
    json_out_end_object(&o);
    str_copy(d->outcome, sizeof d->outcome, "deleted");
    send_body(d, "DELETE", "application/json", body);
}

static void restart(struct operation *d, struct buf *body)
{
    static const char *const inside[] = {"spec", "template", "metadata", "annotations"};
    char now[CLOCK_TEXT];
    struct json_out o = {.b = body};
    begin_patch(&o, d);
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        json_out_object(&o, inside[i]);
    json_out_text(&o, RESTARTED, clock_rfc3339(clock_now(), false, now));
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        json_out_end_object(&o);
    json_out_end_object(&o);
    str_copy(d->outcome, sizeof d->outcome, "restarted: its pods are being replaced");
    send_body(d, "PATCH", STRATEGIC, body);
}

static void scale(struct operation *d, struct buf *body)
{
    struct json_out o = {.b = body};
    json_out_object(&o, NULL);
    json_out_object(&o, "spec");
    json_out_int(&o, "replicas", d->conf.replicas);
    json_out_end_object(&o);
    json_out_end_object(&o);
    snprintf(d->outcome, sizeof d->outcome, "scaled to %" PRId64, d->conf.replicas);
    send_body(d, "PATCH", MERGE, body);
}

static void set_unschedulable(struct operation *d, struct buf *body, bool on)
{
    struct json_out o = {.b = body};
    begin_patch(&o, d);
    json_out_object(&o, "spec");
    if (on)
        json_out_bool(&o, "unschedulable", true);
    else
        json_out_text(&o, "unschedulable", NULL); /* as kubectl takes it off */
    json_out_end_object(&o);
    json_out_end_object(&o);
    str_copy(d->outcome, sizeof d->outcome, on ? "cordoned" : "uncordoned");
    send_body(d, "PATCH", STRATEGIC, body);
}

/* The name is made here, not by the server: sent twice, it would still be one job. */
static void job_name(const struct operation *d, char out[JOB_NAME_LONGEST + 1])
{
    static const char letters[] = "bcdfghjklmnpqrstvwxz2456789";
    unsigned char dice[SUFFIX] = {0};
    char suffix[SUFFIX + 1] = "";
    if (getrandom(dice, sizeof dice, 0) != sizeof dice)
        dice[0] = (unsigned char)clock_now();
    for (int i = 0; i < SUFFIX; i++)
        suffix[i] = letters[dice[i] % (sizeof letters - 1)];
    snprintf(out, JOB_NAME_LONGEST + 1, "%.*s-manual-%s", JOB_NAME_LONGEST - 8 - SUFFIX, d->name,
             suffix);
}

static void write_job(const struct operation *d, const struct json *cron, const char *name,
                      struct buf *body)
{
    const struct json *wanted = json_get(cron, "spec.jobTemplate");
    const struct json *notes = json_get(wanted, "metadata.annotations");
    struct json_out o = {.b = body};
    json_out_object(&o, NULL);
    json_out_text(&o, "apiVersion", "batch/v1");
    json_out_text(&o, "kind", "Job");
    json_out_object(&o, "metadata");
    json_out_text(&o, "name", name);
    json_out_text(&o, "namespace", d->namespace_);
    json_out_object(&o, "annotations");
    for (const struct json *n = json_first(notes); n; n = json_next(n))
        if (strcmp(json_name(n), "cronjob.kubernetes.io/instantiate") != 0)
            json_out_json(&o, json_name(n), n);
    json_out_text(&o, "cronjob.kubernetes.io/instantiate", "manual");
    json_out_end_object(&o);
    if (json_get(wanted, "metadata.labels"))
        json_out_json(&o, "labels", json_get(wanted, "metadata.labels"));
    json_out_array(&o, "ownerReferences");
    json_out_object(&o, NULL);
    json_out_text(&o, "apiVersion", json_string(cron, "apiVersion", "batch/v1"));
    json_out_text(&o, "kind", "CronJob");
    json_out_text(&o, "name", d->name);
    json_out_text(&o, "uid", json_string(cron, "metadata.uid", ""));
    /* Without blockOwnerDeletion, which would ask for a right on the cron job's finalizers. */
    json_out_bool(&o, "controller", true);
    json_out_end_object(&o);
    json_out_end_array(&o);
    json_out_end_object(&o);
    json_out_json(&o, "spec", json_get(wanted, "spec"));
    json_out_end_object(&o);
}

static void on_cron_job(void *context, struct http_request *r, int status, struct str body,
                        const struct err *err)
{
    struct operation *d = context;
    struct err failed = *err;
    struct json_doc *doc = json_doc_new();
    char name[JOB_NAME_LONGEST + 1];
    struct buf job;
    (void)r;
    d->request = NULL;
    buf_init(&job, BODY_LONGEST);
    const struct json *cron = err->kind ? NULL : json_parse(doc, body.p, body.n, &failed);
    if (cron && *d->uid && strcmp(json_string(cron, "metadata.uid", ""), d->uid) != 0)
        err_set(&failed, ERR_CONFLICT, err->where, "nothing was done",
                "it is another cron job of the same name by now");
    else if (cron && !json_get(cron, "spec.jobTemplate.spec"))
        err_set(&failed, ERR_PROTOCOL, err->where, NULL, "the cron job has no jobTemplate");
    if (failed.kind) {
        end(d, status ? status : 1, &failed);
    } else {
        job_name(d, name);
        write_job(d, cron, name, &job);
        char *path = mem_printf("/apis/batch/v1/namespaces/%s/jobs", d->namespace_);
        free(d->path);
        d->path = path;
        snprintf(d->outcome, sizeof d->outcome, "started as job %s", name);
        send_body(d, "POST", "application/json", &job);
    }
    buf_free(&job);
    json_doc_free(doc);
}

static void trigger(struct operation *d)
{
    d->request = client_send(d->client, &(struct http_call){.path = d->path,
                                                            .max_body = BODY_LONGEST,
                                                            .context = d,
                                                            .done = on_cron_job});
}

struct operation *operation_start(struct client *c, const struct operation_conf *conf)
{
    struct operation *d = mem_alloc(sizeof *d);
    struct buf body;
    d->client = c;
    d->conf = *conf;
    d->path = operation_target_path(&conf->target, conf->id == OPERATION_SCALE ? "/scale" : NULL);
    d->namespace_ = mem_dup(conf->target.namespace_ ? conf->target.namespace_ : "");
    d->name = mem_dup(conf->target.name);
    d->uid = mem_dup(conf->target.uid ? conf->target.uid : "");
    buf_init(&body, BODY_LONGEST);
    switch (conf->id) {
    case OPERATION_RESTART:
        restart(d, &body);
        break;
    case OPERATION_SCALE:
        scale(d, &body);
        break;
    case OPERATION_CORDON:
    case OPERATION_UNCORDON:
        set_unschedulable(d, &body, conf->id == OPERATION_CORDON);
        break;
    case OPERATION_TRIGGER:
        trigger(d);
        break;
    default:
        delete_object(d, &body);
        break;
    }
    buf_free(&body);
    return d;
}
