#include "ui/errors/template_draw.h"

#include <string.h>

enum { TEMPLATE_MOST = 4096 };
static const char wildcard[] = "<*>";

void template_draw(struct fields *fields, const struct draw_area *line, int x, int width,
                   const char *text)
{
    int end = x + width;
    struct buf shown;
    buf_init(&shown, TEMPLATE_MOST);
    if (fields_template(fields, str_of(text), &shown))
        text = buf_text(&shown);
    while (*text && x < end) {
        const char *star = strstr(text, wildcard);
        size_t n = star ? (size_t)(star - text) : strlen(text);
        x += draw_text(line, x, 0, end - x, DRAW_LEFT, ROLE_TEXT, (struct str){text, n});
        text += n;
        if (star && x < end) {
            x += draw_texts(line, x, 0, end - x, DRAW_LEFT, ROLE_WILDCARD, wildcard);
            text += sizeof wildcard - 1;
        }
    }
    buf_free(&shown);
}
