/* Objects of a real API server (1.20.2), cell by cell against the Table that it made of them itself. */
#include "tests/unit/kube/making.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "net/splitter.h"

struct recorded {
    struct json_doc *doc;
    const struct json *kinds;
    struct buf objects, cells;
    size_t checked;
};

static void setup(struct recorded *r)
{
    struct err err;
    *r = (struct recorded){.doc = json_doc_new()};
    buf_init(&r->objects, 1 << 20);
    buf_init(&r->cells, 1 << 20);
    assert_true(file_read(TEST_DATA "/kube/kinds-1.20.json", &r->objects, &err));
    assert_true(file_read(TEST_DATA "/kube/kinds-1.20.tsv", &r->cells, &err));
    r->kinds = json_parse(r->doc, r->objects.p, r->objects.n, &err);
    assert_non_null(r->kinds);
}

static void teardown(struct recorded *r)
{
    buf_free(&r->objects);
    buf_free(&r->cells);
    json_doc_free(r->doc);
}

static bool keep_element(void *context, struct str json, struct err *err)
{
    (void)err;
    return buf_add(context, json.p, json.n);
}

/* What is left of an object when the splitter has dropped what its row does not need. */
static void filter(const struct kind *kind, const struct json *item, struct buf *out)
{
    struct buf whole;
    struct err err;
    buf_init(&whole, 1 << 20);
    buf_init(out, 1 << 20);
    json_out_json(&(struct json_out){.b = &whole}, NULL, item);
    struct splitter *s = splitter_new(&(struct splitter_conf){
        .keep = kinds_row_of(kind)->keep, .context = out, .element = keep_element});
    assert_true(splitter_feed(s, buf_str(&whole), &err));
    assert_true(splitter_finish(s, &err));
    splitter_free(s);
    buf_free(&whole);
}

static const struct json *find_item(const struct json *kind, struct str ns, struct str name)
{
    const struct json *i = json_first(json_member(kind, "items"));
    for (; i; i = json_next(i))
        if (str_is(name, json_string(i, "metadata.name", "")) &&
            str_is(ns, json_string(i, "metadata.namespace", "")))
            return i;
    return NULL;
}

/* A cell as `kubeboard get` prints it. */
static void show(const struct made *m, size_t column, char *out, size_t size)
{
    const struct column *c = &m->kind->columns[column];
    object_cell_text(m->kind, m->row, column, clock_now(), out, size);
    bool none = !*out || (c->type == CELL_TIME && !m->row->cells[column].number);
    if (none)
        str_copy(out, size, kinds_is_blank(m->kind, column) ? "" : "<none>");
}

static void check_line(struct recorded *r, struct str line)
{
    struct str part[5] = {{"", 0}};
    char title[64], shown[4096];
    for (size_t i = 0; i < 5; i++)
        if (!str_cut(&line, '\t', &part[i]))
            part[i] = (struct str){"", 0};
    snprintf(title, sizeof title, "%.*s", (int)part[0].n, part[0].p);
    const struct json *recorded = json_member(r->kinds, title);
    const struct kind *kind = kinds_of(json_string(recorded, "api", ""), title);
    const struct json *item = find_item(recorded, part[1], part[2]);
    assert_non_null(kind);
    assert_non_null(item);
    struct buf kept;
    filter(kind, item, &kept);
    struct made m = making_of(kind, kept.p, kept.n);
    snprintf(title, sizeof title, "%.*s", (int)part[3].n, part[3].p);
    int column = objects_column(kind, title);
    if (column < 0)
        fail_msg("%s: no column %s", kind->name, title);
    show(&m, (size_t)column, shown, sizeof shown);
    if (!str_is(part[4], shown))
        fail_msg("%s %s %s: '%s', kubectl prints '%.*s'", kind->name, m.row->name, title, shown,
                 (int)part[4].n, part[4].p);
    r->checked++;
    making_done(&m);
    buf_free(&kept);
}

static void cells_as_kubectl_prints_them(void **state)
{
    struct recorded r;
    struct str rest, line, first;
    int64_t when;
    (void)state;
    setup(&r);
    rest = buf_str(&r.cells);
    assert_true(str_cut(&rest, '\n', &line) && str_cut(&line, '\t', &first));
    assert_true(clock_parse(line, false, &when));
    clock_freeze(when);
    while (str_cut(&rest, '\n', &line))
        if (line.n)
            check_line(&r, line);
    assert_int_equal(r.checked, 379);
    clock_freeze(0);
    teardown(&r);
}

/* Contents of config maps are gone before anything is parsed. */
static void nothing_of_a_config_map_is_kept(void **state)
{
    struct recorded r;
    struct buf kept;
    (void)state;
    setup(&r);
    const struct json *item =
        find_item(json_member(r.kinds, "configmaps"), str_of("odd"), str_of("both"));
    assert_string_equal(json_string(json_member(item, "data"), "a", ""), "SECRET-LOOKING-VALUE");
    filter(kinds_find("cm"), item, &kept);
    assert_null(strstr(buf_text(&kept), "SECRET-LOOKING-VALUE"));
    assert_null(strstr(buf_text(&kept), "AAAA"));
    struct made m = making_of(kinds_find("cm"), kept.p, kept.n);
    assert_int_equal(making_number(&m, "DATA"), 4);
    making_done(&m);
    buf_free(&kept);
    teardown(&r);
}

/* A key of more than 128 bytes, and one that is empty, are no way in. */
static void no_key_of_a_config_map_is_a_path(void **state)
{
    struct buf json, kept;
    struct json_doc *doc = json_doc_new();
    (void)state;
    buf_init(&json, 4096);
    buf_adds(&json, "{\"metadata\":{\"name\":\"c\"},\"data\":{\"\":\"hidden\",\"");
    for (int i = 0; i < 200; i++)
        buf_addc(&json, 'k');
    buf_adds(&json, "\":\"hidden\",\".\":\"hidden\",\"x\":{\"/\":\"hidden\"}}}");
    filter(kinds_find("cm"), json_parse(doc, json.p, json.n, NULL), &kept);
    assert_null(strstr(buf_text(&kept), "hidden"));
    buf_free(&json);
    buf_free(&kept);
    json_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_as_kubectl_prints_them),
        cmocka_unit_test(nothing_of_a_config_map_is_kept),
        cmocka_unit_test(no_key_of_a_config_map_is_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
