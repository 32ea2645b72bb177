/* One question to the read API: a GET, or one page after the other. Inside of read_api. */
#ifndef SOURCE_READ_API_CALL_H
#define SOURCE_READ_API_CALL_H

#include "base/buf.h"
#include "source/read_api/read_api.h"

struct http_request;

struct read_api_call {
    struct read_api_call *next;
    struct read_api *owner;
    struct http_request *http;
    struct buf path; /* without limit and continue */
    char *asked;     /* the path of the page under way */
    bool kept;       /* asked for again and again: the answer is kept, and only changes are sent */
    size_t limit;    /* 0: not paged */
    size_t pages;
    void *context;
    /* The answer, or why there is none: ends the call by read_api_call_end before it calls back, or
     * asks for more by read_api_call_more. */
    void (*took)(struct read_api_call *c, struct str body, const struct err *err);
    void *own;
    void (*free_own)(void *own); /* NULL: free */
    void (*done)(void);          /* of the type that `took` knows */
};

/* Sends path?… at once. */
struct read_api_call *read_api_call_new(struct read_api *a, void *own, const char *path,
                                        void *context, void (*done)(void));
void read_api_call_send(struct read_api_call *c);
/* Adds name=value to the path. */
void read_api_call_query(struct read_api_call *c, const char *name, const char *value);

/* The next page as the answer's "continue" names it; false: that was the last. */
bool read_api_call_more(struct read_api_call *c, const struct json *answer);

void read_api_call_end(struct read_api_call *c); /* frees it */

/* The document that answers are parsed with; NULL and *err when it is none. */
const struct json *read_api_call_parse(struct read_api_call *c, struct str body, struct err *err);

#endif
