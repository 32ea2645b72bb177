/*
 * From a rule to LogQL. Loki searches an alternation of literals by comparing bytes, but runs a
 * whole regular expression as soon as a \b stands in it. So a pattern that is nothing but literals,
 * groups, alternation and \b is asked twice: without its \b first, which lets through at least
 * every line that the pattern matches (an assertion in such a pattern only ever forbids), then as
 * it is. Any other pattern is asked once.
 */
#include "model/rule.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/regex.h"
#include "base/str.h"

#define OWN_APP "kubeboard"
enum { PATTERN_BYTES = 64 << 10 };

const struct rule_labels rule_labels_default = {"namespace", "pod", "container", "node_name",
                                                "app"};

void rule_quote(struct buf *out, const char *text)
{
    static const char special[] = "\"\\\n\t\r", letters[] = "\"\\ntr";
    buf_addc(out, '"');
    for (const char *p = text; *p; p++) {
        const char *at = strchr(special, *p);
        if (at)
            buf_add(out, (char[]){'\\', letters[at - special]}, 2);
        else if ((unsigned char)*p < 0x20 || *p == 0x7f)
            buf_printf(out, "\\x%02x", (unsigned)*p);
        else
            buf_addc(out, *p);
    }
    buf_addc(out, '"');
}

static void add_glob(struct buf *out, const char *glob)
{
    for (const char *p = glob; *p; p++) {
        if (*p == '*') {
            buf_adds(out, ".*");
        } else if (*p == '?') {
            buf_addc(out, '.');
        } else {
            if (strchr("\\.+()[]{}|^$", *p))
                buf_addc(out, '\\');
            buf_addc(out, *p);
        }
    }
}

/* namespace=~"a|b-.*" */
static void add_matcher(struct buf *out, const char *label, const char *operator, char ** globs)
{
    struct buf pattern;
    buf_init(&pattern, PATTERN_BYTES);
    for (char **g = globs; *g; g++) {
        if (g != globs)
            buf_addc(&pattern, '|');
        add_glob(&pattern, *g);
    }
    buf_adds(out, label);
    buf_adds(out, operator);
    rule_quote(out, buf_text(&pattern));
    buf_free(&pattern);
}

static bool is_all(char **globs)
{
    for (char **g = globs; g && *g; g++)
        if (strspn(*g, "*") == strlen(*g))
            return true;
    return !globs || !*globs;
}

/* "(?i)" and the like at the start: their length. */
static size_t flags_length(const char *pattern)
{
    if (strncmp(pattern, "(?", 2) != 0)
        return 0;
    size_t n = strspn(pattern + 2, "ims");
    return n && pattern[2 + n] == ')' ? n + 3 : 0;
}

/* Copies the pattern without its \b; false when it holds anything but what the top of this file
 * names, or no \b. */
static bool drop_boundaries(const char *p, struct buf *out)
{
    size_t flags = flags_length(p), dropped = 0;
    buf_add(out, p, flags);
    for (p += flags; *p; p++) {
        if (*p == '\\' && p[1] == 'b') {
            dropped++;
            p++;
        } else if (*p == '\\' && ispunct((unsigned char)p[1])) {
            buf_add(out, p++, 2);
        } else if (strncmp(p, "(?:", 3) == 0) {
            buf_add(out, p, 3);
            p += 2;
        } else if (strchr("\\.[]{}*+?^$", *p)) {
            return false;
        } else {
            buf_addc(out, *p);
        }
    }
    return dropped > 0 && !out->over;
}

static bool derive_cheap(const char *pattern, struct buf *out)
{
    if (!drop_boundaries(pattern, out))
        return false;
    struct regex *r = regex_new(buf_text(out), REGEX_DEFAULT, NULL);
    bool selects = r && !regex_matches(r, str_of(""));
    regex_free(r);
    return selects;
}

void rule_query(const struct rule *r, const struct rule_labels *labels, struct buf *out)
{
    if (r->logql) {
        buf_adds(out, r->logql);
        return;
    }
    buf_addc(out, '{');
    if (is_all(r->namespaces)) {
        buf_adds(out, labels->namespace_);
        buf_adds(out, "!=\"\"");
    } else {
        add_matcher(out, labels->namespace_, "=~", r->namespaces);
    }
    if (r->exclude_namespaces && *r->exclude_namespaces) {
        buf_addc(out, ',');
        add_matcher(out, labels->namespace_, "!~", r->exclude_namespaces);
    }
    buf_addc(out, '}');
    struct buf cheap;
    buf_init(&cheap, PATTERN_BYTES);
    if (derive_cheap(r->match, &cheap)) {
        buf_adds(out, " |~ ");
        rule_quote(out, buf_text(&cheap));
    }
    buf_free(&cheap);
    buf_adds(out, " |~ ");
    rule_quote(out, r->match);
}

void rule_with_matcher(const char *query, const char *matcher, struct buf *out)
{
    const char *brace = strchr(query, '{');
    if (brace) {
        buf_add(out, query, (size_t)(brace - query + 1));
        buf_adds(out, matcher);
        buf_addc(out, ',');
        query = brace + 1;
    }
    buf_adds(out, query);
}

void rule_counted(const struct rule *r, const struct rule_labels *labels, struct buf *out)
{
    struct buf query, own;
    buf_init(&query, out->max);
    buf_init(&own, out->max);
    rule_query(r, labels, &query);
    buf_adds(&own, labels->app);
    buf_adds(&own, "!=\"" OWN_APP "\"");
    rule_with_matcher(buf_text(&query), buf_text(&own), out);
    buf_free(&query);
    buf_free(&own);
}

static void free_list(char **list)
{
    for (char **p = list; p && *p; p++)
        free(*p);
    free(list);
}

void rule_free_inner(struct rule *r)
{
    free(r->name);
    free_list(r->namespaces);
    free_list(r->exclude_namespaces);
    free(r->match);
    free(r->logql);
    *r = (struct rule){0};
}
