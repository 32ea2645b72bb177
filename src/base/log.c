#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

enum { EVENT_MAX = 16 * 1024, VALUE_MAX = 4 * 1024 };
enum target { TARGET_NONE, TARGET_FILE, TARGET_JSON };

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of fd: none is closed while written */
static int fd = -1;
static _Atomic int target = TARGET_NONE, least_level = LOG_INFO;

static void set_target(enum target chosen, int file)
{
    pthread_mutex_lock(&lock);
    if (fd >= 0)
        close(fd);
    fd = file;
    target = chosen;
    pthread_mutex_unlock(&lock);
}

bool log_to_file(const char *path, struct err *err)
{
    if (!path) {
        set_target(TARGET_NONE, -1);
        return true;
    }
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (file < 0)
        return err_errno(err, path, NULL, "cannot open the log");
    set_target(TARGET_FILE, file);
    return true;
}

void log_to_json(void)
{
    set_target(TARGET_JSON, -1);
}

void log_set_level(enum log_level least)
{
    least_level = (int)least;
}

bool log_enabled(enum log_level level)
{
    return target != TARGET_NONE && (int)level <= least_level;
}

/* A value is cut rather than the event dropped. */
static struct str bounded(const char *value)
{
    return (struct str){value, strnlen(value, VALUE_MAX)};
}

static void format_json(struct buf *b, enum log_level level, const char *message, va_list pairs)
{
    char time[CLOCK_TEXT];
    struct json_out o = {.b = b};
    json_out_object(&o, NULL);
    json_out_text(&o, "time", clock_micro(clock_now(), time));
    json_out_text(&o, "level", level_names[level]);
    json_out_string(&o, "msg", bounded(message));
    for (const char *key; (key = va_arg(pairs, const char *));) {
        const char *value = va_arg(pairs, const char *);
        size_t before = b->n;
        if (!value)
            continue;
        json_out_string(&o, key, bounded(value));
        /* A pair that finds no room must not leave half of itself behind. */
        if (b->over || b->n + 2 > b->max) {
            b->n = before;
            break;
        }
    }
    b->max += 2;
    buf_adds(b, "}\n");
}

static void format_text(struct buf *b, enum log_level level, const char *message, va_list pairs)
{
    char time[CLOCK_TEXT];
    buf_printf(b, "%s %-5s ", clock_micro(clock_now(), time), level_names[level]);
    utf8_safe(b, bounded(message), UTF8_SAFE_DEFAULT);
    for (const char *key; (key = va_arg(pairs, const char *));) {
        const char *given = va_arg(pairs, const char *);
        if (!given)
            continue;
        struct str value = bounded(given);
        bool quotes = !value.n || memchr(value.p, ' ', value.n);
        buf_printf(b, " %s=%s", key, quotes ? "\"" : "");
        utf8_safe(b, value, UTF8_SAFE_DEFAULT);
        buf_adds(b, quotes ? "\"" : "");
    }
    b->max++;
    buf_addc(b, '\n');
}

static void write_event(const struct buf *b, enum target to)
{
    pthread_mutex_lock(&lock);
    int out = to == TARGET_JSON ? STDERR_FILENO : fd;
    /* A log that cannot be written has no one to tell. */
    while (out >= 0 && write(out, b->p, b->n) < 0 && errno == EINTR)
        continue;
    pthread_mutex_unlock(&lock);
}

void log_event(enum log_level level, const char *message, ...)
{
    if (!log_enabled(level))
        return;
    enum target to = (enum target)target;
    struct buf b;
    buf_init(&b, EVENT_MAX);
    va_list pairs;
    va_start(pairs, message);
    if (to == TARGET_JSON)
        format_json(&b, level, message, pairs);
    else
        format_text(&b, level, message, pairs);
    va_end(pairs);
    write_event(&b, to);
    buf_free(&b);
}

static const char *or_null(const char *text)
{
    return text[0] ? text : NULL;
}

void log_err(enum log_level level, const char *message, const struct err *err)
{
    char status[16] = "";
    if (err->http)
        snprintf(status, sizeof status, "%d", err->http);
    log_event(level, message, "where", or_null(err->where), "what", or_null(err->what), "mend",
              or_null(err->mend), "http", or_null(status), NULL);
}
