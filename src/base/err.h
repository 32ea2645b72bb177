/* Errors as values: a kind that decides the exit status, and one line for a person. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum err_kind {
    ERR_NONE,
    ERR_USAGE,     /* the command line is wrong */
    ERR_CONFIG,    /* the configuration, kubeconfig or a file it names is wrong */
    ERR_DENIED,    /* the server answered 401 or 403, or a file may not be read */
    ERR_AWAY,      /* no connection, a time-out, a body cut off, 5xx, 429: trying again may help */
    ERR_PROTOCOL,  /* the server answered something that it should not (is it the right server?) */
    ERR_REFUSED,   /* the server refused this very request (400, 422): trying again will not help */
    ERR_LIMIT,     /* a bound of ours or the server's was passed: ask for less */
    ERR_GONE,      /* 410: the version is too old, list again */
    ERR_NOT_FOUND, /* 404, or no such key or file */
    ERR_CONFLICT,  /* 409: someone else was faster */
    ERR_CANCELLED, /* the caller gave up */
    ERR_IO,        /* a local file or pipe */
    ERR_OFF,       /* nothing of the kind is configured or found: no failure */
};

/*
 * Filled by the function that fails; read by its caller. Plain data: copy it freely. The texts may
 * hold foreign bytes (a server's message): whoever shows them uses err_line or utf8_safe.
 */
struct err {
    enum err_kind kind;
    int http;               /* the HTTP status when a server answered, else 0 */
    int64_t retry_after_ms; /* the server's Retry-After, else 0 */
    char where[200];        /* the place: a URL without credentials, a file and line, an option */
    char what[480];         /* what happened */
    char mend[280];         /* how to mend it; may be empty */
};

/* Fills *err (which may be NULL) and returns false, so that a function can end by `return
 * err_set(…)`. */
bool err_set(struct err *err, enum err_kind kind, const char *where, const char *mend,
             const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* As err_set, with strerror(errno) behind the text; the kind follows errno (ENOENT, EACCES, else
 * ERR_IO). */
bool err_errno(struct err *err, const char *where, const char *mend, const char *what);

void err_clear(struct err *err);

/* Writes "WHERE: WHAT: HOW TO MEND IT" (parts that are empty left out) into out as one line, always
 * terminated, made safe by utf8_safe. Returns out. */
char *err_line(const struct err *err, char *out, size_t size);

/* Prints "kubeboard: " and err_line to standard error. */
void err_print(const struct err *err);

/* The exit status that CONTRACT.md gives this error: 2 for usage, configuration and what is not
 * configured, 130 cancelled, else 1. */
int err_exit_status(const struct err *err);

/* Whether trying the same again later may help. */
bool err_is_transient(const struct err *err);

#endif
