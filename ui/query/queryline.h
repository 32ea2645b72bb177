/* The query that one types: its prompt, what the server says of it, the question before a costly one. */
#ifndef UI_QUERYLINE_H
#define UI_QUERYLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/question.h"
#include "ui/prompt.h"

struct app;

enum { QUERYLINE_HELD = 64 };

struct queryline_state {
    bool waiting; /* for what the server says of `text` */
    bool stays;   /* an address chose the pane: what is shown does not change it */
    enum question_language language;
    char *text;
    char *graph; /* the graph of the same address, to be asked about next; NULL: none */
    enum question_language graph_language;
    uint32_t held[QUERYLINE_HELD]; /* keys typed meanwhile */
    size_t held_count;
    int64_t held_until;      /* tick */
    uint64_t answers, words; /* of the model that were seen */
};

/* Opens the prompt with `text`; NULL: with the query whose lines are shown. */
void queryline_open(struct app *a, enum question_language language, const char *text);
/* As if the text had been typed there and accepted: "@NAME" is a saved query. */
void queryline_run(struct app *a, enum question_language language, const char *text);

/* What an address holds, by the same way: "" or NULL is none. The focus stays where it is. */
void queryline_run_view(struct app *a, const char *query, enum question_language language,
                        const char *graph);

/*
 * While the server is asked, keys wait for its answer: then they go to the lines or the graph that the
 * query shows, as soon as there are some (1 s at most), and are forgotten where the answer is a refusal or
 * a question. Esc and Ctrl-C do not wait: the query is edited again. False: the key is anyone's.
 */
bool queryline_holds(struct app *a, uint32_t key);

/* The keys that have waited long enough, which are held no longer: their number. To be asked before
 * queryline_sync, so that a frame lies between the answer and the keys: by then the moves have asked for
 * the lines. */
size_t queryline_release(struct app *a, uint32_t keys[QUERYLINE_HELD]);

bool queryline_is_prompt(enum prompt_kind kind); /* one in which a query is typed */
/* What is typed on the command line: behind "logql " or "promql " a query begins, and with it an empty
 * query line. */
void queryline_take_over(struct app *a, const char *command);
void queryline_accept(struct app *a, const char *text);
void queryline_confirmed(struct app *a, const char *answer); /* "y": whatever it costs */
/* Whether it asks for that, which only a person can answer; *err says what it costs. */
bool queryline_needs_person(const struct app *a, struct err *err);
void queryline_forget(struct app *a);    /* does not wait for an answer any more */
void queryline_give_back(struct app *a); /* the logs are the scope's again */

/* Before each frame: takes over the server's answer and words that came. */
void queryline_sync(struct app *a);

#endif
