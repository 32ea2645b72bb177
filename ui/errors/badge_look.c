#include "ui/errors/badge_look.h"

enum theme_role badge_look_role(enum badge b)
{
    static const enum theme_role roles[BADGE_COUNT] = {
        [BADGE_UNKNOWN] = ROLE_DIM,       [BADGE_NEW] = ROLE_BADGE_NEW,
        [BADGE_WORSE] = ROLE_BADGE_WORSE, [BADGE_KNOWN] = ROLE_BADGE_KNOWN,
        [BADGE_GONE] = ROLE_BADGE_GONE,
    };
    return roles[b];
}

const char *badge_look_words(enum badge b)
{
    return b == BADGE_UNKNOWN ? "whether it is new is not known" : badge_word(b);
}
