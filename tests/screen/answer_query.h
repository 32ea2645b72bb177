/* Answers to what is asked about queries, for screen tests. */
#ifndef TESTS_SCREEN_ANSWER_QUERY_H
#define TESTS_SCREEN_ANSWER_QUERY_H

#include <stdint.h>

#include "model/model.h"

const char *answer_query_name(enum intent_type type); /* of the wishes that are answered here */

/* A query without { is wrong, one with "(" has a bad regular expression, one with "costly" is. */
void answer_query_check(struct model *m, const struct intent *wish);
void answer_query_words(struct model *m, int64_t now, const struct intent *wish);
/* Costly when the query holds "costly", by words when it holds "payments". */
void answer_query_volume(struct model *m, int64_t now, const struct intent *wish);
/* Three series, one where the query holds "sum(". */
void answer_query_graph(struct model *m, int64_t now, const struct intent *wish);

#endif
