#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void ids_are_fnv_1a(void **state)
{
    (void)state;
    /* The reference values of draft-eastlake-fnv. */
    assert_true(hash_id("", 0, HASH_ID_SEED) == UINT64_C(0xcbf29ce484222325));
    assert_true(hash_id("a", 1, HASH_ID_SEED) == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(hash_id("foobar", 6, HASH_ID_SEED) == UINT64_C(0x85944171f73967e8));
    assert_true(hash_id("bar", 3, hash_id("foo", 3, HASH_ID_SEED)) == UINT64_C(0x85944171f73967e8));
    assert_true(hash_id(NULL, 0, 7) == 7);
}

static void equal_bytes_hash_equal_wherever_they_stand(void **state)
{
    (void)state;
    char text[64 + 8];
    for (size_t n = 0; n < 64; n++) {
        uint64_t first = 0;
        for (size_t at = 0; at < 8; at++) {
            memset(text, (int)at, sizeof text);
            for (size_t i = 0; i < n; i++)
                text[at + i] = (char)(i * 7);
            uint64_t hash = hash_bytes(text + at, n);
            if (!at)
                first = hash;
            assert_true(hash == first);
        }
    }
    assert_true(hash_bytes(NULL, 0) == hash_bytes("", 0));
}

static int compare(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, 8);
    memcpy(&y, b, 8);
    return (x > y) - (x < y);
}

/* Close relatives: one bit changed, zeros at the end, the same bytes at another place. None may collide, and
 * the low bits, by which tables are indexed, must be even. */
static void relatives_do_not_collide(void **state)
{
    (void)state;
    enum { LENGTH = 48, COUNT = LENGTH * 8 * 8 + LENGTH * LENGTH };
    uint64_t *hashes = mem_array(COUNT, sizeof *hashes);
    size_t count = 0;
    char text[LENGTH];
    for (size_t n = 8; n <= LENGTH; n += 8) {
        memset(text, 'x', sizeof text);
        for (size_t bit = 0; bit < n * 8; bit++) {
            text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
            hashes[count++] = hash_bytes(text, n);
            text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        }
    }
    memset(text, 0, sizeof text);
    for (size_t n = 0; n < LENGTH; n++)
        hashes[count++] = hash_bytes(text, n);
    size_t buckets[8] = {0};
    for (size_t i = 0; i < count; i++)
        buckets[hashes[i] % 8]++;
    for (size_t i = 0; i < 8; i++)
        assert_true(buckets[i] > count / 8 / 2 && buckets[i] < count / 8 * 2);
    qsort(hashes, count, sizeof *hashes, compare);
    for (size_t i = 1; i < count; i++)
        assert_true(hashes[i] != hashes[i - 1]);
    free(hashes);
}

static void mixing_is_one_to_one(void **state)
{
    (void)state;
    assert_true(hash_mix(0) == 0);
    /* splitmix64's finalizer. */
    assert_true(hash_mix(UINT64_C(0x9e3779b97f4a7c15)) == UINT64_C(0xe220a8397b1dcdaf));
    for (uint64_t i = 1; i < 1000; i++)
        assert_true(hash_mix(i) != hash_mix(i - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_fnv_1a),
        cmocka_unit_test(equal_bytes_hash_equal_wherever_they_stand),
        cmocka_unit_test(relatives_do_not_collide),
        cmocka_unit_test(mixing_is_one_to_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
