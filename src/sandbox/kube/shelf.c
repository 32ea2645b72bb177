#include "sandbox/kube/shelf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/mem.h"
#include "sandbox/world/world.h"

enum { FIRST_VERSION = 184000, MINUTES = 10 };

struct list {
    struct pretend_object **list;
    size_t count, cap;
};

struct shelf {
    const struct world *world;
    struct list kinds[PRETEND_COUNT];
    uint64_t version, oldest;
    int64_t now;
    size_t next_change; /* of the world's plan */
    struct shelf_change *changes;
    size_t change_first, change_count;
    uint64_t minute_versions[MINUTES]; /* what the version was at the last full minutes */
    int64_t minute;
    size_t stored_count;
    void (*changed)(void *context, const struct shelf_change *c);
    void *context;
};

static int compare_key(const struct pretend_object *o, const char *ns, const char *name)
{
    int order = strcmp(o->ns, ns);
    return order ? order : strcmp(o->name, name);
}

size_t shelf_lower(const struct shelf *s, enum pretend_kinds kind, const char *ns, const char *name)
{
    const struct list *l = &s->kinds[kind];
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare_key(l->list[middle], ns, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct pretend_object *shelf_find(const struct shelf *s, enum pretend_kinds kind,
                                        const char *ns, const char *name)
{
    size_t i = shelf_lower(s, kind, ns, name);
    const struct list *l = &s->kinds[kind];
    return i < l->count && compare_key(l->list[i], ns, name) == 0 ? l->list[i] : NULL;
}

size_t shelf_count(const struct shelf *s, enum pretend_kinds kind)
{
    return s->kinds[kind].count;
}

const struct pretend_object *shelf_at(const struct shelf *s, enum pretend_kinds kind, size_t i)
{
    return i < s->kinds[kind].count ? s->kinds[kind].list[i] : NULL;
}

/* ---- written objects' memory ---- */

static void hold(struct pretend_stored *stored)
{
    if (stored)
        stored->references++;
}

static void drop(struct pretend_stored *stored)
{
    if (!stored || --stored->references)
        return;
    free(stored->labels);
    free(stored->annotations);
    free(stored->rest);
    free(stored);
}

/* ---- filling ---- */

static struct pretend_object *append(struct shelf *s, enum pretend_kinds kind, const char *ns,
                                     const char *name, uint64_t id, int64_t created, uint32_t index)
{
    struct list *l = &s->kinds[kind];
    mem_grow(&l->list, &l->cap, l->count + 1, sizeof(struct pretend_object *));
    struct pretend_object *o = mem_alloc(sizeof *o);
    *o = (struct pretend_object){.kind = kind,
                                 .ns = ns,
                                 .name = name,
                                 .id = id,
                                 .created = created,
                                 .index = index,
                                 .version = ++s->version};
    l->list[l->count++] = o;
    return o;
}

static struct pretend_object *insert(struct shelf *s, enum pretend_kinds kind, const char *ns,
                                     const char *name, uint64_t id, int64_t created, uint32_t index)
{
    struct list *l = &s->kinds[kind];
    size_t at = shelf_lower(s, kind, ns, name);
    struct pretend_object *o = append(s, kind, ns, name, id, created, index);
    memmove(l->list + at + 1, l->list + at, (l->count - 1 - at) * sizeof *l->list);
    l->list[at] = o;
    return o;
}

static const char *job_name(const struct world_pod *p)
{
    const char *dash = strrchr(p->name, '-');
    return intern_get((struct str){p->name, (size_t)(dash - p->name)});
}

static const enum pretend_kinds workload_kinds[] = {PRETEND_DEPLOYMENTS, PRETEND_STATEFULSETS,
                                                    PRETEND_DAEMONSETS, PRETEND_CRONJOBS};

/* The endpoint slice of its service. */
static const char *slice_name(const struct world_workload *wl)
{
    char name[128];
    snprintf(name, sizeof name, "%s-%.5s", wl->name, wl->hash);
    return intern_text(name);
}

static void fill_workload(struct shelf *s, uint32_t i)
{
    const struct world_workload *wl = &s->world->workloads[i];
    char name[128];
    append(s, workload_kinds[wl->kind], wl->ns, wl->name, wl->id, wl->created, i);
    if (wl->kind == WORLD_DEPLOYMENT) {
        snprintf(name, sizeof name, "%s-%s", wl->name, wl->hash);
        int64_t since = wl->old_version ? s->world->rollout : s->world->pods[wl->first_pod].created;
        append(s, PRETEND_REPLICASETS, wl->ns, intern_text(name), wl->id + 1, since, i);
    }
    if (wl->old_version) {
        snprintf(name, sizeof name, "%s-%s", wl->name, wl->old_hash);
        append(s, PRETEND_REPLICASETS, wl->ns, intern_text(name), wl->id + 2,
               s->world->pods[wl->first_pod].created, i)
            ->number = 1;
    }
    if (wl->port && wl->kind != WORLD_DAEMONSET) {
        append(s, PRETEND_SERVICES, wl->ns, wl->name, wl->id + 3, wl->created, i);
        append(s, PRETEND_SLICES, wl->ns, slice_name(wl), wl->id + 6, wl->created, i);
    }
    for (int k = 0; wl->kind == WORLD_STATEFULSET && k < wl->replicas; k++) {
        snprintf(name, sizeof name, "data-%s-%d", wl->name, k);
        uint64_t id = wl->id + 10 + (uint64_t)k;
        append(s, PRETEND_PVCS, wl->ns, intern_text(name), id, wl->created, i);
        pretend_volume_name(id, name, sizeof name);
        append(s, PRETEND_PVS, "", intern_text(name), id + PRETEND_VOLUME_IDS, wl->created, i)
            ->number = k;
    }
    if (strcmp(wl->name, "web") == 0 || strcmp(wl->name, "gateway") == 0) {
        append(s, PRETEND_INGRESSES, wl->ns, wl->name, wl->id + 4, wl->created, i);
        append(s, PRETEND_HPAS, wl->ns, wl->name, wl->id + 5, wl->created, i);
    }
    if (strcmp(wl->name, "checkout") == 0)
        append(s, PRETEND_HPAS, wl->ns, wl->name, wl->id + 5, wl->created, i);
}

static void fill_event(struct shelf *s, uint32_t i)
{
    const struct world_event *e = s->world->events[i];
    append(s, PRETEND_EVENTS, e->ns, e->name, e->id, e->times[0], i);
    append(s, PRETEND_NEW_EVENTS, e->ns, e->name, e->id, e->times[0], i);
}

static int by_key(const void *a, const void *b)
{
    const struct pretend_object *x = *(struct pretend_object *const *)a,
                                *y = *(struct pretend_object *const *)b;
    return compare_key(x, y->ns, y->name);
}

static void fill(struct shelf *s)
{
    const struct world *w = s->world;
    struct world_phase phase;
    int64_t first, last;
    for (uint32_t i = 0; i < w->namespace_count; i++)
        append(s, PRETEND_NAMESPACES, "", w->namespaces[i], hash_mix(w->seed + i),
               w->start - 400 * CLOCK_DAY, i);
    for (uint32_t i = 0; i < w->node_count; i++)
        append(s, PRETEND_NODES, "", w->nodes[i].name, w->nodes[i].id, w->nodes[i].created, i);
    for (uint32_t i = 0; i < w->workload_count; i++)
        fill_workload(s, i);
    for (uint32_t i = 0; i < w->pod_count; i++) {
        const struct world_pod *p = &w->pods[i];
        const struct world_workload *wl = &w->workloads[p->workload];
        if (!world_pod_at(w, p, s->now, &phase))
            continue;
        append(s, PRETEND_PODS, wl->ns, p->name, p->id, p->created, i);
        if (p->job >= 0)
            append(s, PRETEND_JOBS, wl->ns, job_name(p), wl->id + 1000 + (uint64_t)p->job,
                   p->created, i);
    }
    for (uint32_t i = 0; i < w->event_count; i++)
        if (world_event_at(w->events[i], s->now, &first, &last))
            fill_event(s, i);
    for (int k = 0; k < PRETEND_COUNT; k++)
        if (s->kinds[k].count)
            qsort(s->kinds[k].list, s->kinds[k].count, sizeof *s->kinds[k].list, by_key);
    while (s->next_change < w->change_count && w->changes[s->next_change].time <= s->now)
        s->next_change++;
}

struct shelf *shelf_new(const struct world *w, int64_t now)
{
    struct shelf *s = mem_alloc(sizeof *s);
    s->world = w;
    s->now = now;
    s->version = FIRST_VERSION;
    s->changes = mem_array(SHELF_CHANGES, sizeof *s->changes);
    fill(s);
    s->oldest = s->version;
    s->minute = now / CLOCK_MINUTE;
    return s;
}

void shelf_free(struct shelf *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->change_count; i++) {
        struct shelf_change *c = &s->changes[(s->change_first + i) % SHELF_CHANGES];
        drop(c->now.stored);
        drop(c->before.stored);
    }
    for (int k = 0; k < PRETEND_COUNT; k++) {
        for (size_t i = 0; i < s->kinds[k].count; i++) {
            drop(s->kinds[k].list[i]->stored);
            free(s->kinds[k].list[i]);
        }
        free(s->kinds[k].list);
    }
    free(s->changes);
    free(s);
}

const struct world *shelf_world(const struct shelf *s)
{
    return s->world;
}

/* ---- changes ---- */

static void record(struct shelf *s, int64_t time, enum shelf_type type,
                   const struct pretend_object *now, const struct pretend_object *before)
{
    if (s->change_count == SHELF_CHANGES) {
        struct shelf_change *old = &s->changes[s->change_first];
        s->oldest = old->version;
        drop(old->now.stored);
        drop(old->before.stored);
        s->change_first = (s->change_first + 1) % SHELF_CHANGES;
        s->change_count--;
    }
    struct shelf_change *c = &s->changes[(s->change_first + s->change_count++) % SHELF_CHANGES];
    *c = (struct shelf_change){.version = s->version, .time = time, .type = type, .now = *now};
    hold(now->stored);
    if (before) {
        c->before = *before;
        hold(before->stored);
    }
    if (s->changed)
        s->changed(s->context, c);
}

static void remove_object(struct shelf *s, enum pretend_kinds kind, const char *ns,
                          const char *name, int64_t time)
{
    struct list *l = &s->kinds[kind];
    size_t i = shelf_lower(s, kind, ns, name);
    if (i >= l->count || compare_key(l->list[i], ns, name) != 0)
        return;
    struct pretend_object *o = l->list[i], before = *o;
    o->version = ++s->version;
    record(s, time - 1, SHELF_DELETED, o, &before);
    drop(o->stored);
    free(o);
    memmove(l->list + i, l->list + i + 1, (--l->count - i) * sizeof *l->list);
}

/* The object has changed by itself, as planned. */
static void touch(struct shelf *s, enum pretend_kinds kind, const char *ns, const char *name,
                  int64_t time)
{
    struct pretend_object *o = (struct pretend_object *)shelf_find(s, kind, ns, name);
    if (!o)
        return;
    struct pretend_object before = *o;
    o->version = ++s->version;
    record(s, time, SHELF_MODIFIED, o, &before);
}

static void appear(struct shelf *s, enum pretend_kinds kind, const char *ns, const char *name,
                   uint64_t id, uint32_t index, int64_t time)
{
    if (!shelf_find(s, kind, ns, name))
        record(s, time, SHELF_ADDED, insert(s, kind, ns, name, id, time, index), NULL);
}

static void change_pod(struct shelf *s, uint32_t i, int64_t time)
{
    const struct world *w = s->world;
    const struct world_pod *p = &w->pods[i];
    const struct world_workload *wl = &w->workloads[p->workload];
    struct world_phase before, now;
    bool was = world_pod_at(w, p, time - 1, &before), is = world_pod_at(w, p, time, &now);
    for (int job = 0; job <= (p->job >= 0); job++) {
        enum pretend_kinds kind = job ? PRETEND_JOBS : PRETEND_PODS;
        const char *name = job ? job_name(p) : p->name;
        if (is && !was)
            appear(s, kind, wl->ns, name, job ? wl->id + 1000 + (uint64_t)p->job : p->id, i, time);
        else if (is)
            touch(s, kind, wl->ns, name, time);
        else if (was)
            remove_object(s, kind, wl->ns, name, time);
    }
}

/* The replica set of a generation: number 0 of the planned one, 1 of that before the rollout, 2 and
 * further of restarts. */
static const char *replica_set(const struct world_workload *wl, int generation)
{
    char name[128];
    snprintf(name, sizeof name, "%s-%s", wl->name, world_hash(wl, generation));
    return intern_text(name);
}

static bool counts_changed(const struct world *w, const struct world_workload *wl, int generation,
                           int64_t time)
{
    int pods[2], ready[2];
    for (int k = 0; k < 2; k++)
        world_count_pods(w, wl, generation, time - 1 + k, &pods[k], &ready[k]);
    return pods[0] != pods[1] || ready[0] != ready[1];
}

/* Whether anything about it is another thing now. */
static bool change_replica_set(struct shelf *s, uint32_t i, int generation, int64_t time)
{
    const struct world *w = s->world;
    const struct world_workload *wl = &w->workloads[i];
    const char *name = replica_set(wl, generation);
    if (generation > 0 && !shelf_find(s, PRETEND_REPLICASETS, wl->ns, name)) {
        uint64_t id = wl->id + 2 + (uint64_t)generation * 100000;
        struct pretend_object *o = insert(s, PRETEND_REPLICASETS, wl->ns, name, id, time, i);
        o->number = (uint32_t)generation + 1;
        record(s, time, SHELF_ADDED, o, NULL);
        return true;
    }
    if (!counts_changed(w, wl, generation, time))
        return false;
    touch(s, PRETEND_REPLICASETS, wl->ns, name, time);
    return true;
}

static void remove_workload(struct shelf *s, uint32_t i, int64_t time)
{
    const struct world_workload *wl = &s->world->workloads[i];
    int last = wl->wish_count ? wl->wishes[wl->wish_count - 1].generation : 0;
    remove_object(s, workload_kinds[wl->kind], wl->ns, wl->name, time);
    for (int g = WORLD_OLD; wl->kind == WORLD_DEPLOYMENT && g <= last; g++)
        remove_object(s, PRETEND_REPLICASETS, wl->ns, replica_set(wl, g), time);
}

static void change_workload(struct shelf *s, uint32_t i, int64_t time)
{
    const struct world_workload *wl = &s->world->workloads[i];
    if (wl->deleted && time >= wl->deleted) {
        remove_workload(s, i, time);
        return;
    }
    struct world_wish wish = world_wish_at(wl, time);
    bool changed = wl->kind == WORLD_CRONJOB || wish.from == time;
    for (int g = wl->old_version ? WORLD_OLD : 0; g <= wish.generation; g++)
        changed |= wl->kind == WORLD_DEPLOYMENT ? change_replica_set(s, i, g, time)
                                                : counts_changed(s->world, wl, g, time);
    if (!changed)
        return;
    touch(s, workload_kinds[wl->kind], wl->ns, wl->name, time);
    touch(s, PRETEND_SLICES, wl->ns, slice_name(wl), time);
}

static void change_event(struct shelf *s, uint32_t i, int64_t time)
{
    const struct world_event *e = s->world->events[i];
    int64_t first, last;
    bool was = world_event_at(e, time - 1, &first, &last) != 0,
         is = world_event_at(e, time, &first, &last) != 0;
    for (int k = 0; k < 2; k++) {
        enum pretend_kinds kind = k ? PRETEND_NEW_EVENTS : PRETEND_EVENTS;
        if (is && !was)
            appear(s, kind, e->ns, e->name, e->id, i, time);
        else if (is && last == time)
            touch(s, kind, e->ns, e->name, time);
        else if (was && !is)
            remove_object(s, kind, e->ns, e->name, time);
    }
}

static void note_minutes(struct shelf *s)
{
    int64_t minute = s->now / CLOCK_MINUTE;
    for (int64_t m = s->minute; m < minute && m < s->minute + MINUTES; m++) {
        memmove(s->minute_versions + 1, s->minute_versions,
                (MINUTES - 1) * sizeof *s->minute_versions);
        s->minute_versions[0] = s->version;
    }
    s->minute = minute;
}

void shelf_tick(struct shelf *s, int64_t now)
{
    const struct world *w = s->world;
    if (now <= s->now)
        return;
    note_minutes(s);
    s->now = now;
    for (; s->next_change < w->change_count && w->changes[s->next_change].time <= now;
         s->next_change++) {
        const struct world_change *c = &w->changes[s->next_change];
        if (c->kind == WORLD_CHANGE_POD)
            change_pod(s, c->index, c->time);
        else if (c->kind == WORLD_CHANGE_WORKLOAD)
            change_workload(s, c->index, c->time);
        else if (c->kind == WORLD_CHANGE_EVENT)
            change_event(s, c->index, c->time);
        else
            touch(s, PRETEND_NODES, "", w->nodes[c->index].name, c->time);
    }
}

int64_t shelf_time(const struct shelf *s)
{
    return s->now;
}

void shelf_listen(struct shelf *s, void (*changed)(void *context, const struct shelf_change *c),
                  void *context)
{
    s->changed = changed;
    s->context = context;
}

uint64_t shelf_version(const struct shelf *s)
{
    return s->version;
}

uint64_t shelf_oldest(const struct shelf *s)
{
    return s->oldest;
}

uint64_t shelf_version_before(const struct shelf *s, int64_t span)
{
    int64_t minutes = span / CLOCK_MINUTE;
    return s->minute_versions[minutes < MINUTES ? minutes : MINUTES - 1];
}

const struct shelf_change *shelf_change_at(const struct shelf *s, size_t i)
{
    return i < s->change_count ? &s->changes[(s->change_first + i) % SHELF_CHANGES] : NULL;
}

size_t shelf_change_after(const struct shelf *s, uint64_t version)
{
    size_t low = 0, high = s->change_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (shelf_change_at(s, middle)->version <= version)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- what clients write ---- */

static char *text_or_null(struct str text)
{
    return text.n ? mem_dup_n(text.p, text.n) : NULL;
}

const struct pretend_object *shelf_put(struct shelf *s, enum pretend_kinds kind, const char *ns,
                                       const char *name, int64_t created, struct str labels,
                                       struct str annotations, struct str rest)
{
    struct pretend_object *o = (struct pretend_object *)shelf_find(s, kind, ns, name), before;
    if (!o && s->stored_count >= SHELF_STORED_MAX)
        return NULL;
    struct pretend_stored *stored = mem_alloc(sizeof *stored);
    stored->references = 1;
    stored->labels = text_or_null(labels);
    stored->annotations = text_or_null(annotations);
    stored->rest = mem_dup_n(rest.n ? rest.p : "", rest.n);
    if (o) {
        before = *o;
        o->version = ++s->version;
        o->stored = stored;
        record(s, s->now, SHELF_MODIFIED, o, &before);
        drop(before.stored);
    } else {
        uint64_t id = hash_mix(s->world->seed ^ hash_mix(s->version + (uint64_t)kind));
        o = insert(s, kind, intern_text(ns), intern_text(name), id, created ? created : s->now, 0);
        o->stored = stored;
        s->stored_count++;
        record(s, s->now, SHELF_ADDED, o, NULL);
    }
    return o;
}

bool shelf_delete(struct shelf *s, enum pretend_kinds kind, const char *ns, const char *name)
{
    const struct pretend_object *o = shelf_find(s, kind, ns, name);
    if (!o)
        return false;
    s->stored_count -= o->stored != NULL;
    remove_object(s, kind, ns, name, s->now + 1);
    return true;
}
