/*
 * Widths are those of terminals that place every code point by itself (xterm, tmux, ncurses): the
 * columns of a text are the sum of its code points' columns, and a cluster ends before a second one
 * that has any. What terminals disagree about never leaves utf8_safe. Some draw an emoji sequence as
 * one picture and some as its parts: the joiners, skin tones, tags and variation selectors within one
 * are dropped, which leaves parts that all draw alike (UTS #51 names them as the fallback), and a flag
 * becomes the two letters that it is made of. In scripts whose letters join, a joiner or non-joiner says
 * how they do, and goes too; anywhere else it hides something and is shown.
 */
#include "base/utf8.h"

#include <string.h>
#include <utf8proc.h>

enum {
    REPLACEMENT = 0xfffd,
    MARKS_MAX = 4, /* zero-width characters on one base; more would paint over other lines */
    TAB_COLUMNS = 8
};

/* Unicode 15, table 3-7: the second byte's range keeps out overlong forms, surrogates and what is
 * beyond U+10FFFF. */
static size_t sequence_length(unsigned char first, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    if (first < 0xe0)
        return 2;
    if (first == 0xe0)
        *low = 0xa0;
    else if (first == 0xed)
        *high = 0x9f;
    else if (first == 0xf0)
        *low = 0x90;
    else if (first == 0xf4)
        *high = 0x8f;
    return first < 0xf0 ? 3 : 4;
}

/* As utf8_decode; 0 when the byte at p begins no character. */
static size_t decode(const char *bytes, size_t n, uint32_t *code)
{
    const unsigned char *p = (const unsigned char *)bytes;
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    /* U+1000 to U+CFFF, most of it Hangul and ideographs, needs no look at the second byte's range. */
    if (n >= 3 && p[0] >= 0xe1 && p[0] <= 0xec && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
        *code = (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
        return 3;
    }
    unsigned char low, high;
    size_t length = sequence_length(p[0], &low, &high);
    if (!length || n < length || p[1] < low || p[1] > high)
        return 0;
    uint32_t value = (uint32_t)(p[0] & (0x7f >> length)) << 6 | (p[1] & 0x3f);
    for (size_t i = 2; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (p[i] & 0x3f);
    }
    *code = value;
    return length;
}

size_t utf8_decode(const char *p, size_t n, uint32_t *code)
{
    size_t length = decode(p, n, code);
    if (length)
        return length;
    *code = REPLACEMENT;
    return 1;
}

size_t utf8_encode(uint32_t code, char out[4])
{
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        code = REPLACEMENT;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(0xf00 >> length | code);
    return length;
}

/* How many bytes at p are printable ASCII, eight at a time. */
static size_t ascii_run(const char *p, size_t n)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones * 0x80;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, 8);
        uint64_t is_delete = word ^ ones * 0x7f;
        uint64_t below_blank = (word - ones * 0x20) & ~word;
        if ((word | below_blank | ((is_delete - ones) & ~is_delete)) & tops)
            break;
    }
    while (i < n && p[i] >= 0x20 && p[i] < 0x7f)
        i++;
    return i;
}

bool utf8_valid(struct str text)
{
    for (size_t i = 0; i < text.n;) {
        uint32_t code;
        size_t length = ascii_run(text.p + i, text.n - i);
        if (!length)
            length = decode(text.p + i, text.n - i, &code);
        if (!length)
            return false;
        i += length;
    }
    return true;
}

bool utf8_is_upper(uint32_t code)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
}

/* Hangul syllables and the common ideographs: two columns, and nothing to look up. */
static bool is_common_wide(uint32_t code)
{
    return (code >= 0xac00 && code <= 0xd7a3) || (code >= 0x4dc0 && code <= 0x9fbf);
}

/* Where utf8proc and the C library, by which ncurses counts, differ, the latter is followed: medial
 * and final Hangul letters join the one before them, spacing marks and numbers in squares do not. */
static int columns_of_property(uint32_t code, const utf8proc_property_t *property)
{
    if ((code >= 0x1160 && code <= 0x11ff) || (code >= 0xd7b0 && code <= 0xd7ff))
        return 0;
    if (code >= 0x3248 && code <= 0x324f)
        return 2;
    return property->category == UTF8PROC_CATEGORY_MC ? 1 : property->charwidth;
}

static int columns_of(uint32_t code)
{
    if (code < 0x7f)
        return code >= 0x20;
    if (is_common_wide(code))
        return 2;
    return columns_of_property(code, utf8proc_get_property((utf8proc_int32_t)code));
}

/* Whether a cluster ends between the two without asking the tables. */
static bool is_plain_border(uint32_t code, uint32_t next)
{
    return (code < 0x80 || is_common_wide(code)) && (next < 0x80 || is_common_wide(next));
}

size_t utf8_cluster(const char *p, size_t n, int *width)
{
    *width = 0;
    if (!n)
        return 0;
    uint32_t code, next;
    size_t length = utf8_decode(p, n, &code);
    *width = columns_of(code);
    utf8proc_int32_t state = 0;
    while (length < n) {
        size_t more = utf8_decode(p + length, n - length, &next);
        if (is_plain_border(code, next))
            break;
        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)code, (utf8proc_int32_t)next,
                                             &state))
            break;
        int columns = columns_of(next);
        if (columns && *width)
            break;
        *width += columns;
        length += more;
        code = next;
    }
    return length;
}

int utf8_width(struct str text)
{
    int width = 0;
    for (size_t i = 0; i < text.n;) {
        uint32_t code;
        size_t plain = ascii_run(text.p + i, text.n - i);
        if (plain) {
            width += (int)plain;
            i += plain;
        } else {
            i += utf8_decode(text.p + i, text.n - i, &code);
            width += columns_of(code);
        }
    }
    return width;
}

size_t utf8_fit(struct str text, int columns, int *used)
{
    size_t i = 0;
    int total = 0;
    while (i < text.n) {
        /* Of a long text no more is looked at than may fit. */
        size_t most = (size_t)(columns > total ? columns - total : 0) + 2;
        size_t plain = ascii_run(text.p + i, text.n - i < most ? text.n - i : most);
        if (plain > 1 && total < columns) {
            /* But the last: a mark may follow it. */
            size_t room = (size_t)(columns - total);
            plain = plain - 1 < room ? plain - 1 : room;
            total += (int)plain;
            i += plain;
            continue;
        }
        int width;
        size_t length = utf8_cluster(text.p + i, text.n - i, &width);
        if (total + width > columns)
            break;
        total += width;
        i += length;
    }
    if (used)
        *used = total;
    return i;
}

/* ---- utf8_safe ---- */

struct safe {
    struct buf *out;
    int flags;
    int marks;       /* on the last base; MARKS_MAX when there is no base that could carry one */
    uint32_t base;   /* the last one that is no ASCII; 0: none, or something else came behind it */
    size_t measured; /* the output's column is known up to here: only tabs ask for it */
    int column;
    bool full;
};

/* Adds a whole piece of safe text, or as many of its characters as there is room for. */
static void add(struct safe *s, const char *p, size_t n)
{
    if (s->full || !n || buf_add(s->out, p, n))
        return;
    s->full = true;
    size_t room = s->out->max - s->out->n;
    while (room && (p[room] & 0xc0) == 0x80)
        room--;
    buf_add(s->out, p, room);
}

static void add_code(struct safe *s, uint32_t code)
{
    char bytes[4];
    if (s->flags & UTF8_SAFE_ASCII && code >= 0x80)
        code = '?';
    add(s, bytes, utf8_encode(code, bytes));
    s->marks = 0;
    s->base = 0;
}

static void add_tab(struct safe *s)
{
    if (s->flags & UTF8_SAFE_TABS) {
        add(s, "\t", 1);
        s->marks = MARKS_MAX;
        return;
    }
    const char *from = buf_text(s->out) + s->measured;
    size_t n = s->out->n - s->measured;
    const char *line = n ? memrchr(from, '\n', n) : NULL;
    if (line) {
        s->column = 0;
        n -= (size_t)(line + 1 - from);
        from = line + 1;
    }
    s->column += utf8_width((struct str){from, n});
    int blanks = TAB_COLUMNS - s->column % TAB_COLUMNS;
    add(s, "        ", (size_t)blanks);
    s->column += blanks;
    s->measured = s->out->n;
    s->marks = MARKS_MAX;
}

static void add_control(struct safe *s, unsigned char c)
{
    if (c == '\t') {
        add_tab(s);
    } else if (c != '\n') {
        add_code(s, c == 0x7f ? 0x2421 : 0x2400u + c); /* ␡, ␀ and its neighbours */
    } else if (s->flags & UTF8_SAFE_NEWLINES) {
        add(s, "\n", 1);
        s->marks = MARKS_MAX;
    } else if (s->flags & UTF8_SAFE_ASCII) {
        add(s, "\\n", 2);
    } else {
        add_code(s, 0x21b5); /* ↵ */
    }
}

/* Where a control string (OSC, DCS, …) ends. 0 when no terminator comes before the next control:
 * then it is shown, since dropping it would let a log line hide what follows. */
static size_t control_string_end(const unsigned char *p, size_t n, size_t i)
{
    for (; i < n; i++) {
        if (p[i] == 0x07)
            return i + 1;
        if (p[i] == 0x1b)
            return i + 1 < n && p[i + 1] == '\\' ? i + 2 : 0;
        if (p[i] == 0xc2 && i + 1 < n && p[i + 1] < 0xa0)
            return p[i + 1] == 0x9c ? i + 2 : 0;
        if (p[i] < 0x20)
            return 0;
    }
    return 0;
}

static size_t skip_range(const unsigned char *p, size_t n, size_t i, int low, int high)
{
    while (i < n && p[i] >= low && p[i] <= high)
        i++;
    return i;
}

/* The bytes of the escape sequence (ECMA-48, and screen's title by ESC k) that begins at p with ESC
 * or, encoded as UTF-8, with a C1 control. 0 when there is none. */
static size_t escape_length(const char *bytes, size_t n)
{
    const unsigned char *p = (const unsigned char *)bytes;
    if (n < 2)
        return 0;
    bool c1 = p[0] == 0xc2;
    unsigned char kind = c1 ? (unsigned char)(p[1] - 0x40) : p[1];
    switch (kind) {
    case '[': {
        size_t i = skip_range(p, n, 2, 0x30, 0x3f);
        i = skip_range(p, n, i, 0x20, 0x2f);
        return i < n && p[i] >= 0x40 && p[i] <= 0x7e ? i + 1 : i;
    }
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
        return control_string_end(p, n, 2);
    case 'k':
        return c1 ? 0 : control_string_end(p, n, 2);
    default:
        break;
    }
    if (c1 || kind < 0x20 || kind > 0x7e)
        return 0;
    size_t i = skip_range(p, n, 1, 0x20, 0x2f);
    return i < n && p[i] >= 0x30 && p[i] <= 0x7e ? i + 1 : i;
}

/* ---- emoji ---- */

enum {
    NON_JOINER = 0x200c,
    JOINER = 0x200d,
    JOINING_FIRST = 0x600, /* Arabic, and all blocks up to Sinhala (UAX #31, 2.3) */
    JOINING_LAST = 0xdff,
    BLACK_FLAG = 0x1f3f4,
    TAG_FIRST = 0xe0020,
    TAG_END = 0xe007f,
    TAGS_MOST = 8,
    FLAG_A = 0x1f1e6,
    FLAG_Z = 0x1f1ff,
    SKIN_FIRST = 0x1f3fb,
    SKIN_LAST = 0x1f3ff
};

static bool is_pictograph(uint32_t code)
{
    return code >= 0xa9 && utf8proc_get_property((utf8proc_int32_t)code)->boundclass ==
                               UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/* The tags of a region's flag at p, their end included; 0: they are none, and hide something. */
static size_t tags_length(const char *p, size_t n)
{
    size_t length = 0;
    for (int i = 0; i < TAGS_MOST && length < n; i++) {
        uint32_t code;
        length += utf8_decode(p + length, n - length, &code);
        if (code == TAG_END)
            return i ? length : 0;
        if (code < TAG_FIRST || code > TAG_END)
            return 0;
    }
    return 0;
}

/* The bytes at p that only say how the picture or letter before them is to be drawn; 0: they say
 * something. */
static size_t drawing_length(uint32_t base, const char *p, size_t n)
{
    uint32_t code, next = 0;
    size_t length = utf8_decode(p, n, &code);
    if (code >= SKIN_FIRST && code <= SKIN_LAST)
        return is_pictograph(base) ? length : 0;
    if ((code == JOINER || code == NON_JOINER) && base >= JOINING_FIRST && base <= JOINING_LAST)
        return length;
    if (code == JOINER && length < n && is_pictograph(base))
        utf8_decode(p + length, n - length, &next);
    if (code == JOINER)
        return is_pictograph(next) ? length : 0;
    return base == BLACK_FLAG && code >= TAG_FIRST && code <= TAG_END ? tags_length(p, n) : 0;
}

enum fate { KEEP, MARK, DROP, LETTER, REPLACE };

static enum fate fate_of(uint32_t code)
{
    if (is_common_wide(code))
        return KEEP;
    if (code == 0xfe0e || code == 0xfe0f)
        return DROP;
    if (code >= SKIN_FIRST && code <= SKIN_LAST)
        return REPLACE; /* a skin tone joins whatever is before it on some terminals */
    if (code >= FLAG_A && code <= FLAG_Z)
        return LETTER;
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)code);
    if (property->ignorable)
        return REPLACE;
    switch (property->category) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return REPLACE;
    default:
        return columns_of_property(code, property) ? KEEP : MARK;
    }
}

/* Whether the character may stand as it is; counts marks. */
static bool is_kept(struct safe *s, enum fate fate)
{
    if (fate == KEEP)
        s->marks = 0;
    else if (fate == MARK && s->marks < MARKS_MAX)
        s->marks++;
    else
        return false;
    return !(s->flags & UTF8_SAFE_ASCII);
}

/* Writes what stands for the bytes at p, which may not be written as they are; how many they are. */
static size_t add_instead(struct safe *s, const char *p, size_t n, uint32_t code, size_t length,
                          enum fate fate)
{
    size_t whole = 0;
    if (code == 0x1b || (code >= 0x80 && code < 0xa0))
        whole = escape_length(p, n);
    else if (fate == REPLACE && s->base)
        whole = drawing_length(s->base, p, n);
    if (whole)
        return whole;
    if (code < 0x80)
        add_control(s, (unsigned char)code);
    else if (fate == LETTER)
        add_code(s, 'A' + (code - FLAG_A));
    else if (fate == REPLACE || (fate == MARK && !(s->flags & UTF8_SAFE_ASCII)))
        add_code(s, REPLACEMENT);
    for (int i = fate == KEEP ? columns_of(code) : 0; i; i--)
        add_code(s, '?');
    return length ? length : 1;
}

void utf8_safe(struct buf *out, struct str text, int flags)
{
    struct safe s = {.out = out, .flags = flags, .marks = MARKS_MAX};
    size_t i = 0, run = 0; /* what is between run and i may stand as it is */
    while (i < text.n && !s.full) {
        const char *p = text.p + i;
        size_t left = text.n - i, plain = ascii_run(p, left);
        if (plain) {
            s.marks = 0;
            s.base = 0;
            i += plain;
            continue;
        }
        uint32_t code = REPLACEMENT;
        size_t length = decode(p, left, &code);
        bool control = code < 0xa0; /* C0, DEL or C1: the rest of ASCII was taken above */
        enum fate fate = control || !length ? REPLACE : fate_of(code);
        if (is_kept(&s, fate)) {
            i += length;
        } else {
            add(&s, text.p + run, i - run);
            run = i += add_instead(&s, p, left, code, length, fate);
        }
        if (fate == KEEP)
            s.base = code;
    }
    add(&s, text.p + run, i - run);
}
