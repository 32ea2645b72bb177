#include "config/config_table.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/str.h"
#include "config/config.h"
#include "model/redaction.h"

enum { KEY_MAX = 200, SEGMENT_MAX = 40, NEAR = 2 };

_Static_assert(sizeof(enum config_choice) == sizeof(int) &&
                   sizeof(enum config_events) == sizeof(int) &&
                   sizeof(enum config_store_client) == sizeof(int),
               "a choice is set as an int");

static const struct config_value_key rows[] = {
#define CONFIG(key, type, member, otherwise, bounds, help)                                         \
    {key, CONFIG_VALUE_##type, offsetof(struct config, member), otherwise, bounds, help},
#define CONFIG_RULE(key, type, member, otherwise, bounds, help)                                    \
    {CONFIG_TABLE_RULE key,                                                                        \
     CONFIG_VALUE_##type,                                                                          \
     offsetof(struct rule, member),                                                                \
     otherwise,                                                                                    \
     bounds,                                                                                       \
     help},
#include "config/config.def"
#undef CONFIG
#undef CONFIG_RULE
};

size_t config_table_count(void)
{
    return sizeof rows / sizeof *rows;
}

const struct config_value_key *config_table_at(size_t i)
{
    return &rows[i];
}

const struct config_value_key *config_table_find(const char *key)
{
    for (size_t i = 0; i < config_table_count(); i++)
        if (strcmp(rows[i].key, key) == 0)
            return &rows[i];
    return NULL;
}

bool config_table_is_in(const struct config_value_key *row, const char *prefix)
{
    if (!*prefix)
        return !strstr(row->key, "[]");
    return strncmp(row->key, prefix, strlen(prefix)) == 0;
}

static bool set_default(const struct config_value_key *row, void *base, struct err *err)
{
    static const struct config_value_source source = {.origin = CONFIG_VALUE_DEFAULT};
    struct yaml *y = yaml_parse(row->default_text, strlen(row->default_text), row->key, err);
    bool ok = y && config_value_set(&(struct config_value){&source, row, y, err}, base);
    yaml_free(y);
    return ok;
}

bool config_table_set_defaults(const char *prefix, void *base, struct err *err)
{
    for (size_t i = 0; i < config_table_count(); i++)
        if (rows[i].default_text && config_table_is_in(&rows[i], prefix) &&
            !set_default(&rows[i], base, err))
            return false;
    return true;
}

/* The edits (one character more, less, other, or two swapped) between two short names; cut off at
 * SEGMENT_MAX. */
static size_t distance(struct str a, struct str b)
{
    size_t table[SEGMENT_MAX + 1][SEGMENT_MAX + 1];
    if (a.n > SEGMENT_MAX || b.n > SEGMENT_MAX)
        return SEGMENT_MAX;
    for (size_t i = 0; i <= a.n; i++)
        table[i][0] = i;
    for (size_t k = 0; k <= b.n; k++)
        table[0][k] = k;
    for (size_t i = 1; i <= a.n; i++) {
        for (size_t k = 1; k <= b.n; k++) {
            size_t best = table[i - 1][k - 1] + (a.p[i - 1] != b.p[k - 1]);
            best = table[i - 1][k] + 1 < best ? table[i - 1][k] + 1 : best;
            best = table[i][k - 1] + 1 < best ? table[i][k - 1] + 1 : best;
            if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] && a.p[i - 2] == b.p[k - 1] &&
                table[i - 2][k - 2] + 1 < best)
                best = table[i - 2][k - 2] + 1;
            table[i][k] = best;
        }
    }
    return table[a.n][b.n];
}

/* The name that follows `prefix` in a row's key; empty when the row is not below it. */
static struct str segment(const struct config_value_key *row, const char *prefix)
{
    struct str none = {"", 0}, rest, name;
    if (!*prefix ? !config_table_is_in(row, "") : strncmp(row->key, prefix, strlen(prefix)) != 0)
        return none;
    rest = str_of(row->key + strlen(prefix));
    str_cut(&rest, '.', &name);
    return str_ends(name, "[]") ? none : name;
}

/* Writes "did you mean KEY?", or the names that are possible. */
static void suggest(const char *prefix, const char *name, struct buf *mend)
{
    struct str nearest = {"", 0}, last = {"", 0};
    size_t best = NEAR + 1;
    buf_adds(mend, "possible here:");
    for (size_t i = 0; i < config_table_count(); i++) {
        struct str known = segment(&rows[i], prefix);
        if (!known.n || str_eq(known, last))
            continue;
        last = known;
        size_t edits = distance(str_of(name), known);
        if (edits < best && edits * 2 <= known.n && *name) {
            best = edits;
            nearest = known;
        }
        buf_printf(mend, " %.*s", (int)known.n, known.p);
    }
    if (!nearest.n)
        return;
    buf_clear(mend);
    buf_printf(mend, "did you mean %s%.*s?", prefix, (int)nearest.n, nearest.p);
}

static bool fail_unknown(const struct config_value_source *source, const char *prefix,
                         const struct yaml *y, struct err *err)
{
    char key[KEY_MAX], place[sizeof err->where];
    struct buf mend;
    buf_init(&mend, sizeof err->mend - 1);
    suggest(prefix, y->name, &mend);
    snprintf(key, sizeof key, "%s%.80s", prefix, y->name);
    config_value_place(source, key, y->line, place, sizeof place);
    err_set(err, ERR_CONFIG, place, buf_text(&mend), "there is no such key");
    buf_free(&mend);
    return false;
}

static bool is_block(const char *prefix)
{
    for (size_t i = 0; i < config_table_count(); i++)
        if (strncmp(rows[i].key, prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

static bool fail_no_map(const struct config_value_source *source, const char *block,
                        const struct yaml *y, struct err *err)
{
    char key[KEY_MAX], place[sizeof err->where];
    struct buf mend;
    buf_init(&mend, sizeof err->mend - 1);
    suggest(block, "", &mend);
    size_t n = strlen(block);
    snprintf(key, sizeof key, "%.*s", (int)(n && block[n - 1] == '.' ? n - 1 : n), block);
    config_value_place(source, key, y->line, place, sizeof place);
    err_set(err, ERR_CONFIG, place, buf_text(&mend), "this is a %s, but a map is wanted",
            y->type == YAML_LIST ? "list" : "text");
    buf_free(&mend);
    return false;
}

static bool is_null(const struct yaml *y)
{
    return y->type == YAML_SCALAR && y->plain &&
           (!y->text[0] || strcmp(y->text, "~") == 0 || strcasecmp(y->text, "null") == 0);
}

bool config_table_set_map(const struct config_value_source *source, const struct yaml *map,
                          const char *prefix, void *base,
                          void (*came)(void *context, const struct config_value_key *row, int line),
                          void *context, struct err *err)
{
    if (map->type != YAML_MAP)
        return fail_no_map(source, prefix, map, err);
    for (const struct yaml *y = map->kids; y; y = y->next) {
        char key[KEY_MAX];
        int n = snprintf(key, sizeof key, "%s%s", prefix, y->name);
        /* Dots would let a key stand twice, as a path and in its block. */
        if (n < 0 || n + 1 >= KEY_MAX || strpbrk(y->name, ".[") || !y->name[0])
            return fail_unknown(source, prefix, y, err);
        const struct config_value_key *row = config_table_find(key);
        if (!row) {
            str_copy(key + n, sizeof key - (size_t)n, ".");
            if (!is_block(key))
                return fail_unknown(source, prefix, y, err);
        }
        if (is_null(y) || (row && source->counts && !source->counts(key)))
            continue;
        if (row ? !config_value_set(&(struct config_value){source, row, y, err}, base)
                : !config_table_set_map(source, y, key, base, came, context, err))
            return false;
        if (row && came)
            came(context, row, y->line);
    }
    return true;
}
