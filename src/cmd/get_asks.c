#include "cmd/get_asks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/kind_names.h"

static bool add(struct get_asks *a, struct str word, const char *name, struct err *err)
{
    if (a->count == GET_ASKS_MOST)
        return err_set(err, ERR_USAGE, "get", "ask for the list", "more than %d are asked for",
                       GET_ASKS_MOST);
    struct get_asks_one *one = &a->list[a->count++];
    *one = (struct get_asks_one){.word = mem_dup_n(word.p, word.n), .name = name};
    if (kind_names_secret(one->word))
        return err_set(err, ERR_USAGE, one->word, "use kubectl where you must",
                       "kubeboard never lists, watches or shows Secrets");
    if (!word.n || (name && !*name))
        return err_set(err, ERR_USAGE, "get", "kubeboard get pods,nodes; kubeboard get pod/NAME",
                       "a resource or a name is missing");
    return true;
}

/* "pods,nodes": each with the name. */
static bool add_words(struct get_asks *a, const char *words, const char *name, struct err *err)
{
    struct str rest = str_of(words), word;
    while (str_cut(&rest, ',', &word))
        if (!add(a, word, name, err))
            return false;
    return true;
}

bool get_asks_read(struct get_asks *a, const char *const *arguments, size_t count, struct err *err)
{
    *a = (struct get_asks){.count = 0};
    if (!count || !*arguments[0])
        return err_set(err, ERR_USAGE, "get", "kubeboard get pods, kubeboard get node NAME",
                       "it takes a resource and perhaps a name");
    bool named = strchr(arguments[0], '/');
    for (size_t i = named ? 0 : 1; i < count; i++) {
        const char *slash = strchr(arguments[i], '/');
        if (named != (slash != NULL))
            return err_set(err, ERR_USAGE, arguments[i], "kubeboard get pod/NAME, or get pod NAME",
                           "a resource and names, or each with its resource");
        struct str word = {arguments[i], named ? (size_t)(slash - arguments[i]) : 0};
        if (named ? !add(a, word, slash + 1, err) : !add_words(a, arguments[0], arguments[i], err))
            return false;
    }
    return named || count > 1 || add_words(a, arguments[0], NULL, err);
}

/* "deployments.v1.apps", "pods.v1." */
static char *word_of(const struct kind *kind)
{
    struct str group = kind_names_group(kind), version = kind_names_version(kind);
    return mem_printf("%s.%.*s.%.*s", kind->name, (int)version.n, version.p, (int)group.n, group.p);
}

bool get_asks_expand(struct get_asks *a, size_t at, const struct kind *const *kinds, size_t count)
{
    struct get_asks_one one = a->list[at];
    if (!count || a->count - 1 + count > GET_ASKS_MOST)
        return false;
    memmove(a->list + at + count, a->list + at + 1, (a->count - at - 1) * sizeof one);
    for (size_t i = 0; i < count; i++)
        a->list[at + i] = (struct get_asks_one){.word = word_of(kinds[i]), .name = one.name};
    a->count += count - 1;
    free(one.word);
    return true;
}

bool get_asks_found(struct get_asks *a, size_t at, const struct kind *kind)
{
    for (size_t i = 0; i < at; i++)
        if (a->list[i].kind == kind && a->list[i].name == a->list[at].name) {
            free(a->list[at].word);
            a->count--;
            memmove(a->list + at, a->list + at + 1, (a->count - at) * sizeof *a->list);
            return false;
        }
    a->list[at].kind = kind;
    return true;
}

bool get_asks_mixed(const struct get_asks *a)
{
    for (size_t i = 1; i < a->count; i++)
        if (a->list[i].kind != a->list[0].kind)
            return true;
    return false;
}

void get_asks_free(struct get_asks *a)
{
    for (size_t i = 0; i < a->count; i++)
        free(a->list[i].word);
    a->count = 0;
}
