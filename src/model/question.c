#include "model/question.h"

#include <stdlib.h>

#include "base/mem.h"

void question_clear(struct question *q)
{
    free(q->text);
    *q = (struct question){.answers = q->answers};
}

void question_ask(struct question *q, enum question_language language, const char *text)
{
    char *copy = mem_dup(text);
    question_clear(q);
    q->language = language;
    q->text = copy;
    q->state = QUESTION_ASKED;
}

void question_refuse(struct question *q, const struct err *err, int line, int column)
{
    q->state = QUESTION_WRONG;
    q->err = *err;
    q->line = line;
    q->column = column;
    q->answers++;
}

void question_accept(struct question *q, bool costly)
{
    q->state = costly ? QUESTION_COSTLY : QUESTION_GOOD;
    q->answers++;
}
