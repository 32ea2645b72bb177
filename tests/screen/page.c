/* Pages of objects, as the feed would have read them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/screen/fill.h"

#define RED "\x1b[31m"
#define RIGHT_TO_LEFT "\xe2\x80\xae"

static void add_containers(struct page *p)
{
    page_section(p, "Container app");
    page_field(p, "State", PAGE_BAD,
               "Waiting: CrashLoopBackOff: back-off 2m40s restarting failed container=app "
               "pod=checkout-7d9f8c6b5-bfx2k_shop, and more words than a row of a terminal holds");
    page_deeper(p);
    page_field(p, "Started", PAGE_TEXT, "13:44:01");
    page_shallower(p);
    page_field(p, "Image", PAGE_TEXT, "registry.example.com/shop/checkout:2.15.0");
    page_field(p, "Command", PAGE_TEXT, "first line\nsecond line");
}

static void add_hostile(struct page *p)
{
    struct buf long_text;
    page_section(p, "Annotations" RED);
    page_field(p, "\x1b]0;title\a" RIGHT_TO_LEFT "key", PAGE_TEXT,
               RED "red\x1b[0m \xc2\x9b"
                   "31m \xff\xc0\x80 tab\there\rcarriage \x7f " RIGHT_TO_LEFT "gpj.exe");
    page_link(p, "Pod\x1b[2J", "shop", "\x1b[H" RIGHT_TO_LEFT "x");
    buf_init(&long_text, 1 << 21);
    while (long_text.n < 1 << 20)
        buf_adds(&long_text, "megabyte-of-one-annotation/");
    page_field(p, "long", PAGE_DIM, buf_text(&long_text));
    page_field(p, "behind", PAGE_TEXT, "what stands behind a megabyte");
    buf_free(&long_text);
}

static struct page *describe(const struct object_ref *o, int64_t now)
{
    struct page *p = page_new();
    char time[CLOCK_TEXT], *head = mem_printf("Pod %s/%s", o->namespace_, o->name);
    page_head(p, PAGE_TITLE, head);
    page_text(p, PAGE_BAD, "CrashLoopBackOff: app since 13:46, 6 restarts, last exit 1 (Error)");
    page_field(p, "Namespace", PAGE_TEXT, o->namespace_);
    page_link(p, "Namespace", "", o->namespace_);
    page_field(p, "Controlled by", PAGE_TEXT, "ReplicaSet/checkout-7d9f8c6b5");
    page_link(p, "ReplicaSet", o->namespace_, "checkout-7d9f8c6b5");
    page_field(p, "Node", PAGE_TEXT, "ip-10-0-2-40");
    page_link(p, "Node", "", "ip-10-0-2-40");
    page_field(p, "Read", PAGE_TEXT, clock_rfc3339(now, false, time));
    add_containers(p);
    if (strncmp(o->name, "evil", 4) == 0)
        add_hostile(p);
    page_section(p, "Events");
    page_field(p, "BackOff", PAGE_WARN, "14s ago, 31 times: Back-off restarting failed container");
    free(head);
    return p;
}

static void code(struct page *p, const char *key, const char *value)
{
    page_code(p, PAGE_TEXT, str_of(key), str_of(value));
}

static struct page *yaml(const struct object_ref *o, bool managed)
{
    struct page *p = page_new();
    code(p, "kind:", " Pod");
    code(p, "metadata:", "");
    code(p, "  name:", " ");
    page_code(p, PAGE_TEXT, str_of("  uid:"), str_of(o->uid));
    if (managed) {
        code(p, "  managedFields:", "");
        code(p, "  - manager:", " kubectl");
    }
    code(p, "  annotations:", "");
    code(p, "    note:", " \"" RED "not red\\x1b[0m\"");
    if (!managed)
        page_text(p, PAGE_DIM, "# metadata.managedFields of 2 managers are not shown");
    return p;
}

void fill_page(struct model *m, int64_t now, const char *text)
{
    struct page_wish wish;
    m->page.changes++;
    if (!text || !page_wish_read(text, &wish)) {
        m->page.wish = (struct page_wish){0};
        return;
    }
    m->page.wish = wish;
    struct pages_seen_entry *e = pages_seen_keep(&m->page.seen, &wish.object);
    bool managed = wish.view == PAGE_WISH_MANAGED;
    e->loaded = now;
    if (strncmp(wish.object.kind, "pod", 3) == 0)
        str_copy(e->kind, sizeof e->kind, "Pod");
    pages_seen_put(&m->page.seen, e, PAGE_WISH_DESCRIBE, describe(&wish.object, now));
    pages_seen_put(&m->page.seen, e, managed ? PAGE_WISH_MANAGED : PAGE_WISH_YAML,
                   yaml(&wish.object, managed));
    struct page *events = page_new();
    page_head(events, PAGE_TITLE, wish.object.name);
    page_section(events, "BackOff");
    page_text(events, PAGE_WARN, "Back-off restarting failed container");
    pages_seen_put(&m->page.seen, e, PAGE_WISH_EVENTS, events);
    upstream_live(&m->page.upstream);
}

bool fill_page_change(struct model *m, int64_t now, const char *what)
{
    struct pages_seen_entry *e = pages_seen_find(&m->page.seen, &m->page.wish.object);
    struct err err;
    m->page.changes++;
    if (strcmp(what, "gone") == 0 && e) {
        e->gone = now;
    } else if (strcmp(what, "another") == 0 && e) {
        e->gone = 0;
        e->replaced = true;
    } else if (strcmp(what, "denied") == 0) {
        pages_seen_clear(&m->page.seen);
        err_set(&err, ERR_DENIED, "", "ask for a role that allows it",
                "pods \"x\" is forbidden: User \"dev\" cannot get resource \"pods\"");
        upstream_failed(&m->page.upstream, &err, 0);
    } else if (strcmp(what, "secret") == 0) {
        pages_seen_clear(&m->page.seen);
        m->page.upstream = (struct upstream){0};
        err_set(&err, ERR_USAGE, "secrets", "use kubectl where you must",
                "kubeboard never reads secrets");
        upstream_failed(&m->page.upstream, &err, 0);
    } else {
        return false;
    }
    return true;
}
