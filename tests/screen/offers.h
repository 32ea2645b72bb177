/* Answers the intents of actions, as their feed would. */
#ifndef TESTS_SCREEN_OFFERS_H
#define TESTS_SCREEN_OFFERS_H

#include <stdint.h>

#include "model/model.h"

void offers_answer(struct model *m, int64_t now, const struct intent *wish);

#endif
