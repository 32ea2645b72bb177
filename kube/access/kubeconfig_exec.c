/* users[].user.exec. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/kubeconfig_file.h"

enum { JSON_LONGEST = 1 << 20, LIST_MAX = 1024 };

static void free_list(char **list)
{
    for (char **p = list; p && *p; p++)
        mem_free_secret(*p);
    free(list);
}

void kubeconfig_exec_free(struct kubeconfig_exec *e)
{
    if (!e)
        return;
    free(e->command);
    free_list(e->args);
    free_list(e->env);
    free(e->api_version);
    free(e->install_hint);
    free(e);
}

static char **copy_list(char *const *list)
{
    size_t n = 0;
    while (list[n])
        n++;
    char **copy = mem_array(n + 1, sizeof *copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = mem_dup(list[i]);
    return copy;
}

struct kubeconfig_exec *kubeconfig_exec_copy(const struct kubeconfig_exec *e)
{
    struct kubeconfig_exec *copy = mem_alloc(sizeof *copy);
    *copy = (struct kubeconfig_exec){
        mem_dup(e->command),      copy_list(e->args), copy_list(e->env), mem_dup(e->api_version),
        mem_dup(e->install_hint), e->cluster_info,    e->needs_terminal, e->no_terminal};
    return copy;
}

static void json_of(struct json_out *o, const char *name, const struct yaml *y)
{
    if (y->type != YAML_SCALAR) {
        bool map = y->type == YAML_MAP;
        if (map)
            json_out_object(o, name);
        else
            json_out_array(o, name);
        for (const struct yaml *kid = y->kids; kid; kid = kid->next)
            json_of(o, map ? kid->name : NULL, kid);
        if (map)
            json_out_end_object(o);
        else
            json_out_end_array(o);
        return;
    }
    struct str text = str_of(y->text);
    double number;
    if (!y->plain)
        json_out_string(o, name, text);
    else if (str_is(text, "true") || str_is(text, "false"))
        json_out_bool(o, name, str_is(text, "true"));
    else if (!text.n || str_is(text, "null") || str_is(text, "~"))
        json_out_text(o, name, NULL);
    else if (str_to_double(text, &number) && text.p[strspn(text.p, "+-0123456789.eE")] == '\0')
        json_out_number(o, name, number);
    else
        json_out_string(o, name, text);
}

char *kubeconfig_exec_json(const struct yaml *y)
{
    struct buf text;
    if (!y)
        return NULL;
    buf_init(&text, JSON_LONGEST);
    json_of(&(struct json_out){.b = &text}, NULL, y);
    return buf_take(&text, NULL);
}

/* A command with a slash is relative to the kubeconfig's folder; without one it is looked up in
 * PATH. */
static char *command_of(const struct kubeconfig_entry *e, const char *command)
{
    return strchr(command, '/') ? file_expand(command, e->file->folder) : mem_dup(command);
}

static size_t count_of(const struct yaml *list)
{
    size_t n = 0;
    for (const struct yaml *y = list && list->type == YAML_LIST ? list->kids : NULL; y; y = y->next)
        n++;
    return n < LIST_MAX ? n : LIST_MAX;
}

static char **args_of(const struct yaml *list)
{
    size_t n = count_of(list), i = 0;
    char **args = mem_array(n + 1, sizeof *args);
    for (const struct yaml *y = n ? list->kids : NULL; y && i < n; y = y->next)
        args[i++] = mem_dup(y->text ? y->text : "");
    return args;
}

static char **env_of(const struct yaml *list)
{
    size_t n = count_of(list), i = 0;
    char **env = mem_array(n + 1, sizeof *env);
    for (const struct yaml *y = n ? list->kids : NULL; y && i < n; y = y->next) {
        const char *name = yaml_text(y, "name", "");
        if (*name)
            env[i++] = mem_printf("%s=%s", name, yaml_text(y, "value", ""));
    }
    return env;
}

bool kubeconfig_exec_read(struct kubeconfig_context *c, const struct kubeconfig_entry *e,
                          const struct yaml *exec, struct err *err)
{
    static const char *const versions[] = {"v1", "v1beta1", "v1alpha1"};
    const char *version = yaml_text(exec, "apiVersion", ""),
               *command = yaml_text(exec, "command", "");
    char place[200];
    kubeconfig_file_place(e->file, exec, place, sizeof place);
    if (!*command)
        return err_set(err, ERR_CONFIG, place, "add command: PROGRAM",
                       "the exec plugin of user \"%s\" has no command", c->user);
    bool known = false;
    for (size_t i = 0; i < 3; i++) {
        char *whole = mem_printf("client.authentication.k8s.io/%s", versions[i]);
        known |= strcmp(version, whole) == 0;
        free(whole);
    }
    if (!known)
        return err_set(err, ERR_CONFIG, place, "write client.authentication.k8s.io/v1",
                       "the exec plugin's apiVersion \"%s\" is not known", version);
    c->exec = mem_alloc(sizeof *c->exec);
    *c->exec = (struct kubeconfig_exec){
        .command = command_of(e, command),
        .args = args_of(yaml_member(exec, "args")),
        .env = env_of(yaml_member(exec, "env")),
        .api_version = mem_dup(version),
        .install_hint = mem_dup(yaml_text(exec, "installHint", "")),
        .cluster_info = yaml_bool(exec, "provideClusterInfo", false),
        .needs_terminal = strcmp(yaml_text(exec, "interactiveMode", ""), "Always") == 0,
        .no_terminal = strcmp(yaml_text(exec, "interactiveMode", ""), "Never") == 0,
    };
    return true;
}
