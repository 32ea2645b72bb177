#include "ui/log/level_look.h"

struct look {
    const char *letter;
    enum theme_role role;
};

static const struct look looks[LEVEL_COUNT] = {
    [LEVEL_UNKNOWN] = {" ", ROLE_TEXT},    [LEVEL_TRACE] = {"T", ROLE_TRACE},
    [LEVEL_DEBUG] = {"D", ROLE_DEBUG},     [LEVEL_INFO] = {"I", ROLE_INFO},
    [LEVEL_WARN] = {"W", ROLE_LEVEL_WARN}, [LEVEL_ERROR] = {"E", ROLE_LEVEL_ERROR},
    [LEVEL_FATAL] = {"F", ROLE_FATAL},
};

const char *level_look_letter(enum level l)
{
    return looks[l].letter;
}

enum theme_role level_look_role(enum level l)
{
    return looks[l].role;
}
