/*
 * A list may be long: its objects are printed as they come. YAML breaks long lines by the column they
 * stand at, so an object of a List is printed as the only element of one, and that one's name cut off.
 */
#include "cmd/get_whole.h"

#include "base/buf.h"
#include "base/yaml.h"
#include "cmd/output.h"

enum { ROOM = 64 << 20 };

#define ITEMS "items:\n"

static void print(struct str text)
{
    if (output_is_terminal())
        output_safe_lines(text);
    else
        output_write(text);
}

static bool print_yaml(struct str json, struct str without, struct err *err)
{
    struct buf out;
    buf_init(&out, ROOM);
    bool good = yaml_print_text(&out, json, err);
    if (good)
        print((struct str){out.p + without.n, out.n - without.n});
    buf_free(&out);
    return good;
}

static bool print_item(struct str json, struct err *err)
{
    struct buf list;
    buf_init(&list, json.n + 32);
    buf_adds(&list, "{\"items\":[");
    buf_add(&list, json.p, json.n);
    buf_adds(&list, "]}");
    bool good = print_yaml(buf_str(&list), str_of(ITEMS), err);
    buf_free(&list);
    return good;
}

bool get_whole_print(enum get_whole_as as, size_t at, struct str json, struct err *err)
{
    switch (as) {
    case GET_WHOLE_LIST:
        output_text(at ? "" : "apiVersion: v1\n" ITEMS);
        return print_item(json, err);
    case GET_WHOLE_DOCUMENTS:
        output_text(at ? "---\n" : "");
        return print_yaml(json, str_of(""), err);
    case GET_WHOLE_ONE:
        return print_yaml(json, str_of(""), err);
    default:
        print(json);
        output_text("\n");
        return true;
    }
}

void get_whole_end(enum get_whole_as as, size_t count)
{
    if (as != GET_WHOLE_LIST)
        return;
    output_text(count ? "" : "apiVersion: v1\nitems: []\n");
    output_text("kind: List\nmetadata:\n  resourceVersion: \"\"\n");
}
