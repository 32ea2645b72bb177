/* A log line as JSON: what raw objects hold and `logs -o json` prints, as CONTRACT.md has it. */
#ifndef MODEL_LINE_JSON_H
#define MODEL_LINE_JSON_H

#include "base/buf.h"
#include "base/json.h"
#include "model/line.h"

/* Appends {"time":"…Z","labels":{…},"line":"…"} without a newline: time UTC with nanoseconds,
 * labels by name. */
void line_json_write(struct buf *out, const struct line *line);

/* The same as a member of what is being written. */
void line_json_put(struct json_out *o, const char *name, const struct line *line);

#endif
