#include "kube/operations/operation_question.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "kube/operations/drain.h"
#include "kube/operations/forward.h"

enum { REPLICAS_MOST = 100000 };

static bool read_container(struct operation_wish *wish, struct str typed,
                           const struct operation_facts *f, struct err *err)
{
    if (!typed.n)
        typed = str_of(f->container_count ? f->containers[0] : "");
    for (size_t i = 0; i < f->container_count; i++)
        if (str_is(typed, f->containers[i]))
            return str_copy(wish->container, sizeof wish->container, f->containers[i]) > 0;
    char names[300] = "";
    for (size_t i = 0; i < f->container_count; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? ", " : "",
                 f->containers[i]);
    return err_set(err, ERR_USAGE, "container", names, "the pod has no container \"%.*s\"",
                   (int)(typed.n < 100 ? typed.n : 100), typed.p);
}

bool operation_wish_read(struct operation_wish *wish, struct str typed,
                         const struct operation_facts *f, struct err *err)
{
    typed = str_trim(typed);
    *wish = (struct operation_wish){.id = wish->id};
    if (wish->id == OPERATION_SHELL)
        return read_container(wish, typed, f, err);
    if (wish->id == OPERATION_SCALE && (!str_to_int(typed, &wish->replicas) || wish->replicas < 0 ||
                                        wish->replicas > REPLICAS_MOST))
        return err_set(err, ERR_USAGE, "replicas", "write how many there are to be",
                       "\"%.*s\" is no number from 0 to %d", (int)(typed.n < 100 ? typed.n : 100),
                       typed.p, REPLICAS_MOST);
    if (wish->id == OPERATION_FORWARD && !forward_ports(typed, &wish->local, &wish->remote))
        return err_set(err, ERR_USAGE, "port", "write 8080, 9090:8080, or :8080 for any free one",
                       "\"%.*s\" is no port", (int)(typed.n < 100 ? typed.n : 100), typed.p);
    return true;
}

static void add_plan(struct buf *out, const struct drain_plan *p)
{
    buf_printf(out,
               " It is cordoned, and %zu pod%s evicted; %zu of daemon sets or static ones stay.",
               p->evict, p->evict == 1 ? " is" : "s are", p->stay);
    if (p->alone)
        buf_printf(out, " %zu without a controller %s LOST for good: %s.", p->alone,
                   p->alone == 1 ? "is" : "are", p->alone_names);
    if (p->scratch)
        buf_printf(out, " emptyDir data of %zu is LOST: %s.", p->scratch, p->scratch_names);
}

void operation_question(struct buf *out, const struct operation_wish *wish,
                        const struct operation_target *t, const char *cluster,
                        const struct operation_facts *f, const struct drain_plan *plan)
{
    char *object = operation_target_text(t);
    bool pod = strcmp(t->kind->name, "pods") == 0;
    switch (wish->id) {
    case OPERATION_SHELL:
        buf_printf(out, "Open a shell in container %s of %s of %s?", wish->container, object,
                   cluster);
        break;
    case OPERATION_FORWARD:
        buf_printf(out, "Forward 127.0.0.1:%d to port %d of %s of %s?", wish->local, wish->remote,
                   object, cluster);
        if (!wish->local)
            buf_adds(out, " (0: any free port)");
        break;
    case OPERATION_RESTART:
        buf_printf(out, "Restart %s of %s? Its pods are replaced one after the other.", object,
                   cluster);
        break;
    case OPERATION_SCALE:
        buf_printf(out, "Scale %s of %s from %" PRId64 " to %" PRId64 " replicas?%s", object,
                   cluster, f->replicas, wish->replicas,
                   wish->replicas ? "" : " All of its pods end.");
        break;
    case OPERATION_TRIGGER:
        buf_printf(out, "Run %s of %s now, as a job of its own?", object, cluster);
        break;
    case OPERATION_CORDON:
        buf_printf(out, "Cordon %s of %s? No new pods are scheduled to it.", object, cluster);
        break;
    case OPERATION_UNCORDON:
        buf_printf(out, "Uncordon %s of %s? New pods may be scheduled to it again.", object,
                   cluster);
        break;
    case OPERATION_DRAIN:
        buf_printf(out, "Drain %s of %s?", object, cluster);
        if (plan)
            add_plan(out, plan);
        break;
    default:
        buf_printf(out, "Delete %s of %s?", object, cluster);
        if (strcmp(t->kind->name, "namespaces") == 0)
            buf_adds(out, " EVERYTHING in it goes with it.");
        else if (*f->owner)
            buf_printf(out, " Its controller, %s, may make another one.", f->owner);
        else
            buf_adds(out, pod ? " Nothing makes it again." : " What it owns goes with it.");
    }
    free(object);
}

char *operation_wish_text(const struct operation_wish *wish, const struct operation_target *t,
                          const char *cluster)
{
    char *object = operation_target_text(t), *text;
    const char *name = operation_table[wish->id].name;
    if (wish->id == OPERATION_SCALE)
        text = mem_printf("scale %s of %s to %" PRId64, object, cluster, wish->replicas);
    else if (wish->id == OPERATION_FORWARD)
        text = mem_printf("port-forward %d:%d to %s of %s", wish->local, wish->remote, object,
                          cluster);
    else if (wish->id == OPERATION_SHELL)
        text = mem_printf("shell in %s of %s of %s", wish->container, object, cluster);
    else
        text = mem_printf("%s %s of %s", name, object, cluster);
    free(object);
    return text;
}
