/* What keys, answers to the prompt and the mouse do. */
#ifndef UI_ACTIONS_H
#define UI_ACTIONS_H

#include <stdint.h>

#include "ui/keys.h"

struct app;

void actions_do(struct app *a, enum keys_action action);
void actions_prompt_key(struct app *a, uint32_t key); /* while the prompt is open */
/* wheel: -1 up, 1 down, 0 a click. x and y are cells of the screen. */
void actions_mouse(struct app *a, int x, int y, int wheel);

#endif
