#include <stdio.h>

#include "net/server.h"
#include "sandbox/s3/s3d_internal.h"

const char *s3d_param(const struct s3d_call *c, const char *name)
{
    return server_query(c->p->r, name);
}

const char *s3d_header(const struct s3d_call *c, const char *name)
{
    return s3_signature_header(&c->request, name);
}

const char *s3d_request_id(const struct s3d_call *c, char *out, size_t size)
{
    snprintf(out, size, "x-amz-request-id: %s", c->id);
    return out;
}

void s3d_answer_xml(struct s3d_call *c, const struct buf *xml)
{
    char id[64];
    const char *const headers[] = {s3d_request_id(c, id, sizeof id), NULL};
    reply_body(c->p, 200, "application/xml", headers, buf_str(xml));
}

void s3d_answer_empty(struct s3d_call *c, int status, const char *const *headers)
{
    char id[64];
    const char *list[8] = {s3d_request_id(c, id, sizeof id)};
    for (size_t n = 1; headers && *headers && n + 1 < sizeof list / sizeof *list; n++)
        list[n] = *headers++;
    reply_body(c->p, status, NULL, list, str_of(""));
}
