#include "model/address.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"

enum { CHECK_DIGITS = 8, VERSION = 1, MEMBERS_MOST = 32 };

static const char start[] = "kb";
static const char mend[] = "copy it whole: @ in the other kubeboard puts it into the clipboard";

/* ---- texts ---- */

static bool is_plain(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("-._~:,=", c));
}

static void write_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == ' ')
            buf_addc(out, '+');
        else if (is_plain(*text) && (unsigned char)*text < 0x80)
            buf_addc(out, *text);
        else
            buf_printf(out, "%%%02X", (unsigned char)*text);
    }
}

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* Decoded into out; false when it is too long, no UTF-8, or holds what no name or query does. */
static bool read_text(struct str in, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = in.n - i > 2 ? digit(in.p[i + 1]) : -1;
            int low = in.n - i > 2 ? digit(in.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (!is_plain(c)) {
            return false;
        }
        if ((unsigned char)c < ' ' || c == 0x7f || n + 1 >= size)
            return false;
        out[n++] = c;
    }
    out[n] = '\0';
    return utf8_valid((struct str){out, n});
}

/* ---- members ---- */

static bool read_time(struct str text, int64_t *out)
{
    return clock_parse(text, false, out) && *out > 0;
}

static bool read_span(struct str text, struct scope *s)
{
    struct str from;
    if (!str_cut(&text, ',', &from) || !read_time(from, &s->from) || !read_time(text, &s->to))
        return false;
    s->at = s->to;
    return s->from < s->to;
}

/* "namespace:name" */
static bool read_object(struct str text, char ns[SCOPE_NAME], char *name, size_t size)
{
    struct str first;
    return str_cut(&text, ':', &first) && text.n && read_text(first, ns, SCOPE_NAME) &&
           read_text(text, name, size);
}

static bool read_metric(struct str text, struct address *a, bool promql)
{
    a->promql = promql;
    return read_text(text, a->graph, sizeof a->graph);
}

#define TEXT(member) read_text(value, member, sizeof(member))

/* A member that a later version adds is passed over. */
static bool read_member(struct str text, struct address *a)
{
    struct scope *s = &a->scope;
    struct str value = {text.p + 2, text.n - 2};
    if (text.n < 3 || text.p[1] != '=')
        return false;
    switch (text.p[0]) {
    case 'n':
        return TEXT(s->namespace_);
    case 'k':
        return TEXT(s->node);
    case 'w':
        return read_object(value, s->workload_namespace, s->workload, sizeof s->workload);
    case 'p':
        return read_object(value, s->pod_namespace, s->pod, sizeof s->pod);
    case 'c':
        return TEXT(s->container);
    case 'g':
        return TEXT(s->group);
    case 'r':
        return TEXT(s->rule);
    case 't':
        return read_span(value, s);
    case 'q':
        return TEXT(a->query);
    case 'm':
        return read_metric(value, a, false);
    case 'M':
        return read_metric(value, a, true);
    case 'v':
        return TEXT(a->pane);
    case 'f':
        return TEXT(a->filter);
    default:
        return true;
    }
}

static void write_member(struct buf *out, char name, const char *text)
{
    if (!text[0])
        return;
    buf_printf(out, "/%c=", name);
    write_text(out, text);
}

static void write_object(struct buf *out, char letter, const char *ns, const char *name)
{
    if (!name[0])
        return;
    buf_printf(out, "/%c=", letter);
    write_text(out, ns);
    buf_addc(out, ':');
    write_text(out, name);
}

static uint32_t check_of(struct str text)
{
    return (uint32_t)hash_mix(hash_id(text.p, text.n, HASH_ID_SEED));
}

void address_check(struct buf *out)
{
    buf_printf(out, "/%08x", check_of(buf_str(out)));
}

void address_write(const struct address *a, struct buf *out)
{
    const struct scope *s = &a->scope;
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    buf_printf(out, "%s%d/", start, VERSION);
    write_text(out, s->cluster);
    write_member(out, 'n', s->namespace_);
    write_member(out, 'k', s->node);
    write_object(out, 'w', s->workload_namespace, s->workload);
    write_object(out, 'p', s->pod_namespace, s->pod);
    write_member(out, 'c', s->container);
    write_member(out, 'g', s->group);
    write_member(out, 'r', s->rule);
    if (s->at) {
        clock_rfc3339(s->from, s->from % CLOCK_SECOND != 0, from);
        clock_rfc3339(s->to ? s->to : s->at, (s->to ? s->to : s->at) % CLOCK_SECOND != 0, to);
        buf_printf(out, "/t=%s,%s", from, to);
    }
    write_member(out, 'q', a->query);
    write_member(out, a->promql ? 'M' : 'm', a->graph);
    write_member(out, 'v', a->pane);
    write_member(out, 'f', a->filter);
    address_check(out);
}

/* ---- the whole ---- */

static bool wrong(struct err *err, const char *what)
{
    return err_set(err, ERR_USAGE, "address", mend, "%s", what);
}

static struct str bare(struct str text)
{
    text = str_trim(text);
    while (text.n > 1 && (text.p[0] == '\'' || text.p[0] == '"') && text.p[text.n - 1] == text.p[0])
        text = str_trim((struct str){text.p + 1, text.n - 2});
    return text;
}

/* The version in front; the rest behind its slash. */
static bool read_version(struct str *rest, struct err *err)
{
    struct str head;
    int64_t version;
    if (!str_starts(*rest, start) || !str_cut(rest, '/', &head) ||
        !str_to_int((struct str){head.p + 2, head.n - 2}, &version) || version < 1)
        return wrong(err, "this is no address of a view: it begins with kb1/");
    if (version > VERSION)
        return err_set(err, ERR_USAGE, "address", "use a newer kubeboard",
                       "it was made by a newer kubeboard (version %lld of addresses)",
                       (long long)version);
    return true;
}

/* Takes the check off the end. */
static bool verify(struct str *text, struct err *err)
{
    char digits[CHECK_DIGITS + 1], *end;
    size_t n = text->n;
    if (n < CHECK_DIGITS + 1 || text->p[n - CHECK_DIGITS - 1] != '/')
        return wrong(err, "the address is cut off or was changed");
    memcpy(digits, text->p + n - CHECK_DIGITS, CHECK_DIGITS);
    digits[CHECK_DIGITS] = '\0';
    text->n = n - CHECK_DIGITS - 1;
    if (strtoul(digits, &end, 16) != check_of(*text) || *end)
        return wrong(err, "the address is cut off or was changed");
    return true;
}

bool address_read(struct str text, struct address *a, struct err *err)
{
    struct str rest, part;
    memset(a, 0, sizeof *a);
    rest = text = bare(text);
    if (text.n > ADDRESS_MOST)
        return wrong(err, "the address is too long");
    if (!read_version(&rest, err) || !verify(&text, err))
        return false;
    rest.n = (size_t)(text.p + text.n - rest.p);
    if (!str_cut(&rest, '/', &part) || !part.n ||
        !read_text(part, a->scope.cluster, sizeof a->scope.cluster))
        return wrong(err, "the address names no cluster");
    for (size_t i = 0; str_cut(&rest, '/', &part); i++)
        if (i == MEMBERS_MOST || !read_member(part, a))
            return err_set(err, ERR_USAGE, "address", mend, "\"%.*s\" in it cannot be read",
                           part.n > 60 ? 60 : (int)part.n, part.p);
    return true;
}
