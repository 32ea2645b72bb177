#include "store/aws/aws_profile.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/mem.h"

struct setting {
    const char *name;
    size_t offset;
};

static const struct setting settings[] = {
    {"aws_access_key_id", offsetof(struct aws_profile, aws_access_key_id)},
    {"aws_secret_access_key", offsetof(struct aws_profile, aws_secret_access_key)},
    {"aws_session_token", offsetof(struct aws_profile, aws_session_token)},
    {"region", offsetof(struct aws_profile, region)},
    {"role_arn", offsetof(struct aws_profile, role_arn)},
    {"web_identity_token_file", offsetof(struct aws_profile, web_identity_token_file)},
    {"role_session_name", offsetof(struct aws_profile, role_session_name)},
    {"endpoint_url", offsetof(struct aws_profile, endpoint_url)},
};

static const char *const not_followed[] = {"sso_session",        "sso_start_url",
                                           "credential_process", "source_profile",
                                           "credential_source",  "login_session"};

static char **field(struct aws_profile *p, size_t i)
{
    return (char **)((char *)p + settings[i].offset);
}

static bool same_name(struct str a, const char *name)
{
    return a.n == strlen(name) && !strncasecmp(a.p, name, a.n);
}

static void take_setting(struct aws_profile *p, struct str name, struct str value)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (same_name(name, settings[i].name) && value.n && !*field(p, i))
            *field(p, i) = mem_dup_n(value.p, value.n);
    for (size_t i = 0; i < sizeof not_followed / sizeof *not_followed; i++)
        if (same_name(name, not_followed[i]) && !p->unsupported[0])
            str_copy(p->unsupported, sizeof p->unsupported, not_followed[i]);
}

/* A remark behind a value needs a blank before it: secrets may hold '#'. */
static struct str without_remark(struct str line)
{
    for (size_t i = 1; i < line.n; i++)
        if ((line.p[i] == '#' || line.p[i] == ';') &&
            (line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
            return (struct str){line.p, i};
    return line;
}

/* Whether the inside of "[…]" names the profile. */
static bool is_section(struct str inside, const char *name, bool is_config)
{
    inside = str_trim(inside);
    if (is_config && str_starts(inside, "profile") && inside.n > 7 &&
        (inside.p[7] == ' ' || inside.p[7] == '\t'))
        inside = str_trim((struct str){inside.p + 7, inside.n - 7});
    else if (is_config && strcmp(name, "default") != 0)
        return false;
    if (inside.n >= 2 && inside.p[0] == '"' && inside.p[inside.n - 1] == '"')
        inside = (struct str){inside.p + 1, inside.n - 2};
    return str_is(inside, name);
}

/* Adds what the text says of the profile; what is set already stays (the credentials file comes
 * first). In a config file the sections are called "profile NAME", but "default". */
static void parse(struct aws_profile *p, struct str text, const char *name, bool is_config)
{
    struct str line, key;
    bool inside = false;
    while (str_cut(&text, '\n', &line)) {
        struct str trimmed = str_trim(without_remark(line));
        if (!trimmed.n || trimmed.p[0] == '#' || trimmed.p[0] == ';')
            continue;
        if (trimmed.p[0] == '[') {
            const char *end = memchr(trimmed.p, ']', trimmed.n);
            inside = end && is_section((struct str){trimmed.p + 1, (size_t)(end - trimmed.p) - 1},
                                       name, is_config);
            p->found |= inside;
        } else if (inside && line.p[0] != ' ' && line.p[0] != '\t' &&
                   str_cut(&trimmed, '=', &key)) {
            /* Indented lines belong to a nested setting. */
            take_setting(p, str_trim(key), str_trim(trimmed));
        }
    }
}

static bool load_file(struct aws_profile *p, const char *variable, const char *usual,
                      const char *name, bool is_config, struct err *err)
{
    const char *set = getenv(variable);
    char *path = file_expand(set && *set ? set : usual, NULL);
    struct err why;
    err_clear(&why);
    char *text = path[0] == '~' ? NULL : file_read_secret(path, &why);
    bool ok = text || path[0] == '~' || why.kind == ERR_NOT_FOUND;
    if (text)
        parse(p, str_of(text), name, is_config);
    mem_free_secret(text);
    if (!ok)
        err_set(err, ERR_CONFIG, path, "mend or remove it", "%s", why.what);
    free(path);
    return ok;
}

bool aws_profile_load(struct aws_profile *p, const char *name, struct err *err)
{
    *p = (struct aws_profile){0};
    return load_file(p, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", name, false, err) &&
           load_file(p, "AWS_CONFIG_FILE", "~/.aws/config", name, true, err);
}

void aws_profile_free_inner(struct aws_profile *p)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        mem_free_secret(*field(p, i));
    *p = (struct aws_profile){0};
}
