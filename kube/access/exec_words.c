#include "kube/access/exec_words.h"

#include <stdio.h>
#include <string.h>

#include "kube/access/kubeconfig.h"

/* The first that fits counts; the words are those of AWS CLI 2, gcloud, Azure's kubelogin and OIDC's. */
static const struct {
    const char *says, *mend;
    bool profile; /* AWS's --profile is added */
} mends[] = {
    {"aws sso login", "run aws sso login", true},
    {"SSO Token", "run aws sso login", true},
    {"SSO session", "run aws sso login", true},
    {"ExpiredToken", "your AWS credentials have expired: get new ones, or run aws sso login", true},
    {"InvalidClientTokenId", "AWS does not know these credentials: get new ones", false},
    {"Unable to locate credentials", "run aws configure sso, or set AWS_PROFILE", false},
    {"could not be found", "set AWS_PROFILE to a profile that there is", false},
    {"gcloud auth login", "run gcloud auth login", false},
    {"reauth", "run gcloud auth login", false},
    {"az login", "run az login", false},
    {"AADSTS", "run az login", false},
};

char *exec_words_line(struct str errors, char *out, size_t size)
{
    struct str text = str_trim(errors);
    size_t n = 0;
    bool blank = false;
    if (text.n >= size)
        text = (struct str){text.p + text.n - (size - 1), size - 1};
    /* Not from the middle of a character. */
    while (text.n && ((unsigned char)text.p[0] & 0xC0) == 0x80)
        text = (struct str){text.p + 1, text.n - 1};
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == 0x1B && i + 1 < text.n && text.p[i + 1] == '[') {
            for (i += 2; i < text.n && (text.p[i] < '@' || text.p[i] > '~'); i++)
                ;
            continue;
        }
        if (c <= ' ' || c == 0x7F) {
            blank = n > 0;
            continue;
        }
        if (blank)
            out[n++] = ' ';
        blank = false;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return out;
}

/* The AWS profile that the plugin is run with: an argument's, or its environment's. */
static const char *profile_of(const struct kubeconfig_exec *e)
{
    for (char **a = e->args; *a; a++) {
        if (strcmp(*a, "--profile") == 0 && a[1])
            return a[1];
        if (strncmp(*a, "--profile=", 10) == 0)
            return *a + 10;
    }
    for (char **v = e->env; *v; v++)
        if (strncmp(*v, "AWS_PROFILE=", 12) == 0)
            return *v + 12;
    return NULL;
}

char *exec_words_mend(const struct kubeconfig_exec *e, const char *words, char *out, size_t size)
{
    out[0] = '\0';
    for (size_t i = 0; i < sizeof mends / sizeof *mends; i++) {
        if (!strstr(words, mends[i].says))
            continue;
        const char *profile = mends[i].profile ? profile_of(e) : NULL;
        snprintf(out, size, "%s%s%s", mends[i].mend, profile ? " --profile " : "",
                 profile ? profile : "");
        break;
    }
    return out;
}
