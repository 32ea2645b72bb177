/* Fixed data for screen tests, and the part of a source that answers intents from it. */
#ifndef TESTS_SCREEN_FILL_H
#define TESTS_SCREEN_FILL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"

/* 2021-08-27T13:47:12Z: what the tests' clock shows at first. */
#define FILL_NOW INT64_C(1630072032000000000)

/* Makes tables without rows and puts every upstream to `connecting`. */
void fill_empty(struct model *m);
/* A shop whose checkout fails since a rollout at 13:35: 6 nodes, 46 pods, windows, metrics, events. */
void fill_incident(struct model *m, int64_t now);
/* Names and lines in Korean, Japanese and emoji, and bytes that try to steer the terminal. */
void fill_foreign(struct model *m, int64_t now);
/* A stored window of the incident's day, or of a quieter one, and a day's index. */
struct window *fill_window(const char *rule, int64_t from, int64_t to);
struct window_day *fill_day(const char *rule, int64_t day, int64_t now);
/* That many pods on a thirtieth as many nodes. */
void fill_huge(struct model *m, int64_t now, size_t pods);

/* The names of resources, and the tables of those that are wanted (INTENT_BROWSE's text). */
void fill_served(struct model *m);
void fill_browse(struct model *m, int64_t now, const char *wanted);
/* Answers the intents that wait, as sources would: lines, the chosen window. Each is printed to `log`
 * when it is given. */
void fill_answer(struct model *m, int64_t now, struct buf *log);
/* Log lines that come while following: `count` of them that end at `now`. */
void fill_lines(struct model *m, int64_t now, int count);
/* Rows of what is broken: "calm", "few", "many", "worse", "foreign", "looking", "unseen"; false: none of
 * these. */
bool fill_broken(struct model *m, int64_t now, const char *what);
/* Answers the wish of a page (model/page_wish.h): that of a pod, made of hostile text where its name
 * begins with "evil". */
void fill_page(struct model *m, int64_t now, const char *wish);
/* What becomes of the page that is open: "gone", "denied", "another", "secret". */
bool fill_page_change(struct model *m, int64_t now, const char *what);
/* Answers INTENT_POD_LOGS and INTENT_CONTAINERS. */
void fill_pod_log(struct model *m, int64_t now, const char *wish);
void fill_containers(struct model *m, const char *pod);
/* One change by name ("stale pods", "denied events", …); false: there is none of that name. */
bool fill_change(struct model *m, int64_t now, const char *what);

#endif
