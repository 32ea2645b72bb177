/* A message's template in a row: what stands for values is set apart. */
#ifndef UI_TEMPLATE_DRAW_H
#define UI_TEMPLATE_DRAW_H

#include "ui/draw.h"
#include "ui/log/fields.h"

/* Draws the template (foreign text), of JSON its message and fields, into `width` columns. */
void template_draw(struct fields *fields, const struct draw_area *line, int x, int width,
                   const char *text);

#endif
