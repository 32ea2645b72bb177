/* The terminal's clipboard by OSC 52, which reaches the person's own machine through ssh. */
#ifndef UI_CLIPBOARD_H
#define UI_CLIPBOARD_H

#include "base/buf.h"
#include "base/str.h"

/* What terminals take: xterm reads 100,000 bytes of base 64 at most, less what stands around it. */
enum { CLIPBOARD_MOST = 74000 };

/* As much of the text as is sent: whole characters. */
struct str clipboard_fit(struct str text);

enum clipboard_within { CLIPBOARD_TERMINAL, CLIPBOARD_TMUX, CLIPBOARD_SCREEN };
/* What stands between us and the terminal, by the environment. */
enum clipboard_within clipboard_within(void);

/* Appends what puts the text there. Inside tmux it is sent twice: to tmux itself (set-clipboard on) and
 * through it to the terminal (allow-passthrough on), since either may be switched off. GNU screen hands
 * on what stands in strings of its own, each of which must be short. */
void clipboard_sequence(struct buf *out, struct str text, enum clipboard_within within);

#endif
