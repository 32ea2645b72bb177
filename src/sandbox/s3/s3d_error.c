
#include "net/server.h"
#include "sandbox/s3/s3d_internal.h"

struct error {
    int status;
    const char *code, *message;
};

static const struct error errors[] = {
#define S3_ERROR(id, status, code, message) {status, code, message},
#include "sandbox/s3/s3d_errors.def"
#undef S3_ERROR
};

void s3d_error(struct s3d_call *c, enum s3d_error_id id, const char *message,
               const struct s3d_error_field *fields)
{
    char header[64];
    const char *const headers[] = {s3d_request_id(c, header, sizeof header), NULL};
    struct buf b;
    buf_init(&b, S3D_ANSWER_MAX);
    buf_adds(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
    s3d_xml_text(&b, "Code", errors[id].code);
    s3d_xml_text(&b, "Message", message ? message : errors[id].message);
    for (; fields && fields->name; fields++)
        s3d_xml_text(&b, fields->name, fields->value);
    s3d_xml_text(&b, "Resource", server_raw_target(c->p->r));
    s3d_xml_text(&b, "RequestId", c->id);
    s3d_xml_text(&b, "HostId", "sandbox");
    buf_adds(&b, "</Error>");
    reply_body(c->p, errors[id].status, "application/xml", headers, buf_str(&b));
    buf_free(&b);
}
