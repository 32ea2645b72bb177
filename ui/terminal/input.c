#include "ui/terminal/input.h"

#include "base/utf8.h"
#include "ui/keys.h"

enum { REPLACEMENT = 0xfffd };

static size_t sequence_length(unsigned char first)
{
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 1;
}

/* Terminals disagree about two keys. */
static uint32_t usual(uint32_t code)
{
    return code == '\n' ? KEYS_ENTER : code == '\b' ? KEYS_BACKSPACE : code;
}

static bool finish(struct input *in, uint32_t *key)
{
    uint32_t code;
    size_t used = utf8_decode(in->bytes, in->n, &code);
    *key = used == in->n ? code : REPLACEMENT;
    in->n = 0;
    return true;
}

bool input_feed(struct input *in, int32_t byte, uint32_t *key)
{
    if (byte > 255 || byte < 0x80) {
        in->n = 0;
        *key = usual((uint32_t)byte);
        return true;
    }
    bool more = (byte & 0xc0) == 0x80;
    if (!in->n || !more) {
        in->bytes[0] = (char)byte;
        in->n = 1;
        return sequence_length((unsigned char)byte) == 1 ? finish(in, key) : false;
    }
    in->bytes[in->n++] = (char)byte;
    return in->n == sequence_length((unsigned char)in->bytes[0]) ? finish(in, key) : false;
}
