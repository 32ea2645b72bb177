#include "ui/clipboard.h"

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

void clipboard_sequence(struct buf *out, struct str text, bool tmux)
{
    buf_adds(out, "\033]52;c;");
    base64_encode(out, text);
    buf_adds(out, "\a");
    if (!tmux)
        return;
    buf_adds(out, "\033Ptmux;\033\033]52;c;"); /* each escape inside is doubled */
    base64_encode(out, text);
    buf_adds(out, "\a\033\\");
}
