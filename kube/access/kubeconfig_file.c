/* The files as trees. Of a name in several of them the first counts. */
#include "kube/access/kubeconfig_file.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"

enum { FILE_LONGEST = 8 << 20 };

char *kubeconfig_file_place(const struct kubeconfig_file *f, const struct yaml *y, char *out,
                            size_t size)
{
    if (y && y->line > 0)
        snprintf(out, size, "%s:%d", f->path, y->line);
    else
        str_copy(out, size, f->path);
    return out;
}

struct list_name {
    const char *list, *body;
};

static const struct list_name lists[] = {
    {"contexts", "context"}, {"clusters", "cluster"}, {"users", "user"}};

static const char *body_of(const char *list)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strcmp(lists[i].list, list) == 0)
            return lists[i].body;
    return "";
}

const struct yaml *kubeconfig_file_list(const struct kubeconfig_file *f, const char *list)
{
    const struct yaml *y = yaml_member(f->tree, list);
    return y && y->type == YAML_LIST ? y->kids : NULL;
}

bool kubeconfig_file_find(const struct kubeconfig *k, const char *list, const char *name,
                          struct kubeconfig_entry *out)
{
    for (size_t i = 0; i < k->count; i++) {
        for (const struct yaml *e = kubeconfig_file_list(&k->files[i], list); e; e = e->next) {
            if (strcmp(yaml_text(e, "name", ""), name) != 0)
                continue;
            *out = (struct kubeconfig_entry){&k->files[i], e, yaml_member(e, body_of(list))};
            return true;
        }
    }
    return false;
}

/* A name twice in one list is an error for kubectl too. */
static bool check_list(const struct kubeconfig_file *f, const char *list, struct err *err)
{
    struct map *seen = map_new();
    bool good = true;
    char place[200];
    for (const struct yaml *e = kubeconfig_file_list(f, list); good && e; e = e->next) {
        struct str name = str_of(yaml_text(e, "name", ""));
        if (map_put(seen, name, seen))
            good = err_set(err, ERR_CONFIG, kubeconfig_file_place(f, e, place, sizeof place),
                           "rename or remove one of them", "%s: the name \"%s\" stands twice", list,
                           name.p);
    }
    map_free(seen, NULL);
    return good;
}

static bool check_file(const struct kubeconfig_file *f, struct err *err)
{
    char place[200];
    if (f->tree->type != YAML_MAP)
        return err_set(err, ERR_CONFIG, f->path, "is this the right file?",
                       "this is no kubeconfig");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct yaml *y = yaml_member(f->tree, lists[i].list);
        bool is_empty = y && y->type == YAML_SCALAR && y->plain &&
                        (!*y->text || !strcmp(y->text, "null") || !strcmp(y->text, "~"));
        if (y && y->type != YAML_LIST && !is_empty)
            return err_set(err, ERR_CONFIG, kubeconfig_file_place(f, y, place, sizeof place),
                           "write a list", "\"%s\" is no list", lists[i].list);
        if (!check_list(f, lists[i].list, err))
            return false;
    }
    return true;
}

bool kubeconfig_file_add(struct kubeconfig *k, const char *path, struct err *err)
{
    struct buf text;
    buf_init(&text, FILE_LONGEST);
    bool good = file_read(path, &text, err);
    /* A file that is there and cannot be read is a mistake of the configuration, whoever named it. */
    if (!good && err && err->kind != ERR_NOT_FOUND)
        err->kind = ERR_CONFIG;
    struct yaml *tree = good ? yaml_parse(buf_text(&text), buf_str(&text).n, path, err) : NULL;
    buf_free(&text);
    if (!tree)
        return false;
    const char *slash = strrchr(path, '/');
    mem_grow(&k->files, &k->cap, k->count + 1, sizeof *k->files);
    struct kubeconfig_file *f = &k->files[k->count++];
    *f = (struct kubeconfig_file){
        mem_dup(path), slash ? mem_dup_n(path, (size_t)(slash - path) + 1) : mem_dup("./"), tree};
    return check_file(f, err);
}
