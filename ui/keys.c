#include "ui/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "ui/pane.h"

const struct keys_row keys_table[ACTION_COUNT] = {
    {"", "", 0, "", ""},
#define KEY(id, name, keys, where, help, hint) {name, keys, where, help, hint},
#include "ui/keys.def"
#undef KEY
};

struct binding {
    uint32_t key;
    enum keys_action action;
};

struct keys {
    struct binding *list; /* in the order of the table */
    size_t count, cap;
};

struct key_name {
    const char *name, *label;
    uint32_t key;
};

static const struct key_name names[] = {
    {"Tab", "Tab", KEYS_TAB},
    {"S-Tab", "Shift-Tab", KEYS_BACKTAB},
    {"Enter", "Enter", KEYS_ENTER},
    {"Esc", "Esc", KEYS_ESC},
    {"Space", "Space", ' '},
    {"Backspace", "Backspace", KEYS_BACKSPACE},
    {"Up", "Up", KEYS_UP},
    {"Down", "Down", KEYS_DOWN},
    {"Left", "Left", KEYS_LEFT},
    {"Right", "Right", KEYS_RIGHT},
    {"PgUp", "PgUp", KEYS_PGUP},
    {"PgDn", "PgDn", KEYS_PGDN},
    {"Home", "Home", KEYS_HOME},
    {"End", "End", KEYS_END},
    {"Delete", "Delete", KEYS_DELETE},
    {"Insert", "Insert", KEYS_INSERT},
};

enum { NAMED = sizeof names / sizeof *names };

static uint32_t parse_control(struct str text)
{
    char c = text.n == 3 ? (char)(text.p[2] | 0x20) : 0;
    return c >= 'a' && c <= 'z' ? (uint32_t)(c - 'a' + 1) : KEYS_NONE;
}

static uint32_t parse_function(struct str text)
{
    int64_t n;
    struct str digits = {text.p + 1, text.n - 1};
    if (text.p[0] != 'F' || !str_to_int(digits, &n) || n < 1 || n > 12)
        return KEYS_NONE;
    return KEYS_F1 + (uint32_t)n - 1;
}

static uint32_t parse(struct str text)
{
    uint32_t code;
    for (size_t i = 0; i < NAMED; i++)
        if (str_is(text, names[i].name))
            return names[i].key;
    if (!text.n)
        return KEYS_NONE;
    if (utf8_decode(text.p, text.n, &code) == text.n)
        return code > ' ' && code != 127 ? code : KEYS_NONE;
    return str_starts(text, "C-") ? parse_control(text) : parse_function(text);
}

uint32_t keys_parse(const char *name)
{
    return parse(str_of(name));
}

char *keys_label(uint32_t key, char out[KEYS_NAME])
{
    char bytes[4];
    for (size_t i = 0; i < NAMED; i++) {
        if (names[i].key == key) {
            str_copy(out, KEYS_NAME, names[i].label);
            return out;
        }
    }
    if (key >= KEYS_F1 && key <= KEYS_F12)
        snprintf(out, KEYS_NAME, "F%u", key - KEYS_F1 + 1);
    else if (key >= 1 && key <= 26)
        snprintf(out, KEYS_NAME, "Ctrl-%c", 'A' + (char)(key - 1));
    else
        snprintf(out, KEYS_NAME, "%.*s", key < KEYS_UP ? (int)utf8_encode(key, bytes) : 0, bytes);
    return out;
}

static const char *override_of(const struct keys_override *list, size_t count, size_t action)
{
    for (size_t i = count; i-- > 0;)
        if (strcmp(list[i].action, keys_table[action].name) == 0)
            return list[i].keys;
    return keys_table[action].keys;
}

static bool together(enum keys_action a, enum keys_action b)
{
    unsigned x = keys_table[a].where, y = keys_table[b].where;
    return !x || !y || x & y;
}

static bool bind_key(struct keys *k, enum keys_action action, struct str name, struct err *err)
{
    char where[80];
    snprintf(where, sizeof where, "ui.keys.%s", keys_table[action].name);
    uint32_t key = parse(name);
    if (key == KEYS_NONE)
        return err_set(err, ERR_CONFIG, where,
                       "write keys as g, C-r, S-Tab, PgUp, Enter, F5, with blanks between",
                       "\"%.*s\" is no key", (int)name.n, name.p);
    for (size_t i = 0; i < k->count; i++)
        if (k->list[i].key == key && together(k->list[i].action, action))
            return err_set(err, ERR_CONFIG, where, "give one of the two another key in ui.keys",
                           "\"%.*s\" is the key of %s already", (int)name.n, name.p,
                           keys_table[k->list[i].action].name);
    mem_grow(&k->list, &k->cap, k->count + 1, sizeof *k->list);
    k->list[k->count++] = (struct binding){key, action};
    return true;
}

static bool check_names(const struct keys_override *list, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        size_t action = 1;
        while (action < ACTION_COUNT && strcmp(keys_table[action].name, list[i].action) != 0)
            action++;
        if (action == ACTION_COUNT)
            return err_set(err, ERR_CONFIG, "ui.keys", "the names are in the help (?) and man page",
                           "there is no action \"%s\"", list[i].action);
    }
    return true;
}

struct keys *keys_new(const struct keys_override *overrides, size_t count, struct err *err)
{
    if (!check_names(overrides, count, err))
        return NULL;
    struct keys *k = mem_alloc(sizeof *k);
    for (size_t action = 1; action < ACTION_COUNT; action++) {
        struct str rest = str_of(override_of(overrides, count, action)), name;
        while (str_cut(&rest, ' ', &name)) {
            if (name.n && !bind_key(k, (enum keys_action)action, name, err)) {
                keys_free(k);
                return NULL;
            }
        }
    }
    return k;
}

void keys_free(struct keys *k)
{
    if (!k)
        return;
    free(k->list);
    free(k);
}

enum keys_action keys_action(const struct keys *k, uint32_t key, unsigned pane_flags)
{
    for (size_t i = 0; i < k->count; i++) {
        unsigned where = keys_table[k->list[i].action].where;
        if (k->list[i].key == key && (!where || where & pane_flags))
            return k->list[i].action;
    }
    return ACTION_NONE;
}

uint32_t keys_of(const struct keys *k, enum keys_action action, size_t i)
{
    for (size_t n = 0; n < k->count; n++)
        if (k->list[n].action == action && i-- == 0)
            return k->list[n].key;
    return KEYS_NONE;
}

int64_t keys_rows(enum keys_action action, int height)
{
    int64_t page = height > 1 ? height - 1 : 1;
    switch (action) {
    case ACTION_DOWN:
        return 1;
    case ACTION_UP:
        return -1;
    case ACTION_PAGE_DOWN:
        return page;
    case ACTION_PAGE_UP:
        return -page;
    case ACTION_HALF_DOWN:
        return page / 2 + 1;
    case ACTION_HALF_UP:
        return -(page / 2 + 1);
    case ACTION_TOP:
        return -KEYS_ALL;
    case ACTION_BOTTOM:
        return KEYS_ALL;
    default:
        return 0;
    }
}
