/* What a request says. The query is read by us from the target as it came: libmicrohttpd's own list
 * of its arguments is not used. */
#include <string.h>
#include <strings.h>

#include "net/server_internal.h"
#include "net/urlform.h"

const char *server_method(const struct server_request *r)
{
    return r->method;
}

const char *server_path(const struct server_request *r)
{
    return r->path;
}

const char *server_raw_target(const struct server_request *r)
{
    return r->raw;
}

static void read_form(struct server_request *r)
{
    r->form = urlform_new();
    const char *query = strchr(r->raw, '?');
    if (query)
        urlform_add(r->form, str_of(query + 1));
    const char *type = server_header(r, "Content-Type");
    if (type && strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0)
        urlform_add(r->form, buf_str(&r->body));
}

const char *server_query_nth(const struct server_request *r, const char *name, size_t n)
{
    if (!r->form)
        read_form((struct server_request *)r);
    return urlform_get(r->form, name, n);
}

const char *server_query(const struct server_request *r, const char *name)
{
    return server_query_nth(r, name, 0);
}

const char *server_header(const struct server_request *r, const char *name)
{
    return server_mhd()->lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

struct each {
    void (*call)(void *context, const char *name, const char *value);
    void *context;
};

static enum MHD_Result tell_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    const struct each *each = context;
    (void)kind;
    each->call(each->context, name, value ? value : "");
    return MHD_YES;
}

void server_headers(const struct server_request *r,
                    void (*each)(void *context, const char *name, const char *value), void *context)
{
    struct each e = {each, context};
    server_mhd()->get_connection_values(r->connection, MHD_HEADER_KIND, tell_header, &e);
}

struct str server_body(const struct server_request *r)
{
    return buf_str(&r->body);
}

void server_on_end(struct server_request *r, void (*ended)(void *context), void *context)
{
    r->ended = ended;
    r->ended_context = context;
}
