/*
 * How fast lines are grouped, redacted and levelled, and how much memory that takes.
 *
 *   make build/release/libtriage.a build/release/libmodel.a build/release/libbase.a
 *   gcc -O2 -D_GNU_SOURCE -Isrc -o build/grouping tests/bench/grouping.c build/release/libtriage.a \
 *       build/release/libmodel.a build/release/libbase.a \
 *       -lcjson -lyaml -lpcre2-8 -lutf8proc -lz -lpthread -lm
 *   build/grouping FILE [ROUNDS]     lines of a file, several times over
 *   build/grouping distinct N        N messages that have nothing in common
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "triage/grouping/grouper.h"
#include "triage/redact/redact.h"

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct str read_file(const char *path)
{
    struct str text = {NULL, 0};
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0)
        return text;
    text.n = (size_t)ftell(f);
    rewind(f);
    char *bytes = mem_alloc(text.n + 1);
    text.n = fread(bytes, 1, text.n, f);
    text.p = bytes;
    fclose(f);
    return text;
}

/* Lines of ten words made of letters, so that no two are one message. */
static struct str make_distinct(long count)
{
    struct buf out;
    uint64_t x = 88172645463325252u;
    buf_init(&out, (size_t)count * 160 + 1);
    for (long i = 0; i < count; i++) {
        buf_adds(&out, "2021-08-27T13:00:00Z ERROR");
        for (int word = 0; word < 14; word++) {
            buf_addc(&out, ' ');
            for (int k = 0; k < 6; k++) {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                buf_addc(&out, (char)('a' + x % 26));
            }
        }
        buf_addc(&out, '\n');
    }
    return buf_str(&out);
}

static void group(struct str text, int rounds)
{
    struct grouper *g = grouper_new(NULL);
    uint64_t lines = 0, bytes = 0;
    double start = cpu_seconds();
    for (int i = 0; i < rounds; i++) {
        struct str rest = text, line;
        while (str_cut(&rest, '\n', &line)) {
            grouper_add(g, 0, line);
            lines++;
            bytes += line.n;
        }
    }
    double added = cpu_seconds();
    grouper_finish(g);
    double finished = cpu_seconds();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf(
        "group   %llu lines of %.0f bytes: %.0f lines/s; %zu messages, %zu groups, finish %.3f s; "
        "%zu KiB held, %ld KiB resident (%zu of them the file)\n",
        (unsigned long long)lines, (double)bytes / (double)lines, (double)lines / (added - start),
        grouper_provisional(g), grouper_count(g), finished - added, grouper_bytes(g) / 1024,
        usage.ru_maxrss, text.n / 1024);
    grouper_free(g);
}

static void redact(struct str text, int rounds)
{
    struct err err;
    struct redactor *r = redact_new(redact_kinds, NULL, NULL, &err);
    struct buf out;
    uint64_t lines = 0, changed = 0, bytes = 0;
    buf_init(&out, 1 << 20);
    double start = cpu_seconds();
    for (int i = 0; i < rounds; i++) {
        struct str rest = text, line;
        while (str_cut(&rest, '\n', &line)) {
            changed += redact_line(r, line, &out, NULL);
            lines++;
            bytes += line.n;
        }
    }
    double seconds = cpu_seconds() - start;
    printf("redact  %.0f lines/s, %.2f ns a byte; %llu changed\n", (double)lines / seconds,
           seconds * 1e9 / (double)bytes, (unsigned long long)changed);
    buf_free(&out);
    redact_free(r);
}

int main(int argc, char **argv)
{
    bool distinct = argc == 3 && strcmp(argv[1], "distinct") == 0;
    int rounds = argc == 3 && !distinct ? (int)strtol(argv[2], NULL, 10) : 1;
    if (argc < 2 || rounds < 1) {
        fputs("usage: grouping FILE [ROUNDS] | distinct N\n", stderr);
        return 2;
    }
    struct str text = distinct ? make_distinct(strtol(argv[2], NULL, 10)) : read_file(argv[1]);
    if (!text.n) {
        fputs("grouping: nothing to read\n", stderr);
        return 1;
    }
    group(text, rounds);
    redact(text, rounds);
    return 0;
}
