/* How serious a log line is, read from its text or its labels. */
#ifndef TRIAGE_LEVEL_DETECT_H
#define TRIAGE_LEVEL_DETECT_H

#include "base/str.h"
#include "model/line.h"

/* The level that the text itself states: a JSON or logfmt member, a klog, Android or journald mark,
 * a word in brackets or capitals near the start, a panic or a traceback; else LEVEL_UNKNOWN. Only
 * the first 1,024 bytes are read. */
enum level level_detect(struct str line);

/* The level of a line as Loki returned it: the label `level` (or `severity`, `lvl`), which someone
 * set on purpose; else the text; else Loki's own guess, `detected_level`. `labels` may be NULL. */
enum level level_detect_line(const struct labels *labels, struct str line);

#endif
