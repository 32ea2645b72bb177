#include "ui/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "text/number.h"
#include "ui/engine.h"
#include "ui/terminal/clipboard.h"
#include "ui/terminal/terminal.h"

enum { COPY_BYTES = 8 << 20, CHUNK_BYTES = 4 << 20, SLICE_MS = 10, LABEL = 400, MESSAGE = 400 };

/* What the pane says, else the row of its list as text. */
static bool copy_row(struct pane *p, struct buf *out)
{
    struct list *l = pane_list_of(p);
    if (p->ops->copy)
        return p->ops->copy(p, out);
    if (!l || !list_count(l))
        return false;
    list_text(l, list_cursor(l), out);
    return true;
}

void export_copy_text(struct app *a, struct str text)
{
    char message[PANE_TEXT];
    struct buf sequence;
    buf_init(&sequence, 8 * CLIPBOARD_MOST);
    struct str sent = clipboard_fit(text);
    clipboard_sequence(&sequence, sent, clipboard_within());
    terminal_send(buf_str(&sequence));
    snprintf(message, sizeof message, "Copied %s%zu bytes: %.*s",
             sent.n < text.n ? "the first " : "", sent.n, sent.n < MESSAGE ? (int)sent.n : MESSAGE,
             sent.p);
    engine_say(a, sent.n < text.n ? ROLE_WARNING : ROLE_MESSAGE, message);
    buf_free(&sequence);
}

void export_copy(struct app *a)
{
    struct pane *p = engine_focused(a);
    struct buf text;
    buf_init(&text, COPY_BYTES);
    if (!copy_row(p, &text) || !text.n) {
        engine_say(a, ROLE_MESSAGE, "There is nothing to copy here.");
        buf_free(&text);
        return;
    }
    export_copy_text(a, buf_str(&text));
    buf_free(&text);
}

void export_ask(struct app *a)
{
    struct pane *p = engine_focused(a);
    char time[CLOCK_TEXT], name[LABEL];
    if (!p->ops->save && !pane_list_of(p)) {
        engine_say(a, ROLE_MESSAGE, "There is nothing to save here.");
        return;
    }
    clock_format(engine_now(a), false, "%Y%m%d-%H%M%S", time, sizeof time);
    snprintf(name, sizeof name, "%s-%s.txt", p->ops->name, time);
    a->export.pane = a->focus;
    prompt_open(a->prompt, PROMPT_SAVE,
                p->ops->save ? "save to (.json: JSON lines): " : "save to: ", name, NULL, NULL);
}

static bool is_json(const char *path)
{
    struct str s = str_of(path);
    return str_ends(s, ".json") || str_ends(s, ".jsonl");
}

/* What is not finished leaves nothing behind. */
static void drop(struct app *a)
{
    saver_cancel(a->export.saver);
    a->export.saver = NULL;
}

void export_close(struct app *a)
{
    drop(a);
    free(a->export.path);
    a->export.path = NULL;
}

static void start(struct app *a, const char *path, bool replace)
{
    struct err err;
    struct pane *p = a->panes[a->export.pane];
    if (is_json(path) && !p->ops->save) {
        engine_say(a, ROLE_ERROR, "Only log lines are saved as JSON: choose a name without .json.");
        return;
    }
    drop(a);
    a->export.saver = saver_open(path, replace, &err);
    a->export.save.json = is_json(path);
    a->export.save.at = 0;
    a->export.save.rows = 0;
    if (!a->export.saver)
        engine_say_err(a, &err);
    a->dirty = true;
}

void export_named(struct app *a, const char *path)
{
    static char label[LABEL];
    if (!path[0])
        return;
    if (!saver_exists(path)) {
        start(a, path, false);
        return;
    }
    free(a->export.path);
    a->export.path = mem_dup(path);
    snprintf(label, sizeof label, "%.300s exists. Replace it? y or N: ", path);
    prompt_open(a->prompt, PROMPT_REPLACE, label, "", NULL, NULL);
}

void export_confirmed(struct app *a, const char *answer)
{
    if (strcmp(answer, "y") == 0 || strcmp(answer, "yes") == 0)
        start(a, a->export.path, true);
    else
        engine_say(a, ROLE_MESSAGE, "Nothing was saved.");
}

/* Rows of a list, as search and filter read them. */
static bool save_rows(struct app *a, struct pane *p, struct buf *out)
{
    struct list *l = pane_list_of(p);
    if (!l || a->export.save.at >= list_count(l))
        return false;
    list_text(l, a->export.save.at++, out);
    buf_addc(out, '\n');
    a->export.save.rows++;
    return true;
}

static void finish(struct app *a)
{
    struct err err;
    char message[PANE_TEXT], size[NUMBER_TEXT];
    number_bytes((double)saver_bytes(a->export.saver), size);
    snprintf(message, sizeof message, "Saved %" PRIu64 " lines, %s, to %.700s", a->export.save.rows,
             size, saver_path(a->export.saver));
    struct saver *s = a->export.saver;
    a->export.saver = NULL;
    if (saver_finish(s, &err))
        engine_say(a, ROLE_MESSAGE, message);
    else
        engine_say_err(a, &err);
}

void export_step(struct app *a)
{
    struct err err;
    struct buf chunk;
    int64_t deadline = clock_monotonic() + SLICE_MS * CLOCK_MS;
    struct pane *p = a->panes[a->export.pane];
    if (!a->export.saver)
        return;
    buf_init(&chunk, CHUNK_BYTES);
    bool more = true, written = true;
    while (more && written && clock_monotonic() < deadline) {
        buf_clear(&chunk);
        more = p->ops->save ? p->ops->save(p, &a->export.save, &chunk) : save_rows(a, p, &chunk);
        written = saver_write(a->export.saver, buf_str(&chunk), &err);
    }
    buf_free(&chunk);
    if (!written) {
        drop(a);
        engine_say_err(a, &err);
    } else if (!more) {
        finish(a);
    } else {
        engine_say(a, ROLE_MESSAGE, "Saving.");
        a->host.wake(a, a->host.tick);
    }
}
