/* Decoding, widths, and above all: what utf8_safe lets through. */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"

static uint64_t dice_state;

static size_t dice(size_t sides)
{
    return (size_t)(hash_mix(++dice_state * 977) % sides);
}

static struct str slice(const char *p, size_t n)
{
    return (struct str){p, n};
}

static void every_code_point_survives_the_round_trip(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x110000; code++) {
        char bytes[4];
        uint32_t back;
        bool surrogate = code >= 0xd800 && code < 0xe000;
        size_t n = utf8_encode(code, bytes);
        assert_int_equal(utf8_decode(bytes, n, &back), n);
        assert_int_equal(back, surrogate ? 0xfffd : code);
        assert_true(utf8_valid(slice(bytes, n)));
        if (n > 1) {
            assert_int_equal(utf8_decode(bytes, n - 1, &back), 1);
            assert_int_equal(back, 0xfffd);
        }
    }
    char bytes[4];
    assert_int_equal(utf8_encode(0x110000, bytes), 3);
    assert_memory_equal(bytes, "\xef\xbf\xbd", 3);
}

static void broken_bytes_are_one_replacement_each(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xf8\x88\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xc3(",
        "\xe3\x81(",
        "\xf0\x9f\x98(",
        "\xea",
        "\xea\xb0",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        uint32_t code;
        assert_int_equal(utf8_decode(broken[i], strlen(broken[i]), &code), 1);
        assert_int_equal(code, 0xfffd);
        assert_false(utf8_valid(str_of(broken[i])));
    }
    assert_true(utf8_valid(str_of("")));
    assert_true(utf8_valid(slice(NULL, 0)));
    assert_true(utf8_valid(slice("a\0\x7f", 3)));
}

/* All pairs of a lead byte and its follower in front of two good continuations, against table 3-7
 * written down another way. */
static void second_bytes_follow_the_table(void **state)
{
    (void)state;
    for (unsigned first = 0x80; first < 0x100; first++) {
        for (unsigned second = 0; second < 0x100; second++) {
            char bytes[4] = {(char)first, (char)second, (char)0x80, (char)0x80};
            size_t expected = 1;
            if (second >= 0x80 && second <= 0xbf) {
                if (first >= 0xc2 && first <= 0xdf)
                    expected = 2;
                else if ((first & 0xf0) == 0xe0)
                    expected = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)
                                   ? 1
                                   : 3;
                else if (first >= 0xf0 && first <= 0xf4)
                    expected = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)
                                   ? 1
                                   : 4;
            }
            uint32_t code;
            assert_int_equal(utf8_decode(bytes, 4, &code), expected);
        }
    }
}

static void knows_capitals(void **state)
{
    (void)state;
    assert_true(utf8_is_upper('A'));
    assert_true(utf8_is_upper(0xc4));
    assert_true(utf8_is_upper(0x416));
    assert_false(utf8_is_upper('a'));
    assert_false(utf8_is_upper('1'));
    assert_false(utf8_is_upper(0xac00));
}

static void clusters_are_what_a_person_sees(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t bytes;
        int width;
    } cases[] = {
        {"abc", 1, 1},
        {"한글", 3, 2},
        {"中文", 3, 2},
        {"é", 2, 1},
        {"e\xcc\x81x", 3, 1},                            /* e and a combining accent */
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab!", 9, 2}, /* 한 in three parts, as macOS writes it */
        {"\xf0\x9f\x98\x80", 4, 2},
        {"\xe0\xa4\x95\xe0\xa4\xbf", 3, 1},         /* a spacing mark has a cell of its own */
        {"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", 4, 2}, /* a skin tone would make it four */
        {"\xff", 1, 1},
        {"\n", 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int width;
        assert_int_equal(utf8_cluster(cases[i].text, strlen(cases[i].text), &width),
                         cases[i].bytes);
        assert_int_equal(width, cases[i].width);
    }
    int width = 7;
    assert_int_equal(utf8_cluster("", 0, &width), 0);
    assert_int_equal(width, 0);
}

static void widths_add_up(void **state)
{
    (void)state;
    assert_int_equal(utf8_width(str_of("")), 0);
    assert_int_equal(utf8_width(slice(NULL, 0)), 0);
    assert_int_equal(utf8_width(str_of("pod-1 준비됨")), 12);
    assert_int_equal(utf8_width(str_of("▁▂▃…↵")), 5);
    int used;
    assert_int_equal(utf8_fit(str_of("한글"), 3, &used), 3);
    assert_int_equal(used, 2);
    assert_int_equal(utf8_fit(str_of("한글"), 0, NULL), 0);
    assert_int_equal(utf8_fit(str_of("abc"), -1, &used), 0);
    assert_int_equal(used, 0);
    assert_int_equal(utf8_fit(str_of("abcdef"), 3, &used), 3);
    /* The accent belongs to the last character that fits. */
    assert_int_equal(utf8_fit(str_of("abe\xcc\x81xyz"), 3, &used), 5);
    assert_int_equal(used, 3);
    assert_int_equal(utf8_fit(str_of("abcdefe\xcc\x81xyzxyzxyz"), 7, &used), 9);
    assert_int_equal(used, 7);
    assert_int_equal(utf8_fit(str_of("abce\xcc\x81xyz"), 3, &used), 3);
}

static const char *const pieces[] = {
    "a",
    "hello world ",
    "한",
    "\xe1\x84\x92",
    "\xe1\x85\xa1",
    "\xcc\x81",
    "\xcc\x88",
    "\xf0\x9f\x98\x80",
    "\xe2\x80\x8d",
    "\xef\xb8\x8f",
    "\t",
    "\n",
    "\r",
    "\x1b",
    "\x1b[",
    "31m",
    "\x1b]0;",
    "\x07",
    "\x1b\\",
    "\xc2\x9b",
    "\xc2\x9d",
    "\xc2\x9c",
    "\xc2\x90",
    "\x1bP",
    "\x1b(",
    "B",
    "\xff",
    "\xe2\x80\xae",
    "\xe2\x81\xa6",
    "\x7f",
    "\xc2",
    "\x80",
    "\xed\xa0\x80",
    "\xee\x80\x80",
    "\xf3\xa0\x80\xa0",
    "\xe2\x80\xa8",
    "\xcd\xb8",
    "?",
    ";",
    " ",
    "\x1b_",
    "\x1bk",
    "\xf0\x9f\x87\xb0",
    "\xf0\x9f\x8f\xbd",
    "\xf0\x9f\x8f\xb4",
    "\xf3\xa0\x81\xa7",
    "\xf3\xa0\x81\xbf",
    "\xe0\xa4\xbf",
    "\xd8\x80",
    "\xe3\x85\xa4",
    "\xef\xbb\xbf",
    "\xc2\xad",
};

static size_t make_hostile(char *out, size_t size)
{
    size_t n = 0, count = dice(40);
    for (size_t i = 0; i < count; i++) {
        const char *piece = dice(12) ? pieces[dice(sizeof pieces / sizeof *pieces)] : NULL;
        char byte = (char)dice(256);
        size_t length = piece ? strlen(piece) : 1;
        if (n + length > size)
            break;
        memcpy(out + n, piece ? piece : &byte, length);
        n += length;
    }
    return n;
}

/* What no output may hold, told code point by code point and by nothing from utf8.c's tables. */
static void assert_harmless(struct str text, int flags)
{
    assert_true(utf8_valid(text));
    for (size_t i = 0; i < text.n;) {
        uint32_t code;
        i += utf8_decode(text.p + i, text.n - i, &code);
        if ((code == '\t' && flags & UTF8_SAFE_TABS) ||
            (code == '\n' && flags & UTF8_SAFE_NEWLINES))
            continue;
        assert_true(code >= 0x20 && !(code >= 0x7f && code < 0xa0));
        if (flags & UTF8_SAFE_ASCII)
            assert_true(code < 0x7f);
        assert_false(code >= 0x200b && code <= 0x200f);
        assert_false(code >= 0x2028 && code <= 0x202e);
        assert_false(code >= 0x2060 && code <= 0x206f);
        assert_false(code >= 0xe000 && code <= 0xf8ff);
        assert_false(code >= 0xfe00 && code <= 0xfe0f);
        assert_false(code == 0xad || code == 0x61c || code == 0xfeff || code == 0x3164);
        assert_false(code >= 0xe0000);
    }
}

static void nothing_harmful_comes_out(void **state)
{
    (void)state;
    char text[256];
    struct buf once, twice;
    buf_init(&once, 65536);
    buf_init(&twice, 65536);
    for (int round = 0; round < 60000; round++) {
        int flags = (int)dice(8);
        size_t n = make_hostile(text, sizeof text);
        buf_clear(&once);
        buf_clear(&twice);
        utf8_safe(&once, slice(text, n), flags);
        assert_false(once.over);
        assert_harmless(buf_str(&once), flags);
        /* What is safe stays as it is. */
        utf8_safe(&twice, buf_str(&once), flags);
        assert_int_equal(once.n, twice.n);
        if (once.n)
            assert_memory_equal(once.p, twice.p, once.n);
    }
    buf_free(&once);
    buf_free(&twice);
}

static void clusters_cover_and_fit_bounds(void **state)
{
    (void)state;
    char text[256];
    struct buf safe;
    buf_init(&safe, 65536);
    for (int round = 0; round < 20000; round++) {
        size_t n = make_hostile(text, sizeof text);
        buf_clear(&safe);
        utf8_safe(&safe, slice(text, n), UTF8_SAFE_DEFAULT);
        int sum = 0;
        for (size_t i = 0; i < safe.n;) {
            int width;
            size_t length = utf8_cluster(safe.p + i, safe.n - i, &width);
            assert_true(length >= 1 && length <= safe.n - i && width >= 0 && width <= 2);
            assert_true(utf8_valid(slice(safe.p + i, length)));
            sum += width;
            i += length;
        }
        assert_int_equal(sum, utf8_width(buf_str(&safe)));
        int columns = (int)dice(60), used;
        size_t fits = utf8_fit(buf_str(&safe), columns, &used);
        assert_true(used <= columns && utf8_width(slice(safe.p, fits)) == used);
        if (fits < safe.n) {
            int width;
            utf8_cluster(safe.p + fits, safe.n - fits, &width);
            assert_true(used + width > columns);
        }
    }
    buf_free(&safe);
}

static void check(const char *text, size_t n, int flags, const char *expected)
{
    struct buf out;
    buf_init(&out, 4096);
    utf8_safe(&out, slice(text, n), flags);
    assert_string_equal(buf_text(&out), expected);
    buf_free(&out);
}

static void escapes_vanish_and_controls_show(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
        int flags;
    } cases[] = {
        {"plain text, 100 % safe ~", "plain text, 100 % safe ~", 0},
        {"결제 오류", "결제 오류", 0},
        {"\x1b[1;31mred\x1b[0m", "red", 0},
        {"\x1b[?1049h\x1b[2Jx\x1b[ q", "x", 0},
        {"\x1b[38:2::1:2:3mx", "x", 0},
        {"\x1b]0;title\x07x", "x", 0},
        {"\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link", 0},
        {"\x1b]52;c;cm0gLXJm\x07", "", 0},
        {"\x1bPq#0;2;0;0;0\x1b\\x", "x", 0},
        {"\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\x", "x", 0},
        {"\x1bktitle\x1b\\x", "x", 0},
        {"\x1b"
         "7\x1b"
         "8\x1b"
         "c\x1bMx",
         "x", 0},
        {"\x1b(B\x1b)0\x1b#8\x1b%Gx", "x", 0},
        {"\xc2\x9b"
         "31mred",
         "red", 0},
        {"\xc2\x9d"
         "0;title\xc2\x9cx",
         "x", 0},
        {"\xc2\x90q\x07x", "x", 0},
        /* Without an end a control string would hide what follows: it is shown. */
        {"\x1b]0;rest of the line", "␛]0;rest of the line", 0},
        {"\x1b]0;a\nb\x07", "␛]0;a\nb␇", UTF8_SAFE_NEWLINES},
        {"\x1b]a\x1b]b\x07x", "␛]ax", 0},
        {"\xc2\x9d"
         "a\xc2\x85"
         "b\x07",
         "�a�b␇", 0},
        {"\x1b", "␛", 0},
        {"\x1b\x1b[mx", "␛x", 0},
        {"\x1b\xed\x95\x9c", "␛한", 0},
        {"\x1b[12", "", 0},
        {"\x1b[1\nm", "\nm", UTF8_SAFE_NEWLINES},
        {"\x1b[1\xff", "�", 0},
        /* 8-bit controls as bare bytes are no UTF-8. */
        {"\x9b"
         "31m\x9d",
         "�31m�", 0},
        {"a\rb\x08\x0c\x7f", "a␍b␈␌␡", 0},
        {"a\r\nb", "a␍\nb", UTF8_SAFE_NEWLINES},
        {"a\nb", "a↵b", 0},
        {"a\nb", "a\\nb", UTF8_SAFE_ASCII},
        {"a\nb", "a\nb", UTF8_SAFE_ASCII | UTF8_SAFE_NEWLINES},
        {"\xc2\x85x\xc2\x84", "�x�", 0},
        {"abc\xe2\x80\xae"
         "fed",
         "abc�fed", 0},
        {"\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\x8f", "�x��", 0},
        {"a\xe2\x80\x8b"
         "b\xc2\xad"
         "c\xef\xbb\xbf",
         "a�b�c�", 0},
        {"\xe2\x80\xa8\xe2\x80\xa9", "��", 0},
        {"\xee\x80\x80\xf3\xb0\x80\x80\xcd\xb8\xef\xbf\xbf", "����", 0},
        {"\xf3\xa0\x81\xa1", "�", 0},
        {"\xe2\x9a\xa0\xef\xb8\x8f!", "⚠!", 0},
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac", "👩🔬", 0},
        {"👨🏽‍🚀!", "👨🚀!", 0},
        {"👩‍👩‍👧", "??????", UTF8_SAFE_ASCII},
        {"👍🏿 👋🏻a", "👍 👋a", 0},
        {"🏳️‍🌈", "🏳🌈", 0},
        {"🇩🇪🇯🇵 🇰", "DEJP K", 0},
        {"🇩🇪", "DE", UTF8_SAFE_ASCII},
        {"🏴󠁧󠁢󠁳󠁣󠁴󠁿!", "🏴!", 0},
        {"\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u062e", 0}, /* Persian */
        {"\u0915\u094d\u200d\u0937", "\u0915\u094d\u0937", 0}, /* Devanagari, behind a virama */
        /* What joins no picture, or says more than how one is drawn, shows. */
        {"\u0645 \u200c\u062e", "\u0645 �\u062e", 0},
        {"ad\u200cmin", "ad�min", 0},
        {"a🏻🏻", "a��", 0},
        {"👩‍a", "👩�a", 0},
        {"a‍👩", "a�👩", 0},
        {"👩‍", "👩�", 0},
        {"🏴󠁧󠁢", "🏴��", 0},
        {"🏴󠁿", "🏴�", 0},
        {"👩󠁧󠁿", "👩��", 0},
        {"🏴󠁡󠁡󠁡󠁡󠁡󠁡󠁡󠁡󠁿", "🏴���������", 0},
        {"e\xcc\x81\xcc\x82\xcc\x83\xcc\x84!", "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84!", 0},
        {"e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85!", "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84�!", 0},
        {"\xcc\x81x", "�x", 0},
        {"\n\xcc\x81", "\n�", UTF8_SAFE_NEWLINES},
        {"\xff\xfe"
         "a\xc3",
         "��a�", 0},
        {"한e\xcc\x81⚠\xff", "??e??", UTF8_SAFE_ASCII},
        {"\x1b[mé\r", "??", UTF8_SAFE_ASCII},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].text, strlen(cases[i].text), cases[i].flags, cases[i].expected);
    check("a\0b", 3, 0, "a␀b");
    check(NULL, 0, 0, "");
    check("\x1b]x", 2, 0, "␛]"); /* must not look behind the slice */
    check("\x1b[31m", 3, 0, "");
    check("\xed\x95\x9c", 2, 0, "��");
}

static void tabs_go_to_the_outputs_stops(void **state)
{
    (void)state;
    check("a\tb", 3, 0, "a       b");
    check("\t", 1, 0, "        ");
    check("12345678\tb", 10, 0, "12345678        b");
    check("한\tb", 5, 0, "한      b");
    check("한\tb", 5, UTF8_SAFE_ASCII, "??      b");
    check("a\tb\tc", 5, 0, "a       b       c");
    check("a\tb\nc\td", 7, UTF8_SAFE_NEWLINES, "a       b\nc       d");
    check("a\tb", 3, UTF8_SAFE_TABS, "a\tb");
    struct buf out;
    buf_init(&out, 4096);
    buf_adds(&out, "first line\n13:00 ");
    utf8_safe(&out, str_of("a\tb"), 0);
    assert_string_equal(buf_text(&out), "first line\n13:00 a b");
    buf_free(&out);
}

static void a_full_buffer_keeps_whole_characters(void **state)
{
    (void)state;
    for (size_t max = 0; max < 36; max++) {
        struct buf out;
        buf_init(&out, max);
        utf8_safe(&out, str_of("abc한글\xffxyz\r한글한글한글"), 0);
        assert_true(out.over && out.n <= max && out.n + 3 > max);
        assert_true(utf8_valid(buf_str(&out)));
        assert_memory_equal(buf_text(&out), "abc한글�xyz␍한글한글한글", out.n);
        buf_free(&out);
    }
}

/* A megabyte of each nasty pattern: nothing may be quadratic. */
static void hostile_megabytes_take_no_time(void **state)
{
    (void)state;
    static const char *const patterns[] = {"\x1b]",  "\xc2\x9d", "\x1bP\xc2\x90",  "\t",
                                           "\x1b[0", "\xcc\x81", "\x1b]a\xc2\x80", "\xff",
                                           "\x1b(",  "a\t",      "\x1bk;"};
    enum { SIZE = 1 << 20 };
    char *text = mem_alloc(SIZE);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        size_t length = strlen(patterns[i]);
        for (size_t at = 0; at + length <= SIZE; at += length)
            memcpy(text + at, patterns[i], length);
        struct buf out;
        buf_init(&out, (size_t)16 * SIZE);
        int64_t began = clock_monotonic();
        utf8_safe(&out, slice(text, SIZE), 0);
        assert_true(clock_monotonic() - began < 5 * CLOCK_SECOND);
        assert_false(out.over);
        buf_free(&out);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_survives_the_round_trip),
        cmocka_unit_test(broken_bytes_are_one_replacement_each),
        cmocka_unit_test(second_bytes_follow_the_table),
        cmocka_unit_test(knows_capitals),
        cmocka_unit_test(clusters_are_what_a_person_sees),
        cmocka_unit_test(widths_add_up),
        cmocka_unit_test(escapes_vanish_and_controls_show),
        cmocka_unit_test(tabs_go_to_the_outputs_stops),
        cmocka_unit_test(nothing_harmful_comes_out),
        cmocka_unit_test(clusters_cover_and_fit_bounds),
        cmocka_unit_test(a_full_buffer_keeps_whole_characters),
        cmocka_unit_test(hostile_megabytes_take_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
