#include "config/config_value.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/regex.h"
#include "base/str.h"
#include "config/config_list.h"
#include "config/config_rule.h"
#include "net/conn.h"

enum { PLACE_FILE = 130 };

char *config_value_variable(const char *key, char *out, size_t size)
{
    snprintf(out, size, "KUBEBOARD_%s", key);
    for (char *p = out; *p; p++)
        *p = *p == '.' ? '_' : (char)toupper((unsigned char)*p);
    return out;
}

char *config_value_place(const struct config_value_source *source, const char *key, int line,
                         char *out, size_t size)
{
    if (source->origin == CONFIG_VALUE_ENVIRONMENT)
        return config_value_variable(key, out, size);
    if (source->origin != CONFIG_VALUE_FILE) {
        str_copy(out, size, key);
        return out;
    }
    /* Of a long path the end says more, and the key must stay. */
    size_t n = strlen(source->file), cut = n > PLACE_FILE ? n - PLACE_FILE : 0;
    snprintf(out, size, "%s%s:%d%s%s", cut ? "…" : "", source->file + cut, line, *key ? ": " : "",
             key);
    return out;
}

const char *config_value_type_name(enum config_value_type type)
{
    static const char *const names[] = {
#define CONFIG_TYPE(id, name, write, set, release) name,
#include "config/config_type.def"
#undef CONFIG_TYPE
    };
    return names[type];
}

static const char *how_to_write(enum config_value_type type)
{
    static const char *const texts[] = {
#define CONFIG_TYPE(id, name, write, set, release) write,
#include "config/config_type.def"
#undef CONFIG_TYPE
    };
    return texts[type];
}

bool config_value_is_scalar(enum config_value_type type)
{
    return type < CONFIG_VALUE_LIST;
}

bool config_value_fail(const struct config_value *v, const char *mend, const char *fmt, ...)
{
    char place[sizeof v->err->where], what[sizeof v->err->what];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    config_value_place(v->source, v->row->key, v->y->line, place, sizeof place);
    return err_set(v->err, ERR_CONFIG, place, mend ? mend : how_to_write(v->row->type), "%s", what);
}

bool config_value_text(const struct config_value *v, const struct yaml *y, const char **text)
{
    if (y->type != YAML_SCALAR)
        return config_value_fail(v, NULL, "this is a %s, but a text is wanted",
                                 y->type == YAML_LIST ? "list" : "map");
    *text = y->text;
    return true;
}

static bool matches_whole(const char *pattern, const char *text)
{
    char *whole = mem_printf("^(?:%s)$(?!\\n)", pattern);
    struct regex *r = regex_new(whole, REGEX_DEFAULT, NULL);
    bool fits = r && regex_matches(r, str_of(text));
    regex_free(r);
    free(whole);
    return fits;
}

bool config_value_fits(const struct config_value *v, const char *text)
{
    char mend[280];
    const char *pattern = v->row->bounds ? v->row->bounds : "[^[:cntrl:]]*";
    if (matches_whole(pattern, text))
        return true;
    snprintf(mend, sizeof mend, "write %s", pattern);
    return config_value_fail(v, v->row->bounds ? mend : NULL, "'%.80s' is not possible here", text);
}

static void set_member(void *member, char *fresh)
{
    char **text = member;
    free(*text);
    *text = fresh;
}

static bool set_text(const struct config_value *v, void *member)
{
    if (!v->y->text[0])
        return config_value_fail(v, NULL, "this is empty");
    if (!config_value_fits(v, v->y->text))
        return false;
    set_member(member, mem_dup(v->y->text));
    return true;
}

static bool set_path(const struct config_value *v, void *member)
{
    if (!v->y->text[0])
        return config_value_fail(v, NULL, "this is empty");
    if (!config_value_fits(v, v->y->text))
        return false;
    set_member(member, file_expand(v->y->text, v->source->folder));
    return true;
}

/* Kubernetes mounts a volume's files as links into a folder "..<time>", single files over others:
 * their modes are the volume's. Whoever mounted them answers for them, and `doctor` warns. */
static bool is_mounted(const char *path)
{
    struct stat file, folder;
    char *real = realpath(path, NULL), *slash = real ? strrchr(real, '/') : NULL;
    bool mounted = real && strstr(real, "/..");
    if (slash && !mounted && stat(real, &file) == 0) {
        slash[slash == real] = '\0';
        mounted = stat(real, &folder) == 0 && file.st_dev != folder.st_dev;
    }
    free(real);
    return mounted;
}

static bool set_secret(const struct config_value *v, void *member)
{
    struct err err;
    if (!set_path(v, member))
        return false;
    const char *path = *(char **)member;
    /* A file that is not there yet is found out by whoever needs it. */
    if (file_is_private(path, &err) || err.kind != ERR_CONFIG || is_mounted(path))
        return true;
    return config_value_fail(v, err.mend, "others can read the secret in %s", path);
}

static bool has_password(const char *url)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    return memchr(host, '@', strcspn(host, "/?#")) != NULL;
}

static bool set_http(const struct config_value *v, void *member)
{
    struct err err;
    /* Before anything is said that would show it. */
    if (has_password(v->y->text))
        return config_value_fail(v, "write user and password as basic: {username, password_file}",
                                 "a URL may not hold a user or a password");
    if (!conn_check_url(v->y->text, "", &err))
        return config_value_fail(v, NULL, "%s", err.what);
    size_t n = strlen(v->y->text);
    while (n && v->y->text[n - 1] == '/')
        n--;
    set_member(member, mem_dup_n(v->y->text, n));
    return true;
}

static bool set_endpoint(const struct config_value *v, void *member)
{
    if (has_password(v->y->text))
        return config_value_fail(
            v, "give keys by the environment or a profile, as the AWS SDKs take them",
            "a URL may not hold a user or a password");
    return set_http(v, member);
}

static bool set_url(const struct config_value *v, void *member)
{
    if (strcmp(v->y->text, "auto") != 0)
        return set_http(v, member);
    set_member(member, mem_dup("auto"));
    return true;
}

/* May hold a password: nothing of it is shown. */
static bool set_proxy(const struct config_value *v, void *member)
{
    const char *text = v->y->text, *scheme = strstr(text, "://");
    static const char *const schemes[] = {"http",    "https",  "socks4",
                                          "socks4a", "socks5", "socks5h"};
    bool known = !scheme;
    for (size_t i = 0; scheme && i < sizeof schemes / sizeof *schemes; i++)
        known |= str_is((struct str){text, (size_t)(scheme - text)}, schemes[i]);
    const char *host = scheme ? scheme + 3 : text;
    if (!known || (*text && !*host) || strcspn(text, " \t\r\n") != strlen(text))
        return config_value_fail(v, NULL, "this is no proxy");
    set_member(member, mem_dup(text));
    return true;
}

static bool set_root(const struct config_value *v, void *member)
{
    const char *text = v->y->text;
    if (!matches_whole("file:///[^[:cntrl:]]+|s3://[A-Za-z0-9][A-Za-z0-9._-]+(?:/[^[:cntrl:]]*)?",
                       text))
        return config_value_fail(v, NULL, "'%.80s' is no place for a store", text);
    size_t n = strlen(text);
    while (n && text[n - 1] == '/')
        n--;
    set_member(member, mem_dup_n(text, n));
    return true;
}

static bool set_address(const struct config_value *v, void *member)
{
    const char *text = v->y->text, *colon = strrchr(text, ':');
    int64_t port = -1;
    if (!matches_whole("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]+", text) ||
        !str_to_int(str_of(colon + 1), &port) || port > 65535)
        return config_value_fail(v, NULL, "'%.80s' is no address to listen on", text);
    set_member(member, mem_dup(text));
    return true;
}

bool config_value_check_pattern(const struct config_value *v, const char *pattern)
{
    struct err err;
    if (!*pattern)
        return config_value_fail(v, NULL, "an empty pattern matches everything");
    struct regex *r = regex_new(pattern, REGEX_DEFAULT, &err);
    regex_free(r);
    return r || config_value_fail(v, NULL, "%s", err.what);
}

static bool set_pattern(const struct config_value *v, void *member)
{
    if (!config_value_check_pattern(v, v->y->text))
        return false;
    set_member(member, mem_dup(v->y->text));
    return true;
}

static bool set_logql(const struct config_value *v, void *member)
{
    struct str text = str_trim(str_of(v->y->text));
    if (!str_starts(text, "{"))
        return config_value_fail(v, NULL, "this does not start with a stream selector");
    set_member(member, mem_dup_n(text.p, text.n));
    return true;
}

/* "0..1EB" */
static bool in_bounds(const struct config_value *v, bool (*parse)(struct str, int64_t *),
                      int64_t value)
{
    int64_t least, most;
    struct str bounds = str_of(v->row->bounds);
    ptrdiff_t dots = str_find(bounds, str_of(".."));
    if (dots < 0 || !parse((struct str){bounds.p, (size_t)dots}, &least) ||
        !parse(str_of(bounds.p + dots + 2), &most))
        return config_value_fail(v, NULL, "the table has no good bounds");
    if (value >= least && value <= most)
        return true;
    return config_value_fail(v, NULL, "'%.80s' is not between %.*s and %s", v->y->text, (int)dots,
                             bounds.p, bounds.p + dots + 2);
}

static bool parse_number(const struct config_value *v, bool (*parse)(struct str, int64_t *),
                         int64_t *value)
{
    if (!parse(str_of(v->y->text), value))
        return config_value_fail(v, NULL, "'%.80s' is no %s", v->y->text,
                                 config_value_type_name(v->row->type));
    return in_bounds(v, parse, *value);
}

static bool set_number(const struct config_value *v, bool (*parse)(struct str, int64_t *),
                       void *member)
{
    int64_t value;
    if (!parse_number(v, parse, &value))
        return false;
    *(int64_t *)member = value;
    return true;
}

static bool set_span(const struct config_value *v, void *member)
{
    return set_number(v, clock_parse_span, member);
}

static bool parse_size(struct str text, int64_t *out)
{
    static const struct {
        const char *unit;
        double bytes;
    } units[] = {{"", 1},         {"B", 1},        {"KB", 1e3},     {"MB", 1e6},
                 {"GB", 1e9},     {"TB", 1e12},    {"PB", 1e15},    {"EB", 1e18},
                 {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40},
                 {"PiB", 0x1p50}, {"EiB", 0x1p60}};
    size_t n = 0;
    double number;
    while (n < text.n && (isdigit((unsigned char)text.p[n]) || text.p[n] == '.'))
        n++;
    if (!str_to_double((struct str){text.p, n}, &number))
        return false;
    struct str unit = str_trim((struct str){text.p + n, text.n - n});
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!str_is(unit, units[i].unit) || number * units[i].bytes >= 0x1p63)
            continue;
        *out = (int64_t)(number * units[i].bytes);
        return true;
    }
    return false;
}

static bool set_size(const struct config_value *v, void *member)
{
    return set_number(v, parse_size, member);
}

static bool set_count(const struct config_value *v, void *member)
{
    return set_number(v, str_to_int, member);
}

static bool set_small(const struct config_value *v, void *member)
{
    int64_t value;
    if (!parse_number(v, str_to_int, &value))
        return false;
    *(int *)member = (int)value;
    return true;
}

static bool set_bool(const struct config_value *v, void *member)
{
    bool yes = strcmp(v->y->text, "true") == 0;
    if (!yes && strcmp(v->y->text, "false") != 0)
        return config_value_fail(v, NULL, "'%.80s' is neither true nor false", v->y->text);
    *(bool *)member = yes;
    return true;
}

static bool set_choice(const struct config_value *v, void *member)
{
    char mend[120];
    struct str rest = str_of(v->row->bounds), word;
    for (int i = 0; str_cut(&rest, '|', &word); i++) {
        if (str_is(word, v->y->text)) {
            memcpy(member, &i, sizeof i);
            return true;
        }
    }
    snprintf(mend, sizeof mend, "write one of %s", v->row->bounds);
    return config_value_fail(v, mend, "'%.80s' is not possible here", v->y->text);
}

static void release_text(void *member)
{
    set_member(member, NULL);
}

static void release_nothing(void *member)
{
    (void)member;
}

bool config_value_set(const struct config_value *v, void *base)
{
    static bool (*const setters[])(const struct config_value *, void *) = {
#define CONFIG_TYPE(id, name, write, set, release) set,
#include "config/config_type.def"
#undef CONFIG_TYPE
    };
    if (config_value_is_scalar(v->row->type) && v->y->type != YAML_SCALAR)
        return config_value_fail(v, NULL, "this is a %s, but a %s is wanted",
                                 v->y->type == YAML_LIST ? "list" : "map",
                                 config_value_type_name(v->row->type));
    return setters[v->row->type](v, (char *)base + v->row->offset);
}

void config_value_release(const struct config_value_key *row, void *base)
{
    static void (*const releasers[])(void *) = {
#define CONFIG_TYPE(id, name, write, set, release) release,
#include "config/config_type.def"
#undef CONFIG_TYPE
    };
    releasers[row->type]((char *)base + row->offset);
}
