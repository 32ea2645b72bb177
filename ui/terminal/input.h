/* Bytes of a terminal to keys: a UTF-8 decoder that waits for bytes that arrive apart (ncurses' own
 * get_wch loses such characters). */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is a fresh one. */
struct input {
    char bytes[4];
    size_t n;
};

/* Feeds one byte (0–255) or special key (KEYS_UP …). True: *key is the one that it completes; false:
 * more bytes are needed. A sequence that breaks off is dropped, the key behind it is not. */
bool input_feed(struct input *in, int32_t byte, uint32_t *key);

#endif
