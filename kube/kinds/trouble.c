#include "kube/kinds/trouble.h"

#include <ctype.h>
#include <string.h>

#include "base/clock.h"

void trouble_init(struct buf *words)
{
    buf_init(words, TROUBLE_LONGEST);
}

void trouble_set(struct object *row, struct buf *words)
{
    object_set_trouble(row, buf_str(words));
    buf_free(words);
}

/* Bytes of `text`, at most `most`, not ending inside a UTF-8 sequence. */
static size_t fitting(const char *text, size_t most)
{
    size_t n = strnlen(text, most + 1);
    if (n <= most)
        return n;
    for (n = most; n && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
        ;
    return n;
}

void trouble_add(struct buf *words, const char *text)
{
    size_t room = words->max - words->n;
    size_t most = room < TROUBLE_PART ? room : TROUBLE_PART;
    static const char more[] = "…";
    while (isspace((unsigned char)*text))
        text++;
    size_t n = fitting(text, most);
    if (text[n])
        n = most > sizeof more ? fitting(text, most - sizeof more) : 0;
    for (size_t i = 0; i < n; i++) {
        bool blank = isspace((unsigned char)text[i]);
        if (blank && i + 1 < n && isspace((unsigned char)text[i + 1]))
            continue;
        if (!blank || i + 1 < n)
            buf_addc(words, blank ? ' ' : text[i]);
    }
    if (text[n])
        buf_adds(words, more);
}

void trouble_part(struct buf *words, const char *separator)
{
    if (words->n)
        buf_adds(words, separator);
}

void trouble_time(struct buf *words, const char *word, int64_t time)
{
    char text[CLOCK_TEXT];
    if (!time)
        return;
    buf_adds(words, word);
    buf_addc(words, ' ');
    buf_adds(words, clock_format(time, false, "%Y-%m-%d %H:%M:%S %Z", text, sizeof text));
}

void trouble_worsen(struct object *row, enum health health)
{
    if (health > row->health)
        row->health = health;
}
