/* One object, in the form that was asked for: JSON, a Table's row, or its metadata alone. */

#include "sandbox/kube/apiserver_call.h"
#include "sandbox/kube/shelf.h"
#include "sandbox/world/world.h"

void apiserver_item_write(const struct apiserver_call *c, const struct pretend_object *o, int64_t t,
                          bool typed, struct json_out *out)
{
    const struct world *w = c->conf->world;
    if (c->form == APISERVER_JSON) {
        pretend_write(w, o, t, typed, out);
    } else if (c->form == APISERVER_PARTIAL) {
        pretend_write_partial(w, o, t, out);
    } else {
        json_out_object(out, NULL);
        pretend_write_cells(w, o, t, out);
        if (c->with_object || c->with_metadata) {
            if (out->comma)
                buf_addc(out->b, ',');
            buf_adds(out->b, "\"object\":");
            out->comma = false;
            if (c->with_object)
                pretend_write(w, o, t, true, out);
            else
                pretend_write_partial(w, o, t, out);
        } else {
            json_out_text(out, "object", NULL);
        }
        json_out_end_object(out);
    }
}

void apiserver_item_columns(struct json_out *out, int kind)
{
    struct str rest = str_of(pretend_row((enum pretend_kinds)kind)->columns), column, name, type;
    json_out_array(out, "columnDefinitions");
    while (str_cut(&rest, ';', &column)) {
        str_cut(&column, '|', &name);
        str_cut(&column, '|', &type);
        json_out_object(out, NULL);
        json_out_string(out, "name", name);
        json_out_string(out, "type", type);
        json_out_text(out, "format", str_is(name, "Name") ? "name" : "");
        json_out_string(out, "description", name);
        json_out_int(out, "priority", column.p[0] - '0');
        json_out_end_object(out);
    }
    json_out_end_array(out);
}

void apiserver_item_get(struct apiserver_call *c)
{
    const struct apiserver_conf *conf = c->conf;
    const struct pretend_object *o =
        shelf_find(conf->shelf, (enum pretend_kinds)c->kind, c->ns, c->name);
    if (!o) {
        apiserver_status_not_found(c);
        return;
    }
    struct buf json;
    buf_init(&json, 4 << 20);
    struct json_out out = {.b = &json};
    if (c->form == APISERVER_TABLE) {
        json_out_object(&out, NULL);
        json_out_text(&out, "kind", "Table");
        json_out_text(&out, "apiVersion", "meta.k8s.io/v1");
        json_out_object(&out, "metadata");
        pretend_textf(&out, "resourceVersion", "%llu", (unsigned long long)o->version);
        json_out_end_object(&out);
        apiserver_item_columns(&out, c->kind);
        json_out_array(&out, "rows");
        apiserver_item_write(c, o, c->t, true, &out);
        json_out_end_array(&out);
        json_out_end_object(&out);
    } else {
        apiserver_item_write(c, o, c->t, true, &out);
    }
    buf_addc(&json, '\n');
    apiserver_call_answer(c, 200, buf_str(&json));
    buf_free(&json);
}
