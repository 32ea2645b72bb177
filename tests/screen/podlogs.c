/* A container's log and a pod's containers, as the API server would have given them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/pod_log_wish.h"
#include "tests/screen/fill.h"

void fill_pod_log(struct model *m, int64_t now, const char *text)
{
    struct pod_log_wish w;
    struct model_logs *l = &m->logs;
    if (!pod_log_wish_read(text, &w))
        return;
    if (!l->from_pod)
        l->loki = l->upstream;
    char *copy = mem_dup(text);
    free(l->query);
    l->query = copy;
    l->from_pod = true;
    l->from = 0;
    l->to = w.previous ? now : 0;
    l->loading = false;
    snprintf(l->lane, sizeof l->lane, "kube api");
    lines_clear(l->lines);
    for (int i = 0; i < 4; i++) {
        char *line = mem_printf("line %d of %s%s \x1b[2J\xe2\x80\xae", i, w.container,
                                w.previous ? " before it was killed" : "");
        lines_add(l->lines,
                  &(struct line){.time = now - (4 - i) * CLOCK_SECOND, .text = str_of(line)});
        free(line);
    }
    upstream_live(&l->upstream);
}

void fill_containers(struct model *m, const char *pod)
{
    static const struct pod_parts_row rows[] = {
        {.name = "migrate", .role = "init", .state = "Completed"},
        {.name = "app", .role = "", .state = "CrashLoopBackOff", .restarts = 6},
        {.name = "istio-proxy\x1b[H", .role = "", .state = "running"}};
    struct pod_parts *c = &m->containers;
    c->count = sizeof rows / sizeof *rows;
    memcpy(c->list, rows, sizeof rows);
    str_copy(c->pod, sizeof c->pod, pod);
    upstream_live(&c->upstream);
    c->changes++;
}
