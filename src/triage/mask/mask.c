/*
 * One pass over the line. Blanks, quotes and brackets cut it into words; each word is looked at by
 * itself (mask_word.h), and where that does not decide, by what stands around it (mask_place.h): a
 * month before a number, a name behind "user". No regular expressions: a line costs a few
 * nanoseconds a byte.
 */
#include "triage/mask/mask.h"

#include <ctype.h>

#include "triage/mask/mask_path.h"
#include "triage/mask/mask_place.h"
#include "triage/mask/mask_quote.h"
#include "triage/mask/mask_scan.h"
#include "triage/mask/mask_words.h"

static bool is_ipv4(struct str w)
{
    size_t dots = 0;
    for (size_t i = 0; i < w.n; i++) {
        dots += w.p[i] == '.';
        if (w.p[i] != '.' && !isdigit((unsigned char)w.p[i]))
            return dots == 3 && (w.p[i] == ':' || w.p[i] == '/' || w.p[i] == '#');
    }
    return dots == 3;
}

/* Words that begin with the same letters are of one kind: task_1, task_2. */
static uint32_t kind_of(struct str w)
{
    uint32_t hash = 0;
    size_t i = 0;
    if (isdigit((unsigned char)w.p[0]))
        return is_ipv4(w) ? MASK_OUT_ADDRESS : MASK_OUT_NUMBER;
    if (w.p[0] == '-' || w.p[0] == '+')
        return MASK_OUT_NUMBER;
    if (memchr(w.p, '@', w.n))
        return MASK_OUT_MAIL;
    for (; i < w.n && (mask_word_class[(unsigned char)w.p[i]] & (MASK_LETTER | MASK_HIGH)); i++)
        hash = hash * 31 + (unsigned char)w.p[i];
    while (i < w.n && isxdigit((unsigned char)w.p[i]))
        i++;
    bool hexadecimal = i == w.n;
    for (i = 0; i < w.n && hexadecimal; i++)
        hexadecimal = isxdigit((unsigned char)w.p[i]);
    return hexadecimal ? MASK_OUT_NUMBER : MASK_OUT_OTHER + 1 + hash % 0xffffff;
}

/* "E0827 13:00:00": the day goes with the time. */
static bool is_klog_day(const struct mask_scan *s, struct str w)
{
    if (w.p != s->begin || w.n != 5 || !mask_scan_any(*w.p, "IWEF"))
        return false;
    for (size_t i = 1; i < w.n; i++)
        if (!isdigit((unsigned char)w.p[i]))
            return false;
    return true;
}

/* Behind the = or == that base64 ends in, where the word ends there. */
static const char *skip_padding(const struct mask_scan *s, struct str word)
{
    const char *end = word.p + word.n, *p = end;
    while (mask_scan_char(s, p) == '=')
        p++;
    size_t padding = (size_t)(p - end);
    bool ends = !mask_scan_class(s, p) && !mask_scan_any(mask_scan_char(s, p), "\"'[{(");
    return padding <= 2 && word.n >= 6 && (word.n + padding) % 4 == 0 && ends ? p : end;
}

/* A value; a number that ends where we read takes its unit along. */
static void add_value(struct mask_scan *s, const struct mask_token *t)
{
    struct str word = t->text;
    bool date =
        t->sets & (MASK_SET_MONTH | MASK_SET_WEEKDAY | MASK_SET_ZONE) || is_klog_day(s, word);
    mask_scan_value(s, date ? MASK_OUT_NUMBER : kind_of(word));
    if (word.p + word.n != s->p)
        return;
    const char *end = s->p;
    if (mask_word_is_number(word))
        s->p = mask_path_skip_unit(s, s->p);
    else if (mask_scan_char(s, s->p) == '=')
        s->p = skip_padding(s, word);
    s->out.unit = s->p != end && mask_word_is_number(word);
}

static void add_constant(struct mask_scan *s, const struct mask_token *t)
{
    if (t->classes & MASK_HIGH)
        mask_out_high(&s->out, t->text);
    else
        mask_out_text(&s->out, t->text);
    s->before_that = s->before;
    s->before = t->sets;
    s->after_for =
        t->text.n == 3 && memcmp(t->text.p + 1, "or", 2) == 0 && (*t->text.p | 32) == 'f';
}

/* map[a:b c:d], as Go prints it. */
static bool read_map(struct mask_scan *s, struct str w)
{
    int depth = 0;
    if (!str_is(w, "map"))
        return false;
    for (const char *p = s->p; p < s->end; p++) {
        depth += (*p == '[') - (*p == ']');
        if (depth)
            continue;
        s->p = p + 1;
        mask_scan_value(s, MASK_OUT_OTHER);
        return true;
    }
    return false;
}

/* a,b,c: behind the list of which w is the first, or s->p. Two may be prose without a blank. */
static const char *skip_names(const struct mask_scan *s, struct str w)
{
    const char *p = w.p + w.n;
    if (p != s->p || !isalpha((unsigned char)w.p[0]))
        return s->p;
    unsigned name = MASK_LETTER | MASK_DIGIT | MASK_DOT | MASK_OTHER | MASK_SLASH, commas = 0;
    while (mask_scan_char(s, p) == ',' && mask_scan_class(s, p + 1) & (MASK_LETTER | MASK_DIGIT)) {
        for (p++; mask_scan_class(s, p) & name;)
            p++;
        commas++;
    }
    bool ends = !mask_scan_class(s, p) && !mask_scan_any(mask_scan_char(s, p), "=({[<\"'");
    return ends && commas > 1 ? p : s->p;
}

/* A word without colons. */
static void add_part(struct mask_scan *s, struct str w, unsigned classes)
{
    bool bracket = w.p + w.n == s->p && mask_scan_char(s, s->p) == '[';
    const char *list = bracket ? mask_path_skip_list(s, s->p) : s->p;
    if (list != s->p) {
        s->p = list;
        mask_scan_value(s, kind_of(w));
        return;
    }
    if (bracket && read_map(s, w))
        return;
    const char *names = mask_scan_char(s, s->p) == ',' ? skip_names(s, w) : s->p;
    if (names != s->p) {
        s->p = names;
        mask_scan_value(s, MASK_OUT_OTHER);
        return;
    }
    struct mask_token t = {w, classes, mask_words_of(w)};
    bool name = classes & MASK_DIGIT && mask_place_is_name(s, w);
    bool padded = s->p == w.p + w.n && w.n >= 14 && skip_padding(s, w) == s->p + 2;
    if (padded || (!name && (mask_word_is_value(w, classes, t.sets) || mask_place_is_value(s, &t))))
        add_value(s, &t);
    else
        add_constant(s, &t);
}

static unsigned classes_of(struct str w)
{
    unsigned classes = 0;
    for (size_t i = 0; i < w.n; i++)
        classes |= mask_word_class[(unsigned char)w.p[i]];
    return classes;
}

/* A word with its colons; runs of dots are cut out before. */
static void add_parts(struct mask_scan *s, struct str w, unsigned classes)
{
    if (!w.n)
        return;
    if (!(classes & MASK_COLON)) {
        add_part(s, w, classes);
        return;
    }
    if (w.p[0] == ':' && w.n > 1 && w.p[1] != ':') { /* the port behind "[::1]" */
        mask_out_char(&s->out, ':');
        w = (struct str){w.p + 1, w.n - 1};
    }
    if (mask_word_is_colon_value(w)) {
        add_value(s, &(struct mask_token){w, classes, 0});
        return;
    }
    while (w.n) {
        const char *colon = memchr(w.p, ':', w.n);
        struct str part = {w.p, colon ? (size_t)(colon - w.p) : w.n};
        w = (struct str){w.p + part.n, w.n - part.n};
        if (part.n && part.p[0] == '/') { /* path:/a/b:c */
            mask_scan_value(s, MASK_OUT_PATH);
            return;
        }
        if (part.n)
            add_part(s, part, classes_of(part));
        if (w.n) {
            mask_out_char(&s->out, ':');
            w = (struct str){w.p + 1, w.n - 1};
        }
    }
}

static const char *two_dots(struct str w)
{
    for (size_t i = 1; i < w.n; i++)
        if (w.p[i] == '.' && w.p[i - 1] == '.')
            return w.p + i - 1;
    return NULL;
}

static bool is_tail(char c)
{
    return c == '.' || c == ':' || c == '!' || c == '?';
}

/* What a word ends in that is not part of it: punctuation, and the arrow of "a->b". */
static const char *start_of_tail(const struct mask_scan *s, const char *start, const char *end)
{
    const char *stop = end;
    while (stop > start && is_tail(stop[-1]))
        stop--;
    if (stop == end && stop > start + 1 && stop[-1] == '-' && mask_scan_char(s, stop) == '>')
        stop--;
    return stop;
}

static void add_word(struct mask_scan *s)
{
    const char *start = s->p;
    unsigned classes = 0;
    while (s->p < s->end && mask_word_class[(unsigned char)*s->p])
        classes |= mask_word_class[(unsigned char)*s->p++];
    if (classes & MASK_MARK && s->p[-1] == '\\' && mask_scan_is_quote(s, s->p - 1)) {
        s->p--;
        if (s->p == start) {
            mask_quote_read(s);
            return;
        }
        classes = classes_of(mask_scan_between(start, s->p));
    }
    struct str w = mask_scan_between(start, s->p);
    if (classes == MASK_LETTER) {
        add_part(s, w, classes);
        return;
    }
    if (classes & (MASK_SLASH | MASK_MARK) && mask_path_read(s, w, classes))
        return;
    const char *stop = start_of_tail(s, start, s->p), *dots;
    struct str tail = mask_scan_between(stop, s->p);
    w = mask_scan_between(start, stop);
    s->p = stop;
    while (classes & MASK_DOT && (dots = two_dots(w))) {
        const char *on = dots;
        while (on < stop && *on == '.')
            on++;
        add_parts(s, mask_scan_between(w.p, dots), classes_of(mask_scan_between(w.p, dots)));
        mask_out_text(&s->out, mask_scan_between(dots, on));
        w = mask_scan_between(on, stop);
    }
    add_parts(s, w, tail.n ? classes_of(w) : classes);
    if (tail.n && s->p == stop) {
        mask_out_text(&s->out, tail);
        s->p = tail.p + tail.n;
    }
}

/* Colours: ESC [ … letter. */
static const char *skip_escape(const struct mask_scan *s, const char *p)
{
    if (++p >= s->end || *p != '[')
        return p;
    for (p++; p < s->end && (isdigit((unsigned char)*p) || *p == ';'); p++)
        continue;
    return p < s->end ? p + 1 : p;
}

/* "<1" and the like before a plain number, which no ">" closes: "<1 sec" is a time like any other. */
static bool is_bound(const struct mask_scan *s)
{
    const char *p = s->p + 1;
    if (s->p > s->begin && !mask_scan_is_blank(s->p[-1]) && s->p[-1] != '=')
        return false;
    while (mask_scan_class(s, p) & (MASK_DIGIT | MASK_DOT))
        p++;
    return p > s->p + 1 && (p >= s->end || mask_scan_any(*p, " ,;)]"));
}

/* "rhost= user=root", "OUT= MAC=…": nothing is a value too, of a key that names
 * one of many, and where another member follows. */
static bool is_empty_member(const struct mask_scan *s)
{
    const char *p = s->p + 1;
    char next = mask_scan_char(s, p);
    if (s->out.blank || mask_out_is_value(&s->out) ||
        (next && next != ' ' && next != ',' && next != ';'))
        return false;
    if (s->before & MASK_SET_IDENTITY)
        return true;
    p = mask_scan_skip_blanks(s, p);
    const char *name = p;
    while (mask_scan_class(s, p) & (MASK_LETTER | MASK_DIGIT | MASK_DOT | MASK_OTHER))
        p++;
    return next == ' ' && p > name && mask_scan_char(s, p) == '=';
}

static void read_mark(struct mask_scan *s)
{
    char c = *s->p;
    if (c == 27) {
        s->p = skip_escape(s, s->p);
    } else if (mask_scan_is_blank(c)) {
        s->out.blank = true;
        s->p++;
    } else if (c == '"' || c == '\'' || c == '`') {
        mask_quote_read(s);
    } else if (c == '[' && mask_quote_list(s)) {
        return;
    } else if (s->before & MASK_SET_COMMAND && mask_place_read_command(s)) {
        return;
    } else if (c == ')') {
        mask_out_close(&s->out);
        s->p++;
    } else if (c == '=' && is_empty_member(s)) {
        mask_out_char(&s->out, c);
        mask_scan_value(s, MASK_OUT_OTHER);
        s->p++;
    } else {
        if ((c != '<' && c != '>') || !is_bound(s))
            mask_out_char(&s->out, c);
        s->p++;
    }
}

size_t mask_line(struct str line, char out[MASK_SIZE])
{
    bool cut = line.n > MASK_READ;
    struct mask_scan s = {.begin = line.p, .p = line.p};
    s.end = line.p + (cut ? MASK_READ : line.n);
    mask_out_init(&s.out, out);
    while (s.p < s.end && !s.out.full) {
        if ((s.before & MASK_SET_USER || s.after_for) && mask_place_read_name(&s))
            continue;
        if (mask_word_class[(unsigned char)*s.p])
            add_word(&s);
        else
            read_mark(&s);
    }
    if (cut && !s.out.full)
        mask_scan_value(&s, MASK_OUT_OTHER);
    mask_out_end(&s.out);
    return s.out.n;
}
