#include "model/level.h"

#include <strings.h>

static const char *const names[LEVEL_COUNT] = {"unknown", "trace", "debug", "info",
                                               "warn",    "error", "fatal"};

/* Beside the names themselves: syslog, klog, zap, logback, java.util.logging and what people write.
 */
static const struct {
    const char *form;
    enum level level;
} forms[] = {
    {"t", LEVEL_TRACE},
    {"trc", LEVEL_TRACE},
    {"verbose", LEVEL_TRACE},
    {"finest", LEVEL_TRACE},
    {"finer", LEVEL_TRACE},
    {"d", LEVEL_DEBUG},
    {"dbg", LEVEL_DEBUG},
    {"dbug", LEVEL_DEBUG},
    {"fine", LEVEL_DEBUG},
    {"i", LEVEL_INFO},
    {"inf", LEVEL_INFO},
    {"information", LEVEL_INFO},
    {"informational", LEVEL_INFO},
    {"notice", LEVEL_INFO},
    {"w", LEVEL_WARN},
    {"wrn", LEVEL_WARN},
    {"warning", LEVEL_WARN},
    {"e", LEVEL_ERROR},
    {"err", LEVEL_ERROR},
    {"eror", LEVEL_ERROR},
    {"erro", LEVEL_ERROR},
    {"severe", LEVEL_ERROR},
    {"f", LEVEL_FATAL},
    {"ftl", LEVEL_FATAL},
    {"crit", LEVEL_FATAL},
    {"critical", LEVEL_FATAL},
    {"panic", LEVEL_FATAL},
    {"dpanic", LEVEL_FATAL},
    {"alert", LEVEL_FATAL},
    {"emerg", LEVEL_FATAL},
    {"emergency", LEVEL_FATAL},
};

const char *level_name(enum level l)
{
    return names[l];
}

static bool is(struct str name, const char *form)
{
    return name.n == str_of(form).n && name.n && strncasecmp(name.p, form, name.n) == 0;
}

enum level level_of_name(struct str name)
{
    for (int l = 0; l < LEVEL_COUNT; l++)
        if (is(name, names[l]))
            return (enum level)l;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (is(name, forms[i].form))
            return forms[i].level;
    return LEVEL_UNKNOWN;
}
