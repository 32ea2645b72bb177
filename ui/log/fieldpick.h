/* A list over the log pane: which members of JSON and logfmt lines are shown. */
#ifndef UI_FIELDPICK_H
#define UI_FIELDPICK_H

#include "ui/keys.h"
#include "ui/log/fields.h"
#include "ui/log/logview.h"
#include "ui/pane.h"

enum { FIELDPICK_MOST = 60, FIELDPICK_NAME = 64, FIELDPICK_SAMPLE = 120 };

struct fieldpick {
    bool open;
    size_t count, cursor, top;
    struct {
        char name[FIELDPICK_NAME];
        char sample[FIELDPICK_SAMPLE]; /* foreign */
        unsigned lines;
    } list[FIELDPICK_MOST];
    unsigned looked; /* at how many lines */
};

/* Opens it on the members of the lines about the cursor. */
void fieldpick_open(struct fieldpick *k, struct fields *f, struct logview *v);
/* A key while it is open; *raw: lines as they came. False: it is none of its keys. */
bool fieldpick_action(struct fieldpick *k, struct fields *f, bool *raw, enum keys_action a,
                      int height);
void fieldpick_draw(struct fieldpick *k, const struct fields *f, bool raw,
                    const struct draw_area *body);

#endif
