#include "model/line_json.h"

#include "base/clock.h"

void line_json_put(struct json_out *o, const char *name, const struct line *line)
{
    char time[CLOCK_TEXT];
    json_out_object(o, name);
    json_out_text(o, "time", clock_rfc3339(line->time, true, time));
    json_out_object(o, "labels");
    for (uint32_t i = 0; line->labels && i < line->labels->count; i++)
        json_out_text(o, line->labels->list[i].name, line->labels->list[i].value);
    json_out_end_object(o);
    json_out_string(o, "line", line->text);
    json_out_end_object(o);
}

void line_json_write(struct buf *out, const struct line *line)
{
    struct json_out o = {out, false};
    line_json_put(&o, NULL, line);
}
