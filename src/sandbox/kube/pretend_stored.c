/* Objects that clients wrote, or that were put there once: leases, config maps and the like. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/kube/pretend.h"

static void fill_meta(const struct world *w, const struct pretend_object *o, int64_t t,
                      struct pretend_meta *m)
{
    (void)w;
    (void)o;
    (void)t;
    (void)m;
}

static void write_body(const struct world *w, const struct pretend_object *o, int64_t t,
                       struct json_out *out)
{
    (void)w;
    (void)t;
    if (!*o->stored->rest)
        return;
    if (out->comma)
        buf_addc(out->b, ',');
    out->comma = true;
    buf_adds(out->b, o->stored->rest);
}

/* As the additionalPrinterColumns of cert-manager's definition have it. */
static void certificate_cells(const struct json *rest, struct json_out *out)
{
    const struct json *ready = json_first(json_get(rest, "status.conditions"));
    json_out_text(out, NULL, json_string(ready, "status", ""));
    json_out_text(out, NULL, json_string(rest, "spec.secretName", ""));
    json_out_text(out, NULL, json_string(rest, "spec.issuerRef.name", ""));
    json_out_text(out, NULL, json_string(ready, "message", ""));
}

static void write_cells(const struct world *w, const struct pretend_object *o, int64_t t,
                        struct json_out *out)
{
    char *whole = mem_printf("{%s}", o->stored->rest);
    struct json_doc *d = json_doc_new();
    const struct json *rest = json_parse(d, whole, strlen(whole), NULL);
    (void)w;
    json_out_text(out, NULL, o->name);
    switch (o->kind) {
    case PRETEND_LEASES:
        json_out_text(out, NULL, json_string(rest, "spec.holderIdentity", ""));
        break;
    case PRETEND_SECRETS:
        json_out_text(out, NULL, json_string(rest, "type", ""));
        json_out_int(out, NULL, (int64_t)json_count(json_member(rest, "data")));
        break;
    case PRETEND_SERVICEACCOUNTS:
        json_out_int(out, NULL, (int64_t)json_count(json_member(rest, "secrets")));
        break;
    case PRETEND_CERTIFICATES:
        certificate_cells(rest, out);
        break;
    case PRETEND_PDBS:
        pretend_textf(out, NULL, "%lld", (long long)json_int(rest, "spec.minAvailable", 0));
        json_out_text(out, NULL, "N/A");
        json_out_int(out, NULL, json_int(rest, "status.disruptionsAllowed", 0));
        break;
    default:
        json_out_int(out, NULL,
                     (int64_t)(json_count(json_member(rest, "data")) +
                               json_count(json_member(rest, "binaryData"))));
    }
    pretend_age(out, t, o->created);
    json_doc_free(d);
    free(whole);
}

const struct pretend_source pretend_stored = {
    .meta = fill_meta, .body = write_body, .cells = write_cells};
