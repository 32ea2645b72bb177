/*
 * The YAML that base/yaml.h prints, cut into lines, each into what stands before its value (blanks,
 * dashes, key and colon) and the value. Inside a block of text (behind "|" or ">") nothing is a
 * key, as long as lines are indented deeper than the line that opened it.
 */
#include "kube/describe/describe_yaml.h"

#include <string.h>

#include "base/json.h"
#include "base/yaml.h"
#include "kube/whole.h"

enum { YAML_LONGEST = 64 << 20 };

static size_t indent(struct str line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] == ' ')
        n++;
    return n;
}

/* Bytes before the value: behind the first ": " outside of quotes, or the colon at the end. */
static size_t key_length(struct str line)
{
    size_t i = indent(line);
    while (i + 1 < line.n && line.p[i] == '-' && line.p[i + 1] == ' ')
        i += 2;
    char quote = i < line.n && (line.p[i] == '"' || line.p[i] == '\'') ? line.p[i] : 0;
    for (size_t k = i + (quote != 0); k < line.n; k++) {
        if (quote && line.p[k] == '\\' && quote == '"') {
            k++;
        } else if (quote && line.p[k] == quote) {
            quote = 0;
        } else if (!quote && line.p[k] == ':' && (k + 1 == line.n || line.p[k + 1] == ' ')) {
            return k + 1;
        }
    }
    return i;
}

static bool opens_block(struct str value)
{
    value = str_trim(value);
    return value.n && value.n <= 3 && (*value.p == '|' || *value.p == '>');
}

static void add_lines(struct page *p, struct str text)
{
    struct str line;
    bool block = false;
    size_t opened = 0;
    while (str_cut(&text, '\n', &line)) {
        size_t in = indent(line);
        if (!text.n && !line.n)
            break;
        block = block && (in > opened || !line.n);
        size_t n = block ? 0 : key_length(line);
        struct str value = {line.p + n, line.n - n};
        page_code(p, block ? PAGE_DIM : PAGE_TEXT, (struct str){line.p, n}, value);
        if (!block && opens_block(value)) {
            block = true;
            opened = in;
        }
    }
}

struct page *describe_yaml(const struct kind *kind, struct str json, bool managed, struct err *err)
{
    struct json_doc *doc = json_doc_new();
    struct buf whole, yaml;
    struct page *p = NULL;
    const struct json *j = json_parse(doc, json.p, json.n, err);
    size_t managers = json_count(json_get(j, "metadata.managedFields"));
    buf_init(&whole, json.n + 4096);
    buf_init(&yaml, YAML_LONGEST);
    struct str rest = j ? whole_object(&whole, kind, json, managed) : json;
    if (j && yaml_print_text(&yaml, rest, err)) {
        p = page_new();
        add_lines(p, buf_str(&yaml));
        if (managers && !managed)
            page_textf(p, PAGE_DIM, "# metadata.managedFields of %zu manager%s %s not shown",
                       managers, managers == 1 ? "" : "s", managers == 1 ? "is" : "are");
    }
    buf_free(&whole);
    buf_free(&yaml);
    json_doc_free(doc);
    return p;
}
