/*
 * The terminal, by ncurses: the only user of it. One a process, as ncurses has it. Start it with
 * SIGWINCH blocked (a signalfd tells of it): ncurses' own handler loses resizes.
 */
#ifndef UI_TERMINAL_H
#define UI_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "ui/terminal/screen.h"

/* Takes the terminal over: raw, other screen, no cursor. ERR_USAGE when standard input or output is
 * none, or TERM is unset, unknown or cannot place the cursor. */
bool terminal_start(bool colour, bool mouse, struct err *err);
void terminal_stop(void); /* as it was before; harmless when not started */
bool terminal_is_started(void);

/* Gives the terminal back, stops this process group as Ctrl-Z does, takes it over when continued. */
void terminal_suspend(void);

/* Asks the terminal for its size and tells ncurses. */
void terminal_resize(int *width, int *height);

enum terminal_read { TERMINAL_NOTHING, TERMINAL_KEY, TERMINAL_MOUSE, TERMINAL_GONE };
struct terminal_event {
    int32_t byte;    /* TERMINAL_KEY: a byte, or a special key of ui/keys.h */
    int x, y, wheel; /* TERMINAL_MOUSE: where; wheel −1 up, 1 down, 0 a click */
};
/* The next thing that was typed; does not wait (but 25 ms behind a lone Esc byte). */
enum terminal_read terminal_read(struct terminal_event *out);

/* Writes a control sequence as it is, between frames; harmless when not started. Blocks as long as the
 * terminal takes no bytes. */
void terminal_send(struct str sequence);

void terminal_redraw(void); /* the next show writes every cell */

extern const struct screen terminal_screen; /* `to` is not used */

#endif
