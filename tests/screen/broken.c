/* What is broken, as the feed would have found it. */
#include <stdio.h>
#include <string.h>

#include "tests/screen/fill.h"

#define ROW(r, h, w, k, ns, n, re, wo, mk, me, c)                                                  \
    {                                                                                              \
        .rank = r, .health = h, .what = w, .kind = k, .namespace_ = ns, .name = n, .reason = re,   \
        .words = wo, .member_kind = mk, .member = me, .count = c                                   \
    }

static const struct broken_rows_row shop[] = {
    ROW(0, HEALTH_BAD, "node down", "Node", "", "ip-10-0-3-77.ap-northeast-2.compute.internal",
        "NodeStatusUnknown", "NodeStatusUnknown: the kubelet stopped posting its status 4m ago",
        "Node", "ip-10-0-3-77.ap-northeast-2.compute.internal", 1),
    ROW(2, HEALTH_BAD, "crash loop", "Deployment", "shop", "checkout", "CrashLoopBackOff",
        "CrashLoopBackOff: checkout since 2021-08-27 13:36:00 UTC, 7 restarts, last exit 1: cannot "
        "reach orders-db:5432",
        "Pod", "checkout-7d9f8c6b5-2xk8p", 3),
    ROW(7, HEALTH_WARN, "node under pressure", "Node", "",
        "ip-10-0-2-40.ap-northeast-2.compute.internal", "MemoryPressure",
        "MemoryPressure: kubelet has insufficient memory available", "Node",
        "ip-10-0-2-40.ap-northeast-2.compute.internal", 1),
    ROW(5, HEALTH_BAD, "rollout stuck", "Deployment", "payments", "gateway",
        "ProgressDeadlineExceeded",
        "ProgressDeadlineExceeded: ReplicaSet \"gateway-66d5c8f7b\" has timed out progressing",
        "Deployment", "gateway", 1),
    ROW(6, HEALTH_BAD, "no node takes it", "StatefulSet", "payments", "ledger", "Unschedulable",
        "Unschedulable: 0/6 nodes are available: 5 Insufficient memory, 1 node is unreachable",
        "Pod", "ledger-2", 1),
};
enum { SHOP = sizeof shop / sizeof *shop, FEW = 2 };

static const struct broken_rows_row foreign[] = {
    ROW(2, HEALTH_BAD, "crash loop", "Deployment", "\x1b[2J\x1b]0;x\a", "\xe2\x80\xaegnp.exe\r\n",
        "\xff\xfe",
        "\x1b[31mred\x1b[0m \xc2\x9b"
        "31m \xe2\x80\xae right to left \xff\xc0\x80 end",
        "Pod", "a\x7f\x1b[H", 12345),
};

static void put(struct model *m, int64_t now, const struct broken_rows_row *rows, size_t n,
                size_t more)
{
    broken_rows_begin(m->broken.rows, now);
    for (size_t i = 0; i < n; i++) {
        struct broken_rows_row row = rows[i];
        row.count += i == 0 ? more : 0;
        broken_rows_put(m->broken.rows, &row);
    }
    broken_rows_end(m->broken.rows, true);
    upstream_live(&m->broken.upstream);
    m->broken.looking = false;
}

bool fill_broken(struct model *m, int64_t now, const char *what)
{
    if (strcmp(what, "calm") == 0)
        put(m, now, NULL, 0, 0);
    else if (strcmp(what, "few") == 0)
        put(m, now, shop, FEW, 0);
    else if (strcmp(what, "many") == 0)
        put(m, now, shop, SHOP, 0);
    else if (strcmp(what, "worse") == 0)
        put(m, now, shop + 1, SHOP - 1, 300);
    else if (strcmp(what, "foreign") == 0)
        put(m, now, foreign, 1, 0);
    else if (strcmp(what, "looking") == 0)
        m->broken.looking = true;
    else if (strcmp(what, "unseen") == 0)
        snprintf(m->broken.unseen, sizeof m->broken.unseen, "nodes denied, leases denied");
    else
        return false;
    return true;
}
