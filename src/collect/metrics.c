#include "collect/metrics.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/store.h"
#include "store/window_store.h"

enum { RESULTS = WINDOW_JOB_FAILED + 1 };

struct rule_figures {
    char *name;
    uint64_t windows[RESULTS], lines;
    int64_t newest; /* end of the newest stored window; 0: none yet */
};

struct source_figures {
    bool told, up;
    uint64_t failures;
};

struct metrics {
    struct rule_figures rules[METRICS_RULES];
    size_t rule_count;
    struct source_figures sources[METRICS_SOURCES];
    bool clock_told;
    int64_t clock; /* Loki's less ours, ns */
    bool leads;
    int64_t started;
};

struct metrics *metrics_new(void)
{
    struct metrics *m = mem_alloc(sizeof *m);
    m->started = clock_now();
    return m;
}

void metrics_free(struct metrics *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->rule_count; i++)
        free(m->rules[i].name);
    free(m);
}

static struct rule_figures *rule_of(struct metrics *m, const char *name)
{
    for (size_t i = 0; i < m->rule_count; i++)
        if (strcmp(m->rules[i].name, name) == 0)
            return &m->rules[i];
    if (m->rule_count == METRICS_RULES)
        return NULL;
    m->rules[m->rule_count].name = mem_dup(name);
    return &m->rules[m->rule_count++];
}

void metrics_window(struct metrics *m, const char *rule, enum window_job_result result, int64_t to,
                    uint64_t lines)
{
    struct rule_figures *r = rule_of(m, rule);
    if (!r)
        return;
    r->windows[result]++;
    if (result != WINDOW_JOB_STORED)
        return;
    r->lines += lines;
    r->newest = to > r->newest ? to : r->newest;
}

void metrics_source(struct metrics *m, enum metrics_source source, bool up)
{
    struct source_figures *s = &m->sources[source];
    s->told = true;
    s->up = up;
    s->failures += !up;
}

void metrics_clock(struct metrics *m, int64_t offset)
{
    m->clock_told = true;
    m->clock = offset;
}

void metrics_leader(struct metrics *m, bool leads)
{
    m->leads = leads;
}

bool metrics_leads(const struct metrics *m)
{
    return m->leads;
}

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Rules' names need no escaping: [a-z0-9-]. */
static void write_rules(const struct metrics *m, struct buf *out)
{
    static const char *const results[RESULTS] = {"stored", "kept", "failed"};
    head(out, "kubeboard_windows_total", "counter", "Windows done, by what came of them.");
    for (size_t i = 0; i < m->rule_count; i++)
        for (int k = 0; k < RESULTS; k++)
            buf_printf(out, "kubeboard_windows_total{rule=\"%s\",result=\"%s\"} %llu\n",
                       m->rules[i].name, results[k], (unsigned long long)m->rules[i].windows[k]);
    head(out, "kubeboard_window_lag_seconds", "gauge",
         "Age of the end of the newest stored window.");
    for (size_t i = 0; i < m->rule_count; i++)
        if (m->rules[i].newest)
            buf_printf(out, "kubeboard_window_lag_seconds{rule=\"%s\"} %.3f\n", m->rules[i].name,
                       (double)(clock_now() + m->clock - m->rules[i].newest) / CLOCK_SECOND);
    head(out, "kubeboard_lines_total", "counter", "Lines of stored windows.");
    for (size_t i = 0; i < m->rule_count; i++)
        buf_printf(out, "kubeboard_lines_total{rule=\"%s\"} %llu\n", m->rules[i].name,
                   (unsigned long long)m->rules[i].lines);
}

static void write_sources(const struct metrics *m, struct buf *out)
{
    static const char *const names[METRICS_SOURCES] = {"loki", "kubernetes", "prometheus", "store"};
    head(out, "kubeboard_source_up", "gauge", "Whether the source answered last time.");
    for (int i = 0; i < METRICS_SOURCES; i++)
        if (m->sources[i].told)
            buf_printf(out, "kubeboard_source_up{source=\"%s\"} %d\n", names[i], m->sources[i].up);
    head(out, "kubeboard_source_failures_total", "counter",
         "Times that the source did not answer.");
    for (int i = 0; i < METRICS_SOURCES; i++)
        if (m->sources[i].told)
            buf_printf(out, "kubeboard_source_failures_total{source=\"%s\"} %llu\n", names[i],
                       (unsigned long long)m->sources[i].failures);
}

static void write_store(const struct window_store *w, struct buf *out)
{
    const struct store *raw = window_store_raw(w), *processed = window_store_processed(w);
    head(out, "kubeboard_store_bytes_total", "counter", "Bytes written to the store.");
    if (raw && raw != processed)
        buf_printf(out, "kubeboard_store_bytes_total{root=\"raw\"} %llu\n",
                   (unsigned long long)store_written(raw));
    buf_printf(out, "kubeboard_store_bytes_total{root=\"processed\"} %llu\n",
               (unsigned long long)store_written(processed));
}

static size_t read_small(const char *path, char *to, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, to, size - 1);
    if (fd >= 0)
        close(fd);
    to[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

static int count_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;
    for (struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] != '.';
    if (d)
        closedir(d);
    return n ? n - 1 : 0; /* less the folder's own */
}

static void value(struct buf *out, const char *name, const char *type, const char *help, double v)
{
    head(out, name, type, help);
    buf_printf(out, "%s %.15g\n", name, v);
}

static void write_process(const struct metrics *m, struct buf *out)
{
    char text[512];
    long long size = 0, resident = 0;
    struct rusage usage;
    struct rlimit files;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    if (read_small("/proc/self/statm", text, sizeof text)) {
        char *rest;
        size = strtoll(text, &rest, 10);
        resident = strtoll(rest, NULL, 10);
    }
    long page = sysconf(_SC_PAGESIZE);
    value(out, "process_cpu_seconds_total", "counter", "CPU time, user and system.", cpu);
    value(out, "process_resident_memory_bytes", "gauge", "Resident memory.",
          (double)(resident * page));
    value(out, "process_virtual_memory_bytes", "gauge", "Virtual memory.", (double)(size * page));
    value(out, "process_start_time_seconds", "gauge", "Start of the process since 1970.",
          (double)m->started / CLOCK_SECOND);
    value(out, "process_open_fds", "gauge", "Open file descriptors.", count_descriptors());
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        value(out, "process_max_fds", "gauge", "Most open file descriptors.",
              (double)files.rlim_cur);
}

void metrics_write(const struct metrics *m, const struct window_store *store, struct buf *out)
{
    write_rules(m, out);
    write_sources(m, out);
    if (m->clock_told)
        value(out, "kubeboard_clock_offset_seconds", "gauge", "Loki's clock less ours.",
              (double)m->clock / CLOCK_SECOND);
    value(out, "kubeboard_leader", "gauge", "Whether this collector writes.", m->leads);
    if (store)
        write_store(store, out);
    write_process(m, out);
}
