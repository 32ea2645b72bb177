/* The tables stand in model->browsed only by loan: nobody but this file frees them. */
#include "cmd/board/board_snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cmd/board/board_broken_rows.h"
#include "collect/snapshot_kinds.h"
#include "kube/kinds/kinds.h"

enum { WATCHED = 3, KINDS_MAX = 32 };

struct board_snapshot {
    struct model *model;
    const struct snapshot_kind *kinds[KINDS_MAX]; /* not the others */
    struct objects *tables[KINDS_MAX];            /* of each */
    size_t count;
    struct broken *broken;
    struct upstream upstream; /* of all of them */
};

static void watched(struct model *m, struct resource *out[WATCHED])
{
    out[0] = &m->pods;
    out[1] = &m->nodes;
    out[2] = &m->events;
}

/* Of what is kept as metadata alone no pane makes rows. */
static bool is_ours(const struct snapshot_kind *k, const char *const *others, size_t count)
{
    bool ours = !k->metadata;
    for (size_t i = 0; i < count; i++)
        ours = ours && strcmp(others[i], k->array) != 0;
    return ours;
}

/* "/apis/apps/v1/deployments" */
static const struct kind *kind_of(const char *path)
{
    const char *plural = strrchr(path, '/') + 1;
    char *api = mem_dup_n(path, (size_t)(plural - path - 1));
    const struct kind *kind = kinds_of(api, plural);
    free(api);
    return kind ? kind : kinds_find(plural);
}

struct board_snapshot *board_snapshot_new(struct model *m, const char *const *others, size_t count)
{
    struct board_snapshot *b = mem_alloc(sizeof *b);
    b->model = m;
    b->broken = broken_new();
    for (size_t i = 0; i < kinds_count(); i++) /* of some the pane says that they are not there */
        if (!kinds_is_secret(kinds_at(i)))
            served_add(m->served, kinds_at(i));
    for (size_t i = 0; i < snapshot_kinds_count && b->count < KINDS_MAX; i++) {
        if (!is_ours(&snapshot_kinds[i], others, count))
            continue;
        b->kinds[b->count] = &snapshot_kinds[i];
        b->tables[b->count++] = objects_new(kind_of(snapshot_kinds[i].path));
    }
    m->broken.looking = true;
    upstream_connecting(&b->upstream);
    upstream_connecting(&m->broken.upstream);
    return b;
}

void board_snapshot_free(struct board_snapshot *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < MODEL_BROWSED; i++)
        b->model->browsed[i] = (struct model_browsed){.name = ""};
    for (size_t i = 0; i < b->count; i++)
        objects_free(b->tables[i]);
    broken_free(b->broken);
    free(b);
}

const char *board_snapshot_array(const struct board_snapshot *b, size_t i)
{
    for (size_t k = 0; k < b->count; k++)
        if ((!k || strcmp(b->kinds[k]->array, b->kinds[k - 1]->array) != 0) && !i--)
            return b->kinds[k]->array;
    return NULL;
}

void board_snapshot_begin(struct board_snapshot *b)
{
    for (size_t i = 0; i < b->count; i++)
        objects_relist_begin(b->tables[i]);
}

void board_snapshot_element(struct board_snapshot *b, const char *array, const struct json *element)
{
    const char *object_kind = json_string(element, "kind", "");
    for (size_t i = 0; i < b->count; i++) {
        const struct snapshot_kind *k = b->kinds[i];
        if (strcmp(k->array, array) != 0 || (k->kind && strcmp(k->kind, object_kind) != 0))
            continue;
        struct object *row = kinds_make(objects_kind(b->tables[i]), b->tables[i], element);
        if (row)
            objects_put(b->tables[i], row);
    }
}

/* ---- what is shown ---- */

static void judge(struct board_snapshot *b, int64_t at)
{
    struct model *m = b->model;
    struct resource *all[WATCHED];
    const struct objects *tables[WATCHED + KINDS_MAX];
    watched(m, all);
    for (size_t i = 0; i < WATCHED; i++)
        tables[i] = all[i]->table;
    for (size_t i = 0; i < b->count; i++)
        tables[WATCHED + i] = b->tables[i];
    broken_rows_forget(m->broken.rows); /* another moment, not what came since */
    board_broken_rows_make(b->broken, m->broken.rows, tables, WATCHED + b->count, at, true);
}

/* The table of what the screen calls so, or NULL with why in *err. */
static struct objects *find(struct board_snapshot *b, const char *name, struct err *err)
{
    char word[OBJECT_REF_KIND];
    str_copy(word, sizeof word, name);
    word[strcspn(word, " ")] = '\0';
    const struct kind *kind = served_find(b->model->served, word);
    for (size_t i = 0; kind && !strchr(name, ' ') && i < b->count; i++)
        if (strcmp(objects_kind(b->tables[i])->name, kind->name) == 0)
            return b->tables[i];
    if (strchr(name, ' '))
        err_set(err, ERR_OFF, "server", "Esc, then look at all of them",
                "a snapshot is not asked by labels");
    else
        err_set(err, ERR_OFF, "server", "a kubeconfig, without --server, shows them",
                "the collector's snapshots hold no %s", word);
    return NULL;
}

static void fill(struct board_snapshot *b, struct model_browsed *into)
{
    struct err err;
    struct objects *table = find(b, into->name, &err);
    uint64_t changes = into->resource.upstream.changes + 1;
    into->kind = table ? objects_kind(table) : NULL;
    into->resource = (struct resource){.table = table, .upstream = b->upstream};
    if (!table)
        into->resource.upstream = (struct upstream){.state = UPSTREAM_OFF, .err = err};
    into->resource.upstream.changes = changes;
}

static void show(struct board_snapshot *b)
{
    for (size_t i = 0; i < MODEL_BROWSED; i++)
        if (b->model->browsed[i].name[0])
            fill(b, &b->model->browsed[i]);
    b->model->broken.looking = b->upstream.state == UPSTREAM_CONNECTING;
    b->upstream.changes++;
    b->model->broken.upstream = b->upstream;
    b->model->dirty = true;
}

void board_snapshot_end(struct board_snapshot *b, int64_t at)
{
    for (size_t i = 0; i < b->count; i++)
        objects_relist_end(b->tables[i]);
    judge(b, at);
    upstream_snapshot(&b->upstream, at);
    show(b);
}

void board_snapshot_empty(struct board_snapshot *b)
{
    board_snapshot_begin(b);
    for (size_t i = 0; i < b->count; i++)
        objects_relist_end(b->tables[i]);
    broken_rows_forget(b->model->broken.rows);
    b->upstream.data = 0;
}

void board_snapshot_failed(struct board_snapshot *b, const struct err *err, int64_t retry)
{
    upstream_failed(&b->upstream, err, retry);
    show(b);
}

/* Those that stay are found again: nothing has to be read for them. */
void board_snapshot_browse(struct board_snapshot *b, const char *wanted)
{
    struct str rest = str_of(wanted), line;
    size_t used = 0;
    for (size_t i = 0; i < MODEL_BROWSED; i++)
        b->model->browsed[i] = (struct model_browsed){.name = ""};
    str_cut(&rest, '\n', &line); /* the namespace: the pane narrows */
    while (used < MODEL_BROWSED && str_cut(&rest, '\n', &line)) {
        if (!line.n || line.n >= MODEL_BROWSED_NAME)
            continue;
        char *name = b->model->browsed[used++].name;
        memcpy(name, line.p, line.n);
        name[line.n] = '\0';
    }
    show(b);
}
