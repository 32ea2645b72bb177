/*
 * The masks know values by their form; the name of a user, a table or a host is a word like any
 * other. What gives it away is that many different words stand in one place while all the rest stays
 * the same. How many are needed depends on how telling the rest is:
 *
 *  - two, when one of them is a value by its form already (open(<*>) and open(stdin)), or was found to
 *    be one in another message;
 *  - two, where a lone word ends the message behind a colon;
 *  - two, behind "state", "mode" and their kin, or in a bracket where the rest is long;
 *  - a few behind key= ;
 *  - more in the middle of a sentence: the longer the sentence that stays the same, the fewer; and
 *    fewer behind a word that announces a name (for, host, table) or for words that look like names;
 *  - very many at the start, where the word is rather what the message is about, and for words in
 *    capitals and participles, which are rather states than names;
 *  - very many behind "failed to" and its kin, where the word is what is done;
 *  - hardly ever for the text of a message (msg="connected"): that is what happened, not to whom;
 *  - never when hardly any other word is left.
 *
 * Two messages taken for one cost more than one taken for two, so the figures are high.
 */
#include "triage/grouping/family_judge.h"

#include <ctype.h>
#include <string.h>

#include "triage/grouping/template_words.h"
#include "triage/mask/mask_words.h"

enum { NEVER = 1 << 20 };

static size_t common_prefix(struct str a, struct str b)
{
    size_t i = 0;
    while (i < a.n && i < b.n && a.p[i] == b.p[i])
        i++;
    return i;
}

static size_t common_suffix(struct str a, struct str b)
{
    size_t i = 0;
    while (i < a.n && i < b.n && a.p[a.n - 1 - i] == b.p[b.n - 1 - i])
        i++;
    return i;
}

struct family_affix family_judge_affix(const struct str *words, size_t count)
{
    struct str first = words[0];
    size_t before = first.n, behind = first.n;
    for (size_t i = 1; i < count; i++) {
        size_t b = common_prefix(first, words[i]), e = common_suffix(first, words[i]);
        before = b < before ? b : before;
        behind = e < behind ? e : behind;
    }
    while (before && !strchr("=:([{\"'`/@#", first.p[before - 1]))
        before--;
    while (behind && !strchr("([<)]}>\"'`,;.:", first.p[first.n - behind]))
        behind--;
    /* "gw:<*>," beside "<*>,": the value is the whole word, but for the comma. */
    bool value = behind >= 3 && memcmp(first.p + first.n - behind, "<*>", 3) == 0;
    for (size_t i = 0; i < count && value; i++)
        if (words[i].n == before + behind) {
            behind -= 3;
            value = false;
        }
    return (struct family_affix){before, behind};
}

/* Without case, and without the marks behind the word. */
static bool is_one_of(struct str word, const char *const *list, size_t count)
{
    while (word.n && !isalnum((unsigned char)word.p[word.n - 1]))
        word.n--;
    for (size_t i = 0; i < count; i++)
        if (word.n == strlen(list[i]) && str_find_fold(word, str_of(list[i])) == 0)
            return true;
    return false;
}

/* Words that announce a name. */
static bool announces(struct str word)
{
    static const char *const list[] = {
        "for",     "from",      "to",      "by",        "user",      "host",    "named",   "called",
        "class",   "file",      "table",   "namespace", "topic",     "service", "module",  "node",
        "plugin",  "package",   "queue",   "pod",       "container", "name",    "account", "member",
        "group",   "interface", "bucket",  "job",       "channel",   "device",  "volume",  "image",
        "program", "process",   "command", "database",  "index",     "driver",  "client",  "server",
        "peer",    "agent",     "tenant",  "customer",  "project",   "task",    "zone",    "role"};
    return is_one_of(word, list, sizeof list / sizeof *list);
}

/* Words behind which one of few follows: "in state X". */
static bool announces_state(struct str word)
{
    static const char *const list[] = {"state", "status", "mode", "type",  "method",
                                       "phase", "role",   "kind", "level", "protocol"};
    return is_one_of(word, list, sizeof list / sizeof *list);
}

bool family_judge_is_verb(struct str text, unsigned place)
{
    static const char *const before[] = {
        "failed",  "fail",    "fails",  "failure",    "failing", "unable",   "able",
        "trying",  "tried",   "try",    "attempting", "attempt", "attempts", "attempted",
        "going",   "about",   "need",   "needs",      "want",    "wants",    "ready",
        "allowed", "refused", "forgot", "impossible", "have",    "has",      "waiting"};
    static const char *const alone[] = {"cannot", "can't", "couldn't", "could", "not", "will"};
    if (place == 0)
        return false;
    struct str word = template_words_at(text, place - 1);
    if (is_one_of(word, alone, sizeof alone / sizeof *alone))
        return true;
    return place > 1 && str_is(word, "to") &&
           is_one_of(template_words_at(text, place - 2), before, sizeof before / sizeof *before);
}

static bool has_letters(struct str word)
{
    size_t letters = 0;
    for (size_t i = 0; i < word.n; i++)
        letters += isalpha((unsigned char)word.p[i]) || word.p[i] < 0;
    return letters >= 2;
}

int family_judge_constants(struct str text, uint64_t loose)
{
    int halves = 0;
    for (unsigned place = 0; text.n; place++) {
        struct str word = template_words_next(&text);
        if (place < 64 && loose >> place & 1)
            continue;
        const char *equals = memchr(word.p, '=', word.n);
        struct str key = {word.p, equals ? (size_t)(equals - word.p) : 0};
        struct str rest = {word.p + key.n, word.n - key.n};
        halves += has_letters(rest) ? 2 : has_letters(key);
    }
    return halves / 2;
}

/* What stands before the words. */
enum context {
    PROSE,
    MARKED,  /* a bracket, a slash: "(alice)", "web/alice" */
    MEMBER,  /* user=alice */
    MESSAGE, /* msg="connected", "Connected": what happened, not to whom */
};

static enum context context_of(struct str word, size_t before)
{
    struct str key = {word.p, before};
    bool quoted = false, member = false;
    if (!before)
        return PROSE;
    for (; key.n && strchr("\"'`\\", key.p[key.n - 1]); key.n--)
        quoted = true;
    if (!key.n || (key.p[key.n - 1] != '=' && key.p[key.n - 1] != ':'))
        return quoted ? MESSAGE : MARKED;
    member = key.p[--key.n] == '=';
    for (; key.n && strchr("\"'\\", key.p[key.n - 1]); key.n--)
        member = true;
    size_t from = key.n;
    while (from && (isalnum((unsigned char)key.p[from - 1]) || strchr("_-.@", key.p[from - 1])))
        from--;
    unsigned sets = mask_words_of((struct str){key.p + from, key.n - from});
    if (sets & MASK_SET_MESSAGE && (quoted || !(sets & MASK_SET_KIND)))
        return MESSAGE;
    return member ? MEMBER : MARKED;
}

bool family_judge_is_message(struct str word, size_t before)
{
    return context_of(word, before) == MESSAGE;
}

struct look {
    bool value;        /* one of the words is <*> */
    bool empty;        /* one of the words is nothing but what is common */
    bool all_names;    /* all look like names of things: order-service, http_requests, OrderTable */
    bool texts;        /* one of the words holds blanks: it is quoted */
    bool all_capitals; /* all are in capitals: an enumeration of the program */
    bool all_states;   /* all are in capitals, or participles: NEW, RUNNING, paused, starting */
};

static void look_at_word(struct look *look, struct str w)
{
    bool mark = false, lower = false, inner_capital = false;
    for (size_t i = 0; i < w.n; i++) {
        mark |= strchr("-_./", w.p[i]) != NULL;
        lower |= islower((unsigned char)w.p[i]) != 0;
        inner_capital |= i && isupper((unsigned char)w.p[i]) && islower((unsigned char)w.p[i - 1]);
    }
    look->all_names &= (mark && lower) || inner_capital;
    look->all_capitals &= !lower;
    look->all_states &= !lower || str_ends(w, "ed") || str_ends(w, "ing");
}

static struct look look_at(const struct str *words, size_t count, struct family_affix a)
{
    struct look look = {.all_names = true, .all_capitals = true, .all_states = true};
    for (size_t i = 0; i < count; i++) {
        struct str w = {words[i].p + a.before, words[i].n - a.before - a.behind};
        if (words[i].n <= a.before + a.behind)
            look.empty = true;
        else if (str_is(w, "<*>"))
            look.value = true;
        else
            look_at_word(&look, w);
        look.texts |= memchr(words[i].p, '"', words[i].n) && memchr(words[i].p, ' ', words[i].n);
    }
    return look;
}

/* "Notification time out: 800", the only word behind a colon at the end; the name of a component at
 * the beginning labels nothing. */
static bool is_labelled_end(struct str text, unsigned place)
{
    if (place < 2 || place + 1 != template_words_count(text))
        return false;
    struct str before = template_words_at(text, place - 1);
    return before.n && before.p[before.n - 1] == ':';
}

/* How many different words are needed. */
static int needed(struct str text, unsigned place, int constants, enum context context,
                  struct look look)
{
    static const int by_constants[] = {64, 64, 11, 6, 4, 3, 3};
    if (look.empty)
        return context == MEMBER && constants >= 1 ? 2 : NEVER;
    if (look.value && constants >= 3)
        return 2;
    if (look.texts)
        return NEVER;
    if (context == MEMBER)
        return constants < 1 ? 8 : look.all_capitals ? 2 : 4;
    int need = by_constants[constants < 6 ? constants : 6];
    struct str word_before = place > 0 ? template_words_at(text, place - 1) : (struct str){NULL, 0};
    bool state = constants >= 2 && announces_state(word_before);
    if (announces(word_before))
        need -= 3;
    if (state)
        need -= 6;
    if (family_judge_is_verb(text, place))
        need += 10;
    if (context == MARKED)
        need -= 4;
    if (context == MESSAGE)
        need += 12;
    if (look.all_names)
        need -= 2;
    if (look.all_states)
        need += 4;
    if (place == 0 && context != MARKED)
        need += 4;
    bool marked = constants >= 2 && context == MARKED && place > 0;
    int least = state || marked ? 2 : look.all_states ? 7 : 3;
    return need < least ? least : need;
}

bool family_judge(const struct str *words, size_t count, bool seen, struct str text, unsigned place,
                  uint64_t loose)
{
    struct family_affix a = family_judge_affix(words, count);
    int constants = family_judge_constants(text, loose), others = __builtin_popcountll(loose) - 1;
    struct look look = look_at(words, count, a);
    look.value |= seen;
    if (others <= 0 && constants >= 2 && !look.all_states && is_labelled_end(text, place))
        return true;
    int need = needed(text, place, constants, context_of(words[0], a.before), look);
    if (others > 0)
        need += 3 * others;
    if (others > 0 && constants < 4)
        need *= 2;
    return (int)count >= need;
}
