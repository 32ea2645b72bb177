#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void memory_comes_zeroed(void **state)
{
    (void)state;
    for (int round = 0; round < 100; round++) {
        unsigned char *p = mem_alloc(1000), *q = mem_array(100, 10);
        for (int i = 0; i < 1000; i++)
            assert_int_equal(p[i] | q[i], 0);
        memset(p, 0xff, 1000);
        memset(q, 0xff, 1000);
        free(p);
        free(q);
    }
    void *none = mem_alloc(0), *empty = mem_array(0, 8), *thin = mem_array(8, 0);
    assert_true(none && empty && thin);
    free(none);
    free(empty);
    free(thin);
}

static void resizing_keeps_the_bytes(void **state)
{
    (void)state;
    char *p = mem_resize(NULL, 4, 2);
    memcpy(p, "abcdefg", 8);
    p = mem_resize(p, 10000, 2);
    assert_string_equal(p, "abcdefg");
    p = mem_resize(p, 0, 2);
    assert_non_null(p);
    free(p);
}

static void copies_are_their_own(void **state)
{
    (void)state;
    assert_null(mem_dup(NULL));
    char text[] = "text", *copy = mem_dup(text), *part = mem_dup_n(text, 2),
         *none = mem_dup_n(NULL, 0);
    text[0] = 'n';
    assert_string_equal(copy, "text");
    assert_string_equal(part, "te");
    assert_string_equal(none, "");
    char *nul = mem_dup_n("a\0b", 3);
    assert_memory_equal(nul, "a\0b", 4);
    char *printed = mem_printf("%s-%d", "pod", 7), *empty = mem_printf("%s", "");
    assert_string_equal(printed, "pod-7");
    assert_string_equal(empty, "");
    free(copy);
    free(part);
    free(none);
    free(nul);
    free(printed);
    free(empty);
}

static void growing_takes_few_moves(void **state)
{
    (void)state;
    int *array = NULL;
    size_t capacity = 0, moves = 0;
    for (size_t n = 0; n < 100000; n++) {
        size_t before = capacity;
        mem_grow(&array, &capacity, n + 1, sizeof *array);
        moves += capacity != before;
        assert_true(capacity >= n + 1);
        array[n] = (int)n;
    }
    for (size_t n = 0; n < 100000; n++)
        assert_int_equal(array[n], n);
    assert_true(moves < 30);
    mem_grow(&array, &capacity, 10, sizeof *array);
    size_t before = capacity;
    mem_grow(&array, &capacity, before * 5, sizeof *array);
    assert_int_equal(capacity, before * 5);
    free(array);
}

static void secrets_are_freed(void **state)
{
    (void)state;
    mem_free_secret(NULL);
    mem_free_secret(mem_dup("secret"));
    mem_free_secret(mem_dup(""));
}

static void ask_for_too_much(int which)
{
    if (which == 0)
        mem_array(SIZE_MAX / 2, 4);
    else if (which == 1)
        mem_resize(NULL, SIZE_MAX / 2, 4);
    else
        mem_dup_n("", SIZE_MAX / 4);
}

/* Too much is the end, with one line: no small block comes back for a product that overflowed. */
static void too_much_ends_the_program(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) {
        int ends[2], status;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (!child) {
            dup2(ends[1], STDERR_FILENO);
            signal(SIGABRT, SIG_DFL);
            ask_for_too_much(which);
            _exit(0);
        }
        close(ends[1]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        close(ends[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_comes_zeroed),  cmocka_unit_test(resizing_keeps_the_bytes),
        cmocka_unit_test(copies_are_their_own), cmocka_unit_test(growing_takes_few_moves),
        cmocka_unit_test(secrets_are_freed),    cmocka_unit_test(too_much_ends_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
