#include "ui/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "ui/pane.h"

/* Every cell is in one place, or in the line between two. */
static void check_cover(const struct layout *l, int width, int height)
{
    unsigned char *cells = calloc((size_t)(width * height), 1);
    for (size_t i = 0; i < l->count; i++) {
        const struct layout_place *p = &l->places[i];
        assert_true(p->x >= 0 && p->y >= 0 && p->width >= 12 && p->height >= 4);
        assert_true(p->x + p->width <= width && p->y + p->height <= height);
        for (int y = p->y; y < p->y + p->height; y++)
            for (int x = p->x; x < p->x + p->width + (p->x + p->width < width); x++)
                assert_int_equal(cells[y * width + x]++, 0);
    }
    for (int i = 0; i < width * height; i++)
        assert_int_equal(cells[i], 1);
    free(cells);
}

static void every_layout_fills_every_size(void **state)
{
    (void)state;
    struct layout l;
    struct err err;
    for (size_t i = 0; layout_list(i); i++) {
        for (int width = LAYOUT_LEAST_WIDTH; width <= 300; width += 7) {
            for (int height = LAYOUT_LEAST_HEIGHT - 3; height <= 100; height += 3) {
                assert_true(layout_make(&l, layout_list(i), width, height, NULL, &err));
                check_cover(&l, width, height);
            }
        }
    }
}

/* A pane of lines beside another costs a terminal twelve times the bytes. */
static void streams_have_the_full_width(void **state)
{
    (void)state;
    struct layout l;
    for (size_t i = 0; layout_list(i); i++) {
        assert_true(layout_make(&l, layout_list(i), 200, 60, NULL, NULL));
        for (size_t k = 0; k < l.count; k++)
            for (size_t n = 0; n < l.places[k].count; n++)
                if (pane_table[l.places[k].panes[n]]->flags & PANE_STREAM)
                    assert_int_equal(l.places[k].width, 200);
    }
}

static void a_layout_may_be_written(void **state)
{
    (void)state;
    struct layout l;
    struct err err;
    assert_true(layout_make(&l, "50 pods:70 charts|nodes:30 / 50 logs", 101, 40, NULL, &err));
    assert_int_equal(l.count, 3);
    assert_int_equal(l.places[0].width, 70);
    assert_int_equal(l.places[1].x, 71);
    assert_int_equal(l.places[1].width, 30);
    assert_int_equal(l.places[1].count, 2);
    assert_int_equal(l.places[2].y, 20);
}

static void wrong_layouts_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "nosuch",
        "50 nosuch",
        "pods logs",
        "50 pods / 50 pods",
        "0 pods",
        "50 pods:0",
        "50 pods:x",
        "50 help",
        "50 ",
        "50 pods / ",
        "50 pods|logs|pods",
        "50 pods / / 50 logs",
        "1 nodes / 1 pods / 1 logs / 1 windows / 1 groups / 1 charts / 1 events",
    };
    struct layout l;
    struct err err;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        err.kind = ERR_NONE;
        assert_false(layout_make(&l, wrong[i], 120, 40, NULL, &err));
        assert_int_equal(err.kind, ERR_CONFIG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layout_fills_every_size),
        cmocka_unit_test(streams_have_the_full_width),
        cmocka_unit_test(a_layout_may_be_written),
        cmocka_unit_test(wrong_layouts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
