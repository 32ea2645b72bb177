/* `kubeboard group`: the grouping of the error windows for any text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "triage/grouping/grouper.h"

/* The provisional group of each input line; four bytes a line. */
struct numbers {
    uint32_t *list;
    size_t count, cap;
};

static bool read_lines(struct grouper *g, struct numbers *n, struct err *err)
{
    char *line = NULL;
    size_t room = 0;
    for (ssize_t got; (got = getline(&line, &room, stdin)) >= 0;) {
        struct str text = {line, (size_t)got};
        if (text.n && text.p[text.n - 1] == '\n')
            text.n--;
        mem_grow(&n->list, &n->cap, n->count + 1, sizeof *n->list);
        n->list[n->count++] = grouper_add(g, 0, text);
    }
    free(line);
    if (ferror(stdin))
        return err_errno(err, "standard input", "", "cannot read");
    return true;
}

static void print_ids(const struct grouper *g, const struct numbers *n)
{
    for (size_t i = 0; i < n->count; i++) {
        output_text(grouper_id(g, grouper_final(g, n->list[i])));
        output_text("\n");
    }
}

static const struct grouper *sorting;

static int by_count(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    uint64_t nx = grouper_lines(sorting, x), ny = grouper_lines(sorting, y);
    if (nx != ny)
        return nx < ny ? 1 : -1;
    return strcmp(grouper_id(sorting, x), grouper_id(sorting, y));
}

static void print_json(const struct grouper *g, uint32_t index)
{
    struct buf b;
    struct json_out o = {&b, false};
    buf_init(&b, 64 * 1024);
    json_out_object(&o, NULL);
    json_out_text(&o, "id", grouper_id(g, index));
    json_out_text(&o, "level", level_name(grouper_level(g, index)));
    json_out_int(&o, "count", (int64_t)grouper_lines(g, index));
    json_out_string(&o, "template", str_of(grouper_template(g, index)));
    json_out_end_object(&o);
    buf_addc(&b, '\n');
    output_write(buf_str(&b));
    buf_free(&b);
}

static void print_row(const struct grouper *g, uint32_t index)
{
    char left[80];
    snprintf(left, sizeof left, "%8llu  %-7s  %s  ", (unsigned long long)grouper_lines(g, index),
             level_name(grouper_level(g, index)), grouper_id(g, index));
    output_text(left);
    output_safe(str_of(grouper_template(g, index)));
    output_text("\n");
}

static void print_groups(const struct grouper *g, bool json)
{
    size_t count = grouper_count(g);
    uint32_t *order = mem_array(count, sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    sorting = g;
    if (count)
        qsort(order, count, sizeof *order, by_count);
    if (!json)
        output_text("   COUNT  LEVEL    ID                MESSAGE\n");
    for (size_t i = 0; i < count; i++) {
        if (json)
            print_json(g, order[i]);
        else
            print_row(g, order[i]);
    }
    free(order);
}

int cmd_group(const struct options *o)
{
    struct err err;
    int format;
    struct numbers numbers = {0};
    if (o->argument_count) {
        err_set(&err, ERR_USAGE, o->arguments[0], "kubeboard group <FILE",
                "it reads standard input and takes no argument");
        err_print(&err);
        return err_exit_status(&err);
    }
    if (!options_choice(o, OPTION_OUTPUT, "table|json|ids", &format, &err)) {
        err_print(&err);
        return err_exit_status(&err);
    }
    struct grouper *g = grouper_new(NULL);
    bool ok = read_lines(g, &numbers, &err);
    if (ok) {
        grouper_finish(g);
        if (format == 2)
            print_ids(g, &numbers);
        else
            print_groups(g, format == 1);
        ok = output_flush(&err);
    }
    grouper_free(g);
    free(numbers.list);
    if (!ok)
        err_print(&err);
    return ok ? 0 : err_exit_status(&err);
}
