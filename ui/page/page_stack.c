#include "ui/page/page_stack.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct page_stack {
    struct model *model;
    struct page_stack_step steps[PAGE_STACK_MOST];
    size_t depth;
    uint64_t changes;
};

struct page_stack *page_stack_new(struct model *m)
{
    struct page_stack *s = mem_alloc(sizeof *s);
    s->model = m;
    return s;
}

void page_stack_free(struct page_stack *s)
{
    free(s);
}

static void ask(struct page_stack *s)
{
    char *text = s->depth ? page_wish_text(&s->steps[s->depth - 1].wish) : NULL;
    intents_push(s->model->intents, INTENT_PAGE, text, 0, 0);
    free(text);
    s->changes++;
    s->model->dirty = true;
}

static void push(struct page_stack *s, const struct object_ref *o, enum page_wish_view view)
{
    if (s->depth == PAGE_STACK_MOST)
        memmove(&s->steps[0], &s->steps[1], --s->depth * sizeof s->steps[0]);
    s->steps[s->depth++] = (struct page_stack_step){.wish = {.object = *o, .view = view}};
    ask(s);
}

void page_stack_open(struct page_stack *s, const struct object_ref *o, enum page_wish_view view)
{
    s->depth = 0;
    push(s, o, view);
}

void page_stack_follow(struct page_stack *s, const struct object_ref *o)
{
    push(s, o, PAGE_WISH_DESCRIBE);
}

void page_stack_turn(struct page_stack *s, enum page_wish_view view)
{
    if (!s->depth || s->steps[s->depth - 1].wish.view == view)
        return;
    s->steps[s->depth - 1].wish.view = view;
    ask(s);
}

bool page_stack_back(struct page_stack *s)
{
    if (s->depth)
        s->depth--;
    ask(s);
    return s->depth > 0;
}

struct page_stack_step *page_stack_top(struct page_stack *s)
{
    return s->depth ? &s->steps[s->depth - 1] : NULL;
}

size_t page_stack_depth(const struct page_stack *s)
{
    return s->depth;
}

uint64_t page_stack_changes(const struct page_stack *s)
{
    return s->changes;
}
