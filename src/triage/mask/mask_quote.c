#include "triage/mask/mask_quote.h"

#include <ctype.h>

#include "triage/mask/mask_path.h"
#include "triage/mask/mask_words.h"

enum { QUOTE_READ = 200, AGENT_READ = 500, LIST_READ = 400, TITLE_MAX = 40 };

/* A quote as it stands in the line, \" inside a quoted text or " outside: one opens, the same
 * closes, or ' what ` opened. */
struct quote {
    char mark;
    bool escaped;
};

static size_t length_of(struct quote q)
{
    return 1u + q.escaped;
}

static bool is_quote_at(const struct mask_scan *s, const char *p, struct quote q)
{
    return mask_scan_char(s, p) == (q.escaped ? '\\' : q.mark) &&
           (!q.escaped || mask_scan_char(s, p + 1) == q.mark);
}

static void add_quote(struct mask_scan *s, struct quote q)
{
    if (q.escaped)
        mask_out_char(&s->out, '\\');
    mask_out_char(&s->out, q.mark);
}

/* The quote that closes what was opened before p, or NULL when there is none near. */
static const char *closing_quote(const struct mask_scan *s, const char *p, struct quote q,
                                 size_t limit)
{
    const char *stop = (size_t)(s->end - p) > limit ? p + limit : s->end;
    for (; p < stop; p++) {
        if (is_quote_at(s, p, q) || (q.mark == '`' && *p == '\'' && !q.escaped))
            return p;
        if (*p == '\\' && p + 1 < stop)
            p++;
        else if (*p == q.mark)
            return NULL; /* the text around it ends first */
    }
    return NULL;
}

static bool is_json_key(struct str w)
{
    size_t digits = 0;
    for (size_t i = 0; i < w.n; i++) {
        digits += isdigit((unsigned char)w.p[i]) != 0;
        if (!isalnum((unsigned char)w.p[i]) && !mask_scan_any(w.p[i], "_.@/$-"))
            return false;
    }
    return w.n && digits <= 2;
}

/* "key": of JSON, "key"= of klog. A text member that does not say what happened is a value whatever
 * it holds. */
static bool read_json_key(struct mask_scan *s, struct str key, struct quote q)
{
    const char *p = key.p + key.n + length_of(q);
    char mark = mask_scan_char(s, p), before = mask_out_last(&s->out);
    bool member = mark == '=' || (mark == ':' && (!before || before == '{' || before == ','));
    if (!member || !is_json_key(key))
        return false;
    add_quote(s, q);
    mask_out_text(&s->out, key);
    add_quote(s, q);
    mask_out_char(&s->out, mark);
    s->p = p + 1;
    const char *value = mask_scan_skip_blanks(s, s->p);
    if (!is_quote_at(s, value, q))
        return true;
    if (mask_words_of(key) & MASK_SET_MESSAGE) {
        add_quote(s, q);
        s->open[q.escaped] = q.mark;
        s->p = value + length_of(q);
        return true;
    }
    const char *end = closing_quote(s, value + length_of(q), q, (size_t)(s->end - value));
    mask_scan_value(s, MASK_OUT_OTHER);
    s->p = end ? end + length_of(q) : s->end;
    return true;
}

static bool has_blank(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (mask_scan_is_blank(text.p[i]))
            return true;
    return false;
}

/* A few words as a name or a reason has them; no request ("GET /x"), command or list. */
static bool is_title(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (mask_scan_any(text.p[i], "/:;,=<>(){}[]%"))
            return false;
    return text.n <= TITLE_MAX;
}

/* "a, b,c", "[a b]", "{"id":1}": names and what a program prints of its data. */
static bool is_list(struct str text)
{
    size_t commas = 0;
    char first = text.p[0], last = text.p[text.n - 1];
    if ((first == '[' && last == ']') || (first == '{' && last == '}'))
        return true;
    for (size_t i = 0; i < text.n; i++) {
        commas += text.p[i] == ',';
        if (mask_scan_is_blank(text.p[i]) && (!i || text.p[i - 1] != ','))
            return false;
    }
    return commas > 0;
}

/* "Mozilla/5.0 (X11; Linux x86_64)", "curl/7.88.1": programs as they name themselves. */
static bool is_agent(const struct mask_scan *s, const char *p)
{
    const char *name = p;
    while (mask_scan_class(s, p) & MASK_LETTER || mask_scan_char(s, p) == '-')
        p++;
    return p > name + 1 && mask_scan_char(s, p) == '/' && mask_scan_class(s, p + 1) & MASK_DIGIT;
}

void mask_quote_read(struct mask_scan *s)
{
    struct quote q = {.escaped = *s->p == '\\'};
    q.mark = s->p[q.escaped];
    const char *from = s->p + length_of(q);
    bool inside_word = !q.escaped && s->p > s->begin && isalnum((unsigned char)s->p[-1]);
    if (s->open[q.escaped] == q.mark || inside_word) {
        if (s->open[q.escaped] == q.mark)
            s->open[q.escaped] = 0;
        add_quote(s, q);
        s->p = from;
        return;
    }
    bool agent = is_agent(s, from);
    const char *close = closing_quote(s, from, q, agent ? AGENT_READ : QUOTE_READ);
    struct str text = mask_scan_between(from, close ? close : from);
    if (text.n && read_json_key(s, text, q))
        return;
    bool path = text.n > 1 && (text.p[0] == '/' || mask_path_is_drive(text));
    char last = mask_out_last(&s->out);
    bool member = last == '=' && !s->out.blank && !(s->before & MASK_SET_MESSAGE);
    /* x.go:1] "Text", and a text that the line begins with. */
    bool begins = !last && has_blank(text) && !agent;
    bool message = !member && (last == '=' || begins || (last == ']' && s->out.blank));
    bool word = close && !message &&
                (member || agent || !has_blank(text) || is_title(text) || is_list(text));
    add_quote(s, q);
    s->p = from;
    if (close && !q.escaped)
        q.mark = *close;
    if (path || word) {
        mask_scan_value(s, MASK_OUT_OTHER);
        add_quote(s, q);
        s->p = close + length_of(q);
    } else if (close) {
        s->open[q.escaped] = q.mark;
    }
}

/* Words between commas, quoted or not; blanks only behind commas, or anywhere. The end of the list,
 * or NULL. */
static const char *end_of_list(const struct mask_scan *s, const char *p, bool blanks,
                               size_t *commas)
{
    const char *stop = s->end - p > LIST_READ ? p + LIST_READ : s->end;
    for (; p < stop && *p != ']'; p++) {
        if (*p == ',')
            ++*commas;
        else if (!mask_word_class[(unsigned char)*p] && *p != '"' && *p != '\'' &&
                 !(*p == ' ' && (blanks || p[-1] == ',')))
            return NULL;
    }
    return p < stop ? p : NULL;
}

bool mask_quote_list(struct mask_scan *s)
{
    size_t commas = 0;
    char last = mask_out_last(&s->out);
    bool member = last == '=' || last == ':'; /* then one word is a list too, and none */
    const char *end = end_of_list(s, s->p + 1, member && !s->out.blank, &commas);
    bool none = end == s->p + 1 && (s->out.blank || !last);
    if (!end || (!commas && !none && !(member && !s->out.blank)))
        return false;
    mask_out_char(&s->out, '[');
    mask_scan_value(s, MASK_OUT_OTHER);
    s->p = end;
    return true;
}
