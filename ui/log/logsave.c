#include "ui/log/logsave.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "model/line_json.h"

enum { LINES = 256, PIECE_BYTES = 1 << 20 };

static void add_text(struct buf *out, const struct rule_labels *labels, const struct line *line)
{
    char time[CLOCK_TEXT], zone[16];
    const char *ns = labels_value(line->labels, labels->namespace_);
    const char *pod = labels_value(line->labels, labels->pod);
    clock_format(line->time, false, "%Y-%m-%dT%H:%M:%S", time, sizeof time);
    clock_format(line->time, false, "%z", zone, sizeof zone);
    buf_printf(out, "%s.%03d%.3s:%s ", time, (int)(line->time % CLOCK_SECOND / CLOCK_MS), zone,
               zone + 3);
    if (line->kind != LINE_LOG) {
        buf_adds(out, "-- ");
    } else if (ns[0] || pod[0]) {
        utf8_safe(out, str_of(ns), UTF8_SAFE_DEFAULT);
        buf_addc(out, '/');
        utf8_safe(out, str_of(pod), UTF8_SAFE_DEFAULT);
        buf_addc(out, ' ');
    }
    utf8_safe(out, line->text, UTF8_SAFE_TABS);
}

static void add_line(struct buf *out, const struct rule_labels *labels, struct pane_save *save,
                     const struct line *line)
{
    if (save->json && line->kind != LINE_LOG)
        return;
    if (save->json)
        line_json_write(out, line);
    else
        add_text(out, labels, line);
    buf_addc(out, '\n');
    save->rows++;
}

/* save->at: 0, or one more than the id of the line written last. */
static bool next_lines(struct logview *v, const struct rule_labels *labels, struct pane_save *save,
                       struct buf *out)
{
    size_t i = save->at ? lines_find_id(v->lines, save->at - 1) : SIZE_MAX;
    i = i == SIZE_MAX ? 0 : i + 1; /* one that fell out was the oldest */
    logview_slice(v);
    for (int n = 0; n < LINES && out->n < PIECE_BYTES; n++) {
        size_t next = logview_next(v, i, true);
        if (next == SIZE_MAX && !v->unfinished)
            return false;
        if (next == SIZE_MAX)
            return true;
        struct line line = lines_at(v->lines, next);
        add_line(out, labels, save, &line);
        save->at = (size_t)lines_id(v->lines, next) + 1;
        i = next + 1;
    }
    return true;
}

/* Traces are saved with all of their lines, folded or not. */
bool logsave_next(struct logview *v, const struct rule_labels *labels, struct pane_save *save,
                  struct buf *out)
{
    bool fold = v->fold;
    v->fold = false;
    bool more = next_lines(v, labels, save, out);
    v->fold = fold;
    return more;
}
