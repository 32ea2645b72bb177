/* The words that the masks know by heart, in sets. */
#ifndef TRIAGE_MASK_WORDS_H
#define TRIAGE_MASK_WORDS_H

#include "base/str.h"

enum mask_set {
    MASK_SET_MONTH = 1,         /* jan … december */
    MASK_SET_WEEKDAY = 2,       /* mon … sunday */
    MASK_SET_ZONE = 4,          /* behind a time: utc, pdt, am, pm … */
    MASK_SET_UNIT = 8,          /* behind a number: kb, ms, seconds … */
    MASK_SET_NOTHING = 16,      /* a value that is a word: true, false, null, none … */
    MASK_SET_NO_NAME = 32,      /* never a user's name, though it stands behind "user" or "for" */
    MASK_SET_AFTER_NAME = 64,   /* what follows a user's name */
    MASK_SET_MESSAGE = 128,     /* a JSON member whose text says what happened */
    MASK_SET_DOMAIN = 256,      /* top-level domains, one dot is enough */
    MASK_SET_COUNTRY = 512,     /* top-level domains, two dots are needed */
    MASK_SET_FILE = 1024,       /* extensions of files that are data, not source code */
    MASK_SET_PACKAGE = 2048,    /* how names of packages and classes begin */
    MASK_SET_CONSTANT = 4096,   /* words with digits that are no values */
    MASK_SET_USER = 8192,       /* a user's name follows */
    MASK_SET_LOGIN = 16384,     /* with "for" behind it a user's name follows */
    MASK_SET_AMBIGUOUS = 32768, /* top-level domains that are English words */
    MASK_SET_IDENTITY = 65536,  /* a key whose value names one of many things */
    MASK_SET_COMMAND = 131072,  /* a command line follows */
    MASK_SET_KIND = 524288,     /* also in MESSAGE; but type=word and the like name one of many */
    MASK_SET_HOST = 1048576,    /* hosts' names without a dot */
    MASK_SET_STRANGE = 262144,  /* before "user": the name is what a stranger typed */
};

/* The sets that hold the word, in any case; 0 for most words. */
unsigned mask_words_of(struct str word);

#endif
