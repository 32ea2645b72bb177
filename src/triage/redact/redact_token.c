#include "triage/redact/redact_token.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Nearly always the first two bytes decide. */
static bool is_at(struct str line, size_t at, const char *text)
{
    const char *p = line.p + at;
    if (line.n - at < 2 || p[0] != text[0] || p[1] != text[1])
        return false;
    size_t n = strlen(text);
    return line.n - at >= n && memcmp(p, text, n) == 0;
}

static bool is_word_char(struct str line, size_t at)
{
    return at < line.n && (isalnum((unsigned char)line.p[at]) || line.p[at] == '_');
}

/* How many bytes from `at` on are letters, digits or one of `more`. */
static size_t run_of(struct str line, size_t at, const char *more)
{
    size_t n = 0;
    while (at + n < line.n && (isalnum((unsigned char)line.p[at + n]) ||
                               (line.p[at + n] && strchr(more, line.p[at + n]))))
        n++;
    return n;
}

/* AKIA… and its kin (IAM User Guide, "IAM identifiers"): a prefix of four and 16 capitals or
 * digits. */
size_t redact_token_aws(struct str line, size_t at)
{
    static const char *const prefixes[] = {"AKIA", "ASIA", "AROA", "AIDA", "AGPA",
                                           "ANPA", "ANVA", "AIPA", "ABIA", "ACCA"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (!is_at(line, at, prefixes[i]))
            continue;
        size_t n = 0;
        while (at + n < line.n &&
               (isupper((unsigned char)line.p[at + n]) || isdigit((unsigned char)line.p[at + n])))
            n++;
        return n == 20 && !is_word_char(line, at + n) ? n : 0;
    }
    return 0;
}

/* eyJ….eyJ….… (RFC 7519), also of five parts (RFC 7516); the last part may be empty or cut. */
size_t redact_token_jwt(struct str line, size_t at, size_t *none)
{
    if (at < *none || !is_at(line, at, "eyJ"))
        return 0;
    size_t n = run_of(line, at, "_-"), parts = 1;
    *none = at + n;
    if (n < 12)
        return 0;
    while (at + n < line.n && line.p[at + n] == '.' && parts < 5) {
        n++;
        n += run_of(line, at + n, "_-");
        parts++;
    }
    return parts >= 2 ? n : 0;
}

/* Their prefixes, by their first letters: "shortest" is of the whole token. */
static const struct token {
    const char *prefix;
    size_t shortest;
} tokens[] = {
    {"AGE-SECRET-KEY-1", 50},
    {"AIza", 35},
    {"EAA", 60},
    {"GOCSPX-", 28},
    {"NRAK-", 30},
    {"PMAK-", 40},
    {"SG.", 40},
    {"b.AAAAAQ", 60},
    {"ccipat_", 30},
    {"dckr_pat_", 20},
    {"discord.com/api/webhooks/", 60},
    {"doo_v1_", 40},
    {"dop_v1_", 40},
    {"github_pat_", 30},
    {"gho_", 30},
    {"ghp_", 30},
    {"ghr_", 30},
    {"ghs_", 30},
    {"ghu_", 30},
    {"glcbt-", 20},
    {"gldt-", 20},
    {"glft-", 20},
    {"glpat-", 20},
    {"glptt-", 20},
    {"glrt-", 20},
    {"glsa_", 30},
    {"hf_", 30},
    {"hooks.slack.com/services/", 50},
    {"hvb.", 20},
    {"hvr.", 20},
    {"hvs.", 20},
    {"lin_api_", 30},
    {"npm_", 30},
    {"pypi-", 30},
    {"rk_live_", 20},
    {"rk_test_", 20},
    {"rubygems_", 40},
    {"shpat_", 30},
    {"shpca_", 30},
    {"shppa_", 30},
    {"shpss_", 30},
    {"sk-ant-", 30},
    {"sk-proj-", 30},
    {"sk-svcacct-", 30},
    {"sk-", 40},
    {"sk_live_", 20},
    {"sk_test_", 20},
    {"sq0atp-", 22},
    {"sq0csp-", 40},
    {"whsec_", 30},
    {"xapp-", 20},
    {"xoxa-", 20},
    {"xoxb-", 20},
    {"xoxe-", 20},
    {"xoxe.", 20},
    {"xoxp-", 20},
    {"xoxr-", 20},
    {"xoxs-", 20},
    {"ya29.", 20},
};

/* s.… of Vault before 1.10: 24 letters of both cases and digits. */
static size_t vault_token(struct str line, size_t at)
{
    enum { LONG = 24 };
    bool digit = false, upper = false, lower = false;
    if (!is_at(line, at, "s.") || run_of(line, at + 2, "_-.") != LONG)
        return 0;
    for (size_t i = at + 2; i < at + 2 + LONG; i++) {
        digit |= isdigit((unsigned char)line.p[i]) != 0;
        upper |= isupper((unsigned char)line.p[i]) != 0;
        lower |= islower((unsigned char)line.p[i]) != 0;
        if (!isalnum((unsigned char)line.p[i]))
            return 0;
    }
    return digit && upper && lower ? 2 + LONG : 0;
}

size_t redact_token_known(struct str line, size_t at)
{
    char first = line.p[at];
    if (first == 's' && line.n - at > 1 && line.p[at + 1] == '.')
        return vault_token(line, at);
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens && tokens[i].prefix[0] <= first; i++) {
        if (tokens[i].prefix[0] != first || !is_at(line, at, tokens[i].prefix))
            continue;
        size_t n = run_of(line, at, strchr(tokens[i].prefix, '/') ? "_-./" : "_-.");
        if (n >= tokens[i].shortest)
            return n;
    }
    return 0;
}

size_t redact_token_aws_secret(struct str line, size_t at, size_t *from)
{
    enum { NEAR = 48 };
    for (size_t i = at; i < line.n && i < at + NEAR;) {
        size_t n = run_of(line, i, "/+");
        if (n == 40) {
            *from = i;
            return n;
        }
        i += n ? n : 1;
    }
    return 0;
}

/* Prose ("bearer of news") has no digits or is short. */
size_t redact_token_bearer(struct str line, size_t at)
{
    size_t from = at + 7, digits = 0;
    if (line.n - at < 16 || str_find_fold((struct str){line.p + at, 7}, str_of("bearer ")) != 0)
        return 0;
    size_t n = run_of(line, from, "-._~+/=");
    for (size_t i = 0; i < n; i++)
        digits += isdigit((unsigned char)line.p[from + i]) != 0;
    return n >= 8 && (digits || n >= 20) ? n : 0;
}
