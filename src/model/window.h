/* Error windows and their groups, and their JSON as CONTRACT.md ("The store") fixes it. */
#ifndef MODEL_WINDOW_H
#define MODEL_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/catalogue.h"
#include "model/line.h"
#include "model/tallies.h"

enum { WINDOW_SCHEMA = 1 };

struct group {
    char id[17];         /* 16 hex digits */
    char *template_text; /* the message with <*> where values stood */
    enum level level;
    uint64_t count;
    int64_t first, last;
    uint32_t *per_minute; /* one a started minute of the window; `minutes` of them */
    size_t minutes;
    struct tallies namespaces, workloads, pods, nodes; /* workloads and pods as namespace/name */
    int64_t sample_time;
    const struct labels *sample_labels; /* held; may be NULL */
    char *sample_text;                  /* may hold NUL: sample_n bytes */
    size_t sample_n;
};

struct window {
    char *cluster, *rule, *query;
    int64_t from, to;
    uint64_t counted; /* what Loki counts */
    uint64_t lines, bytes;
    bool complete, truncated;
    bool open; /* worked out live, not stored: not in the JSON of the store */
    struct tallies redacted, namespaces;
    struct group *groups;
    size_t group_count;
};

void window_free(struct window *w); /* and what it points to; NULL is allowed */

/* Sorts groups by count (most first), then id, and the tallies by name: the order of the JSON. */
void window_sort(struct window *w);

/* The exact bytes of the stored object (no trailing newline), of a window that window_sort has
 * sorted. Equal windows give equal bytes. */
void window_to_json(const struct window *w, struct buf *out);
/* NULL and *err for broken JSON or a newer schema ("schema 2 is newer than this kubeboard").
 * Unknown members are passed over. `place` names the object in errors. */
struct window *window_from_json(const char *json, size_t n, const char *place, struct err *err);

/* One window in a day's index, and the day. */
enum { WINDOW_ENTRY_NAMESPACES = 8 };
struct window_entry {
    int64_t from, to;
    uint64_t lines, counted;
    uint32_t groups;
    bool complete, truncated, open;
    uint64_t levels[LEVEL_COUNT]; /* lines by level */
    char top[120];                /* the largest group's template, cut */
    /* Lines of the namespaces that have most of them, by name; none where an older index has none. */
    struct window_entry_namespace {
        char name[64];
        uint64_t lines;
    } namespaces[WINDOW_ENTRY_NAMESPACES];
    size_t namespace_count;
};
struct window_day {
    char *cluster, *rule;
    int64_t day;               /* 00:00 UTC */
    struct window_entry *list; /* by from */
    size_t count, cap;
};
void window_entry_of(const struct window *w, struct window_entry *out);
/* Lines of a namespace, "": of all. False: the entry does not tell. */
bool window_entry_lines(const struct window_entry *e, const char *namespace_, uint64_t *lines);
/* Replaces the entry with the same from. */
void window_day_put(struct window_day *d, const struct window_entry *e);
void window_day_to_json(const struct window_day *d, struct buf *out);
struct window_day *window_day_from_json(const char *json, size_t n, const char *place,
                                        struct err *err);
void window_day_free(struct window_day *d);

#endif
