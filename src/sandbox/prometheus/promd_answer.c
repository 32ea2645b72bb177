/* What Prometheus says when it does not answer. */
#include "base/json.h"
#include "sandbox/prometheus/promd.h"

static void refuse_as(struct reply *p, int status, const char *type, const char *error)
{
    struct buf b;
    struct json_out o = {&b, false};
    buf_init(&b, 4096);
    json_out_object(&o, NULL);
    json_out_text(&o, "status", "error");
    json_out_text(&o, "errorType", type);
    json_out_text(&o, "error", error);
    json_out_end_object(&o);
    reply_json(p, status, buf_str(&b));
    buf_free(&b);
}

void promd_refuse(struct reply *p, const char *error)
{
    refuse_as(p, 400, "bad_data", error);
}

/* What the parser took, but cannot be worked out. */
void promd_fail(struct reply *p, const char *error)
{
    refuse_as(p, 422, "execution", error);
}
