#include "ui/terminal/clipboard.h"

#include <stdlib.h>

#include "base/base64.h"

struct str clipboard_fit(struct str text)
{
    if (text.n <= CLIPBOARD_MOST)
        return text;
    text.n = CLIPBOARD_MOST;
    while (text.n && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
        text.n--;
    return text;
}

enum { SCREEN_PIECE = 240 };

enum clipboard_within clipboard_within(void)
{
    const char *tmux = getenv("TMUX"), *screen = getenv("STY");
    return tmux && tmux[0]       ? CLIPBOARD_TMUX
           : screen && screen[0] ? CLIPBOARD_SCREEN
                                 : CLIPBOARD_TERMINAL;
}

static void add_pieces(struct buf *out, struct str sequence)
{
    while (sequence.n) {
        size_t n = sequence.n < SCREEN_PIECE ? sequence.n : SCREEN_PIECE;
        buf_adds(out, "\033P");
        buf_add(out, sequence.p, n);
        buf_adds(out, "\033\\");
        sequence = (struct str){sequence.p + n, sequence.n - n};
    }
}

void clipboard_sequence(struct buf *out, struct str text, enum clipboard_within within)
{
    struct buf plain;
    buf_init(&plain, 2 * CLIPBOARD_MOST);
    buf_adds(&plain, "\033]52;c;");
    base64_encode(&plain, text);
    buf_adds(&plain, "\a");
    if (within == CLIPBOARD_SCREEN)
        add_pieces(out, buf_str(&plain));
    else
        buf_add(out, plain.p, plain.n);
    if (within == CLIPBOARD_TMUX) /* each escape inside is doubled */
        buf_printf(out, "\033Ptmux;\033%s\033\\", buf_text(&plain));
    buf_free(&plain);
}
