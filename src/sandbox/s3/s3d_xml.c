/*
 * XML as S3 writes it, and a reader for the two bodies that S3 is sent (closing an upload, deleting
 * several). The reader is another one than the client's on purpose: it takes no more than S3 does,
 * and a mistake that both ends shared would not show.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "sandbox/s3/s3d_internal.h"

enum { PATH_MAX_BYTES = 200, TEXT_MAX = 16 << 10 };

/* ---- writing ---- */

void s3d_xml_begin(struct buf *out, const char *root)
{
    buf_printf(out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<%s xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">",
               root);
}

void s3d_xml_escape(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '&')
            buf_adds(out, "&amp;");
        else if (c == '<')
            buf_adds(out, "&lt;");
        else if (c == '>')
            buf_adds(out, "&gt;");
        else if (c == '"')
            buf_adds(out, "&quot;");
        else if (c < 0x20 && c != '\n' && c != '\t')
            buf_printf(out, "&#x%x;", c);
        else
            buf_addc(out, (char)c);
    }
}

void s3d_xml_text(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "<%s>", name);
    s3d_xml_escape(out, str_of(value));
    buf_printf(out, "</%s>", name);
}

void s3d_xml_number(struct buf *out, const char *name, uint64_t value)
{
    buf_printf(out, "<%s>%llu</%s>", name, (unsigned long long)value, name);
}

/* ---- reading ---- */

struct reader {
    struct str rest;
    char path[PATH_MAX_BYTES];
    struct buf text;
    bool leaf; /* no element has ended inside the open one */
};

static bool skip_to(struct str *s, const char *end)
{
    ptrdiff_t at = str_find(*s, str_of(end));
    if (at < 0)
        return false;
    s->p += at + (ptrdiff_t)strlen(end);
    s->n -= (size_t)at + strlen(end);
    return true;
}

static bool add_entity(struct buf *out, struct str name)
{
    static const struct {
        const char *name;
        char c;
    } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    char digits[12], encoded[4], *end;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is(name, known[i].name))
            return buf_addc(out, known[i].c);
    if (name.n < 2 || name.n >= sizeof digits || name.p[0] != '#')
        return false;
    bool hex = name.p[1] == 'x';
    memcpy(digits, name.p + 1 + hex, name.n - 1 - hex);
    digits[name.n - 1 - hex] = '\0';
    if (!isxdigit((unsigned char)digits[0]))
        return false;
    unsigned long code = strtoul(digits, &end, hex ? 16 : 10);
    if (*end || !code || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return false;
    return buf_add(out, encoded, utf8_encode((uint32_t)code, encoded));
}

static bool take_text(struct reader *r)
{
    while (r->rest.n && *r->rest.p != '<') {
        char c = *r->rest.p++;
        r->rest.n--;
        if (c == '&') {
            const char *end = memchr(r->rest.p, ';', r->rest.n < 12 ? r->rest.n : 12);
            struct str name = {r->rest.p, end ? (size_t)(end - r->rest.p) : 0};
            if (!end || !add_entity(&r->text, name))
                return false;
            r->rest.p += name.n + 1;
            r->rest.n -= name.n + 1;
        } else if (!buf_addc(&r->text, c)) {
            return false;
        }
    }
    return true;
}

static bool open_element(struct reader *r, struct str name)
{
    size_t n = strlen(r->path);
    if (!name.n || n + name.n + 2 > sizeof r->path)
        return false;
    if (n)
        r->path[n++] = '/';
    memcpy(r->path + n, name.p, name.n);
    r->path[n + name.n] = '\0';
    buf_clear(&r->text);
    r->leaf = true;
    return true;
}

static bool close_element(struct reader *r, struct str name,
                          bool (*element)(void *context, const char *path, struct str text),
                          void *context)
{
    char *slash = strrchr(r->path, '/');
    if (!*r->path || !str_is(name, slash ? slash + 1 : r->path))
        return false;
    struct str text = r->leaf ? buf_str(&r->text) : str_of("");
    if (!element(context, r->path, text))
        return false;
    *(slash ? slash : r->path) = '\0';
    buf_clear(&r->text);
    r->leaf = false;
    return true;
}

/* What stands between < and >; attributes (name spaces) are passed over. */
static bool take_tag(struct reader *r,
                     bool (*element)(void *context, const char *path, struct str text),
                     void *context)
{
    if (str_starts(r->rest, "<?"))
        return skip_to(&r->rest, "?>");
    if (str_starts(r->rest, "<!--"))
        return skip_to(&r->rest, "-->");
    const char *end = memchr(r->rest.p, '>', r->rest.n);
    if (!end)
        return false;
    struct str tag = {r->rest.p + 1, (size_t)(end - r->rest.p) - 1}, name = {tag.p, 0};
    r->rest.n -= tag.n + 2;
    r->rest.p = end + 1;
    bool closing = str_starts(tag, "/"), empty = str_ends(tag, "/") && tag.n > 1;
    name.p += closing;
    for (const char *p = name.p; p < tag.p + tag.n - empty; p++, name.n++)
        if (!isalnum((unsigned char)*p))
            break;
    if (closing)
        return close_element(r, name, element, context);
    return open_element(r, name) && (!empty || close_element(r, name, element, context));
}

bool s3d_xml_read(struct str xml, bool (*element)(void *context, const char *path, struct str text),
                  void *context)
{
    struct reader r = {.rest = xml};
    bool ok = true, any = false;
    buf_init(&r.text, TEXT_MAX);
    while (ok && r.rest.n) {
        if (*r.rest.p == '<') {
            ok = take_tag(&r, element, context);
            any = true;
        } else {
            ok = take_text(&r) && (*r.path || !str_trim(buf_str(&r.text)).n);
        }
    }
    buf_free(&r.text);
    return ok && any && !*r.path;
}
