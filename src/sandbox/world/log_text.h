/* The text of pretend log lines: templates and what is put into them. */
#ifndef SANDBOX_LOG_TEXT_H
#define SANDBOX_LOG_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sandbox/world/dice.h"

enum log_text_class {
    LOG_TEXT_INFO,
    LOG_TEXT_WARN,
    LOG_TEXT_ERROR,
    LOG_TEXT_START,
    LOG_TEXT_CRASH,
    LOG_TEXT_BAD,
    LOG_TEXT_HURT,
    LOG_TEXT_CLASSES
};

struct log_text_line {
    enum log_text_class class_;
    int weight;
    const char *text;
};

/* What one program writes. */
struct log_text_set {
    const char *name, *stream; /* stdout or stderr */
    double errors, warnings;   /* of a thousand lines */
    double hurt; /* part of the lines that are HURT where the incident is at its worst */
    struct log_text_line *lines[LOG_TEXT_CLASSES];
    size_t count[LOG_TEXT_CLASSES];
    int weight[LOG_TEXT_CLASSES];
};

const struct log_text_set *log_text_set(const char *name); /* NULL when there is none */

/* A template of the class, chosen by weight; NULL when the set has none. */
const char *log_text_choose(const struct log_text_set *s, enum log_text_class c, struct dice *d);

/* Who writes, for the %-codes that name the writer. */
struct log_text_writer {
    const char *version;
    int database_port;
    int64_t second; /* the one that `stamp` holds; start with -1 */
    int stamp[6];   /* year month day hour minute second */
};

/* Adds a template's text, its codes filled in. */
void log_text_write(struct log_text_writer *w, const char *text, int64_t t, struct dice *d,
                    struct buf *out);

#endif
