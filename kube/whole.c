#include "kube/whole.h"

#include <string.h>

#include "base/json.h"
#include "kube/json_cut.h"

const char *whole_version(const struct kind *kind)
{
    return kind->api + (strncmp(kind->api, "/apis/", 6) == 0 ? 6 : 5);
}

static void add_head(struct buf *out, const struct kind *kind)
{
    struct json_out o = {.b = out};
    json_out_object(&o, NULL);
    json_out_text(&o, "kind", kind->object_kind);
    json_out_text(&o, "apiVersion", whole_version(kind));
}

struct str whole_object(struct buf *out, const struct kind *kind, struct str json, bool managed)
{
    struct json_cut metadata, fields = {{"", 0}, {"", 0}}, has;
    json = str_trim(json);
    if (!json.n || json.p[0] != '{')
        return json;
    buf_clear(out);
    const char *from = json.p + 1, *end = json.p + json.n;
    if (json_cut_find(json, "kind", &has)) {
        buf_addc(out, '{');
    } else {
        add_head(out, kind);
        struct str rest = str_trim((struct str){from, (size_t)(end - from)});
        if (!str_is(rest, "}"))
            buf_addc(out, ',');
    }
    if (!managed && json_cut_find(json, "metadata", &metadata) &&
        json_cut_find(metadata.value, "managedFields", &fields)) {
        buf_add(out, from, (size_t)(fields.member.p - from));
        from = fields.member.p + fields.member.n;
    }
    buf_add(out, from, (size_t)(end - from));
    return buf_str(out);
}
