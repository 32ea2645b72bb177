/* The XML of S3, and what is none. */
#include "help.h"

#include "store/s3/s3_xml.h"

static bool note(void *context, const char *path, struct str text)
{
    struct buf *out = context;
    buf_printf(out, "%s=", path);
    buf_add(out, text.p, text.n);
    buf_addc(out, ';');
    return strcmp(path, "stop/here") != 0;
}

static void check(const char *xml, const char *expected)
{
    struct buf out;
    struct err err;
    buf_init(&out, 100000);
    bool ok = s3_xml_scan(str_of(xml), &out, note, &err);
    if (!ok)
        print_message("%s: %s\n", xml, err.what);
    assert_true(ok);
    assert_string_equal(buf_text(&out), expected);
    buf_free(&out);
}

static void check_broken(const char *xml)
{
    struct buf out;
    struct err err;
    buf_init(&out, 1000000);
    if (s3_xml_scan(str_of(xml), &out, note, &err))
        fail_msg("taken: %s", xml);
    assert_int_equal(err.kind, ERR_PROTOCOL);
    buf_free(&out);
}

static void reads_elements(void **state)
{
    (void)state;
    check("<a/>", "a=;");
    check(
        "<?xml version=\"1.0\"?>\n<a x='1' y=\"<>\"><b>one</b><c/> <b >two</b ></a>\n<!-- end -->",
        "a/b=one;a/c=;a/b=two;a=;");
    check("\xef\xbb\xbf<a>t<!-- c -->u</a>", "a=tu;");
    check("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#xd55c;</a>", "a=<>&\"'AB한;");
    check("<a><![CDATA[<x>&amp;]]></a>", "a=<x>&amp;;");
    check("<a>\xff</a>", "a=\xff;");
    check("<stop><here>x</here><not", "stop/here=x;");
}

static void refuses_what_is_broken(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      " ",
                                      "x",
                                      "<",
                                      "<a",
                                      "<a>",
                                      "<a></b>",
                                      "</a>",
                                      "<a></a><b/>",
                                      "<a/>text",
                                      "<a x></a>",
                                      "<a x=1/>",
                                      "<a x='1/>",
                                      "<a>&nbsp;</a>",
                                      "<a>&#0;</a>",
                                      "<a>&#xd800;</a>",
                                      "<a>&#x110000;</a>",
                                      "<a>&#;</a>",
                                      "<a>&#x;</a>",
                                      "<a>&lt</a>",
                                      "<a>&#99999999999;</a>",
                                      "<!DOCTYPE a><a/>",
                                      "<a><![CDATA[x</a>",
                                      "<!-- x",
                                      "<?xml",
                                      "< a/>",
                                      "<a><b></a></b>",
                                      "<a b='1'c='2'/>",
                                      "<![CDATA[x]]><a/>",
                                      "<html><body>Bad Request<br></body></html>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_broken(bad[i]);
}

static void is_bounded(void **state)
{
    struct buf deep, name;
    struct err err;
    (void)state;
    buf_init(&deep, 1 << 20);
    buf_init(&name, 1 << 20);
    for (int i = 0; i < 100; i++)
        buf_adds(&deep, "<a>");
    check_broken(buf_text(&deep));
    buf_clear(&deep);
    buf_adds(&deep, "<a>");
    for (int i = 0; i < S3_XML_TEXT + 1; i++)
        buf_addc(&deep, 'x');
    buf_adds(&deep, "</a>");
    assert_false(s3_xml_scan(buf_str(&deep), &name, note, &err));
    assert_non_null(strstr(err.what, "too long"));
    buf_clear(&deep);
    for (int i = 0; i < 2000; i++)
        buf_adds(&deep, i ? "n" : "<");
    buf_adds(&deep, "/>");
    check_broken(buf_text(&deep));
    buf_free(&deep);
    buf_free(&name);
}

/* Whatever is cut or changed is read or refused, and never read beyond. */
static void survives_damage(void **state)
{
    static const char text[] = "<?xml version=\"1.0\"?><L xmlns=\"u\"><C><K>a&amp;b&#x41;</K></C>"
                               "<!-- c --><![CDATA[]]></L>";
    struct buf out;
    (void)state;
    buf_init(&out, 1 << 20);
    for (size_t n = 0; n < sizeof text; n++) {
        char *cut = mem_dup_n(text, n);
        s3_xml_scan((struct str){cut, n}, &out, note, NULL);
        for (size_t i = 0; i < n; i++) {
            for (const char *c = "<>&;\"'/!?=a "; *c; c++) {
                char before = cut[i];
                cut[i] = *c;
                s3_xml_scan((struct str){cut, n}, &out, note, NULL);
                cut[i] = before;
                buf_clear(&out);
            }
        }
        free(cut);
    }
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_elements),
        cmocka_unit_test(refuses_what_is_broken),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(survives_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
