/* The keys of CONTRACT.md ("The store") below a cluster: made and read. Times are the starts of
 * windows, UTC. */
#ifndef STORE_WINDOW_KEY_H
#define STORE_WINDOW_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Bytes that a key and a rule's name need, with their NUL. */
enum { WINDOW_KEY_SIZE = 200, WINDOW_KEY_RULE = 41 };

/* Whether a rule's name may stand in a key: [a-z0-9-]{1,40}. */
bool window_key_rule_ok(const char *rule);

/*
 * Each writes a key into out (WINDOW_KEY_SIZE bytes) and returns it. Rules must be ok, the cluster
 * [A-Za-z0-9._-]{1,63}, and times in the years 1970 to 9999:
 *   lines     …/lines/errors/2021/08/27/1300.log.gz
 *   window    …/windows/errors/2021/08/27/1300.json
 *   index     …/windows/errors/2021/08/27/index.json
 *   day       …/<what>/errors/2021/08/27/  (rule NULL: none)
 *   groups    …/groups.json
 *   snapshot  …/snapshots/2021/08/27/1300.json.gz
 */
char *window_key_lines(char *out, const char *cluster, const char *rule, int64_t from);
char *window_key_window(char *out, const char *cluster, const char *rule, int64_t from);
char *window_key_index(char *out, const char *cluster, const char *rule, int64_t day);
char *window_key_day(char *out, const char *cluster, const char *what, const char *rule,
                     int64_t day);
char *window_key_groups(char *out, const char *cluster);
char *window_key_snapshot(char *out, const char *cluster, int64_t at);

enum window_key_kind {
    WINDOW_KEY_OTHER,
    WINDOW_KEY_LINES,
    WINDOW_KEY_WINDOW,
    WINDOW_KEY_INDEX,
    WINDOW_KEY_GROUPS,
    WINDOW_KEY_SNAPSHOT
};

/* What a listed key is. Fills rule ("" when it has none; WINDOW_KEY_RULE bytes) and time (of an
 * index: its day; else 0). */
enum window_key_kind window_key_read(struct str key, const char *cluster, char *rule,
                                     int64_t *time);

#endif
