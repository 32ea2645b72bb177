/*
 * A theme is a table of looks by role. A role that the file does not name looks like the one that
 * roles.def puts behind it, which stands above it: one pass in the order of the table is enough.
 */
#include "ui/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/yaml.h"
#include "ui/terminal/colour.h"

enum { THEME_BYTES = 1 << 18, RICH = 256 };

struct role_row {
    const char *name;
    enum theme_role like;
};

static const struct role_row roles[ROLE_COUNT_] = {
#define ROLE(id, name, like) {name, ROLE_##like},
#include "ui/roles.def"
#undef ROLE
};

struct attribute {
    const char *name;
    unsigned bit;
};

static const struct attribute attributes[] = {
    {"bold", THEME_BOLD},           {"dim", THEME_DIM},         {"italic", THEME_ITALIC},
    {"underline", THEME_UNDERLINE}, {"reverse", THEME_REVERSE},
};

struct theme {
    struct theme_style rich[ROLE_COUNT_], poor[ROLE_COUNT_]; /* 256 colours and more; fewer */
    bool set[ROLE_COUNT_];
};

static const struct theme_style plain = {COLOUR_DEFAULT, COLOUR_DEFAULT, 0};

static bool attribute(struct str word, unsigned *bits)
{
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        if (str_is(word, attributes[i].name)) {
            *bits |= attributes[i].bit;
            return true;
        }
    }
    return false;
}

/* "red on default bold". On a wrong word false, and *word is it. */
static bool read_style(struct str text, struct theme_style *style, struct str *word)
{
    bool on = false;
    *style = plain;
    while (str_cut(&text, ' ', word)) {
        if (!word->n)
            continue;
        if (str_is(*word, "on"))
            on = true;
        else if (!attribute(*word, &style->attributes) &&
                 !colour_parse(*word, on ? &style->bg : &style->fg))
            return false;
    }
    return true;
}

static bool wrong(const char *place, int line, const char *mend, struct str word, struct err *err)
{
    char where[300];
    snprintf(where, sizeof where, "%s:%d", place, line);
    return err_set(err, ERR_CONFIG, where, mend, "\"%.*s\" is unknown", (int)word.n, word.p);
}

static bool read_role(struct theme *t, const struct yaml *y, const char *place, struct err *err)
{
    size_t role = 0;
    while (role < ROLE_COUNT_ && strcmp(roles[role].name, y->name) != 0)
        role++;
    if (role == ROLE_COUNT_)
        return wrong(place, y->line, "the roles are listed in ui/roles.def and themes/dark.yaml",
                     str_of(y->name), err);
    struct str rest = str_of(y->type == YAML_SCALAR ? y->text : "{"), rich, poor, word;
    str_cut(&rest, '|', &rich);
    poor = rest.n ? rest : rich;
    if (!read_style(rich, &t->rich[role], &word) || !read_style(poor, &t->poor[role], &word))
        return wrong(
            place, y->line,
            "a look is COLOUR [on COLOUR] [bold dim italic underline reverse]; a colour is "
            "default, red, bright-red, 0-255 or \"#rrggbb\"",
            word, err);
    t->set[role] = true;
    return true;
}

static struct theme *read_theme(const char *text, size_t n, const char *place, struct err *err)
{
    struct yaml *y = yaml_parse_only(text, n, place, err);
    if (!y)
        return NULL;
    struct theme *t = mem_alloc(sizeof *t);
    bool fine = y->type == YAML_MAP;
    if (!fine)
        err_set(err, ERR_CONFIG, place, "write one line a role, as in themes/dark.yaml",
                "this is no map of roles");
    for (const struct yaml *row = y->kids; fine && row; row = row->next)
        fine = read_role(t, row, place, err);
    for (size_t i = 0; i < ROLE_COUNT_; i++) {
        if (t->set[i])
            continue;
        bool root = (size_t)roles[i].like == i;
        t->rich[i] = root ? plain : t->rich[roles[i].like];
        t->poor[i] = root ? plain : t->poor[roles[i].like];
    }
    yaml_free(y);
    if (fine)
        return t;
    theme_free(t);
    return NULL;
}

static struct theme *read_file(const char *path, struct err *err)
{
    struct buf b;
    buf_init(&b, THEME_BYTES);
    struct theme *t = NULL;
    if (file_read(path, &b, err))
        t = read_theme(buf_text(&b), b.n, path, err);
    buf_free(&b);
    return t;
}

static struct theme *unknown(const char *name, struct err *err)
{
    char known[200] = "";
    for (size_t i = 0; theme_list(i); i++) {
        size_t n = strlen(known);
        snprintf(known + n, sizeof known - n, "%s%s", i ? ", " : "", theme_list(i));
    }
    char mend[280];
    snprintf(mend, sizeof mend, "choose one of %s, or name a .yaml file", known);
    err_set(err, ERR_CONFIG, "ui.theme", mend, "there is no theme \"%s\"", name);
    return NULL;
}

struct theme *theme_load(const char *name, const char *folder, struct err *err)
{
    struct err missing = {0};
    if (str_ends(str_of(name), ".yaml"))
        return read_file(name, err);
    if (strchr(name, '/'))
        return unknown(name, err);
    if (folder) {
        char *path = mem_printf("%s/%s.yaml", folder, name);
        struct theme *t = read_file(path, &missing);
        free(path);
        if (t)
            return t;
        if (missing.kind != ERR_NOT_FOUND) {
            if (err)
                *err = missing;
            return NULL;
        }
    }
    for (const struct theme_embedded *e = themes_embedded; e->name; e++)
        if (strcmp(e->name, name) == 0)
            return read_theme(e->text, strlen(e->text), e->name, err);
    return unknown(name, err);
}

void theme_free(struct theme *t)
{
    free(t);
}

const char *theme_role_name(enum theme_role role)
{
    return roles[role].name;
}

struct theme_style theme_style(const struct theme *t, enum theme_role role, int colours)
{
    struct theme_style s = colours >= RICH ? t->rich[role] : t->poor[role];
    s.fg = colour_nearest(s.fg, colours);
    s.bg = colour_nearest(s.bg, colours);
    return s;
}

struct theme_style theme_lay(struct theme_style base, struct theme_style over)
{
    if (over.attributes & THEME_REVERSE) { /* reversed, each colour below would be a patch */
        base.fg = base.bg = COLOUR_DEFAULT;
        base.attributes &= ~(unsigned)THEME_DIM;
    }
    base.attributes |= over.attributes;
    if (over.fg != COLOUR_DEFAULT)
        base.fg = over.fg;
    if (over.bg != COLOUR_DEFAULT)
        base.bg = over.bg;
    return base;
}

const char *theme_list(size_t i)
{
    size_t count = 0;
    while (themes_embedded[count].name)
        count++;
    return i < count ? themes_embedded[i].name : NULL;
}
