#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "net/server.h"
#include "sandbox/loki/lokid.h"

const char *lokid_param(const struct reply *p, const char *name)
{
    const char *value = server_query(p->r, name);
    return value ? value : "";
}

/* Nanoseconds, seconds with a fraction, or RFC 3339. */
bool lokid_time(struct reply *p, const char *name, int64_t otherwise, int64_t *out)
{
    const char *text = lokid_param(p, name);
    double seconds;
    *out = otherwise;
    if (!*text)
        return true;
    if (str_to_int(str_of(text), out)) {
        if (strlen(text) <= 10)
            *out *= CLOCK_SECOND;
        return true;
    }
    if (strchr(text, '.') && str_to_double(str_of(text), &seconds)) {
        *out = (int64_t)(seconds * 1000 + 0.5) * CLOCK_MS;
        return true;
    }
    if (clock_parse(str_of(text), false, out))
        return true;
    char message[300];
    snprintf(message, sizeof message,
             "could not parse '%s' parameter: strconv.ParseInt: parsing \"%.200s\": invalid syntax",
             name, text);
    reply_text(p, 400, message);
    return false;
}

struct logql *lokid_query_param(struct reply *p)
{
    char error[600];
    struct logql *q = logql_parse(lokid_param(p, "query"), error, sizeof error);
    if (!q)
        reply_text(p, 400, error);
    return q;
}

bool lokid_wants_categories(const struct reply *p)
{
    const char *flags = server_header(p->r, "X-Loki-Response-Encoding-Flags");
    return flags && strstr(flags, "categorize-labels");
}

void lokid_json(struct reply *p, struct str json)
{
    reply_body(p, 200, "application/json; charset=UTF-8", NULL, json);
}

void lokid_stats(struct buf *out, size_t lines, size_t bytes, size_t returned)
{
    buf_printf(out,
               ",\"stats\":{\"summary\":{\"bytesProcessedPerSecond\":0,\"linesProcessedPerSecond\":"
               "0,\"totalBytesProcessed\":%zu,"
               "\"totalLinesProcessed\":%zu,\"execTime\":0.001,\"queueTime\":0,\"subqueries\":0,"
               "\"totalEntriesReturned\":%zu,"
               "\"splits\":0,\"shards\":1,\"totalPostFilterLines\":%zu,"
               "\"totalStructuredMetadataBytesProcessed\":0}}",
               bytes, lines, returned, returned);
}
