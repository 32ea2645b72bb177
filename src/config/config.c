/*
 * Reading goes four times over the same table: its defaults (written in YAML), the file (or two),
 * the environment, the command line. Each later one sets values over the earlier; then what no single
 * key can say is checked. Where each value came from is remembered for the errors of that check.
 */
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "config/config_check.h"
#include "config/config_table.h"

enum { FILE_MAX = 1 << 20 };

struct config_origin {
    enum config_value_origin from;
    const char *file; /* the configuration's */
    int line;
};

struct reader {
    struct config *c;
    struct config_value_source source; /* of what is being read */
    char *here;                        /* the working directory */
    struct err *err;
};

static void came(void *context, const struct config_value_key *row, int line)
{
    struct reader *r = context;
    r->c->origins[row - config_table_at(0)] =
        (struct config_origin){r->source.origin, r->source.file, line};
}

static char *place_of(const struct config *c, const char *key, char *out, size_t size)
{
    const struct config_value_key *row = config_table_find(key);
    struct config_origin o = row ? c->origins[row - config_table_at(0)] : (struct config_origin){0};
    struct config_value_source source = {.origin = o.from, .file = o.file};
    return config_value_place(&source, key, o.line, out, size);
}

static char *place(void *context, const char *key, char *out, size_t size)
{
    const struct reader *r = context;
    return place_of(r->c, key, out, size);
}

void config_place(const struct config *c, struct err *err)
{
    char key[sizeof err->where], place[sizeof err->where + 300];
    str_copy(key, sizeof key, err->where);
    while (!config_table_find(key)) {
        char *dot = strrchr(key, '.');
        if (!dot)
            return;
        *dot = '\0';
    }
    const char *below = err->where + strlen(key);
    place_of(c, key, place, sizeof place);
    size_t n = strlen(place);
    snprintf(place + n, sizeof place - n, "%s", below);
    str_copy(err->where, sizeof err->where, place);
}

/* Absolute, as the file's folder must be. */
static char *absolute(const struct reader *r, const char *path)
{
    return file_expand(path, r->here);
}

/* The file to read, or NULL; *named: it must be there. */
static char *choose_file(const struct reader *r, const char *file, bool *named)
{
    const char *variable = getenv("KUBEBOARD_CONFIG"), *xdg = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    *named = true;
    if (file)
        return absolute(r, file);
    if (variable && *variable)
        return absolute(r, variable);
    *named = false;
    if (xdg && xdg[0] == '/')
        return mem_printf("%s/kubeboard/config.yaml", xdg);
    return home && *home ? mem_printf("%s/.config/kubeboard/config.yaml", home) : NULL;
}

/* The file's bytes; true without bytes, and *file NULL, when it is not there and need not be. */
static bool read_bytes(struct reader *r, char **file, bool named, struct buf *text)
{
    struct err err;
    if (!*file || file_read(*file, text, &err))
        return true;
    if (err.kind == ERR_NOT_FOUND && !named) {
        free(*file);
        *file = NULL;
        return true;
    }
    return err_set(r->err, ERR_CONFIG, *file,
                   err.kind == ERR_NOT_FOUND ? "name another by --config or $KUBEBOARD_CONFIG" : "",
                   "%s", err.what);
}

static char *folder_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    return mem_dup_n(file, slash && slash != file ? (size_t)(slash - file) : 1);
}

static bool parse_file(struct reader *r, const char *file, const struct buf *text,
                       bool (*counts)(const char *key))
{
    struct yaml *y = yaml_parse_only(text->p, text->n, file, r->err);
    if (!y) {
        if (r->err && !r->err->mend[0] && strstr(r->err->what, "a second time"))
            str_copy(r->err->mend, sizeof r->err->mend, "keep one of them");
        return false;
    }
    char *folder = folder_of(file);
    r->source = (struct config_value_source){CONFIG_VALUE_FILE, file, folder, counts};
    bool ok = config_table_set_map(&r->source, y, "", r->c, came, r, r->err);
    yaml_free(y);
    free(folder);
    return ok;
}

static bool read_one(struct reader *r, char **file, bool named, bool (*counts)(const char *key))
{
    struct buf text;
    buf_init(&text, FILE_MAX);
    bool ok = read_bytes(r, file, named, &text) && (!*file || parse_file(r, *file, &text, counts));
    buf_free(&text);
    return ok;
}

static bool read_file(struct reader *r, const char *file)
{
    bool named;
    r->c->file = choose_file(r, file, &named);
    return read_one(r, &r->c->file, named, NULL);
}

/* What the screen shows and how, not where it comes from. */
static bool is_of_the_screen(const char *key)
{
    return strncmp(key, "ui.", 3) == 0 || strcmp(key, "loki.queries") == 0 ||
           strcmp(key, "prometheus.charts") == 0;
}

static bool read_own(struct reader *r, const char *own)
{
    if (!own)
        return true;
    r->c->own = absolute(r, own);
    return read_one(r, &r->c->own, true, is_of_the_screen);
}

static bool set_one(struct reader *r, const struct config_value_key *row, const char *text)
{
    struct yaml y = {.type = YAML_SCALAR, .text = (char *)(uintptr_t)text};
    if (!config_value_set(&(struct config_value){&r->source, row, &y, r->err}, r->c))
        return false;
    came(r, row, 0);
    return true;
}

static bool read_environment(struct reader *r)
{
    char variable[120];
    r->source = (struct config_value_source){.origin = CONFIG_VALUE_ENVIRONMENT, .folder = r->here};
    for (size_t i = 0; i < config_table_count(); i++) {
        const struct config_value_key *row = config_table_at(i);
        if (!config_value_is_scalar(row->type) || !config_table_is_in(row, ""))
            continue;
        const char *text = getenv(config_value_variable(row->key, variable, sizeof variable));
        if (text && *text && !set_one(r, row, text))
            return false;
    }
    return true;
}

static bool read_overrides(struct reader *r, const struct config_override *o)
{
    r->source = (struct config_value_source){.origin = CONFIG_VALUE_OVERRIDE, .folder = r->here};
    for (; o && o->key; o++) {
        const struct config_value_key *row = config_table_find(o->key);
        if (!row || !config_value_is_scalar(row->type) || !config_table_is_in(row, ""))
            return err_set(r->err, ERR_CONFIG, o->key, "see the list of keys in kubeboard(1)",
                           "there is no such key with a single value");
        if (!set_one(r, row, o->value))
            return false;
    }
    return true;
}

struct config *config_load(const char *file, const struct config_override *overrides,
                           struct err *err)
{
    return config_load_own(file, NULL, overrides, err);
}

struct config *config_load_own(const char *file, const char *own,
                               const struct config_override *overrides, struct err *err)
{
    struct reader r = {.c = mem_alloc(sizeof *r.c), .here = getcwd(NULL, 0), .err = err};
    struct config_check_places places = {&r, place};
    r.c->origins = mem_array(config_table_count(), sizeof *r.c->origins);
    r.c->loki.name = mem_dup("loki");
    r.c->prometheus.name = mem_dup("prometheus");
    r.c->alertmanager.name = mem_dup("alertmanager");
    r.c->server.name = mem_dup("server");
    r.c->store.tls.name = mem_dup("store");
    bool ok = config_table_set_defaults("", r.c, err) && read_file(&r, file) && read_own(&r, own) &&
              read_environment(&r) && read_overrides(&r, overrides) &&
              config_check(r.c, &places, err);
    if (!ok) {
        config_free(r.c);
        r.c = NULL;
    }
    free(r.here);
    return r.c;
}

void config_free(struct config *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < config_table_count(); i++)
        if (config_table_is_in(config_table_at(i), ""))
            config_value_release(config_table_at(i), c);
    conn_free_inner(&c->loki);
    conn_free_inner(&c->prometheus);
    conn_free_inner(&c->alertmanager);
    conn_free_inner(&c->server);
    conn_free_inner(&c->store.tls);
    free(c->file);
    free(c->own);
    free(c->origins);
    free(c);
}
