#include "store/s3/s3_xml.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

struct scan {
    struct str xml;
    size_t at;
    struct buf text, path;
    size_t starts[S3_XML_DEPTH]; /* where each open element's name begins in the path */
    int depth;
    bool root_seen, stopped;
    void *context;
    bool (*element)(void *context, const char *path, struct str text);
    const char *wrong;
};

static bool fail(struct scan *s, const char *what)
{
    s->wrong = what;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_name_byte(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 0x80 || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') ||
           (u >= '0' && u <= '9') || (c && strchr("-._:", c));
}

static bool here(const struct scan *s, const char *text)
{
    size_t n = strlen(text);
    return s->xml.n - s->at >= n && !memcmp(s->xml.p + s->at, text, n);
}

/* Goes behind the next `end`. */
static bool skip_to(struct scan *s, const char *end, const char *what)
{
    struct str rest = {s->xml.p + s->at, s->xml.n - s->at};
    ptrdiff_t found = str_find(rest, str_of(end));
    if (found < 0)
        return fail(s, what);
    s->at += (size_t)found + strlen(end);
    return true;
}

static struct str take_name(struct scan *s)
{
    size_t from = s->at;
    while (s->at < s->xml.n && is_name_byte(s->xml.p[s->at]))
        s->at++;
    return (struct str){s->xml.p + from, s->at - from};
}

/* ---- text ---- */

static bool number_of(struct str digits, uint32_t base, uint32_t *code)
{
    *code = 0;
    for (size_t i = 0; i < digits.n; i++) {
        static const char hex[] = "0123456789abcdef";
        char c = digits.p[i];
        const char *at = c ? strchr(hex, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;
        if (!at || (uint32_t)(at - hex) >= base)
            return false;
        *code = *code * base + (uint32_t)(at - hex);
        if (*code > 0x10ffff)
            return false;
    }
    return digits.n && *code && (*code < 0xd800 || *code > 0xdfff);
}

static bool take_entity(struct scan *s)
{
    static const struct {
        const char *name, value;
    } known[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    size_t longest = s->xml.n - s->at < 12 ? s->xml.n - s->at : 12;
    const char *from = s->xml.p + s->at, *end = memchr(from, ';', longest);
    if (!end)
        return fail(s, "an entity is not closed");
    struct str name = {from + 1, (size_t)(end - from) - 1};
    s->at += name.n + 2;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is(name, known[i].name))
            return buf_addc(&s->text, known[i].value) || fail(s, "a text is too long");
    bool hex = str_starts(name, "#x");
    size_t skip = hex ? 2 : 1;
    uint32_t code;
    char bytes[4];
    if (!str_starts(name, "#") ||
        !number_of((struct str){name.p + skip, name.n - skip}, hex ? 16 : 10, &code))
        return fail(s, "an unknown entity");
    return buf_add(&s->text, bytes, utf8_encode(code, bytes)) || fail(s, "a text is too long");
}

static bool take_text(struct scan *s)
{
    while (s->at < s->xml.n && s->xml.p[s->at] != '<') {
        if (s->xml.p[s->at] == '&') {
            if (!take_entity(s))
                return false;
            continue;
        }
        size_t from = s->at;
        while (s->at < s->xml.n && s->xml.p[s->at] != '<' && s->xml.p[s->at] != '&')
            s->at++;
        if (!buf_add(&s->text, s->xml.p + from, s->at - from))
            return fail(s, "a text is too long");
    }
    if (s->depth)
        return true;
    if (str_trim(buf_str(&s->text)).n)
        return fail(s,
                    s->root_seen ? "there is text behind the end" : "it does not begin with '<'");
    buf_clear(&s->text);
    return true;
}

/* ---- tags ---- */

static bool open_element(struct scan *s, struct str name)
{
    if (s->depth == S3_XML_DEPTH)
        return fail(s, "it nests too deep");
    if (!s->depth && s->root_seen)
        return fail(s, "there is a second root");
    s->root_seen = true;
    s->starts[s->depth++] = s->path.n;
    buf_clear(&s->text);
    return (buf_adds(&s->path, s->path.n ? "/" : "") && buf_add(&s->path, name.p, name.n)) ||
           fail(s, "the names are too long");
}

static bool close_element(struct scan *s)
{
    s->stopped = !s->element(s->context, buf_text(&s->path), buf_str(&s->text));
    buf_clear(&s->text);
    s->path.n = s->starts[--s->depth];
    s->path.p[s->path.n] = '\0';
    return true;
}

static bool take_end(struct scan *s)
{
    s->at += 2;
    struct str name = take_name(s);
    while (s->at < s->xml.n && is_blank(s->xml.p[s->at]))
        s->at++;
    if (!here(s, ">"))
        return fail(s, "an end tag is broken");
    s->at++;
    size_t start = s->depth ? s->starts[s->depth - 1] : 0;
    start += start ? 1 : 0;
    struct str open = {s->path.p + start, s->path.n - start};
    if (!s->depth || !str_eq(open, name))
        return fail(s, "an end tag closes what is not open");
    return close_element(s);
}

static bool take_attribute(struct scan *s)
{
    if (!take_name(s).n || !here(s, "="))
        return fail(s, "an attribute is broken");
    s->at++;
    if (here(s, "\""))
        return s->at++, skip_to(s, "\"", "an attribute is not closed");
    if (here(s, "'"))
        return s->at++, skip_to(s, "'", "an attribute is not closed");
    return fail(s, "an attribute is not quoted");
}

static bool take_start(struct scan *s)
{
    s->at++;
    struct str name = take_name(s);
    if (!name.n)
        return fail(s, "a tag has no name");
    if (!open_element(s, name))
        return false;
    for (;;) {
        size_t from = s->at;
        while (s->at < s->xml.n && is_blank(s->xml.p[s->at]))
            s->at++;
        if (here(s, ">")) {
            s->at++;
            return true;
        }
        if (here(s, "/>")) {
            s->at += 2;
            return close_element(s);
        }
        if (s->at == from || s->at == s->xml.n)
            return fail(s, "a tag is not closed");
        if (!take_attribute(s))
            return false;
    }
}

static bool take_cdata(struct scan *s)
{
    s->at += strlen("<![CDATA[");
    size_t from = s->at;
    if (!s->depth || !skip_to(s, "]]>", "CDATA is not closed"))
        return fail(s, "CDATA is not closed or stands outside");
    return buf_add(&s->text, s->xml.p + from, s->at - from - 3) || fail(s, "a text is too long");
}

static bool take_markup(struct scan *s)
{
    if (here(s, "<?"))
        return skip_to(s, "?>", "the declaration is not closed");
    if (here(s, "<!--"))
        return skip_to(s, "-->", "a comment is not closed");
    if (here(s, "<![CDATA["))
        return take_cdata(s);
    if (here(s, "<!"))
        return fail(s, "a document type is not read");
    return here(s, "</") ? take_end(s) : take_start(s);
}

static bool scan_all(struct scan *s)
{
    if (here(s, "\xef\xbb\xbf"))
        s->at += 3;
    while (!s->stopped && s->at < s->xml.n)
        if (!(s->xml.p[s->at] == '<' ? take_markup(s) : take_text(s)))
            return false;
    if (!s->stopped && (s->depth || !s->root_seen))
        return fail(s, "it ends early");
    return true;
}

bool s3_xml_scan(struct str xml, void *context,
                 bool (*element)(void *context, const char *path, struct str text), struct err *err)
{
    struct scan s = {.xml = xml, .context = context, .element = element};
    buf_init(&s.text, S3_XML_TEXT);
    buf_init(&s.path, S3_XML_PATH);
    bool ok = scan_all(&s);
    buf_free(&s.text);
    buf_free(&s.path);
    return ok || err_set(err, ERR_PROTOCOL, "", "is it an S3 server?",
                         "the answer is no XML that S3 gives: %s (byte %zu)", s.wrong, s.at);
}
