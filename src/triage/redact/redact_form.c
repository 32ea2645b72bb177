#include "triage/redact/redact_form.h"

#include <ctype.h>
#include <string.h>

#include "triage/redact/redact_key.h"

enum { TAG_MAX = 160, NAME_MAX_BYTES = 48, COMMAND_MAX = 1024 };

static size_t skip_blanks(struct str line, size_t i)
{
    while (i < line.n && line.p[i] == ' ')
        i++;
    return i;
}

static bool fold_at(struct str line, size_t at, const char *text)
{
    size_t n = strlen(text);
    return at < line.n && line.n - at >= n &&
           str_find_fold((struct str){line.p + at, n}, str_of(text)) == 0;
}

/* Up to a blank or a byte of `stops`. */
static size_t end_at(struct str line, size_t i, const char *stops)
{
    while (i < line.n && !isspace((unsigned char)line.p[i]) && !strchr(stops, line.p[i]))
        i++;
    return i;
}

static bool found(struct str line, size_t from, size_t to, int kind, struct redact_span *span)
{
    if (from >= to || redact_key_is_no_secret((struct str){line.p + from, to - from}))
        return false;
    *span = (struct redact_span){from, to, kind};
    return true;
}

/* ---- elements ---- */

bool redact_form_element(struct str line, size_t at, struct redact_span *span)
{
    size_t from = at > TAG_MAX ? at - TAG_MAX : 0;
    const char *open = memrchr(line.p + from, '<', at - from);
    if (!open || at + 1 >= line.n)
        return false;
    struct str name = {open + 1, 0};
    while (name.p + name.n < line.p + at &&
           (isalnum((unsigned char)name.p[name.n]) || strchr("_-.:", name.p[name.n])))
        name.n++;
    int kind;
    if (!name.n || !redact_key_is_secret(name, &kind))
        return false;
    const char *close = memchr(line.p + at + 1, '<', line.n - at - 1);
    return close && found(line, at + 1, (size_t)(close - line.p), kind, span);
}

/* ---- percent-encoded ---- */

bool redact_form_encoded(struct str line, size_t at, struct redact_span *span)
{
    size_t end = at, from, to;
    int kind;
    if (!fold_at(line, at, "%3d") && !fold_at(line, at, "%3a"))
        return false;
    if (end >= 3 && memcmp(line.p + end - 3, "%22", 3) == 0)
        end -= 3;
    from = end;
    while (from && end - from < NAME_MAX_BYTES &&
           (isalnum((unsigned char)line.p[from - 1]) || strchr("_-.", line.p[from - 1])))
        from--;
    if (!redact_key_is_secret((struct str){line.p + from, end - from}, &kind))
        return false;
    from = at + 3;
    bool quoted = fold_at(line, from, "%22");
    from += quoted ? 3 : 0;
    for (to = from; to < line.n && !isspace((unsigned char)line.p[to]); to++) {
        if (fold_at(line, to, "%22") || (!quoted && fold_at(line, to, "%26")) ||
            strchr("&\"'", line.p[to]))
            break;
    }
    return found(line, from, to, kind, span);
}

/* ---- options ---- */

enum option_form {
    GLUED = 1,        /* -pSECRET */
    APART = 2,        /* -p SECRET */
    BEHIND_COLON = 4, /* -u name:SECRET */
};

static const struct option {
    const char *option, *program;
    int form;
} options[] = {
    {"-p", "mysql", GLUED},
    {"-p", "mariadb", GLUED},
    {"-p", "sshpass", GLUED | APART},
    {"-p", "docker login", GLUED | APART},
    {"-p", "podman login", APART},
    {"-p", "oc login", APART},
    {"-p", "mongo", APART},
    {"-a", "redis-cli", APART},
    {"-u", "curl", BEHIND_COLON},
    {"--user", "curl", BEHIND_COLON},
    {"-U", "curl", BEHIND_COLON},
    {"--proxy-user", "curl", BEHIND_COLON},
    {"-w", "ldap", APART},
    {"-P", "mosquitto_", APART},
    {"-P", "sqlcmd", GLUED | APART},
    {"-a", "htpasswd", BEHIND_COLON},
};

static bool is_option(struct str line, size_t at, const struct option *o)
{
    size_t n = strlen(o->option);
    size_t near = at < COMMAND_MAX ? at : COMMAND_MAX;
    if (line.n - at < n || memcmp(line.p + at, o->option, n) != 0 ||
        !memmem(line.p + at - near, near, o->program, strlen(o->program)))
        return false;
    char next = at + n < line.n ? line.p[at + n] : 0;
    return next == ' ' ? o->form & (APART | BEHIND_COLON) : next && o->form & GLUED;
}

bool redact_form_option(struct str line, size_t at, struct redact_span *span)
{
    if (!at || line.n - at < 3 || line.p[at - 1] != ' ' || !strchr("pauUwP-", line.p[at + 1]))
        return false;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const struct option *o = &options[i];
        if (!is_option(line, at, o))
            continue;
        size_t from = skip_blanks(line, at + strlen(o->option));
        char quote = from < line.n && strchr("\"'", line.p[from]) ? line.p[from++] : 0;
        const char stops[] = {quote ? quote : '"', 0};
        size_t to = end_at(line, from, stops);
        if (o->form == BEHIND_COLON) {
            const char *colon = memchr(line.p + from, ':', to - from);
            from = colon ? (size_t)(colon - line.p) + 1 : to;
        }
        if (from < to && line.p[from] == '-')
            return false;
        return found(line, from, to, REDACT_PASSWORDS, span);
    }
    return false;
}

/* ---- words ---- */

/* "abc123", not a word of prose, a hash's name or a number. */
static bool looks_chosen(struct str word)
{
    static const char *const methods[] = {"sha",   "md5",   "scram", "bcrypt",
                                          "argon", "pbkdf", "x509"};
    size_t letters = 0, digits = 0;
    for (size_t i = 0; i < word.n; i++) {
        letters += isalpha((unsigned char)word.p[i]) != 0;
        digits += isdigit((unsigned char)word.p[i]) != 0;
    }
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (fold_at(word, 0, methods[i]))
            return false;
    return word.n >= 6 && letters && digits;
}

/* Behind a word that a secret follows; 0 when it is none. */
static size_t end_of_announcement(struct str line, size_t at)
{
    static const char *const words[] = {"passwords", "password",    "passwd",     "passphrase",
                                        "passcode",  "requirepass", "masterauth", "identified by"};
    char first = (char)(line.p[at] | 32),
         second = at + 1 < line.n ? (char)(line.p[at + 1] | 32) : 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i][0] == first && words[i][1] == second && fold_at(line, at, words[i]))
            return at + strlen(words[i]);
    return 0;
}

bool redact_form_word(struct str line, size_t at, struct redact_span *span)
{
    size_t end = end_of_announcement(line, at), from;
    if (!end || end >= line.n)
        return false;
    bool call = line.p[end] == '(', setting = strchr("rRmM", line.p[at]);
    if (line.p[end] != ' ' && !call)
        return false;
    from = skip_blanks(line, end + call);
    if (fold_at(line, from, "is ") || fold_at(line, from, "as "))
        from = skip_blanks(line, from + 3);
    if (from < line.n && strchr((line.p[at] | 32) == 'i' ? "'" : "\"'`", line.p[from])) {
        const char *close = memchr(line.p + from + 1, line.p[from], line.n - from - 1);
        size_t to = close ? (size_t)(close - line.p) : line.n;
        return found(line, from + 1, to, REDACT_PASSWORDS, span);
    }
    size_t to = end_at(line, from, ",;\"'()[]<>");
    while (to > from && strchr(".:!?", line.p[to - 1]))
        to--;
    struct str word = {line.p + from, to - from};
    return (setting || looks_chosen(word)) && found(line, from, to, REDACT_PASSWORDS, span);
}
