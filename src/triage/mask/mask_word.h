/* What a word without blanks and brackets is: a constant of the program's text, or a value. */
#ifndef TRIAGE_MASK_WORD_H
#define TRIAGE_MASK_WORD_H

#include <stdbool.h>

#include "base/str.h"

/* Classes of bytes; a word's classes are those of its bytes, or-ed. */
enum mask_class {
    MASK_DIGIT = 1,
    MASK_LETTER = 2, /* also _ */
    MASK_HIGH = 4,   /* a byte of a character outside ASCII */
    MASK_DOT = 8,
    MASK_SLASH = 16,
    MASK_COLON = 32,
    MASK_MARK = 64,   /* @ and backslash, which only values hold */
    MASK_OTHER = 128, /* - + # % $ & ~ * ? ! ^: may be anywhere in a word */
};

/* The class of a byte, 0 for those that end a word (blanks, controls, quotes, brackets, , ; = |). */
extern const unsigned char mask_word_class[256];

/* Whether a word without colons, with these classes and sets (mask_words.h), is a value whatever
 * stands around it. */
bool mask_word_is_value(struct str word, unsigned classes, unsigned sets);

/* A number, with sign, fraction, exponent and percent sign; nothing else. */
bool mask_word_is_number(struct str word);

/* A word with colons of which every part is a value: times, IPv6 and MAC addresses, host:port. */
bool mask_word_is_colon_value(struct str word);

/* A host's name under a top-level domain that is an English word too (mail.example.it): only the
 * place where it stands can tell it from names like task.id. */
bool mask_word_may_be_host(struct str word);

/* A host's name under a country's domain (acme.de): with a port only, since io and co are the ends of
 * other names too. */
bool mask_word_is_country_host(struct str word);

/* A class or package name by the habit of the JVM and of Android, also with a member behind a
 * slash; exceptions are none. */
bool mask_word_is_class(struct str word);

/* Could be a user's name: letters, digits and - _ . $ only, and no word that belongs to prose. */
bool mask_word_is_name(struct str word);

#endif
