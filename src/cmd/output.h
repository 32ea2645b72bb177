/* Standard output of the commands: buffered, quiet when its reader has gone, and safe on a
 * terminal. */
#ifndef CMD_OUTPUT_H
#define CMD_OUTPUT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "cmd/options.h"

/* A closed pipe (`… | head`) ends the program silently, with status 0, at the write that finds it.
 */
void output_start(void);
void output_write(struct str bytes);
void output_text(const char *text);
/* Foreign text, made safe; a newline in it too. */
void output_safe(struct str text);
void output_safe_lines(struct str text); /* newlines stay */
/* Hands over what is buffered. At the end of the program, and whenever someone waits for lines.
 * False (ERR_IO) when the disk is full or the like. */
bool output_flush(struct err *err);

bool output_is_terminal(void);
/* Whether the locale can show UTF-8. */
bool output_is_utf8(void);

#endif
