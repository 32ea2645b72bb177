/*
 * The rule of thumb is that a word with a digit in it is a value, and a word of letters is not. The
 * rest of this file are the exceptions: words with digits that everybody writes (x509), and words
 * without digits that are values by their form (hosts, paths, class names, files, addresses).
 */
#include "triage/mask/mask_word.h"

#include <ctype.h>
#include <string.h>

#include "triage/mask/mask_words.h"

#define D MASK_DIGIT
#define L MASK_LETTER
#define O MASK_OTHER
#define M MASK_MARK
#define H8 MASK_HIGH, MASK_HIGH, MASK_HIGH, MASK_HIGH, MASK_HIGH, MASK_HIGH, MASK_HIGH, MASK_HIGH
const unsigned char mask_word_class[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    /*   ! " # $ % & ' ( ) * + , - . / */
    0, O, 0, O, O, O, O, 0, 0, 0, O, O, 0, O, MASK_DOT, MASK_SLASH,
    /* 0-9 : ; < = > ? */
    D, D, D, D, D, D, D, D, D, D, MASK_COLON, 0, 0, 0, 0, O,
    /* @ A-O */
    M, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    /* P-Z [ \ ] ^ _ */
    L, L, L, L, L, L, L, L, L, L, L, 0, M, 0, O, L,
    /* ` a-o */
    0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    /* p-z { | } ~ DEL */
    L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, O, 0,
    /* bytes of UTF-8 sequences, and invalid ones */
    H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8};
#undef D
#undef L
#undef O
#undef M
#undef H8

static bool has(struct str w, char c)
{
    return w.n && memchr(w.p, c, w.n);
}

/* The part behind the last dot; the whole word when there is none. */
static struct str last_part(struct str w)
{
    const char *dot = memrchr(w.p, '.', w.n);
    if (!dot)
        return w;
    return (struct str){dot + 1, (size_t)(w.p + w.n - dot - 1)};
}

static size_t count_of(struct str w, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < w.n; i++)
        n += w.p[i] == c;
    return n;
}

bool mask_word_is_number(struct str w)
{
    size_t i = 0, digits = 0;
    if (i < w.n && (w.p[i] == '-' || w.p[i] == '+' || w.p[i] == '~'))
        i++;
    for (; i < w.n && (isdigit((unsigned char)w.p[i]) || w.p[i] == '.'); i++)
        digits += w.p[i] != '.';
    if (digits && i < w.n && (w.p[i] | 32) == 'e') {
        i++;
        if (i < w.n && (w.p[i] == '-' || w.p[i] == '+'))
            i++;
        while (i < w.n && isdigit((unsigned char)w.p[i]))
            i++;
    }
    if (i < w.n && w.p[i] == '%')
        i++;
    return digits && i == w.n;
}

bool mask_word_is_colon_value(struct str w)
{
    size_t parts = 0, with_digit = 0, hexadecimal = 0;
    while (w.n) {
        const char *colon = memchr(w.p, ':', w.n);
        size_t n = colon ? (size_t)(colon - w.p) : w.n;
        bool digit = n == 0, hex = n <= 4;
        for (size_t i = 0; i < n; i++) {
            digit |= isdigit((unsigned char)w.p[i]) != 0;
            hex &= isxdigit((unsigned char)w.p[i]) != 0;
        }
        parts++;
        with_digit += digit;
        hexadecimal += hex;
        n += colon != NULL;
        w = (struct str){w.p + n, w.n - n};
    }
    return parts == with_digit || (parts >= 3 && parts == hexadecimal);
}

bool mask_word_is_class(struct str w)
{
    const char *dot = w.n ? memchr(w.p, '.', w.n) : NULL;
    if (!dot)
        return false;
    struct str first = {w.p, (size_t)(dot - w.p)}, last = last_part(w);
    if (!(mask_words_of(first) & MASK_SET_PACKAGE) || !islower((unsigned char)first.p[0]))
        return false;
    if (count_of(w, '.') < 2 && !str_is(first, "com") && !str_is(first, "org"))
        return false;
    return !str_ends(last, "Exception") && !str_ends(last, "Error") && !str_ends(last, "Throwable");
}

bool mask_word_may_be_host(struct str w)
{
    return count_of(w, '.') >= 2 && mask_words_of(last_part(w)) & MASK_SET_AMBIGUOUS;
}

bool mask_word_is_country_host(struct str w)
{
    return w.p[0] != '.' && !has(w, '_') && !has(w, '$') && has(w, '.') &&
           mask_words_of(last_part(w)) & MASK_SET_COUNTRY;
}

static bool is_host(struct str w)
{
    unsigned sets = mask_words_of(last_part(w));
    size_t dots = count_of(w, '.');
    if (w.p[0] == '.' || has(w, '_') || has(w, '$'))
        return false;
    return (dots >= 1 && sets & MASK_SET_DOMAIN) || (dots >= 2 && sets & MASK_SET_COUNTRY);
}

static bool is_file(struct str w)
{
    const char *dot = memrchr(w.p, '.', w.n);
    return dot && dot > w.p && mask_words_of(last_part(w)) & MASK_SET_FILE;
}

/* Long words of a–f alone; shorter ones may be words (facade, decade). */
static bool is_hexadecimal(struct str w)
{
    if (w.n < 8)
        return false;
    for (size_t i = 0; i < w.n; i++)
        if (!isxdigit((unsigned char)w.p[i]))
            return false;
    return true;
}

/* Kubernetes ends generated names in five characters out of an alphabet without vowels. */
static bool has_generated_suffix(struct str w)
{
    if (w.n < 8 || w.p[w.n - 6] != '-')
        return false;
    for (size_t i = w.n - 5; i < w.n; i++)
        if (!w.p[i] || !strchr("bcdfghjklmnpqrstvwxz2456789", w.p[i]))
            return false;
    return true;
}

static bool is_path(struct str w)
{
    size_t slashes = count_of(w, '/');
    if (slashes == 0)
        return false;
    if (slashes >= 2 || str_starts(w, "./") || str_starts(w, "~/"))
        return true;
    const char *slash = memchr(w.p, '/', w.n);
    struct str first = {w.p, (size_t)(slash - w.p)};
    struct str last = {slash + 1, w.n - first.n - 1};
    if (!last.n || !first.n)
        return last.n > 0;
    /* registry.example.com/app, src/app.json, com.example/.Main of Android */
    return is_host(first) || mask_word_may_be_host(first) || is_file(last) ||
           (last.n > 1 && last.p[0] == '.');
}

bool mask_word_is_value(struct str w, unsigned classes, unsigned sets)
{
    if (classes & MASK_DIGIT)
        return !(sets & MASK_SET_CONSTANT);
    if (sets & MASK_SET_HOST)
        return true;
    if (classes & MASK_SLASH && is_path(w))
        return true;
    if (classes & MASK_MARK && w.n > 2)
        return w.p[0] != '@' && w.p[w.n - 1] != '@' && (has(w, '@') || w.p[0] != '\\');
    if (classes & MASK_DOT && (is_host(w) || is_file(w)))
        return true;
    if (classes & MASK_OTHER && has_generated_suffix(w))
        return true;
    return is_hexadecimal(w);
}

bool mask_word_is_name(struct str w)
{
    for (size_t i = 0; i < w.n; i++)
        if (!isalnum((unsigned char)w.p[i]) && !strchr("-_.$", w.p[i]))
            return false;
    return w.n && !(mask_words_of(w) & MASK_SET_NO_NAME);
}
