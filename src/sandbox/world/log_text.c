/*
 * A template is expanded in one pass. Most of a day's history is made only to be counted, so
 * numbers are written by hand here: printf would take most of the time.
 */
#include "sandbox/world/log_text.h"

#include <string.h>

#include "base/clock.h"

#define SET(name, stream, errors, warnings, hurt)
#define L(set, class_, weight, text) {LOG_TEXT_##class_, weight, text},
static struct log_text_line all_lines[] = {
#include "sandbox/world/log_lines.def"
};
#undef SET
#undef L
#define SET(name, stream, errors, warnings, hurt)
#define L(set, class_, weight, text) set,
static const char *const line_sets[] = {
#include "sandbox/world/log_lines.def"
};
#undef SET
#undef L
#define SET(name, stream, errors, warnings, hurt)                                                  \
    {name, stream, errors, warnings, hurt, {0}, {0}, {0}},
#define L(set, class_, weight, text)
static struct log_text_set all_sets[] = {
#include "sandbox/world/log_lines.def"
};
#undef SET
#undef L

/* Lines of one set and class stand side by side in the table. */
static void index_lines(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    for (size_t i = 0; i < sizeof all_lines / sizeof *all_lines; i++) {
        for (size_t k = 0; k < sizeof all_sets / sizeof *all_sets; k++) {
            struct log_text_set *s = &all_sets[k];
            enum log_text_class c = all_lines[i].class_;
            if (strcmp(s->name, line_sets[i]) != 0)
                continue;
            if (!s->lines[c])
                s->lines[c] = &all_lines[i];
            s->count[c]++;
            s->weight[c] += all_lines[i].weight;
        }
    }
}

const struct log_text_set *log_text_set(const char *name)
{
    index_lines();
    for (size_t k = 0; k < sizeof all_sets / sizeof *all_sets; k++)
        if (strcmp(all_sets[k].name, name) == 0)
            return &all_sets[k];
    return NULL;
}

const char *log_text_choose(const struct log_text_set *s, enum log_text_class c, struct dice *d)
{
    if (!s->count[c])
        return NULL;
    int at = (int)dice_below(d, (uint32_t)s->weight[c]);
    size_t i = 0;
    while (i + 1 < s->count[c] && at >= s->lines[c][i].weight)
        at -= s->lines[c][i++].weight;
    return s->lines[c][i].text;
}

/* ---- writing ---- */

static char *digits(char *p, unsigned value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        p[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return p + width;
}

static char *number(char *p, uint64_t value)
{
    char text[24];
    int n = 0;
    do
        text[n++] = (char)('0' + value % 10);
    while (value /= 10);
    while (n)
        *p++ = text[--n];
    return p;
}

/* Days since 1970 to a date (Howard Hinnant's civil_from_days). */
static void split_time(struct log_text_writer *w, int64_t second)
{
    if (w->second == second)
        return;
    w->second = second;
    int64_t days = second / 86400, rest = second % 86400;
    int64_t z = days + 719468, era = z / 146097;
    unsigned doe = (unsigned)(z - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    w->stamp[1] = (int)(mp < 10 ? mp + 3 : mp - 9);
    w->stamp[0] = (int)(yoe + era * 400) + (w->stamp[1] <= 2);
    w->stamp[2] = (int)(doy - (153 * mp + 2) / 5 + 1);
    w->stamp[3] = (int)(rest / 3600);
    w->stamp[4] = (int)(rest / 60 % 60);
    w->stamp[5] = (int)(rest % 60);
}

/* A time in the form that `form` shows: Y M B D h m s stand for year, month, month's name and so
 * on, f for milliseconds, u for microseconds. */
static char *stamp(struct log_text_writer *w, char *p, const char *form, int64_t t)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    split_time(w, t / CLOCK_SECOND);
    unsigned ns = (unsigned)(t % CLOCK_SECOND);
    for (; *form; form++) {
        switch (*form) {
        case 'Y':
            p = digits(p, (unsigned)w->stamp[0], 4);
            break;
        case 'B':
            memcpy(p, months + 3 * (w->stamp[1] - 1), 3);
            p += 3;
            break;
        case 'M':
        case 'D':
        case 'h':
        case 'm':
        case 's':
            p = digits(p, (unsigned)w->stamp[strchr("YMDhms", *form) - "YMDhms"], 2);
            break;
        case 'f':
            p = digits(p, ns / 1000000, 3);
            break;
        case 'u':
            p = digits(p, ns / 1000, 6);
            break;
        default:
            *p++ = *form;
        }
    }
    return p;
}

static char *word(char *p, const char *text)
{
    size_t n = strlen(text);
    memcpy(p, text, n);
    return p + n;
}

static char *address(char *p, struct dice *d, unsigned first)
{
    uint64_t bits = dice_next(d);
    p = number(p, first ? first : 11 + bits % 200);
    for (int i = 0; i < 3; i++) {
        *p++ = '.';
        p = number(p, (bits >>= 8) & 255);
    }
    return p;
}

static char *pick(char *p, struct dice *d, const char *const *words, uint32_t count)
{
    return word(p, words[dice_below(d, count)]);
}
#define PICK(p, d, words) pick(p, d, words, sizeof(words) / sizeof *(words))

static char *time_code(struct log_text_writer *w, char *p, char code, int64_t t)
{
    switch (code) {
    case 't':
        return stamp(w, p, "Y-M-DTh:m:s.fZ", t);
    case 'T':
        return stamp(w, p, "D/B/Y:h:m:s +0000", t);
    case 'k':
        return stamp(w, p, "MD h:m:s.u", t);
    case 'j':
        return stamp(w, p, "Y-M-D h:m:s,f", t);
    case 'q':
        return stamp(w, p, "Y/M/D h:m:s", t);
    case 'r':
        return stamp(w, p, "D B Y h:m:s.f", t);
    case 'y':
        return stamp(w, p, "Y-M-D h:m:s.f UTC", t);
    default:
        return p;
    }
}

static char *word_code(char *p, char code, struct dice *d)
{
    static const char *const paths[] = {"/api/products", "/api/products/17", "/api/cart",
                                        "/api/search",   "/api/user",        "/api/stock"};
    static const char *const pages[] = {"/",     "/products", "/products/42",
                                        "/cart", "/account",  "/search?q=shoes"};
    static const char *const products[] = {"shoe", "bag", "lamp", "chair", "mug", "book", "coat"};
    static const char *const methods[] = {"GET", "GET", "GET", "POST", "PUT"};
    static const char *const threads[] = {"http-nio-8443-exec-1", "http-nio-8443-exec-7",
                                          "http-nio-8443-exec-12", "scheduling-1"};
    static const char *const bad[] = {"500", "502", "503", "504"};
    static const char *const agents[] = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 14_7 like Mac OS X)", "kube-probe/1.20"};
    switch (code) {
    case 'p':
        return PICK(p, d, paths);
    case 'P':
        return PICK(p, d, pages);
    case 'w':
        return PICK(p, d, products);
    case 'm':
        return PICK(p, d, methods);
    case 'g':
        return PICK(p, d, threads);
    case 'S':
        return PICK(p, d, bad);
    case 'A':
        return PICK(p, d, agents);
    default:
        return p;
    }
}

static char *number_code(char *p, char code, struct dice *d)
{
    switch (code) {
    case 'i':
        return address(p, d, 0);
    case 'I':
        return address(p, d, 10);
    case 'u':
        return number(p, 10000 + dice_below(d, 80000));
    case 'o':
        return number(p, 20000000 + dice_below(d, 9000000));
    case 'x':
        return dice_hex(d, p, 32) + 32;
    case 'h':
        return dice_hex(d, p, 8) + 8;
    case 'U':
        return dice_uuid(dice_next(d), p) + 36;
    case 'd':
        return number(p, 1 + dice_below(d, 240));
    case 'D':
        return number(p, 800 + dice_below(d, 4200));
    case 'n':
        return number(p, 1 + dice_below(d, 9));
    case 'N':
        return number(p, dice_below(d, 5000));
    case 'B':
        return number(p, 200 + dice_below(d, 60000));
    case 'a':
        p = number(p, 1 + dice_below(d, 400));
        *p++ = '.';
        return digits(p, dice_below(d, 100), 2);
    default:
        return p;
    }
}

void log_text_write(struct log_text_writer *w, const char *text, int64_t t, struct dice *d,
                    struct buf *out)
{
    for (;;) {
        const char *next = strchrnul(text, '%');
        buf_add(out, text, (size_t)(next - text));
        if (!*next)
            return;
        char filled[128], *end = filled;
        char code = next[1];
        if (code == '%')
            *end++ = '%';
        else if (code == 'v')
            end = word(end, w->version);
        else if (code == 'b')
            end = number(end, (uint64_t)w->database_port);
        else if (strchr("tTkjqry", code))
            end = time_code(w, end, code, t);
        else if (strchr("pPwmgSA", code))
            end = word_code(end, code, d);
        else
            end = number_code(end, code, d);
        buf_add(out, filled, (size_t)(end - filled));
        text = next + 2;
    }
}
