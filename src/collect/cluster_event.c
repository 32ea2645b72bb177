#include "collect/cluster_event.h"

#include "base/clock.h"
#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "triage/redact/redact.h"

enum { MESSAGE_ROOM = 64 << 10 };

int64_t cluster_event_time(const struct json *event)
{
    static const char *const places[] = {"series.lastObservedTime", "lastTimestamp", "eventTime",
                                         "firstTimestamp", "metadata.creationTimestamp"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int64_t t = kinds_time(event, places[i]);
        if (t)
            return t;
    }
    return 0;
}

int64_t cluster_event_count(const struct json *event)
{
    int64_t n = json_int(event, "series.count", 0);
    n = n > 0 ? n : json_int(event, "count", 1);
    return n > 0 ? n : 1;
}

static void put_text(struct json_out *o, const char *name, const char *value)
{
    if (value && *value)
        json_out_text(o, name, value);
}

static void put_time(struct json_out *o, const char *name, int64_t time)
{
    char text[CLOCK_TEXT];
    if (time)
        json_out_text(o, name, clock_rfc3339(time, false, text));
}

static void put_message(struct json_out *o, const char *message, struct redactor *redactor)
{
    struct buf clean;
    buf_init(&clean, MESSAGE_ROOM);
    if (redactor)
        redact_reset(redactor);
    bool changed = redactor && redact_line(redactor, str_of(message), &clean, NULL);
    json_out_string(o, "message", changed ? buf_str(&clean) : str_of(message));
    buf_free(&clean);
}

void cluster_event_write(struct buf *out, const struct json *event, struct redactor *redactor)
{
    struct json_out o = {out, false};
    const char *source = json_string(event, "source.component", "");
    int64_t first = kinds_time(event, "firstTimestamp");
    json_out_object(&o, NULL);
    put_time(&o, "time", cluster_event_time(event));
    put_text(&o, "namespace", json_string(event, "metadata.namespace", ""));
    put_text(&o, "type", json_string(event, "type", ""));
    put_text(&o, "reason", json_string(event, "reason", ""));
    put_text(&o, "kind", json_string(event, "involvedObject.kind", ""));
    put_text(&o, "name", json_string(event, "involvedObject.name", ""));
    put_message(&o, json_string(event, "message", ""), redactor);
    json_out_int(&o, "count", cluster_event_count(event));
    put_time(&o, "first", first ? first : kinds_time(event, "eventTime"));
    put_text(&o, "source", *source ? source : json_string(event, "reportingComponent", ""));
    put_text(&o, "node", json_string(event, "source.host", ""));
    json_out_end_object(&o);
}
