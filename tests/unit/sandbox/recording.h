/* Recorded exchanges of real servers, as they lie below tests/data. */
#ifndef TESTS_UNIT_SANDBOX_RECORDING_H
#define TESTS_UNIT_SANDBOX_RECORDING_H

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

/* One exchange: texts of the file, terminated. */
struct recording {
    char *method, *target, *headers, *body; /* of the request; headers a line each */
    int status;
    char *type, *answer; /* Content-Type and body of the answer */
    bool trimmed;        /* the answer is not there as a whole */
};

struct recordings {
    struct recording list[40];
    size_t count;
};

static inline char *recording_read(const char *name)
{
    struct buf text;
    struct err err;
    char *path = mem_printf("%s/%s", TEST_DATA, name);
    buf_init(&text, 8 << 20);
    if (!file_read(path, &text, &err))
        fail_msg("%s: %s", path, err.what);
    free(path);
    return buf_take(&text, NULL);
}

static inline void recordings_free(struct recordings *r)
{
    for (size_t i = 0; i < r->count; i++) {
        free(r->list[i].method);
        free(r->list[i].target);
        free(r->list[i].headers);
        free(r->list[i].body);
        free(r->list[i].type);
        free(r->list[i].answer);
    }
}

/* Up to the first empty line; *rest goes behind it. */
static inline char *recording_part(char **rest)
{
    char *end = strstr(*rest, "\n\n");
    char *part = end ? mem_dup_n(*rest, (size_t)(end - *rest)) : mem_dup(*rest);
    *rest = end ? end + 2 : *rest + strlen(*rest);
    return part;
}

static inline void recording_request_line(struct recording *r, const char *line)
{
    const char *space = strchr(line, ' '), *end = space ? strstr(space + 1, " HTTP/1") : NULL;
    if (!end)
        fail_msg("no request line: %.80s", line);
    r->method = mem_dup_n(line, (size_t)(space - line));
    r->target = mem_dup_n(space + 1, (size_t)(end - space - 1));
}

static inline char *recording_header(const char *head, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = head; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            return mem_dup_n(line + n + 2, strcspn(line + n + 2, "\r\n"));
    return mem_dup("");
}

/* Loki's form: request head, empty line, body of the request or none, answer's head, its body; "#
 * title" before each. */
static inline void recordings_loki(struct recordings *all, const char *name)
{
    char *text = recording_read(name), *rest = text;
    all->count = 0;
    while (*rest && all->count < 40) {
        while (*rest == '\n' || *rest == '#' || isspace((unsigned char)*rest))
            rest = *rest == '#' ? rest + strcspn(rest, "\n") : rest + 1;
        if (!*rest)
            break;
        struct recording *r = &all->list[all->count++];
        memset(r, 0, sizeof *r);
        char *head = recording_part(&rest);
        recording_request_line(r, head);
        r->headers = strchr(head, '\n') ? mem_dup(strchr(head, '\n') + 1) : mem_dup("");
        free(head);
        while (*rest == '\n')
            rest++;
        if (strncmp(rest, "--- response\n", 13) == 0)
            rest += 13;
        if (strncmp(rest, "HTTP/1.1 ", 9) != 0)
            r->body = recording_part(&rest);
        while (*rest == '\n')
            rest++;
        char *answer = recording_part(&rest);
        r->status = (int)strtol(answer + 9, NULL, 10);
        r->type = recording_header(answer, "Content-Type");
        char *length = recording_header(answer, "Content-Length");
        size_t n = *length ? strtoul(length, NULL, 10) : strcspn(rest, "\n");
        n = n < strlen(rest) ? n : strlen(rest);
        r->answer = mem_dup_n(rest, n);
        rest += n;
        r->trimmed = strncmp(rest + strspn(rest, "\n"), "... [trimmed", 12) == 0;
        if (r->trimmed)
            rest = strchr(rest + strspn(rest, "\n"), '\n') ? strchr(rest + strspn(rest, "\n"), '\n')
                                                           : rest + strlen(rest);
        free(answer);
        free(length);
    }
    free(text);
}

/* Kubernetes' form: lines "> …" and "< …", then the body up to "# body N bytes". */
static inline void recordings_kube(struct recordings *all, const char *name)
{
    char *text = recording_read(name);
    struct recording *r = NULL;
    struct buf part;
    buf_init(&part, 8 << 20);
    all->count = 0;
    bool body = false;
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (strncmp(line, "> ", 2) == 0 && strstr(line, " HTTP/1.1") && all->count < 40) {
            r = &all->list[all->count++];
            memset(r, 0, sizeof *r);
            recording_request_line(r, line + 2);
        } else if (r && strncmp(line, "< HTTP/1.1 ", 11) == 0) {
            r->status = (int)strtol(line + 11, NULL, 10);
        } else if (r && strncasecmp(line, "< Content-Type: ", 16) == 0) {
            r->type = mem_dup(line + 16);
        } else if (r && strncmp(line, "<", 1) == 0 && strspn(line + 1, " \r") == strlen(line + 1)) {
            body = true;
            buf_clear(&part);
        } else if (body && strncmp(line, "# body ", 7) == 0) {
            r->answer = buf_take(&part, NULL);
            buf_init(&part, 8 << 20);
            body = false;
            r = NULL; /* what follows without a request is a note */
        } else if (body && strncmp(line, "# ", 2) != 0) {
            buf_adds(&part, line);
            buf_addc(&part, '\n');
        } else if (r && *line == '{' && !r->status) {
            r->body = mem_dup(line);
        }
    }
    buf_free(&part);
    free(text);
}

#endif
