/* Inside of describe: lists of other kinds on a page, a line each with its link (describe_near.h). */
#ifndef KUBE_DESCRIBE_ROWS_H
#define KUBE_DESCRIBE_ROWS_H

#include <stdint.h>

#include "base/buf.h"
#include "model/object.h"
#include "model/page.h"

struct json;

/* Pods: how many are how, then each, the worst first. */
void describe_rows_pods(struct page *p, const struct json *object, const struct json *list,
                        int64_t now);
/* Adds what is wrong with the worst of the pods where the object itself is not well. */
enum health describe_rows_judge_pods(struct buf *words, enum health health,
                                     const struct json *object, const struct json *list);
/* A deployment's: the new one first, then by revision; those that are scaled to nothing last. */
void describe_rows_replicasets(struct page *p, const struct json *deployment,
                               const struct json *list, int64_t now);
/* A cron job's, the newest first. */
void describe_rows_jobs(struct page *p, const struct json *cronjob, const struct json *list,
                        int64_t now);

#endif
