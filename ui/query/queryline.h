/* The query that one types: its prompt, what the server says of it, the question before a costly one. */
#ifndef UI_QUERYLINE_H
#define UI_QUERYLINE_H

#include <stdbool.h>

#include "model/question.h"
#include "ui/prompt.h"

struct app;

/* Opens the prompt with `text`; NULL: with the query whose lines are shown. */
void queryline_open(struct app *a, enum question_language language, const char *text);
/* As if the text had been typed there and accepted: "@NAME" is a saved query. */
void queryline_run(struct app *a, enum question_language language, const char *text);

bool queryline_is_prompt(enum prompt_kind kind); /* one in which a query is typed */
void queryline_accept(struct app *a, const char *text);
void queryline_confirmed(struct app *a, const char *answer); /* "y": whatever it costs */
void queryline_forget(struct app *a);    /* does not wait for an answer any more */
void queryline_give_back(struct app *a); /* the logs are the scope's again */

/* Before each frame: takes over the server's answer and words that came. */
void queryline_sync(struct app *a);

#endif
