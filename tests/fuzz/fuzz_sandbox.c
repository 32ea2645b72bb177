/* The sandbox's own readers of LogQL and PromQL: a browser of the demo may send them anything. */
#include "base/arena.h"
#include "base/mem.h"
#include "sandbox/loki/logql.h"
#include "sandbox/prometheus/promql.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[256] = "";
    char *text = mem_dup_n((const char *)data, size);
    struct arena a;
    arena_init(&a);
    struct logql *q = logql_parse(text, error, sizeof error);
    must(q || error[0]);
    logql_free(q);
    error[0] = '\0';
    must(promql_parse(&a, text, error, sizeof error) || error[0]);
    arena_free(&a);
    free(text);
    return 0;
}
