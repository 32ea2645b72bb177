#include "model/served.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "model/kind_names.h"

enum { SERVED_MAX = 20000, WORD_MAX = 64, FAR = 99 };

struct served {
    struct kind *list;
    size_t count, cap;
    struct map *names; /* "deployments.apps": what is here already */
};

struct served *served_new(void)
{
    struct served *s = mem_alloc(sizeof *s);
    s->names = map_new();
    return s;
}

void served_clear(struct served *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct kind *k = &s->list[i];
        const char *texts[] = {k->name, k->singular, k->short_names, k->api, k->object_kind};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            free((char *)(uintptr_t)texts[t]);
    }
    s->count = 0;
    map_clear(s->names, NULL);
}

void served_free(struct served *s)
{
    if (!s)
        return;
    served_clear(s);
    map_free(s->names, NULL);
    free(s->list);
    free(s);
}

void served_add(struct served *s, const struct kind *kind)
{
    char name[OBJECT_REF_KIND];
    if (s->count == SERVED_MAX || !object_ref_kind(kind, name) ||
        map_put(s->names, str_of(name), s))
        return;
    mem_grow(&s->list, &s->cap, s->count + 1, sizeof *s->list);
    s->list[s->count++] = (struct kind){.name = mem_dup(kind->name),
                                        .singular = mem_dup(kind->singular),
                                        .short_names = mem_dup(kind->short_names),
                                        .api = mem_dup(kind->api),
                                        .object_kind = mem_dup(kind->object_kind),
                                        .namespaced = kind->namespaced};
}

size_t served_count(const struct served *s)
{
    return s->count;
}

const struct kind *served_at(const struct served *s, size_t i)
{
    return &s->list[i];
}

static const struct kind *kind_at(const void *list, size_t i)
{
    return served_at(list, i);
}

const struct kind *served_find(const struct served *s, const char *name)
{
    size_t i = kind_names_find(kind_at, s, s->count, name);
    return i == SIZE_MAX ? NULL : served_at(s, i);
}

/* ---- what is near ---- */

static int least(int a, int b, int c)
{
    int m = a < b ? a : b;
    return m < c ? m : c;
}

/* Letters to put in, leave out, change or swap with the next. */
static int distance(const char *a, size_t n, const char *b, size_t m)
{
    int rows[3][WORD_MAX + 1];
    if (n > WORD_MAX || m > WORD_MAX)
        return FAR;
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int *row = rows[i % 3], *above = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
    }
    return rows[n % 3][m];
}

/* How far a word is from a resource's names: a beginning is near, a part in the middle less so. */
static int far_from(const struct kind *kind, const char *word, size_t n)
{
    int best = distance(word, n, kind->name, strlen(kind->name));
    int other = distance(word, n, kind->singular, strlen(kind->singular));
    const char *at = n > 1 ? strstr(kind->name, word) : NULL;
    best = other < best ? other : best;
    if (at && best > 1)
        best = at == kind->name ? 1 : 2;
    return best;
}

size_t served_near(const struct served *s, const char *name, const struct kind *out[SERVED_NEAR])
{
    char word[WORD_MAX + 1];
    int far[SERVED_NEAR];
    size_t n = 0, count = 0;
    for (; name[n] && name[n] != '.' && n < WORD_MAX; n++)
        word[n] = (char)tolower((unsigned char)name[n]);
    word[n] = '\0';
    int most = n < 4 ? 1 : n < 8 ? 2 : 3;
    for (size_t i = 0; i < s->count; i++) {
        int d = far_from(&s->list[i], word, n);
        size_t at = count;
        while (at && far[at - 1] > d)
            at--;
        if (d > most || at == SERVED_NEAR)
            continue;
        count += count < SERVED_NEAR;
        memmove(&far[at + 1], &far[at], (count - 1 - at) * sizeof *far);
        memmove(&out[at + 1], &out[at], (count - 1 - at) * sizeof *out);
        far[at] = d;
        out[at] = &s->list[i];
    }
    return count;
}
