/*
 * A million lines in the log pane's view: what they cost beside their bytes, and how long a regular
 * expression takes over all of them, in the slices that keys wait for.
 *
 *   make build/release/libui.a build/release/libtriage.a build/release/libmodel.a build/release/libtext.a \
 *       build/release/libbase.a
 *   gcc -O2 -D_GNU_SOURCE -I. -Isrc -o build/logsearch tests/bench/logsearch.c build/release/libui.a \
 *       build/release/libtriage.a build/release/libtext.a build/release/libmodel.a build/release/libbase.a \
 *       -lcjson -lyaml -lpcre2-8 -lutf8proc -lz -lpthread -lm
 *   build/logsearch
 */
#include <stdio.h>

#include "base/clock.h"
#include "model/line.h"
#include "ui/log/logview.h"

enum { LINES = 1000000, PODS = 60 };

static size_t fill(struct lines *l)
{
    static const char *const shapes[] = {
        "level=info ts=2026-11-22T21:18:47.327Z caller=store.go:2385 msg=\"order stored\" order=%d "
        "took=%dms trace_id=d78cb3829a69443c",
        "10.57.58.40 - - [22/Nov/2026:21:18:47 +0000] \"GET /api/replica/%d HTTP/1.1\" 200 %d",
        "{\"ts\":\"2026-11-22T21:18:47Z\",\"level\":\"info\",\"msg\":\"cache "
        "hit\",\"key\":\"product:"
        "%d\",\"took\":\"%dms\",\"shard\":\"a17\"}",
        "2026-11-22T21:18:49.761Z  INFO 1 --- [nio-8080-exec-4] c.e.billing.IndexService : indexed "
        "shard %d in %d ms",
    };
    const struct labels *sets[PODS];
    char text[400], name[40];
    size_t bytes = 0;
    for (int i = 0; i < PODS; i++) {
        struct str key = str_of("pod"), value;
        snprintf(name, sizeof name, "checkout-%d", i);
        value = str_of(name);
        sets[i] = labels_get(&key, &value, 1);
    }
    for (int i = 0; i < LINES; i++) {
        int n = snprintf(text, sizeof text, shapes[i % 4], i, i % 997);
        bytes += (size_t)n;
        lines_add(l, &(struct line){.time = (int64_t)i * 1000,
                                    .labels = sets[i % PODS],
                                    .text = {text, (size_t)n}});
    }
    for (int i = 0; i < PODS; i++)
        labels_drop(sets[i]);
    return bytes;
}

static void search(struct logview *v, const char *pattern)
{
    struct err err;
    struct regex *r = regex_new(pattern, REGEX_SMART, &err);
    int64_t began, slice, longest = 0;
    int slices = 0;
    logview_move(v, INT32_MAX);
    began = clock_monotonic();
    logview_find(v, LOGVIEW_MATCH, r, false);
    enum logview_search found;
    do {
        slice = clock_monotonic();
        found = logview_search(v);
        slice = clock_monotonic() - slice;
        longest = slice > longest ? slice : longest;
        slices++;
    } while (found == LOGVIEW_SEARCHING);
    printf("  %-40s %4lld ms in %d slices, the longest %lld ms\n", pattern,
           (long long)((clock_monotonic() - began) / CLOCK_MS), slices,
           (long long)(longest / CLOCK_MS));
    regex_free(r);
}

int main(void)
{
    static const char *const patterns[] = {
        "nowhere to be found",
        "(?i)\\b(fatal|panic|exception)\\b",
        "took=9{7}ms|shard \\d+ in 9999",
        "order=\\d+1x",
        "[a-z]+Service : [^ ]+ thread",
        "timeout|refused",
        "error.*\\d{3}",
        "Connection reset",
        "^level=(error|fatal)",
        "ms\\d$",
        "(\\w+\\s?)+;",
    };
    struct lines *l = lines_new((size_t)1 << 30);
    struct logview v = {.follow = true, .fold = true};
    size_t bytes = fill(l);
    logview_sync(&v, l);
    size_t all = lines_bytes(l) + v.known_size * sizeof *v.known;
    printf("%d lines, %.1f MB: %.3f times their bytes\n", LINES, (double)bytes / 1e6,
           (double)all / (double)bytes);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        search(&v, patterns[i]);
    logview_free(&v);
    lines_free(l);
    return 0;
}
