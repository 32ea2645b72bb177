#include "collect/waiting_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { TEXTS_ROOM = 16 << 20 };

void waiting_lines_init(struct waiting_lines *w)
{
    *w = (struct waiting_lines){0};
    buf_init(&w->texts, TEXTS_ROOM);
}

void waiting_lines_free(struct waiting_lines *w)
{
    buf_free(&w->texts);
    free(w->list);
}

void waiting_lines_clear(struct waiting_lines *w)
{
    w->count = 0;
    buf_clear(&w->texts);
}

bool waiting_lines_keep(struct waiting_lines *w, int64_t time, struct str text)
{
    size_t at = w->texts.n;
    if (!buf_add(&w->texts, text.p, text.n))
        return false;
    mem_grow(&w->list, &w->cap, w->count + 1, sizeof *w->list);
    w->list[w->count++] = (struct waiting_line){time, at, text.n};
    return true;
}

struct str waiting_lines_text(const struct waiting_lines *w, size_t i)
{
    return (struct str){w->list[i].n ? w->texts.p + w->list[i].at : "", w->list[i].n};
}

void waiting_lines_forget(struct waiting_lines *w, size_t most)
{
    size_t gone = w->count > most ? w->count - most : 0;
    size_t bytes = gone < w->count ? w->list[gone].at : w->texts.n;
    memmove(w->list, w->list + gone, (w->count - gone) * sizeof *w->list);
    w->count -= gone;
    for (size_t i = 0; i < w->count; i++)
        w->list[i].at -= bytes;
    buf_drop_front(&w->texts, bytes);
}
